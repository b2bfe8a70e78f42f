"""Weights for the stand-ins that take every layer's place while forward is checked.

What a stand-in computes with them stands in grader/sandbox/calls/stand_ins.py.
"""

import numpy as np

from grader.lab.plan import BLOCKS, CHANNELS_IN, UP_SAMPLES

WIDTH = 4  # channels between the stand-ins


def stand_ins(draw, skips: bool = True) -> dict[str, np.ndarray]:
    """Random weights, as stand_ins.py describes them, of a size that neither fades nor explodes."""
    weights = {name: draw(WIDTH, WIDTH + 1) / 4 for name in BLOCKS}
    weights["down_conv1"] = draw(WIDTH, CHANNELS_IN + 1) / 4
    weights["final_conv"] = draw(1, WIDTH + 1) / 4
    weights |= {name: draw(WIDTH, WIDTH, 2, 2) / 4 for name in UP_SAMPLES}
    weights["concat"] = draw(WIDTH, 2 * WIDTH) / 4
    if not skips:
        weights["concat"][:, WIDTH:] = 0
    return weights
