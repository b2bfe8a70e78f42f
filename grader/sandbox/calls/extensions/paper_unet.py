"""Calls about paper_unet.py. For predict_tiled a network of ours stands in, whose scores are known."""

import torch
from torch import nn

from grader.language import _
from grader.sandbox.calls.call import Answer, Code, Facts, Tensors
from grader.sandbox.calls.extensions.parts import fill, network_of, part_of
from grader.sandbox.calls.network import Fault, as_tensor
from grader.sandbox.calls.numberless import without_numbers

BORDER = 92


class Unpadded(nn.Module):
    """Takes the sizes that the paper's network takes, and gives two scores for each pixel.

    One looks at the pixel and at the 16 x 16 pixels that are pooled with it, the other at two far corners of
    what the network sees. An input (N, C, H, W) with more than `most` pixels is refused.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most, self.gain = most, nn.Parameter(torch.ones(()))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, C, H, W) -> (N, 2, H - 184, W - 184)."""
        count, _channels, height, width = x.shape
        for side in (height, width):
            if side < 188 or (side - 188) % 16:
                raise ValueError(
                    _("height and width must be 188 + 16 k, not {pair}").format(pair=(height, width))
                )
        if count * height * width > self.most:
            raise Fault(
                "too_much_at_once",
                _(
                    "the network was given {count} x {height} x {width} pixels at once: that is no tile"
                ).format(count=count, height=height, width=width),
            )
        x = x.mean(1, keepdim=True)
        pooled = nn.functional.max_pool2d(x[..., 6:-6, 6:-6], 16)[..., 5:-5, 5:-5]
        pooled = pooled.repeat_interleave(16, -1).repeat_interleave(16, -2)[..., 6:-6, 6:-6]
        middle = x[..., BORDER:-BORDER, BORDER:-BORDER] + 2 * pooled
        corners = x[..., : -2 * BORDER, : -2 * BORDER] - 3 * x[..., 2 * BORDER :, 2 * BORDER :]
        return self.gain * torch.cat([middle, corners], 1)


def paper_block(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """conv_block(in, out) on x."""
    block = fill(network_of(code, "paper_unet", "conv_block", *data["channels"]), data["seed"])
    with torch.no_grad():
        return {}, {"y": as_tensor(block(tensors["x"]), "conv_block")}


def paper_initialise(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """initialise() of a 3x3, a transposed and a 1x1 convolution, with these channels in and out.

    -> {"0_weight", "0_bias", "1_weight", ...}.
    """
    (a, b), (c, d), (e, f) = data["channels"]
    layers = nn.Sequential(nn.Conv2d(a, b, 3), nn.ConvTranspose2d(c, d, 2, 2), nn.Conv2d(e, f, 1))
    torch.manual_seed(data["seed"])
    part_of(code, "paper_unet", "initialise")(layers)
    return {}, {name.replace(".", "_"): value.detach() for name, value in layers.state_dict().items()}


def _network(code: Code, seed: int) -> nn.Module:
    with without_numbers():  # the numbers that it draws are not needed
        model = network_of(code, "paper_unet", "UNet", 2, 2)
    return fill(model.to_empty(device="cpu"), seed).eval()


def paper_scores(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """UNet(2, 2) on x."""
    with torch.inference_mode():
        return {}, {"y": as_tensor(_network(code, data["seed"])(tensors["x"]), "forward")}


def paper_wiring(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """What enters the last block of the expanding path: which map comes first, where the crop was cut."""
    model, seen = _network(code, data["seed"]), dict[str, torch.Tensor]()
    model.get_submodule("contracting.0").register_forward_hook(lambda _, given, out: seen.update(kept=out))
    model.get_submodule("up_sample.3").register_forward_hook(lambda _, given, out: seen.update(up=out))
    model.get_submodule("expanding.3").register_forward_hook(
        lambda _, given, out: seen.update(given=given[0])
    )
    with torch.inference_mode():
        model(tensors["x"])
    up, kept, given = seen["up"], seen["kept"], seen["given"]
    first = torch.equal(given[:, : up.shape[1]], up)
    skip = given[:, up.shape[1] :] if first else given[:, : -up.shape[1]]
    height, width = skip.shape[-2:]
    places = [
        [top, left]
        for top in range(kept.shape[-2] - height + 1)
        for left in range(kept.shape[-1] - width + 1)
        if torch.equal(kept[:, :1, top : top + height, left : left + width], skip[:, :1])
    ]
    return {
        "x_first": first,
        "lost": [kept.shape[-2] - height, kept.shape[-1] - width],
        "place": places[0] if places else None,
    }, {}


def paper_tiled(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """predict_tiled with the stand-in on an image (C, H, W)."""
    predict_tiled = part_of(code, "paper_unet", "predict_tiled")
    y = predict_tiled(Unpadded(data["most"]), tensors["image"], data["tile"])
    return {}, {"y": as_tensor(y, "predict_tiled")}


CALLS = (paper_block, paper_initialise, paper_scores, paper_wiring, paper_tiled)
