"""U-Net, from figure 1 of its paper, with padded convolutions.

Source: O. Ronneberger, P. Fischer and T. Brox, "U-Net: Convolutional Networks for
Biomedical Image Segmentation" (2015), section 2 and figure 1. Two differences from the
paper: every 3x3 convolution is padded, so a block keeps the size of its feature map,
and the network ends in one score (logit) per class and pixel.

Fill the places marked TODO 1, 2 and 3, then run `python try.py --model model.pth`.
Keep the names: the trained weights are found by them. Next file: infer.py.
"""

import torch
import torchvision.transforms.functional
from torch import nn


class CropAndConcat(nn.Module):
    """Crop the contracting feature map to the expanding one and concatenate both.

    Source: section 2, "a concatenation with the correspondingly cropped feature map".
    """

    def forward(self, x: torch.Tensor, contracting_x: torch.Tensor) -> torch.Tensor:
        """(N, A, h, w) and (N, B, H, W) with H >= h, W >= w -> (N, A + B, h, w).

        x comes from the expanding path, contracting_x from the contracting path.
        """
        b, c, h, w = x.shape
        # TODO 2: crop, then concatenate. Crop contracting_x around its centre to the height
        # and width of x, then concatenate the two along the channels, x first.
        ### BEGIN SOLUTION
        contracting_x = torchvision.transforms.functional.center_crop(contracting_x, [h, w])
        return torch.cat([x, contracting_x], dim=1)
        ### END SOLUTION


class UNet(nn.Module):
    """The contracting path halves the map four times, the expanding path doubles it back.

    Shapes: (N, in_channels, H, W) -> (N, out_channels, 16 * (H // 16), 16 * (W // 16)),
    scores without activation. 572 x 572 gives 560 x 560: every level really crops.
    Source: figure 1.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()

        # Each block marked TODO 1 is a convolution of kernel size 3 and padding 1, a ReLU,
        # a second such convolution and a second ReLU. The comment says how many channels
        # go in and how many come out: the first convolution changes the number, the
        # second keeps it. The last one, final_conv, is a single convolution of kernel size 1.
        # Nine blocks alike: a function of your own that returns such an nn.Sequential is welcome.

        # Contracting path
        self.down_conv1 = nn.Sequential(  # in_channels -> 64
            nn.Conv2d(in_channels, 64, kernel_size=3, padding=1),  # begun for you
            # TODO 1: down_conv1, the other three layers
            ### BEGIN SOLUTION
            nn.ReLU(),
            nn.Conv2d(64, 64, kernel_size=3, padding=1),
            nn.ReLU(),
            ### END SOLUTION
        )
        self.down_sample1 = nn.MaxPool2d(2)
        self.down_conv2 = nn.Sequential(  # TODO 1: 64 -> 128
            ### BEGIN SOLUTION
            nn.Conv2d(64, 128, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.Conv2d(128, 128, kernel_size=3, padding=1),
            nn.ReLU(),
            ### END SOLUTION
        )
        self.down_sample2 = nn.MaxPool2d(2)
        self.down_conv3 = nn.Sequential(  # TODO 1: 128 -> 256
            ### BEGIN SOLUTION
            nn.Conv2d(128, 256, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.Conv2d(256, 256, kernel_size=3, padding=1),
            nn.ReLU(),
            ### END SOLUTION
        )
        self.down_sample3 = nn.MaxPool2d(2)
        self.down_conv4 = nn.Sequential(  # TODO 1: 256 -> 512
            ### BEGIN SOLUTION
            nn.Conv2d(256, 512, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.Conv2d(512, 512, kernel_size=3, padding=1),
            nn.ReLU(),
            ### END SOLUTION
        )
        self.down_sample4 = nn.MaxPool2d(2)

        self.middle_conv = nn.Sequential(  # TODO 1: 512 -> 1024
            ### BEGIN SOLUTION
            nn.Conv2d(512, 1024, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.Conv2d(1024, 1024, kernel_size=3, padding=1),
            nn.ReLU(),
            ### END SOLUTION
        )

        # Expanding path: an up-sampling halves the channels, concat brings them back
        self.up_sample1 = nn.ConvTranspose2d(1024, 512, kernel_size=2, stride=2)
        self.concat1 = CropAndConcat()
        self.up_conv1 = nn.Sequential(  # TODO 1: 1024 -> 512
            ### BEGIN SOLUTION
            nn.Conv2d(1024, 512, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.Conv2d(512, 512, kernel_size=3, padding=1),
            nn.ReLU(),
            ### END SOLUTION
        )
        self.up_sample2 = nn.ConvTranspose2d(512, 256, kernel_size=2, stride=2)
        self.concat2 = CropAndConcat()
        self.up_conv2 = nn.Sequential(  # TODO 1: 512 -> 256
            ### BEGIN SOLUTION
            nn.Conv2d(512, 256, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.Conv2d(256, 256, kernel_size=3, padding=1),
            nn.ReLU(),
            ### END SOLUTION
        )
        self.up_sample3 = nn.ConvTranspose2d(256, 128, kernel_size=2, stride=2)
        self.concat3 = CropAndConcat()
        self.up_conv3 = nn.Sequential(  # TODO 1: 256 -> 128
            ### BEGIN SOLUTION
            nn.Conv2d(256, 128, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.Conv2d(128, 128, kernel_size=3, padding=1),
            nn.ReLU(),
            ### END SOLUTION
        )
        self.up_sample4 = nn.ConvTranspose2d(128, 64, kernel_size=2, stride=2)
        self.concat4 = CropAndConcat()
        self.up_conv4 = nn.Sequential(  # TODO 1: 128 -> 64
            ### BEGIN SOLUTION
            nn.Conv2d(128, 64, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.Conv2d(64, 64, kernel_size=3, padding=1),
            nn.ReLU(),
            ### END SOLUTION
        )

        self.final_conv = nn.Conv2d(  # TODO 1: 64 -> out_channels
            ### BEGIN SOLUTION
            64,
            out_channels,
            kernel_size=1,
            ### END SOLUTION
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, in_channels, H, W) -> scores (N, out_channels, 16 * (H // 16), 16 * (W // 16))."""
        # TODO 3: the contracting path and the expanding path. First down, four times: convolve,
        # keep the result for the way up, then pool. Then the middle block. Then up, four times,
        # from the deepest level on: up-sample, concatenate what was kept at that level, convolve.
        # At last final_conv, and nothing after it: the output is a score, not a probability.
        ### BEGIN SOLUTION
        contracting_1 = self.down_conv1(x)
        contracting_2 = self.down_conv2(self.down_sample1(contracting_1))
        contracting_3 = self.down_conv3(self.down_sample2(contracting_2))
        contracting_4 = self.down_conv4(self.down_sample3(contracting_3))
        x = self.middle_conv(self.down_sample4(contracting_4))

        x = self.up_conv1(self.concat1(self.up_sample1(x), contracting_4))
        x = self.up_conv2(self.concat2(self.up_sample2(x), contracting_3))
        x = self.up_conv3(self.concat3(self.up_sample3(x), contracting_2))
        x = self.up_conv4(self.concat4(self.up_sample4(x), contracting_1))
        return self.final_conv(x)
        ### END SOLUTION


if __name__ == "__main__":
    print("Nothing happens here. Check it with: python try.py --model model.pth")
