"""The U-Net that most people use: padded convolutions, BatchNorm, and maps of the input's size.

It differs from the paper's in four ways: convolutions are padded; BatchNorm follows each, which
therefore has no bias; the up-sampled map is padded to the skip's size instead of the skip being
cropped; and the up-sampling may be bilinear. Names and shapes are those of the widely used public
implementation, so its weights load (see `load`): https://github.com/milesial/Pytorch-UNet. Written
from its description.

`use_checkpointing` trades time for memory: the blocks drop their activations after the forward pass
and compute them again in the backward pass (T. Chen et al., "Training Deep Nets with Sublinear
Memory Cost", 2016).

Fill the places marked TODO E4. Next file: find_the_bugs.py.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

CHANNELS = (64, 128, 256, 512, 1024)  # of the five levels, from the top down
OLDER_KEYS = {  # what the older form called its blocks -> their names now
    r"^inc\.conv\.conv\.": "inc.double_conv.",
    r"^(down\d)\.mpconv\.1\.conv\.": r"\1.maxpool_conv.1.double_conv.",
    r"^(up\d)\.conv\.conv\.": r"\1.conv.double_conv.",
}


class DoubleConv(nn.Module):
    """(3x3 convolution -> BatchNorm -> ReLU) x 2: (N, in_channels, H, W) -> (N, out_channels, H, W).

    The first convolution gives mid_channels (None: out_channels). Keys: double_conv.0, .1, .3, .4.
    """

    def __init__(
        self, in_channels: int, out_channels: int, mid_channels: int | None = None, bias: bool = False
    ) -> None:
        super().__init__()
        # TODO E4: set self.double_conv to a Sequential of the six layers, padded to keep the size.
        raise NotImplementedError("TODO E4: set self.double_conv to a Sequential of the six layers, padded to keep the size")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """All six layers."""
        return self.double_conv(x)


class Down(nn.Module):
    """2x2 max-pooling, then a DoubleConv: (N, A, H, W) -> (N, B, H // 2, W // 2)."""

    def __init__(self, in_channels: int, out_channels: int, bias: bool = False) -> None:
        super().__init__()
        self.maxpool_conv = nn.Sequential(nn.MaxPool2d(2), DoubleConv(in_channels, out_channels, bias=bias))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Pool, then convolve."""
        return self.maxpool_conv(x)


class Up(nn.Module):
    """Double the map from below, pad it to the skip's size, concatenate, then a DoubleConv.

    in_channels is what the DoubleConv receives. A transposed convolution halves the channels of the
    map from below. Bilinear up-sampling (align_corners=True) keeps them, so that map must arrive with
    half as many, and by default the DoubleConv's first convolution halves as well.
    """

    up: nn.Module

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        bilinear: bool = False,
        mid_channels: int | None = None,
        bias: bool = False,
    ) -> None:
        super().__init__()
        # TODO E4: set self.up and self.conv.
        raise NotImplementedError("TODO E4: set self.up and self.conv")

    def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        """(N, A, h, w) and (N, B, H, W) with H >= 2h, W >= 2w -> (N, out_channels, H, W)."""
        # TODO E4: up-sample x, pad it with zeros all around to the skip's size (where the difference
        # is odd, the last row or column gets one more), concatenate with the skip first, convolve.
        raise NotImplementedError("TODO E4: up-sample x, pad it with zeros all around to the skip's size (where the difference is odd, the last row or column gets one more), concatenate with the skip first, convolve")


class OutConv(nn.Module):
    """1x1 convolution to one score per class: (N, A, H, W) -> (N, B, H, W)."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The scores (logits)."""
        return self.conv(x)


@contextmanager
def kept_statistics(block: nn.Module) -> Iterator[None]:
    """Within this context a block normalises as usual, but its running statistics stay as they are.

    running_mean, running_var and num_batches_tracked come out bit for bit, even after an exception.
    """
    norms = [layer for layer in block.modules() if isinstance(layer, nn.BatchNorm2d)]
    # TODO E4: keep the three buffers of every BatchNorm from the update that a forward pass brings.
    raise NotImplementedError("TODO E4: keep the three buffers of every BatchNorm from the update that a forward pass brings")


class UNet(nn.Module):
    """(N, n_channels, H, W) -> scores (N, n_classes, H, W), for any H and W of 16 or more.

    3 -> 2 classes: 31,037,698 parameters in 118 entries, bilinear 17,263,042 in 110.
    older=True is that implementation's first form: bilinear, convolutions with bias, no halving in
    the middle of `Up`'s DoubleConv, and a sigmoid at the end: probabilities, not scores.
    """

    def __init__(
        self, n_channels: int, n_classes: int, bilinear: bool = False, *, older: bool = False
    ) -> None:
        super().__init__()
        self.older, self.checkpointing = older, False
        bilinear = bilinear or older
        a, b, c, d, e = CHANNELS
        factor = 2 if bilinear else 1  # bilinear up-sampling cannot halve, so the block below does
        self.inc = DoubleConv(n_channels, a, bias=older)
        self.down1 = Down(a, b, older)
        self.down2 = Down(b, c, older)
        self.down3 = Down(c, d, older)
        self.down4 = Down(d, e // factor, older)
        self.up1 = Up(e, d // factor, bilinear, d // factor if older else None, older)
        self.up2 = Up(d, c // factor, bilinear, c // factor if older else None, older)
        self.up3 = Up(c, b // factor, bilinear, b // factor if older else None, older)
        self.up4 = Up(b, a, bilinear, a if older else None, older)
        self.outc = OutConv(a, n_classes)

    def use_checkpointing(self) -> None:
        """From now on recompute each block's activations in the backward pass instead of keeping them.

        Scores, gradients and running statistics stay the same.
        """
        self.checkpointing = True

    def run_block(self, block: nn.Module, *maps: torch.Tensor) -> torch.Tensor:
        """block(*maps), checkpointed if asked for: the one place where the two ways differ."""
        # TODO E4: call the block, through `checkpoint` where asked (use_reentrant=False). It runs
        # the block a second time in the backward pass: what becomes of its running statistics?
        raise NotImplementedError("TODO E4: call the block, through `checkpoint` where asked (use_reentrant=False)")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, n_channels, H, W) -> (N, n_classes, H, W): scores, or probabilities in the older form."""
        # TODO E4: the contracting path, the expanding path, outc; every block through self.run_block.
        raise NotImplementedError("TODO E4: the contracting path, the expanding path, outc; every block through self.run_block")


def load(state: Mapping[str, torch.Tensor]) -> UNet:
    """The network that a public state dict belongs to, with its weights.

    The form is read from the keys: `up1.up.weight` is there with transposed convolutions only, and
    the older form says `inc.conv.conv.0.weight` for today's `inc.double_conv.0.weight` (OLDER_KEYS).
    Raises: RuntimeError for the weights of any other network.
    """
    older = "inc.conv.conv.0.weight" in state
    # Newer releases keep the grey values of the masks beside the weights.
    state = {key: value for key, value in state.items() if key != "mask_values"}
    for old, new in OLDER_KEYS.items():
        state = {re.sub(old, new, key): value for key, value in state.items()}
    first, last = state.get("inc.double_conv.0.weight"), state.get("outc.conv.weight")
    if first is None or last is None:
        raise RuntimeError("expected the keys inc.double_conv.0.weight and outc.conv.weight")
    model = UNet(first.shape[1], len(last), bilinear="up1.up.weight" not in state, older=older)
    model.load_state_dict(state)
    return model
