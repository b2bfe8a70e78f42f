"""Calls about paper_unet.py. For predict_tiled a network of ours stands in, whose scores are known."""

import torch
from torch import nn

from grader.sandbox.calls.extensions.parts import fill, part_of
from grader.sandbox.calls.network import Fault, as_tensor

BORDER = 92


class Unpadded(nn.Module):
    """Takes sizes as the paper's network does, and gives two scores: one looks at the pixel and at the
    16 x 16 pixels that are pooled with it, the other at two far corners of what the network sees.

    What is larger than it was promised is refused: (N, C, H, W) with more than `most` pixels.
    """

    def __init__(self, most: int):
        super().__init__()
        self.most, self.gain = most, nn.Parameter(torch.ones(()))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        count, _, height, width = x.shape
        for side in (height, width):
            if side < 188 or (side - 188) % 16:
                raise ValueError(f"height and width must be 188 + 16 k, not {(height, width)}")
        if count * height * width > self.most:
            raise Fault(
                "too_much_at_once",
                f"the network was given {count} x {height} x {width} pixels at once: that is no tile",
            )
        x = x.mean(1, keepdim=True)
        pooled = nn.functional.max_pool2d(x[..., 6:-6, 6:-6], 16)[..., 5:-5, 5:-5]
        pooled = pooled.repeat_interleave(16, -1).repeat_interleave(16, -2)[..., 6:-6, 6:-6]
        middle = x[..., BORDER:-BORDER, BORDER:-BORDER] + 2 * pooled
        corners = x[..., : -2 * BORDER, : -2 * BORDER] - 3 * x[..., 2 * BORDER :, 2 * BORDER :]
        return self.gain * torch.cat([middle, corners], 1)


def paper_block(code, data: dict, tensors):
    """conv_block(in, out) on x."""
    block = fill(part_of(code, "paper_unet", "conv_block")(*data["channels"]), data["seed"])
    with torch.no_grad():
        return {}, {"y": as_tensor(block(tensors["x"]), "conv_block")}


def paper_initialise(code, data: dict, tensors):
    """initialise() of three layers of ours -> their weights and biases."""
    layers = nn.Sequential(nn.Conv2d(64, 128, 3), nn.ConvTranspose2d(128, 64, 2, 2), nn.Conv2d(96, 160, 1))
    torch.manual_seed(data["seed"])
    part_of(code, "paper_unet", "initialise")(layers)
    return {}, {name.replace(".", "_"): value.detach() for name, value in layers.state_dict().items()}


def _network(code, seed: int) -> nn.Module:
    with torch.device("meta"):  # the numbers that it draws are not needed
        model = part_of(code, "paper_unet", "UNet")(2, 2)
    return fill(model.to_empty(device="cpu"), seed).eval()


def paper_scores(code, data: dict, tensors):
    """UNet(2, 2) on x."""
    with torch.inference_mode():
        return {}, {"y": as_tensor(_network(code, data["seed"])(tensors["x"]), "forward")}


def paper_wiring(code, data: dict, tensors):
    """What enters the last block of the expanding path: which map comes first, where the crop was cut."""
    model, seen = _network(code, data["seed"]), {}
    model.contracting[0].register_forward_hook(lambda layer, given, out: seen.update(kept=out))
    model.up_sample[3].register_forward_hook(lambda layer, given, out: seen.update(up=out))
    model.expanding[3].register_forward_hook(lambda layer, given, out: seen.update(given=given[0]))
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


def paper_tiled(code, data: dict, tensors):
    """predict_tiled with the stand-in on an image (C, H, W)."""
    model = Unpadded(data["most"])
    return {}, {
        "y": as_tensor(
            part_of(code, "paper_unet", "predict_tiled")(model, tensors["image"], data["tile"]),
            "predict_tiled",
        )
    }


CALLS = (paper_block, paper_initialise, paper_scores, paper_wiring, paper_tiled)
