"""Weights for the stand-ins that take the place of every layer while forward is checked.

What the stand-ins compute with them: grader/sandbox/calls/stand_ins.py.
"""

import numpy as np

from grader.checking.inputs import Draw
from grader.lab.plan import BLOCKS, CHANNELS_IN, LEVELS, UP_SAMPLES
from grader.lab.plan import STAND_IN_CHANNELS as WIDTH


def stand_ins(draw: Draw, skips: bool = True) -> dict[str, np.ndarray]:
    """Random weights, of a size that lets the signal neither fade nor explode.

    Without skips, concat gives its first input as it is: what it is not given costs nothing.
    """
    weights = {name: draw(WIDTH, WIDTH + 1) / 4 for name in BLOCKS}
    weights["down_conv1"] = draw(WIDTH, CHANNELS_IN + 1) / 4
    weights["final_conv"] = draw(1, WIDTH + 1) / 4
    weights |= {name: draw(WIDTH, WIDTH, 2, 2) / 4 for name in UP_SAMPLES}
    weights["concat"] = draw(WIDTH, 2 * WIDTH) / 4
    if not skips:
        weights["concat"] = np.eye(WIDTH, 2 * WIDTH, dtype=np.float32)
    return weights


def skip_marks(draw: Draw) -> dict[str, np.ndarray]:
    """Weights for the stand-ins that follow the skips alone: see grader/sandbox/calls/marks.py.

    The scores are many, and the same in every pixel.
    """
    return {
        "marks": np.abs(draw(len(LEVELS), WIDTH)),
        "concat": draw(WIDTH, WIDTH) / 4,
        "final_conv": draw(4 * WIDTH, WIDTH + 1) / 4,
    }
