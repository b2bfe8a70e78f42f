"""More help for one failure, a step at a time: something to try, then where to read. Never an answer."""

from grader.lab.plan import CORE_TODOS
from grader.language import N_, _
from grader.report.model import Check, Todo

TO_TRY = {
    "conv_blocks": N_(
        "Print the block: print(UNet(3, 1).down_conv2), say. Compare each layer, and each number "
        "in it, with the comment that stands beside that block."
    ),
    "crop_and_concat": N_(
        "Take two small tensors that you can check on paper, such as "
        "torch.arange(16.).view(1, 1, 4, 4), and print what CropAndConcat()(x, contracting_x) makes of them."
    ),
    "forward": N_(
        "Put print(x.shape) behind each line of forward: what you print is shown here. Which is the "
        "first line that gives another size than figure 1 shows?"
    ),
    "inference": N_(
        "Print shape, dtype, smallest and largest value behind each line. Which is the first line "
        "whose result is not what the docstring promises?"
    ),
}
TO_READ = {
    "conv_blocks": N_(
        "the comments in UNet.__init__; section 2 and figure 1 of the paper; pytorch.org/docs, "
        "torch.nn.Conv2d, where the formula for the size of the output stands"
    ),
    "crop_and_concat": N_(
        "the docstring of CropAndConcat; section 2 of the paper; pytorch.org/docs, the pages "
        "of the functions that you call, for the axis and the order that they take"
    ),
    "forward": N_(
        "the comment in UNet.forward; figure 1 of the paper, from left to right along the "
        "arrows; pytorch.org/docs, torch.nn.Module"
    ),
    "inference": N_(
        "the docstrings in infer.py; pytorch.org/docs, torch.nn.functional.interpolate and "
        "torchvision.transforms.functional; the handbook of Pillow on modes and sizes"
    ),
}
NO_MORE = N_("There is no further step. Ask somebody, and tell them what you tried and what came of it.")


def steps_of(todo: Todo, check: Check, count: int) -> list[str]:
    """The first so many steps beyond the message and its hint."""
    number = next((str(one.number) for one in CORE_TODOS if one.id == todo.id), "")
    every = [
        (_("To try: {what}"), TO_TRY.get(todo.id)),
        (_("To read: {what}; walkthrough.ipynb, its part on TODO {number}."), TO_READ.get(todo.id)),
    ]
    known = [step.format(what=_(what), number=number) for step, what in every if what]
    return [*known[:count], *([_(NO_MORE)] if count > len(known) else [])]


def is_last(todo: Todo, count: int) -> bool:
    """Whether there is nothing behind so many steps."""
    return count >= sum(todo.id in texts for texts in (TO_TRY, TO_READ))
