"""A U-Net as a blog might publish it, to be fixed: it runs, and it cannot learn.

It has BatchNorm and ReLU6 after every 3x3 convolution, transposed convolutions to go up, and ends
in a soft-max over the channels. It already maps (N, 3, H, W) -> (N, out_channels, H, W) for H and W
that are multiples of 16, such as 480 x 640, with channels that sum to 1. And yet

* an optimiser finds no parameters in it, `state_dict()` is empty and `.to(device)` moves nothing;
* the same picture twice, in `eval()`, gives two different answers;
* its BatchNorms cannot tell one convolution from another;
* its parts cannot be built before a picture has come through.

Fix it at TODO E5: keep the layers, their sizes, the name UNet and what it takes; everything else is
yours to change. (The checks build it with narrow widths, which are quick.) Then answer the question
at the end of the file.
"""

from collections.abc import Sequence

import torch
from torch import nn

# TODO E5: find the bugs and mend them. There are three, and the comments do not help.
class Block(torch.nn.Module):
    # two convolutions, normalised and activated
    def __init__(self, inputs, outputs):
        super(Block, self).__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.norm = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU6()

    def forward(self, images):
        images = self.relu(self.norm(self.conv1(images)))
        images = self.relu(self.norm(self.conv2(images)))
        return images


class UpBlock(torch.nn.Module):
    # up-sampling, then two convolutions over it and what the other side kept
    def __init__(self, skip, inputs, outputs):
        super(UpBlock, self).__init__()
        self.skip = skip
        self.upconv = nn.ConvTranspose2d(inputs, outputs, 2, stride=2)
        self.block = Block(outputs * 2, outputs)

    def forward(self, images):
        images = self.upconv(images)
        images = torch.cat((self.skip, images), 1)
        return self.block(images)


class UNet(torch.nn.Module):
    # the network: down, down, down, down, up, up, up, up
    def __init__(self, out_channels, widths=(64, 128, 256, 512, 1024)):
        super(UNet, self).__init__()
        self.out_channels = out_channels
        self.widths = widths
        self.pool = nn.MaxPool2d(2)
        self.activation = nn.Softmax2d()

    def forward(self, images):
        a, b, c, d, e = self.widths
        # going down
        level1 = Block(3, a)(images)
        level2 = Block(a, b)(self.pool(level1))
        level3 = Block(b, c)(self.pool(level2))
        level4 = Block(c, d)(self.pool(level3))
        level5 = Block(d, e)(self.pool(level4))
        # going up
        images = UpBlock(level4, e, d)(level5)
        images = UpBlock(level3, d, c)(images)
        images = UpBlock(level2, c, b)(images)
        images = UpBlock(level1, b, a)(images)
        images = nn.Conv2d(a, self.out_channels, 1)(images)
        return self.activation(images)


def what_the_comments_should_say() -> dict[str, str]:
    """Comments go wrong too: answer what these should say.

    Here is code as it was published, with its comments:

        if learned:
            self.up = nn.ConvTranspose2d(channels, channels // 2, 2, stride=2)    # A: bilinear
        else:
            self.up = nn.Upsample(scale_factor=2, mode="bilinear")                # B: transposed
        ...
        def forward(self, x1, x2):                                    # x1: skip, x2: expanding
            x1 = self.up(x1)
            return self.conv(torch.cat([x2, x1], dim=1))

    -> "A" and "B" each "bilinear" or "transposed", "x1" and "x2" each "skip"
    (from the contracting path) or "expanding" (from the level below).
    """
    # TODO E5: correct what the comments say.
    return {"A": "bilinear", "B": "transposed", "x1": "skip", "x2": "expanding"}
