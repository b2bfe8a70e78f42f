"""Right answers that differ from the solution in the file as a whole: encoding, imports, more code."""

from .build import Answer, Append, Edit, Replace
from .mistakes_crop import CROP
from .mistakes_forward import FIRST as START

IMPORTS = "from torch import nn\n"
CLASS = "class UNet(nn.Module):"


def line(old: str, new: str, count: int | None = 1) -> Edit:
    return Replace("unet.py", old, new, count)


def above_unet(new: str) -> Edit:
    """Write module-level code above class UNet."""
    return line(CLASS, new.strip("\n") + "\n\n\n" + CLASS)


ANSWERS = (
    Answer(
        "comments-chinese",
        (line("x = self.up_conv1(", "# 上采样，拼接，再卷积\n        x = self.up_conv1("),),
    ),
    Answer(
        "byte-order-mark",
        (line('"""U-Net, from', '\ufeff"""U-Net, from'), Replace("infer.py", '"""From a', '\ufeff"""From a')),
    ),
    Answer("crlf", (line("\n", "\r\n", None), Replace("infer.py", "\n", "\r\n", None))),
    Answer("tabs", (line("            nn.ReLU(),\n", "\t\t\tnn.ReLU(),\n", None),)),
    Answer(
        "main-block",
        (
            Append(
                "unet.py",
                """

                if __name__ == "__main__":
                    model = UNet(3, 1)
                    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
                    for step in range(1000):
                        loss = model(torch.rand(4, 3, 572, 572)).mean()
                        optimizer.zero_grad()
                        loss.backward()
                        optimizer.step()
                """,
            ),
        ),
    ),
    Answer(
        "type-hints",
        (
            line(
                "import torch\n",
                "from __future__ import annotations\n\nfrom typing import Final\n\nimport torch\n",
            ),
            line(START, START.replace(" = ", ": Tensor = ")),  # never evaluated
            above_unet("LEVELS: Final[int] = 4"),
        ),
    ),
    Answer(
        "extra-classes",
        (
            above_unet('''
class DiceLoss(nn.Module):
    """For training, not used by the network."""

    def forward(self, scores, target):
        p = scores.sigmoid()
        return 1 - 2 * (p * target).sum() / (p.sum() + target.sum() + 1e-6)


class SmallUNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 1, 1)
'''),
        ),
    ),
    Answer(
        "torch-as-th",
        (
            line("import torch\n", "import torch as th\n"),
            line("torch.Tensor", "th.Tensor", None),
            line("torch.cat", "th.cat"),
        ),
    ),
    Answer(
        "nn-imported-otherwise",
        (
            line(
                IMPORTS,
                "import torch.nn as nn\nfrom torchvision import transforms as T\n",
            ),
            line(CROP, "contracting_x = T.functional.center_crop(contracting_x, [h, w])"),
        ),
    ),
)
