"""How far right answers lie apart, and how near wrong ones come: `python -m benchmarks.tolerance`.

Right: the solution's scores of a car at 92 x 76 and the blocks' outputs, with other numbers of
threads, another memory layout, bfloat16 switched off and oneDNN switched off. Wrong: the mildest
mistakes that we know, such as ReLU6, a dilated middle block and average pooling. Both as the largest
distance over the standard deviation of the expected values, beside the tolerance of the checks.
"""

import copy

import torch
from rich.console import Console
from rich.table import Table
from torch import nn

from grader.checking.inputs import Draw
from grader.compare import TOLERANCE
from grader.lab.paths import MODEL
from grader.lab.plan import BLOCK_CHANNELS_IN
from solution.unet import UNet


def distance(seen: torch.Tensor, expected: torch.Tensor) -> float:
    return float((seen - expected).abs().max() / expected.std())


def outputs(model: nn.Module) -> dict[str, torch.Tensor]:
    """What the checks compare: every block on its own, and the scores of two inputs."""
    draw, found = Draw("benchmark"), {}
    with torch.inference_mode():
        for name, channels in BLOCK_CHANNELS_IN.items():
            found[name] = getattr(model, name)(torch.from_numpy(draw(1, channels, 7, 9)))
        for gain in (0.25, 8.0):
            found[f"scores x {gain:g}"] = model(
                gain * torch.from_numpy(draw.again("as a whole", 1, 3, 92, 76))
            )
    return found


def worst(model: nn.Module, expected: dict[str, torch.Tensor]) -> float:
    """The largest distance of all outputs."""
    return max(distance(seen, expected[name]) for name, seen in outputs(model).items())


def relu6(model: nn.Module) -> None:
    for name in BLOCK_CHANNELS_IN:
        block = getattr(model, name)
        block[1], block[3] = nn.ReLU6(), nn.ReLU6()


def dilated_middle(model: nn.Module) -> None:
    for index in (0, 2):
        model.middle_conv[index].dilation, model.middle_conv[index].padding = (2, 2), (2, 2)


def average_pooling(model: nn.Module) -> None:
    model.down_sample4 = nn.AvgPool2d(2)


def one_leaky_relu(model: nn.Module) -> None:
    model.up_conv4[3] = nn.LeakyReLU()


def reflected_borders(model: nn.Module) -> None:
    model.down_conv1[2].padding_mode = "reflect"
    model.down_conv1[2]._reversed_padding_repeated_twice = [1, 1, 1, 1]


def no_middle(model: nn.Module) -> None:
    model.middle_conv[3] = nn.Identity()


def main() -> None:
    model = UNet(3, 1)
    model.load_state_dict({key: value.float() for key, value in torch.load(MODEL, weights_only=True).items()})
    model.eval()
    expected = outputs(model)
    table = Table("variant", "distance / spread", title=f"tolerance of the checks: {TOLERANCE:g}")
    for threads in (1, 2, 4):
        torch.set_num_threads(threads)
        table.add_row(f"right: {threads} threads", f"{worst(model, expected):.1e}")
    table.add_row(
        "right: channels_last",
        f"{worst(copy.deepcopy(model).to(memory_format=torch.channels_last), expected):.1e}",
    )
    with torch.backends.mkldnn.flags(enabled=False):
        table.add_row("right: without oneDNN", f"{worst(model, expected):.1e}")
    double = {name: value.float() for name, value in outputs_in_double(model).items()}
    table.add_row(
        "right: in float64", f"{max(distance(expected[name], double[name]) for name in expected):.1e}"
    )
    for mistake in (relu6, dilated_middle, average_pooling, one_leaky_relu, reflected_borders, no_middle):
        wrong = copy.deepcopy(model)
        mistake(wrong)
        table.add_row(f"wrong: {mistake.__name__.replace('_', ' ')}", f"{worst(wrong, expected):.1e}")
    Console().print(table)


def outputs_in_double(model: nn.Module) -> dict[str, torch.Tensor]:
    """The same with 53 bits: what rounding alone does to the float32 results."""
    default = torch.get_default_dtype()
    double, draw, found = copy.deepcopy(model).double(), Draw("benchmark"), {}
    assert default == torch.float32
    with torch.inference_mode():
        for name, channels in BLOCK_CHANNELS_IN.items():
            found[name] = getattr(double, name)(torch.from_numpy(draw(1, channels, 7, 9)).double())
        for gain in (0.25, 8.0):
            x = gain * torch.from_numpy(draw.again("as a whole", 1, 3, 92, 76))
            found[f"scores x {gain:g}"] = double(x.double())
    return found


if __name__ == "__main__":
    main()
