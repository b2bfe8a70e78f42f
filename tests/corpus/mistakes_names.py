"""Mistakes in TODO 1 that Python or torch refuses, and layers that are not found under their names."""

from .build import Body, Child, Edit, Mistake, Replace
from .mistakes_blocks import EVERY, FIRST, RELU, SECOND, block, blocks


def wrong(name: str, cause: str, *edits: Edit) -> Mistake:
    return Mistake(name, ("conv_blocks",), cause, edits)


def down2(layer: str) -> Edit:
    """One block with another layer in the place of its first activation."""
    return block("down_conv2", FIRST, layer, SECOND, RELU)


ANOTHER_NETWORK = """
class DoubleConv(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.double_conv = nn.Sequential(
            nn.Conv2d(i, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU(),
            nn.Conv2d(o, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU(),
        )

    def forward(self, x):
        return self.double_conv(x)


class UNet(nn.Module):
    def __init__(self, n_channels, n_classes):
        super().__init__()
        self.inc = DoubleConv(n_channels, 64)
        self.down1 = nn.Sequential(nn.MaxPool2d(2), DoubleConv(64, 128))
        self.up1 = nn.ConvTranspose2d(128, 64, 2, stride=2)
        self.conv1 = DoubleConv(128, 64)
        self.outc = nn.Conv2d(64, n_classes, 1)

    def forward(self, x):
        kept = self.inc(x)
        return self.outc(self.conv1(torch.cat([kept, self.up1(self.down1(kept))], 1)))
"""
LISTS = (
    *(Child(f"down_conv{k}", "None") for k in "234"),
    Child(
        "down_conv1",
        "None\ndel self.down_conv1\n"
        + "self.down_conv = nn.ModuleList([nn.Sequential(nn.Conv2d(i, o, 3, padding=1), nn.ReLU(), "
        + "nn.Conv2d(o, o, 3, padding=1), nn.ReLU()) "
        + "for i, o in ((in_channels, 64), (64, 128), (128, 256), (256, 512))])",
    ),
)
NO_LINES = tuple(Replace("unet.py", f"        self.down_conv{k} = None\n", "") for k in "234")
FORWARD_OF_LISTS = Body(
    "unet.py",
    "UNet.forward",
    """
    skips = []
    for conv in self.down_conv:
        skips.append(conv(x))
        x = self.down_sample1(skips[-1])
    x = self.middle_conv(x)
    x = self.up_conv1(self.concat1(self.up_sample1(x), skips[3]))
    x = self.up_conv2(self.concat2(self.up_sample2(x), skips[2]))
    x = self.up_conv3(self.concat3(self.up_sample3(x), skips[1]))
    x = self.up_conv4(self.concat4(self.up_sample4(x), skips[0]))
    return self.final_conv(x)
    """,
)

MISTAKES = (
    # One block whose construction raises: the others are checked all the same
    wrong("raises-nn-relu", "submission.name_near", down2("nn.relu()")),
    wrong("raises-nn-conv2D", "submission.name_near", block("up_conv2", "nn.Conv2D({i}, {o}, 3)", RELU)),
    wrong("raises-everywhere", "submission.name_near", *blocks(EVERY, FIRST, "nn.Relu()", SECOND, RELU)),
    wrong("raises-nn-unknown", "submission.name_unknown", down2("nn.Activation()")),
    wrong("raises-nn-missing", "submission.undefined_near", down2("ReLU()")),
    wrong(
        "raises-name-misspelt",
        "submission.undefined_near",
        Replace("unet.py", "Conv2d(in_channels", "Conv2d(in_channel"),
    ),
    wrong("raises-name-short", "submission.undefined_near", down2("F.relu")),
    wrong("raises-name-unknown", "submission.undefined", down2("relu_layer")),
    wrong(
        "raises-argument-misspelt",
        "submission.argument_near",
        block("middle_conv", "nn.Conv2d({i}, {o}, kernal_size=3, padding=1)", RELU, SECOND, RELU),
    ),
    wrong(
        "raises-argument-unknown",
        "submission.argument_unknown",
        block("up_conv4", "nn.Conv2d({i}, {o}, 3, padding=1, activation=1)", RELU, SECOND, RELU),
    ),
    wrong(
        "raises-argument-missing",
        "submission.argument_missing",
        block("down_conv4", "nn.Conv2d({i}, {o}, padding=1)", RELU, SECOND, RELU),
    ),
    wrong(
        "raises-list",
        "submission.layers_in_list",
        block("down_conv3", f"[{FIRST}, {RELU}, {SECOND}, {RELU}]"),
    ),
    wrong("raises-class", "submission.parentheses", down2("nn.ReLU")),
    wrong("raises-function", "submission.not_a_layer", down2("torch.relu")),
    wrong(
        "raises-in-final-conv",
        "submission.argument_missing",
        Child("final_conv", "nn.Conv2d(64, out_channels)"),
    ),
    # Names
    wrong(
        "self-missing",
        "conv_blocks.self_missing",
        Replace("unet.py", "self.middle_conv = ", "middle_conv = "),
    ),
    wrong(
        "self-missing-final",
        "conv_blocks.self_missing",
        Replace("unet.py", "self.final_conv = ", "final_conv = "),
    ),
    wrong("block-deleted", "conv_blocks.block_missing", Child("up_conv3", "None\ndel self.up_conv3")),
    wrong(
        "block-misspelt", "conv_blocks.name_near", Replace("unet.py", "self.down_conv2", "self.downconv2", 2)
    ),
    wrong("block-capital", "conv_blocks.name_near", Replace("unet.py", "self.up_conv1", "self.Up_Conv_1", 2)),
    wrong("blocks-in-a-list", "conv_blocks.other_names", *LISTS, *NO_LINES, FORWARD_OF_LISTS),
    Mistake(
        "another-unet",
        ("conv_blocks", "forward"),
        "submission.other_network",
        (Replace("unet.py", "class UNet(nn.Module):", ANOTHER_NETWORK + "\n\nclass Given(nn.Module):"),),
    ),
    wrong("channels-second-in", "conv_blocks.channels_second", block("down_conv3", FIRST, RELU, FIRST, RELU)),
    wrong(
        "channels-final", "conv_blocks.final_channels", Child("final_conv", "nn.Conv2d(128, out_channels, 1)")
    ),
)
