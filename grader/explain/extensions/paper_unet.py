"""Mistakes in paper_unet.py: what a mistake would have given, beside what came."""

import numpy as np

from grader.checking.extensions.tiles import SEAMLESS, Mode, TilesShow, whole
from grader.compare import Mismatch
from grader.explain.extensions.found import Found
from grader.implementations import Array, Implementation, SubmissionFault
from grader.implementations.claims import boolean, integers, optional
from grader.language import N_, _

HINTS = N_({
    "paper_unet.padding": "The block gives back the size that it got. What does an unpadded convolution take off every side?",
    "paper_unet.relu_missing": "A block's output goes below 0. What follows each convolution?",
    "paper_unet.he_missing": "The biases are not 0: these are PyTorch's own weights. Did yours get into the layer?",
    "paper_unet.he_gain": "All deviations are off by the same factor, 0.71. What stands above N in the root?",
    "paper_unet.he_up_convolution": "Only the up-convolution is off. In a ConvTranspose2d's weight the first axis is the other one; and how many pixels meet in one output pixel at stride 2?",
    "paper_unet.he_fan_out": "N counts what comes in to a neuron, not what goes out.",
    "paper_unet.he_uniform": "The deviation is right, but the distribution is not the paper's. Which one does it name?",
    "paper_unet.crop_corner": "The skip is cut from {found}. Where should it be cut from?",
    "paper_unet.concat_order": "Which comes first in the concatenation, x or what the contracting path kept?",
    "paper_unet.final_activation": "No score is below 0. Does anything belong after final_conv?",
    "paper_unet.edge_repeated": "The border pixel stands there twice. mirrored(-2, 5, 3) is 2 1 0 1 2 1 0.",
    "paper_unet.edge_replicated": "The border pixel is repeated all the way. What does figure 2 do with the missing context?",
    "paper_unet.border_zero": "There are zeros around the picture. What does figure 2 do with the missing context?",
    "paper_unet.border_forgotten": "The scores are shifted by 92 pixels. Where does the input of the tile at (0, 0) begin?",
    "paper_unet.step": "The first tile is right, the next one is not. Each pooling halves: at which multiples may a tile begin, so that the same pixels are pooled together?",
    "paper_unet.too_much_at_once": "The network was given far more than a tile. What would become of the memory at 6,000 pixels?",
    "paper_unet.reflected_once": "This picture is smaller than the border. What lies behind the mirror image of a mirror image?",
})  # fmt: skip
MODES: dict[Mode, str] = {"symmetric": "edge_repeated", "edge": "edge_replicated", "constant": "border_zero"}


def find(student: Implementation, reference: Implementation, check: str, error: BaseException) -> Found:
    """The mistake behind a failed check of paper_unet.py."""
    word = {"block": _of_block, "scores": _of_scores, "tiles": _of_tiles, "small_pictures": _of_tiles}.get(
        check
    )
    if check == "initialisation":
        return _of_initialisation(student)
    if isinstance(error, SubmissionFault) and error.kind == "too_much_at_once":
        return "too_much_at_once"
    if check == "small_pictures" and isinstance(error, SubmissionFault) and error.kind == "raised":
        return "reflected_once"
    if word and isinstance(error, Mismatch):
        return word(student, error)
    return None


def _of_block(student: Implementation, error: Mismatch) -> Found:
    if error.seen.shape[2:] == (9, 8):
        return "padding"
    return "relu_missing" if error.seen.min() < 0 else None


def _of_initialisation(student: Implementation) -> Found:
    data = {"seed": 1, "channels": [[64, 128], [128, 64], [96, 160]]}
    weights, biases = (
        [student.array("paper_initialise", data, name=f"{number}_{part}", ndim=axes) for number in range(3)]
        for part, axes in (("weight", 4), ("bias", 1))
    )
    incoming, outgoing = (9 * 64, 128, 96), (9 * 128, 64, 160)
    weights = [weight.astype(np.float64) for weight in weights]
    ratios = np.array([w.std() / (2 / n) ** 0.5 for w, n in zip(weights, incoming)])
    if any(bias.any() for bias in biases):
        return "he_missing"
    if np.allclose(ratios, 0.5**0.5, rtol=0.05):
        return "he_gain"
    if np.allclose(ratios[[0, 2]], 1, rtol=0.05) and abs(ratios[1] - 1) > 0.05:
        return "he_up_convolution"
    if abs(ratios[0] - (incoming[0] / outgoing[0]) ** 0.5) < 0.04:
        return "he_fan_out"
    flat = [((w / w.std()) ** 4).mean() < 2.2 for w in weights]
    return "he_uniform" if np.allclose(ratios, 1, rtol=0.05) and all(flat) else None


def _of_scores(student: Implementation, error: Mismatch) -> Found:
    if error.seen.shape == error.expected.shape and error.seen.min() >= 0 > error.expected.min():
        return "final_activation"
    x = np.random.RandomState(0).rand(1, 2, 188, 188).astype(np.float32)
    asked = ("paper_wiring", {"seed": 1}, {"x": x})
    if not student.fact(*asked, name="x_first", read=boolean):
        return "concat_order"
    place = student.fact(*asked, name="place", read=optional(integers))
    lost = student.fact(*asked, name="lost", read=integers)
    if place and any(abs(2 * at - side) > 1 for at, side in zip(place, lost)):
        said = _("row {row}, column {column} of {rows} and {columns}")
        return "crop_corner", {
            "found": said.format(row=place[0], column=place[1], rows=lost[0], columns=lost[1])
        }
    return None


def _of_tiles(student: Implementation, error: Mismatch) -> Found:
    if not isinstance(error, TilesShow):
        return None
    seen, expected, image = error.seen, error.expected, error.image
    for mode, word in MODES.items():
        if _same(seen, whole(image, mode), expected):
            return word
    if _same(seen, whole(image, border=0), expected):
        return "border_forgotten"
    off = (np.abs(seen - expected) > SEAMLESS * expected.std()).any(0)
    rows, columns = (np.flatnonzero(off.any(axis)) for axis in (1, 0))
    if not off[:16, :16].any() and (rows.size or columns.size):
        return "step"
    return None


def _same(seen: Array, made: Array, expected: Array) -> bool:
    return bool(np.abs(seen - made).max() < SEAMLESS * expected.std())
