"""Weights for the stand-ins that take every layer's place while forward is checked.

What a stand-in computes with them stands in grader/sandbox/calls/stand_ins.py.
"""

import numpy as np

WIDTH = 4  # channels between the stand-ins
BLOCKS = [
    "down_conv1",
    "down_conv2",
    "down_conv3",
    "down_conv4",
    "middle_conv",
    "up_conv1",
    "up_conv2",
    "up_conv3",
    "up_conv4",
]


def stand_ins(draw, skips: bool = True) -> dict[str, np.ndarray]:
    """Random weights, as stand_ins.py describes them, of a size that neither fades nor explodes."""
    weights = {name: draw(WIDTH, WIDTH + 1) / 4 for name in BLOCKS}
    weights["down_conv1"] = draw(WIDTH, 3 + 1) / 4
    weights["final_conv"] = draw(1, WIDTH + 1) / 4
    weights |= {f"up_sample{level}": draw(WIDTH, WIDTH, 2, 2) / 4 for level in range(1, 5)}
    weights["concat"] = draw(WIDTH, 2 * WIDTH) / 4
    if not skips:
        weights["concat"][:, WIDTH:] = 0
    return weights
