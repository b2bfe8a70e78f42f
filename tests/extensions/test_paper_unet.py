"""The paper's U-Net has figure 1's sizes."""

from itertools import pairwise

import pytest
import torch
from torch import nn

from solution.extensions import paper_unet


def test_the_sizes_and_channels_are_those_of_figure_1():
    with torch.device("meta"):
        model = paper_unet.UNet(1, 2)
    seen = []
    blocks = [*model.contracting, *(m for pair in zip(model.up_sample, model.expanding) for m in pair)]
    for block in [*blocks, model.final_conv]:
        block.register_forward_hook(lambda block, given, out: seen.append((out.shape[1], out.shape[-1])))
    model(torch.zeros(1, 1, 572, 572, device="meta"))
    contracting = [(64, 568), (128, 280), (256, 136), (512, 64), (1024, 28)]
    expanding = [(512, 56), (512, 52), (256, 104), (256, 100), (128, 200), (128, 196), (64, 392), (64, 388)]
    assert seen == [*contracting, *expanding, (2, 388)]
    inner = [layer.out_channels for layer in model.modules() if isinstance(layer, nn.Conv2d)]
    assert len(inner) == 19, "23 convolutional layers in total, four of them up-convolutions"
    # 3x3 convolutions weigh as many numbers padded or not: the core lab's count for one channel in, two out
    assert sum(p.numel() for p in model.parameters()) == 31_031_745 - 2 * 64 * 9 + 65


@pytest.mark.parametrize(("size", "scores"), [(188, 4), (204, 20), (572, 388)])
def test_184_pixels_are_lost(narrow_paper_unet, size, scores):
    assert narrow_paper_unet(torch.zeros(1, 3, size, 204)).shape == (1, 2, scores, 20)


@pytest.mark.parametrize("size", [187, 189, 196, 570, 172, 20])
def test_sizes_that_would_pool_an_odd_map_are_refused(narrow_paper_unet, size):
    with pytest.raises(ValueError, match=r"188 \+ 16 k"):
        narrow_paper_unet(torch.zeros(1, 3, 188, size))


def test_scores_agree_with_figure_1_written_out(narrow_paper_unet):
    """Every arrow of the figure with plain functions, in float64."""
    weights = {name: value.double() for name, value in narrow_paper_unet.state_dict().items()}

    def convolve(x, block):
        for i in (0, 2):
            kernel, bias = weights[f"{block}.{i}.weight"], weights[f"{block}.{i}.bias"]
            x = nn.functional.conv2d(x, kernel, bias).clamp(min=0)
        return x

    image = 20 * torch.rand(1, 3, 188, 204, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    x, kept = image, []
    for level in range(4):
        kept.append(convolve(x, f"contracting.{level}"))
        height, width = kept[-1].shape[-2:]
        x = kept[-1].reshape(1, -1, height // 2, 2, width // 2, 2).amax((3, 5))
    x = convolve(x, "contracting.4")
    for level in range(4):
        kernel, bias = weights[f"up_sample.{level}.weight"], weights[f"up_sample.{level}.bias"]
        x = nn.functional.conv_transpose2d(x, kernel, bias, stride=2)
        skip = kept[3 - level]
        lost = [(whole - part) // 2 for whole, part in zip(skip.shape[2:], x.shape[2:])]
        skip = skip[:, :, lost[0] : -lost[0], lost[1] : -lost[1]]
        x = convolve(torch.cat([x, skip], dim=1), f"expanding.{level}")
    expected = nn.functional.conv2d(x, weights["final_conv.weight"], weights["final_conv.bias"])
    assert expected.min() < 0 < expected.max()
    with torch.no_grad():
        scores = narrow_paper_unet.double()(image)
    assert torch.allclose(scores, expected, rtol=1e-9)


def test_the_skip_is_cropped_around_its_centre(narrow_paper_unet):
    """Scores move with the picture, so what is concatenated must lie over each other."""
    for layer in narrow_paper_unet.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.zeros_(layer.bias)
            nn.init.constant_(layer.weight, 1 / layer.weight[0].numel())  # means over symmetric windows
    picture = torch.zeros(1, 3, 204, 204)
    picture[..., 101:103, 101:103] = 1
    scores = narrow_paper_unet(picture)
    assert scores.max() > scores.min()
    for axes in ((-1,), (-2,)):
        assert torch.allclose(scores.flip(axes), scores, rtol=1e-4)


def test_x_comes_first_in_the_concatenation(narrow_paper_unet):
    seen = []
    narrow_paper_unet.expanding[0].register_forward_hook(lambda block, given, out: seen.append(given[0]))
    narrow_paper_unet.up_sample[0].register_forward_hook(lambda block, given, out: seen.append(out))
    narrow_paper_unet(torch.rand(1, 3, 188, 188))
    up_sampled, concatenated = seen
    assert torch.equal(concatenated[:, : up_sampled.shape[1]], up_sampled)


def test_weights_are_drawn_with_the_deviation_of_he():
    torch.manual_seed(0)
    model = paper_unet.UNet(8, 8)
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            incoming = layer.in_channels * (9 if layer.kernel_size == (3, 3) else 1)
            expected = (2 / incoming) ** 0.5
            error = 5 / (2 * layer.weight.numel()) ** 0.5  # five standard errors of a standard deviation
            assert abs(layer.weight.std() / expected - 1) < error, layer
            assert abs(layer.weight.mean()) < 5 * expected / layer.weight.numel() ** 0.5
            assert not layer.bias.any()
            if layer.weight.numel() > 10_000:
                kurtosis = ((layer.weight / layer.weight.std()) ** 4).mean()
                assert abs(kurtosis - 3) < 0.3, f"a Gaussian has 3, a uniform distribution 1.8: {layer}"
    second = model.contracting[0][2]
    assert (second.weight[0].numel(), second.in_channels) == (576, 64), "the paper's example"


def test_the_deviation_keeps_the_signal_alive_through_the_contracting_path():
    """Section 3: "each feature map in the network has approximately unit variance"."""
    torch.manual_seed(0)
    x = torch.randn(1, 8, 188, 188)
    blocks = paper_unet.UNet(8, 2).contracting
    with torch.no_grad():
        for block in blocks[:3]:
            x = block(x)
            assert 0.5 < (x**2).mean() < 2


def test_the_channel_plan_doubles():
    assert all(below == 2 * above for above, below in pairwise(paper_unet.CHANNELS))
