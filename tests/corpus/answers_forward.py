"""Right answers to TODO 3, in the ways that students write them."""

from .build import Answer, Body, Child, Edit, Replace
from .mistakes_crop import CAT
from .mistakes_forward import FIRST as START
from .mistakes_forward import LOOPS

IMPORTS = "from torch import nn\n"
FORWARD = "    def forward(self, x: torch.Tensor) -> torch.Tensor:\n"  # UNet's, not CropAndConcat's
GIVEN = {"down_sample": "nn.MaxPool2d(2)", "concat": "CropAndConcat()"}
UP_SAMPLES = {
    k: f"nn.ConvTranspose2d({c}, {c // 2}, kernel_size=2, stride=2)"
    for k, c in zip((4, 3, 2, 1), (128, 256, 512, 1024))
}
PATHS = """
    def contract(self, x):
        c1 = self.down_conv1(x)
        c2 = self.down_conv2(self.down_sample1(c1))
        c3 = self.down_conv3(self.down_sample2(c2))
        c4 = self.down_conv4(self.down_sample3(c3))
        return self.middle_conv(self.down_sample4(c4)), [c4, c3, c2, c1]

    def expand(self, x, skips):
        x = self.up_conv1(self.concat1(self.up_sample1(x), skips[0]))
        x = self.up_conv2(self.concat2(self.up_sample2(x), skips[1]))
        x = self.up_conv3(self.concat3(self.up_sample3(x), skips[2]))
        return self.up_conv4(self.concat4(self.up_sample4(x), skips[3]))
"""


def line(old: str, new: str, count: int | None = 1) -> Edit:
    return Replace("unet.py", old, new, count)


def forward(new: str) -> Edit:
    return Body("unet.py", "UNet.forward", new)


ANSWERS = (
    Answer(
        "pooling-functional", (line("self.down_sample4(", "nn.functional.max_pool2d(kernel_size=2, input="),)
    ),
    Answer(
        "pooling-functional-loop",
        (forward(LOOPS.replace('getattr(self, f"down_sample{level}")(x)', "torch.max_pool2d(x, 2)")),),
    ),
    Answer(
        "lists-in-init",  # plain lists, so no key is added
        (
            Child(
                "final_conv",
                """
                nn.Conv2d(64, out_channels, kernel_size=1)
                self.downs = [self.down_conv1, self.down_conv2, self.down_conv3, self.down_conv4]
                self.pools = [self.down_sample1, self.down_sample2, self.down_sample3, self.down_sample4]
                self.ups = [self.up_sample1, self.up_sample2, self.up_sample3, self.up_sample4]
                self.concats = [self.concat1, self.concat2, self.concat3, self.concat4]
                self.up_convs = [self.up_conv1, self.up_conv2, self.up_conv3, self.up_conv4]
                """,
            ),
            forward("""
                skips = []
                for conv, pool in zip(self.downs, self.pools):
                    skips.append(conv(x))
                    x = pool(skips[-1])
                x = self.middle_conv(x)
                for up, concat, conv in zip(self.ups, self.concats, self.up_convs):
                    x = conv(concat(up(x), skips.pop()))
                return self.final_conv(x)
            """),
        ),
    ),
    Answer("loops-with-getattr", (forward(LOOPS),)),
    Answer(
        "recursion",
        (
            forward("""
                def level(k, x):
                    if k == 5:
                        return self.middle_conv(x)
                    skip = getattr(self, f"down_conv{k}")(x)
                    below = level(k + 1, getattr(self, f"down_sample{k}")(skip))
                    up = getattr(self, f"up_sample{5 - k}")(below)
                    return getattr(self, f"up_conv{5 - k}")(getattr(self, f"concat{5 - k}")(up, skip))

                return self.final_conv(level(1, x))
            """),
        ),
    ),
    Answer(
        "one-pooling-used",
        tuple(line(f"self.down_sample{k}(", "self.down_sample1(") for k in (2, 3, 4)),
    ),
    Answer(
        "one-pooling-made",
        (
            Child(
                "down_sample1",
                "self.down_sample2 = self.down_sample3 = self.down_sample4 = nn.MaxPool2d(2, 2)",
            ),
            *(line(f"        self.down_sample{k} = nn.MaxPool2d(2)\n", "") for k in (2, 3, 4)),
        ),
    ),
    Answer(
        "one-pooling-other-name",
        (
            Child("down_sample1", "nn.MaxPool2d(2)\nself.pool = nn.MaxPool2d(kernel_size=2, stride=2)"),
            forward(LOOPS.replace('getattr(self, f"down_sample{level}")(x)', "self.pool(x)")),
        ),
    ),
    Answer(
        "layers-made-in-another-order",
        (
            *(line(f"        self.{name}{k} = {made}\n", "") for k in "1234" for name, made in GIVEN.items()),
            *(line(f"        self.up_sample{k} = {made}\n", "") for k, made in UP_SAMPLES.items()),
            line(
                "super().__init__()\n",
                "super().__init__()\n"
                + "".join(
                    f"        self.{name}{k} = {made}\n" for name, made in GIVEN.items() for k in "4321"
                )
                + "".join(f"        self.up_sample{k} = {made}\n" for k, made in UP_SAMPLES.items()),
            ),
        ),
    ),
    Answer("one-concat", tuple(line(f"self.concat{k}(self", "self.concat1(self") for k in (2, 3, 4))),
    Answer("concat-made-in-forward", (line("self.concat3(self", "CropAndConcat()(self"),)),
    Answer(
        "concat-inline",
        (
            forward(
                LOOPS.replace(
                    'x = getattr(self, f"concat{level}")(x, skips[4 - level])',
                    "skip = torchvision.transforms.functional.center_crop(skips[4 - level], x.shape[2:])\n"
                    "    x = torch.cat([x, skip], dim=1)",
                )
            ),
        ),
    ),
    Answer(
        "helper-methods",
        (
            forward("return self.final_conv(self.expand(*self.contract(x)))"),
            line(FORWARD, PATHS + "\n" + FORWARD),
        ),
    ),
    Answer(
        "print-in-forward",
        (
            line(IMPORTS, IMPORTS + '\nprint("unet.py is imported, torch", torch.__version__)\n'),
            line(
                "return self.final_conv(x)",
                'print(f"{x.shape = }, {x.mean().item():.3f}")\n        return self.final_conv(x)',
            ),
        ),
    ),
    Answer(
        "asserts-in-forward",
        (
            line(
                START,
                'assert x.dim() == 4, f"expected (N, C, H, W), not {x.shape}"\n        ' + START,
            ),
        ),
    ),
    Answer(
        "memory-layout",
        (
            line(
                START,
                "x = x.contiguous(memory_format=torch.channels_last)\n        " + START,
            ),
            line(CAT, "return torch.cat([x, contracting_x], dim=1).contiguous()"),
            line("return self.final_conv(x)", "return self.final_conv(x).contiguous()"),
        ),
    ),
    Answer(
        "temporaries-deleted",
        (
            line("        x = self.up_conv2(", "        del contracting_4\n        x = self.up_conv2("),
            line(
                "        return self.final_conv(x)",
                "        del contracting_3, contracting_2, contracting_1\n        return self.final_conv(x)",
            ),
        ),
    ),
    Answer(
        "skips-in-dict",
        (
            forward("""
                kept = {}
                for k in (1, 2, 3, 4):
                    kept[k] = x = self._modules[f"down_conv{k}"](x)
                    x = self._modules[f"down_sample{k}"](x)
                x = self.middle_conv(x)
                for k in (1, 2, 3, 4):
                    up = self.get_submodule(f"up_sample{k}")(x)
                    x = self.get_submodule(f"up_conv{k}")(self.get_submodule(f"concat{k}")(up, kept[5 - k]))
                scores = self.final_conv(x)
                return scores
            """),
        ),
    ),
)
