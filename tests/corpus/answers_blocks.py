"""Right answers to TODO 1, in the ways that students write them."""

import re

from .build import Answer, Body, Child, Edit, Replace
from .mistakes_blocks import EVERY, FIRST, PLAN, RELU, SECOND, blocks
from .mistakes_forward import CONTRACTING, EXPANDING, LOOPS

CLASS = "class UNet(nn.Module):"
FORWARD = "    def forward(self, x: torch.Tensor) -> torch.Tensor:\n"  # UNet's, not CropAndConcat's
BLOCK_CALL = re.compile(r"self\.((?:down|middle|up)_conv\d?)\(")
CONVOLVE = """
def convolve(block, x):
    x = nn.functional.relu(block[0](x))
    return nn.functional.relu(block[2](x))

"""
DOUBLE_CONV = """
def double_conv(i, o):
    return nn.Sequential(
        nn.Conv2d(i, o, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(o, o, 3, padding=1),
        nn.ReLU(inplace=True),
    )
"""
METHOD = """
    @staticmethod
    def _double(i, o):
        layers = []
        for k in (i, o):
            layers += [nn.Conv2d(k, o, kernel_size=3, padding=1), nn.ReLU()]
        return nn.Sequential(*layers)
"""
REST_OF_INIT = """
for level in range(1, 5):
    setattr(self, f"down_sample{level}", nn.MaxPool2d(2))
    setattr(self, f"concat{level}", CropAndConcat())
self.final_conv = nn.Conv2d(64, out_channels, 1)
"""


def line(old: str, new: str, count: int | None = 1) -> Edit:
    return Replace("unet.py", old, new, count)


def forward(new: str) -> Edit:
    return Body("unet.py", "UNet.forward", new)


def above_unet(new: str) -> Edit:
    """Write module-level code above class UNet."""
    return line(CLASS, new.strip("\n") + "\n\n\n" + CLASS)


def made_by(call: str) -> tuple[Edit, ...]:
    """Every block made by a call; {i} and {o} stand for channels in and out."""
    return tuple(Child(name, call.format(i=i, o=o)) for name, (i, o) in PLAN.items())


def init(new: str) -> Edit:
    return Body("unet.py", "UNet.__init__", new)


ANSWERS = (
    Answer("relu-inplace", (line("nn.ReLU()", "nn.ReLU(inplace=True)", None),)),
    Answer(
        "relu-functional-in-forward",  # a block alone is then only its two convolutions
        (
            *blocks(EVERY, FIRST, "nn.Identity()", SECOND),
            forward(CONVOLVE + BLOCK_CALL.sub(r"convolve(self.\1, ", CONTRACTING + EXPANDING)),
        ),
    ),
    Answer(
        "relu-second-functional-in-forward",
        (
            *blocks(EVERY, FIRST, RELU, SECOND),
            forward(
                LOOPS.replace(
                    'getattr(self, f"down_conv{level}")(x)', 'getattr(self, f"down_conv{level}")(x).relu()'
                )
                .replace('getattr(self, f"up_conv{level}")(x)', 'getattr(self, f"up_conv{level}")(x).relu()')
                .replace("self.middle_conv(x)", "self.middle_conv(x).relu()")
            ),
        ),
    ),
    Answer(
        "relu-functional-in-block",
        (
            above_unet("""
class Block(nn.Sequential):
    def forward(self, x):
        return nn.functional.relu(self[2](self[1](nn.functional.relu(self[0](x)))))
"""),
            *made_by(
                "Block(nn.Conv2d({i}, {o}, 3, padding=1), nn.Identity(), nn.Conv2d({o}, {o}, 3, padding=1))"
            ),
        ),
    ),
    Answer(
        "relu-shared",
        (
            Child("down_sample1", "nn.MaxPool2d(2)\nrelu = nn.ReLU()"),
            *blocks(EVERY.removeprefix("down_conv1 "), FIRST, "relu", SECOND, "relu"),
        ),
    ),
    Answer(
        "by-hand-with-views",  # of weights and of feature maps, whose numbers have to lie in order
        (
            above_unet("""
class ByHand(nn.Conv2d):
    def forward(self, x):
        columns = nn.functional.unfold(x.view(x.shape[0], -1).view(x.shape), 3, padding=1)
        y = self.weight.view(self.out_channels, -1) @ columns + self.bias.view(-1, 1)
        return y.view(x.shape[0], self.out_channels, x.shape[2], x.shape[3])
"""),
            *made_by("nn.Sequential(ByHand({i}, {o}, 3), nn.ReLU(), ByHand({o}, {o}, 3), nn.ReLU())"),
        ),
    ),
    Answer("padding-same", (line("padding=1", 'padding="same"', None),)),
    Answer(
        "padding-pairs", (line("kernel_size=3, padding=1)", "kernel_size=(3, 3), padding=(1, 1))", None),)
    ),
    Answer(
        "explicit-settings",
        (
            line(
                "kernel_size=3, padding=1)", "3, stride=1, padding=1, dilation=1, groups=1, bias=True)", None
            ),
        ),
    ),
    Answer("function-double-conv", (above_unet(DOUBLE_CONV), *made_by("double_conv({i}, {o})"))),
    Answer(
        "method-double-conv",
        (
            *made_by("self._double({i}, {o})"),
            line(FORWARD, METHOD + "\n" + FORWARD),
        ),
    ),
    Answer(
        "class-double-conv",
        (
            above_unet('''
class DoubleConv(nn.Sequential):
    """Two padded convolutions."""

    def __init__(self, i, o):
        super().__init__(
            nn.Conv2d(i, o, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.Conv2d(o, o, kernel_size=3, padding=1),
            nn.ReLU(),
        )
'''),
            *made_by("DoubleConv({i}, {o})"),
        ),
    ),
    Answer(
        "ordered-dict",
        (
            line("import torch\n", "from collections import OrderedDict\n\nimport torch\n"),
            *made_by(
                'nn.Sequential(OrderedDict([("0", nn.Conv2d({i}, {o}, 3, 1, 1)), ("1", nn.ReLU()), '
                '("2", nn.Conv2d({o}, {o}, 3, 1, 1)), ("3", nn.ReLU())]))'
            ),
        ),
    ),
    Answer(
        "append-to-empty-block",
        tuple(
            Child(
                name,
                f"""
                nn.Sequential()
                self.{name}.append(nn.Conv2d({i}, {o}, 3, padding=1))
                self.{name}.append(nn.ReLU())
                self.{name}.append(nn.Conv2d({o}, {o}, 3, padding=1))
                self.{name}.append(nn.ReLU())
                """,
            )
            for name, (i, o) in PLAN.items()
        ),
    ),
    Answer(
        "add-module",
        (
            above_unet("""
def conv_block(i, o):
    block = nn.Sequential()
    block.add_module("0", nn.Conv2d(i, o, 3, padding=1))
    block.add_module("1", nn.ReLU())
    block.add_module("2", nn.Conv2d(o, o, 3, padding=1))
    block.add_module("3", nn.ReLU())
    return block
"""),
            *made_by("conv_block({i}, {o})"),
        ),
    ),
    Answer(
        "setattr-in-init",
        (
            above_unet(DOUBLE_CONV),
            init(
                """
super().__init__()
down = [in_channels, 64, 128, 256, 512]
up = down[:0:-1]
for k in range(4):
    setattr(self, f"down_conv{k + 1}", double_conv(down[k], down[k + 1]))
self.middle_conv = double_conv(512, 1024)
for k, c in enumerate(up, start=1):
    self.add_module(f"up_sample{k}", nn.ConvTranspose2d(2 * c, c, 2, 2))
    self.add_module(f"up_conv{k}", double_conv(2 * c, c))
"""
                + REST_OF_INIT
            ),
            forward(LOOPS),
        ),
    ),
    Answer(
        "dataclass-config",
        (
            line("import torch\n", "from dataclasses import dataclass, field\n\nimport torch\n"),
            above_unet(
                DOUBLE_CONV
                + """

@dataclass
class Config:
    in_channels: int = 3
    out_channels: int = 1
    width: list = field(default_factory=lambda: [64, 128, 256, 512, 1024])
"""
            ),
            init(
                """
super().__init__()
config = Config(in_channels, out_channels)
w = config.width
self.down_conv1 = double_conv(config.in_channels, w[0])
self.down_conv2 = double_conv(w[0], w[1])
self.down_conv3 = double_conv(w[1], w[2])
self.down_conv4 = double_conv(w[2], w[3])
self.middle_conv = double_conv(w[3], w[4])
for k in range(4):
    setattr(self, f"up_sample{k + 1}", nn.ConvTranspose2d(w[4 - k], w[3 - k], kernel_size=2, stride=2))
    setattr(self, f"up_conv{k + 1}", double_conv(w[4 - k], w[3 - k]))
"""
                + REST_OF_INIT
            ),
        ),
    ),
    Answer("super-old-style", (line("super().__init__()", "super(UNet, self).__init__()"),)),
    Answer(
        "final-conv-settings",
        (Child("final_conv", "nn.Conv2d(64, out_channels, (1, 1), stride=1, padding=0)"),),
    ),
)
