"""The U-Net as its paper built it, and the overlap-tile strategy for pictures of any size.

O. Ronneberger, P. Fischer and T. Brox, "U-Net: Convolutional Networks for Biomedical Image
Segmentation" (2015), sections 2 and 3, figures 1 and 2. Its 3x3 convolutions are unpadded: each
takes one pixel off every side, so 572 x 572 pixels give 388 x 388 scores. The network therefore sees
real pixels only, except beyond the picture's border, where the picture is mirrored.

Not built here: the drop-out at the end of the contracting path (section 3.1).

Fill the places marked TODO E1. Figure 1 gives every size. Next file: elastic.py.
"""

from itertools import pairwise, product

import torch
from torch import nn

CHANNELS = (64, 128, 256, 512, 1024)  # of the five levels, from the top down
BORDER = 92  # pixels on each side that the unpadded convolutions consume: (572 - 388) / 2
SMALLEST = 4  # side of the smallest output: 188 x 188 pixels give 4 x 4 scores
STRIDE = 16  # the four poolings halve four times: outputs are 4 + 16 k pixels wide


def conv_block(in_channels: int, out_channels: int) -> nn.Sequential:
    """(N, in_channels, H, W) -> (N, out_channels, H - 4, W - 4).

    Source: section 2, "two 3x3 convolutions (unpadded convolutions), each followed by a rectified
    linear unit".
    """
    # TODO E1: build the block. The first convolution changes the number of channels.
    raise NotImplementedError("TODO E1: build the block")


def initialise(model: nn.Module) -> None:
    """Draw every weight from a Gaussian of standard deviation sqrt(2 / N); biases become 0.

    N is the number of incoming nodes of one neuron: 9 * 64 = 576 for a 3x3 convolution of 64
    channels. Source: section 3, after He et al.
    """
    for layer in model.modules():
        if not isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            continue
        # TODO E1: set the layer's weight and bias. How many input pixels reach one output pixel
        # of an up-convolution of kernel size 2 and stride 2?
        raise NotImplementedError("TODO E1: set the layer's weight and bias")


class UNet(nn.Module):
    """Figure 1, to the pixel.

    Shapes: (N, in_channels, H, W) -> scores (N, out_channels, H - 184, W - 184).
    Raises: ValueError unless H and W are 188 + 16 k, such as 572: "all 2x2 max-pooling operations
    are applied to a layer with an even x- and y-size" (section 2).
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        contracting = list(pairwise((in_channels, *CHANNELS)))
        expanding = [(below, above) for above, below in pairwise(CHANNELS)][::-1]
        self.contracting = nn.ModuleList(conv_block(above, below) for above, below in contracting)
        self.up_sample = nn.ModuleList(nn.ConvTranspose2d(*io, kernel_size=2, stride=2) for io in expanding)
        self.expanding = nn.ModuleList(conv_block(below, above) for below, above in expanding)
        self.final_conv = nn.Conv2d(CHANNELS[0], out_channels, kernel_size=1)
        initialise(self)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, in_channels, H, W) -> scores (N, out_channels, H - 184, W - 184), no activation."""
        smallest = SMALLEST + 2 * BORDER
        if any(side < smallest or (side - smallest) % STRIDE for side in x.shape[-2:]):
            raise ValueError(f"height and width must be 188 + 16 k, not {tuple(x.shape[-2:])}")
        # TODO E1: the five blocks of the contracting path with a max-pooling between each two,
        # then the expanding path: up-sample, crop what the contracting path kept at that level
        # around its centre, concatenate (x first, as in the core lab), convolve. Then final_conv.
        raise NotImplementedError("TODO E1: the five blocks of the contracting path with a max-pooling between each two, then the expanding path: up-sample, crop what the contracting path kept at that level around its centre, concatenate (x first, as in the core lab), convolve")


def mirrored(start: int, stop: int, size: int) -> torch.Tensor:
    """Where the pixels start..stop-1 of an endlessly mirrored row of `size` pixels come from.

    The border pixel itself is not repeated: mirrored(-2, 5, 3) is 2 1 0 1 2 1 0. A row shorter
    than the border is mirrored again and again; a single pixel fills everything.
    Shapes: -> (stop - start,), int64, each in 0..size-1. Source: figure 2, "extrapolated by mirroring".
    """
    # TODO E1: compute the indices. With which period does the mirrored row repeat?
    raise NotImplementedError("TODO E1: compute the indices")


@torch.no_grad()
def predict_tiled(model: nn.Module, image: torch.Tensor, tile: int = 388) -> torch.Tensor:
    """Scores of a picture of any size, tile by tile, the same as if the network saw it whole.

    Shapes: (C, H, W) -> (K, H, W), on the picture's device; the model may be on another.
    `tile` is the side of one output tile in pixels, rounded up to the next size that tiles can have:
    20, 36, ..., 388, ... Apart from the picture and its scores, memory depends on `tile` alone.
    Raises: ValueError for a tile below 1 or a picture without pixels.
    Source: section 2 and figure 2, "overlap-tile strategy for seamless segmentation".
    """
    if tile < 1 or image.dim() != 3 or 0 in image.shape:
        raise ValueError(f"expected a tile >= 1 and a picture (C, H, W), not {tile} and {tuple(image.shape)}")
    tile = max(SMALLEST + STRIDE, tile + (SMALLEST - tile) % STRIDE)
    model.eval()
    # TODO E1: run the model on one tile of the mirrored picture after another and fill the
    # scores. Two tiles that start 388 pixels apart do not agree with the whole picture: why not?
    raise NotImplementedError("TODO E1: run the model on one tile of the mirrored picture after another and fill the scores")
