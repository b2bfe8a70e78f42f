"""The plan of the lab, written once: the network's names and channels, and the four TODOs.

Source: figure 1 of Ronneberger, Fischer and Brox, U-Net (2015), with padded convolutions; the names are those
of the trained weights.
"""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LEVELS = (1, 2, 3, 4)
CHANNELS = (64, 128, 256, 512, 1024)  # of the feature maps, from the top of the U to its bottom
CHANNELS_IN, CHANNELS_OUT = 3, 1  # of the network that the weights belong to

DOWN_CONVS = tuple(f"down_conv{level}" for level in LEVELS)
DOWN_SAMPLES = tuple(f"down_sample{level}" for level in LEVELS)
UP_SAMPLES = tuple(f"up_sample{level}" for level in LEVELS)
CONCATS = tuple(f"concat{level}" for level in LEVELS)
UP_CONVS = tuple(f"up_conv{level}" for level in LEVELS)
BLOCKS = (*DOWN_CONVS, "middle_conv", *UP_CONVS)  # two convolutions each; final_conv is beside them
CHILDREN = (*DOWN_CONVS, *DOWN_SAMPLES, *UP_SAMPLES, *CONCATS, *UP_CONVS, "middle_conv", "final_conv")

# {block: the channels that come in}: up_conv1, the deepest, gets what comes up and what was kept.
BLOCK_CHANNELS_IN = (
    dict(zip(DOWN_CONVS, (CHANNELS_IN, *CHANNELS)))
    | {"middle_conv": CHANNELS[3]}
    | dict(zip(UP_CONVS, CHANNELS[::-1]))
)
BLOCK_CHANNELS_OUT = dict(zip((*DOWN_CONVS, "middle_conv"), CHANNELS)) | dict(zip(UP_CONVS, CHANNELS[3::-1]))
UP_SAMPLE_CHANNELS_IN = dict(zip(UP_SAMPLES, CHANNELS[::-1]))

STAND_IN_CHANNELS = 4  # between the stand-ins that take the place of all layers while forward is checked
INPUT_SIDE = 572  # pixels: what a picture is resized to
DOWN_SIDES = (572, 286, 143, 71, 35)  # of the feature maps for such a picture, from the top of the U down
UP_SIDES = (560, 280, 140, 70, 35)  # on the way up again, in the same order
# What is said of a layer where an explanation needs it
LAYER_SETTINGS = (
    "in_channels",
    "out_channels",
    "kernel_size",
    "stride",
    "padding",
    "dilation",
    "groups",
    "padding_mode",
    "ceil_mode",
)


@dataclass(frozen=True)
class CoreTodo:
    """One TODO of the core: the file it is in, and where the walkthrough explains it."""

    id: str
    number: int
    file: str
    section: str  # the anchor of its heading in walkthrough.ipynb


CORE_TODOS = (
    CoreTodo("conv_blocks", 1, "unet.py", "todo-1-the-convolution-blocks"),
    CoreTodo("crop_and_concat", 2, "unet.py", "todo-2-cropandconcat"),
    CoreTodo("forward", 3, "unet.py", "todo-3-forward"),
    CoreTodo("inference", 4, "infer.py", "todo-4-from-a-picture-to-scores-to-a-mask"),
)
CORE = tuple(todo.id for todo in CORE_TODOS)
CORE_FILES = tuple(dict.fromkeys(todo.file for todo in CORE_TODOS))


def todo_id(said: str) -> str:
    """The id of a TODO of the core by its number, "2" or "TODO 2", or by its id in any spelling.

    Any other word comes back as it is: it may be an extension's.
    """
    word = said.strip().lower().removeprefix("todo").strip().replace("-", "_").replace(" ", "_")
    by_number = {str(todo.number): todo.id for todo in CORE_TODOS}
    return by_number.get(word, word if word in CORE else said)


def meant_layers(found: Iterable[str], missing: Sequence[str]) -> dict[str, str]:
    """{name in a student's network: the layer of the plan that is meant by it}, of those missing there.

    A name that differs in capitals and underscores, or in a letter or two but not in its level.
    """
    plain = {name.replace("_", ""): name for name in missing}
    meant: dict[str, str] = {}
    for name in found:
        said = name.lower().replace("_", "").replace(".", "")
        near = [said] if said in plain else difflib.get_close_matches(said, plain, n=1, cutoff=0.8)
        if near and near[0][-1:] == said[-1:] and plain[near[0]] not in meant.values():
            meant[name] = plain[near[0]]
    return meant
