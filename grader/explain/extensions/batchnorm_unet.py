"""Mistakes in batchnorm_unet.py: by names and shapes, and by what small parts of it compute."""

import numpy as np

from grader.compare import Mismatch
from grader.explain.extensions.found import Found
from grader.implementations import Array, Implementation, SubmissionFault
from grader.implementations.arrays import REAL
from grader.implementations.claims import shapes
from grader.language import N_

HINTS = N_({
    "batchnorm_unet.bias": "{key}: a convolution right before a BatchNorm needs no bias. Why?",
    "batchnorm_unet.relu_before_norm": "The block's output goes below 0: in which order are BatchNorm and ReLU?",
    "batchnorm_unet.padding": "The block gives back a smaller map. What keeps the size in a 3x3 convolution?",
    "batchnorm_unet.mid_channels": "{key}: where bilinear up-sampling cannot halve the channels, who does?",
    "batchnorm_unet.keys": "{key} is missing. Names are those of the public weights.",
    "batchnorm_unet.concat_order": "Which comes first in the concatenation here, the skip or the up-sampled map?",
    "batchnorm_unet.padding_side": "Where the difference is odd, on which side does the additional row stand?",
    "batchnorm_unet.padding_axes": "In which order does F.pad want its numbers? The last axis comes first.",
    "batchnorm_unet.skip_cropped": "The result has the size of the map from below. Which of the two has to give way here?",
    "batchnorm_unet.align_corners": "Bilinear up-sampling of 0, 3 should be 0, 1, 2, 3. Which setting keeps the corners?",
    "batchnorm_unet.older_scores": "The older form gives probabilities: what stands at its end?",
    "batchnorm_unet.reentrant": "With use_reentrant=True nothing is learnt from a picture that needs no gradient.",
    "batchnorm_unet.checkpoint_not_callable": "torch.utils.checkpoint is a module; the function in it has the same name.",
    "batchnorm_unet.statistics_twice": "The block ran twice in one step, and its running statistics moved twice.",
    "batchnorm_unet.batches_counted_twice": "running_mean is right, but num_batches_tracked is not: it is a buffer, too.",
    "batchnorm_unet.not_checkpointed": "As much is kept as without checkpointing. Is `checkpoint` ever called?",
    "batchnorm_unet.gradients_missing": "With checkpointing some gradients are 0.",
})  # fmt: skip


def find(student: Implementation, reference: Implementation, check: str, error: BaseException) -> Found:
    """The mistake behind a failed check of batchnorm_unet.py."""
    return {
        "double_conv": _of_block,
        "transposed": _of_scores,
        "odd_sizes": _of_padding,
        "bilinear_and_older": _of_forms,
        "checkpointing": _of_checkpointing,
    }[check](student, reference, error)


def _of_keys(
    student: Implementation, reference: Implementation, **options: bool
) -> tuple[str, dict[str, object]] | None:
    found, expected = (
        who.fact("batchnorm_keys", {"options": options}, name="keys", read=shapes)
        for who in (student, reference)
    )
    extra = [key for key in found if key not in expected]
    missing = [key for key in expected if key not in found]
    biased = [key for key in extra if key.endswith(("double_conv.0.bias", "double_conv.3.bias"))]
    if biased and not missing:
        return "bias", {"key": biased[0]}
    if missing:
        return "keys", {"key": missing[0]}
    other = [key for key in expected if found[key] != expected[key]]
    if options.get("bilinear") and other and ".conv.double_conv." in other[0]:
        return "mid_channels", {"key": other[0]}
    return None


def _of_block(student: Implementation, reference: Implementation, error: BaseException) -> Found:
    if not isinstance(error, Mismatch):
        return None
    if error.seen.shape[2:] != error.expected.shape[2:]:
        return "padding"
    found = _of_keys(student, reference)
    if found and found[0] == "bias":
        return found
    return "relu_before_norm" if error.seen.min() < 0 else found


def _of_scores(student: Implementation, reference: Implementation, error: BaseException) -> Found:
    found = _of_keys(student, reference)
    if found:
        return found
    skip = np.full((1, 2, 4, 6), 100, np.float32)
    y = _up(student, np.zeros((1, 4, 2, 3), np.float32), skip, bilinear=False)
    return "concat_order" if np.array_equal(y[:, -2:], skip) else None


def _up(student: Implementation, x: Array, skip: Array, bilinear: bool = True) -> Array:
    """What Up(4, 2) concatenates."""
    data = {"channels": [4, 2], "bilinear": bilinear, "seed": 1}
    return student.array("batchnorm_up", data, {"x": x, "skip": skip}, ndim=4)


def _of_padding(student: Implementation, reference: Implementation, error: BaseException) -> Found:
    def place(height: int, width: int) -> tuple[int, int, int, int]:
        """Rows above and below, columns left and right, of zeros around the up-sampled map of 4 x 6."""
        skip = np.full((1, 2, height, width), 2, np.float32)
        y = _up(student, np.ones((1, 2, 2, 3), np.float32), skip)
        if y.shape[2:] == (4, 6):
            return -1, -1, -1, -1
        rows, columns = (np.flatnonzero((y[0] == 1).any(0).any(axis)) for axis in (1, 0))
        above, left = int(rows[0]), int(columns[0])
        return above, height - 1 - int(rows[-1]), left, width - 1 - int(columns[-1])

    try:
        seen = place(5, 7)
        if seen == (1, 0, 1, 0):
            return "padding_side"
        if seen == (-1, -1, -1, -1):
            return "skip_cropped"
        place(4, 8)
    except SubmissionFault as fault:
        return "padding_axes" if fault.kind == "raised" and "Sizes of tensors" in str(fault) else None
    return None


def _of_forms(student: Implementation, reference: Implementation, error: BaseException) -> Found:
    for options in ({"bilinear": True}, {"older": True}):
        found = _of_keys(student, reference, **options)
        if found:
            return found
    x = np.array([0, 3], np.float32).reshape(1, 1, 1, 2).repeat(2, 1)
    y = _up(student, x, np.full((1, 2, 2, 4), -1, np.float32))
    if any(np.allclose(row, [0, 0.75, 2.25, 3]) for row in y[0, :, 0]):
        return "align_corners"
    x = np.random.RandomState(0).rand(1, 3, 32, 32).astype(np.float32)
    older = student.array("batchnorm_scores", {"options": {"older": True}, "seed": 1}, {"x": x})
    if older.min() < 0 or older.max() > 1:
        return "older_scores"
    return _of_scores(student, reference, error)


def _of_checkpointing(student: Implementation, reference: Implementation, error: BaseException) -> Found:
    text = str(error)
    if isinstance(error, SubmissionFault):
        if "'module' object is not callable" in text:
            return "checkpoint_not_callable"
        return "reentrant" if "does not require grad" in text else None
    x = np.random.RandomState(0).rand(2, 3, 32, 32)
    data = {"options": {}, "seed": 1}
    names = ("gradients", "statistics", "batches", "cost")
    found = student.arrays(
        "batchnorm_checkpointing",
        data,
        {"x": x},
        kinds=REAL,
        what=None,
        **{f"{way}_{name}": 1 for way in ("plain", "checkpointed") for name in names},
    )
    same = {
        name: np.array_equal(found[f"plain_{name}"], found[f"checkpointed_{name}"])
        for name in ("statistics", "batches")
    }
    if not same["statistics"]:
        return "statistics_twice"
    if not same["batches"]:
        return "batches_counted_twice"
    if found["checkpointed_cost"][1] <= found["plain_cost"][1]:
        return "not_checkpointed"
    return "gradients_missing" if (found["checkpointed_gradients"] == 0).all() else None
