"""Mistakes in TODO 1, the conv blocks and the layers beside them in `UNet.__init__`."""

from .build import Child, Edit, Mistake, Replace

# name -> channels in and out
PLAN = {
    "down_conv1": ("in_channels", 64),
    "down_conv2": (64, 128),
    "down_conv3": (128, 256),
    "down_conv4": (256, 512),
    "middle_conv": (512, 1024),
    "up_conv1": (1024, 512),
    "up_conv2": (512, 256),
    "up_conv3": (256, 128),
    "up_conv4": (128, 64),
}
EVERY = " ".join(PLAN)
EXPANDING = "up_conv1 up_conv2 up_conv3 up_conv4"
FIRST = "nn.Conv2d({i}, {o}, kernel_size=3, padding=1)"
SECOND = "nn.Conv2d({o}, {o}, kernel_size=3, padding=1)"
RELU = "nn.ReLU()"
DOUBLE_CONV = '''class DoubleConv(nn.Module):
    """Two convolutions, each with its activation."""

    def __init__(self, i, o):
        super().__init__()
        {init}

    def forward(self, x):
        return {forward}


class UNet(nn.Module):'''


def blocks(names: str, *layers: str) -> tuple[Edit, ...]:
    """Fill the named blocks with `layers`; {i} and {o} stand for channels in and out."""
    return tuple(block(name, *layers) for name in names.split())


def block(name: str, *layers: str) -> Edit:
    i, o = PLAN[name]
    lines = [f"    {layer.format(i=i, o=o)},\n" for layer in layers]
    return Child(name, "nn.Sequential(\n" + "".join(lines) + ")")


def with_class(init: str, forward: str) -> tuple[Edit, ...]:
    """Every block an object of the student's own class, which renames the keys."""
    made = DOUBLE_CONV.format(init=init, forward=forward)
    calls = [Child(name, f"DoubleConv({i}, {o})") for name, (i, o) in PLAN.items()]
    return (Replace("unet.py", "class UNet(nn.Module):", made), *calls)


def wrong(name: str, word: str, *edits: Edit) -> Mistake:
    return Mistake(name, ("conv_blocks",), f"conv_blocks.{word}", edits)


CONV_IN = "nn.Conv2d(in_channels, 64, kernel_size=3, padding=1)"
MIDDLE_1 = "nn.Conv2d(512, 1024, kernel_size=3, padding=1)"
MIDDLE_2 = "nn.Conv2d(1024, 1024, kernel_size=3, padding=1)"
DOWN2_1 = "nn.Conv2d(64, 128, kernel_size=3, padding=1)"
DOWN3_1 = "nn.Conv2d(128, 256, kernel_size=3, padding=1)"
UP1_1 = "nn.Conv2d(1024, 512, kernel_size=3, padding=1)"


def line(old: str, new: str) -> Edit:
    return Replace("unet.py", old, new)


MISTAKES = (
    # Activations
    wrong("relu-first-missing", "relu_missing", block("down_conv2", FIRST, SECOND, RELU)),
    wrong(
        "relu-first-identity",
        "relu_missing",
        block("up_conv3", FIRST, "nn.Identity()", SECOND, RELU),
    ),
    wrong("relu-second-missing", "relu_missing", block("down_conv3", FIRST, RELU, SECOND)),
    wrong("relu-middle-second-missing", "relu_missing", block("middle_conv", FIRST, RELU, SECOND)),
    wrong("relu-expanding-missing", "relu_missing", *blocks(EXPANDING, FIRST, RELU, SECOND)),
    wrong("relu-everywhere-missing", "relu_missing", *blocks(EVERY, FIRST, SECOND)),
    wrong(
        "leaky-relu", "activation", *blocks(EVERY, FIRST, "nn.LeakyReLU(0.2)", SECOND, "nn.LeakyReLU(0.2)")
    ),
    wrong("leaky-relu-once", "activation", block("up_conv4", FIRST, RELU, SECOND, "nn.LeakyReLU()")),
    wrong("relu6", "activation", *blocks(EVERY, FIRST, "nn.ReLU6()", SECOND, "nn.ReLU6()")),
    wrong("gelu", "activation", block("middle_conv", FIRST, "nn.GELU()", SECOND, "nn.GELU()")),
    wrong("sigmoid-block", "activation", block("up_conv4", FIRST, RELU, SECOND, "nn.Sigmoid()")),
    wrong("prelu", "activation", block("down_conv1", FIRST, "nn.PReLU()", SECOND, RELU)),  # one key more
    # Layers that do not belong here
    wrong(
        "batch-norm",
        "batch_norm",
        *blocks(EVERY, FIRST, "nn.BatchNorm2d({o})", RELU, SECOND, "nn.BatchNorm2d({o})", RELU),
    ),
    wrong(
        "batch-norm-last", "batch_norm", block("down_conv4", FIRST, RELU, SECOND, RELU, "nn.BatchNorm2d({o})")
    ),
    wrong(
        "batch-norm-no-keys",
        "batch_norm",
        block(
            "down_conv2",
            FIRST,
            RELU,
            SECOND,
            RELU,
            "nn.BatchNorm2d({o}, affine=False, track_running_stats=False)",
        ),
    ),
    # Dropout after the block leaves the keys and the numbers of eval() alone: it shows in training only.
    wrong("dropout-last", "dropout", block("middle_conv", FIRST, RELU, SECOND, RELU, "nn.Dropout(0.5)")),
    wrong(
        "dropout-between", "dropout", block("down_conv4", FIRST, RELU, "nn.Dropout2d(p=0.2)", SECOND, RELU)
    ),
    wrong(
        "instance-norm",
        "instance_norm",
        block("down_conv2", FIRST, RELU, SECOND, RELU, "nn.InstanceNorm2d({o})"),
    ),
    # The convolution's settings
    wrong("kernel-5", "kernel", line(DOWN2_1, "nn.Conv2d(64, 128, kernel_size=5, padding=2)")),
    wrong("kernel-1", "kernel", block("up_conv2", FIRST, RELU, "nn.Conv2d({o}, {o}, kernel_size=1)", RELU)),
    wrong("padding-0", "padding", line(DOWN3_1, "nn.Conv2d(128, 256, kernel_size=3)")),
    wrong(
        "padding-0-everywhere",
        "padding",
        *blocks(EVERY, "nn.Conv2d({i}, {o}, 3, padding=0)", RELU, "nn.Conv2d({o}, {o}, 3, padding=0)", RELU),
    ),
    wrong("padding-2", "padding", line(UP1_1, "nn.Conv2d(1024, 512, kernel_size=3, padding=2)")),
    wrong("padding-reflect", "padding_mode", line(CONV_IN, CONV_IN[:-1] + ', padding_mode="reflect")')),
    wrong("padding-circular", "padding_mode", line(MIDDLE_2, MIDDLE_2[:-1] + ', padding_mode="circular")')),
    wrong("stride-2", "stride", line(DOWN2_1, "nn.Conv2d(64, 128, 3, stride=2, padding=1)")),
    wrong("stride-2-second", "stride", line(MIDDLE_2, "nn.Conv2d(1024, 1024, 3, 2, 1)")),
    wrong(
        "dilation-2",
        "dilation",
        line(MIDDLE_1, "nn.Conv2d(512, 1024, kernel_size=3, padding=2, dilation=2)"),
        line(MIDDLE_2, "nn.Conv2d(1024, 1024, kernel_size=3, padding=2, dilation=2)"),
    ),
    wrong("bias-missing", "bias", line(DOWN3_1, DOWN3_1[:-1] + ", bias=False)")),
    wrong(
        "bias-missing-everywhere",
        "bias",
        Replace("unet.py", "kernel_size=3, padding=1)", "kernel_size=3, padding=1, bias=False)", None),
    ),
    wrong("groups-2", "groups", line(UP1_1, UP1_1[:-1] + ", groups=2)")),
    # How many convolutions, how many channels
    wrong("conv-one-too-few", "conv_missing", block("down_conv4", FIRST, RELU)),
    wrong("conv-one-too-few-everywhere", "conv_missing", *blocks(EVERY, FIRST, RELU)),
    wrong("conv-one-too-many", "conv_extra", block("middle_conv", FIRST, RELU, SECOND, RELU, SECOND, RELU)),
    wrong(
        "channels-middle",
        "channels",
        block(
            "middle_conv",
            "nn.Conv2d(512, 512, 3, padding=1)",
            RELU,
            "nn.Conv2d(512, 512, 3, padding=1)",
            RELU,
        ),
    ),
    wrong("channels-first", "channels", line(UP1_1, "nn.Conv2d(512, 512, kernel_size=3, padding=1)")),
    wrong(
        "channels-second",
        "channels_second",
        block("down_conv3", FIRST, RELU, "nn.Conv2d(256, 128, 3, padding=1)", RELU),
    ),
    wrong(
        "channels-changed-late",
        "channels",
        *blocks(
            EXPANDING, "nn.Conv2d({i}, {i}, 3, padding=1)", RELU, "nn.Conv2d({i}, {o}, 3, padding=1)", RELU
        ),
    ),
    wrong(
        "in-channels-hard-coded", "in_channels", line(CONV_IN, "nn.Conv2d(3, 64, kernel_size=3, padding=1)")
    ),
    wrong("out-channels-hard-coded", "out_channels", Child("final_conv", "nn.Conv2d(64, 1, kernel_size=1)")),
    wrong("out-channels-is-in", "out_channels", Child("final_conv", "nn.Conv2d(64, in_channels, 1)")),
    # Names of the weights
    wrong(
        "keys-conv1-conv2",
        "keys",
        *with_class(
            "self.conv1, self.conv2 = nn.Conv2d(i, o, 3, padding=1), nn.Conv2d(o, o, 3, padding=1)",
            "torch.relu(self.conv2(torch.relu(self.conv1(x))))",
        ),
    ),
    wrong(
        "keys-nested",
        "keys",
        *with_class(
            "self.layers = nn.Sequential(nn.Conv2d(i, o, 3, padding=1), nn.ReLU(), "
            "nn.Conv2d(o, o, 3, padding=1), nn.ReLU())",
            "self.layers(x)",
        ),
    ),
    # The last layer
    wrong(
        "final-sigmoid",
        "final_activation",
        Child("final_conv", "nn.Sequential(nn.Conv2d(64, out_channels, kernel_size=1), nn.Sigmoid())"),
    ),
    wrong(
        "final-sigmoid-same-keys",
        "final_activation",
        Child(
            "final_conv",
            """
            nn.Conv2d(64, out_channels, kernel_size=1)
            self.final_conv.register_forward_hook(lambda layer, given, scores: scores.sigmoid())
            """,
        ),
    ),
    wrong(
        "final-relu",
        "final_activation",
        Child("final_conv", "nn.Sequential(nn.Conv2d(64, out_channels, 1), nn.ReLU())"),
    ),
    wrong(
        "final-padding",
        "final_padding",
        Child("final_conv", "nn.Conv2d(64, out_channels, kernel_size=1, padding=1)"),
    ),
    wrong(
        "final-kernel-3",
        "final_kernel",
        Child("final_conv", "nn.Conv2d(64, out_channels, kernel_size=3, padding=1)"),
    ),
    # Given layers that were exchanged
    wrong(
        "up-sample-interpolates",
        "up_sample",
        Child(
            "up_sample1",
            'nn.Sequential(nn.Upsample(scale_factor=2, mode="bilinear"), nn.Conv2d(1024, 512, 1))',
        ),
    ),
    wrong(
        "up-sample-kernel-3",
        "up_sample",
        Child("up_sample3", "nn.ConvTranspose2d(256, 128, 3, stride=2, padding=1, output_padding=1)"),
    ),
)
