"""What a careful student may read from the text of TODO 4, beside what the solution does: all of it is right.

A picture may be resized by any smooth filter; scores may be squashed before they are resized as well as
after, and resized with either meaning of a corner.
"""

import numpy as np
import numpy.typing as npt

from grader.lab.plan import CHANNELS_IN, INPUT_SIDE

# Of preprocess: Pillow's other smooth filters, and torch's own.
FILTERS = (
    "bicubic",
    "lanczos",
    "hamming",
    "interpolated bilinear",
    "interpolated bicubic",
    "corners bilinear",
    "corners bicubic",
)
# Of predict_mask: what is resized, align_corners.
MASKS = ("probabilities", "corners", "probabilities, corners")
# As right, and not asked for: it makes a difference only where a picture is smaller than its scores.
SMALLER = "antialiased"
EVERY = 5  # of the rows and columns of a picture that such a reading is compared in


def given_input() -> npt.NDArray[np.float32]:
    """(1, 3, 572, 572) in [0, 1]: what stands in for preprocess while predict_mask is checked."""
    ramp = (np.arange(INPUT_SIDE) / INPUT_SIDE).astype(np.float32)
    rows = np.broadcast_to(ramp[:, None], (INPUT_SIDE, INPUT_SIDE))
    return np.stack([rows, rows.T, 1 - rows])[None, :CHANNELS_IN]
