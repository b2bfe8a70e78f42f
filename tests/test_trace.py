"""One digest for one network, however it is written, and another one for another network."""

import contextlib
import types

import pytest
import torch
from corpus import ANSWERS, MISTAKES, build
from corpus.build import Body, Replace, solution
from mutants.oracle import load_module
from torch import nn

from grader.sandbox.calls.trace import graph_digest

CAT = "return torch.cat([x, contracting_x], dim=1)"
CROP = "contracting_x = torchvision.transforms.functional.center_crop(contracting_x, [h, w])"
# Forms of the one right CropAndConcat for the sizes of a 76 x 92 input.
SAME = {
    "clone": (CAT, "return torch.cat([x.clone(), contracting_x.contiguous()], 1).detach()"),
    "to": (CAT, "return torch.cat([x, contracting_x.to(x)], dim=-3).to(torch.float32)"),
    "view": (CAT, "return torch.cat([x, contracting_x], 1).view(b, -1, h, w).expand(b, -1, -1, -1)"),
    "in turns": (CROP, CROP + "\n        contracting_x = contracting_x[..., 0:h, :][:, :, :, :w]"),
    "in zeros": (
        CAT,
        "y = torch.zeros(b, c + contracting_x.shape[1], h, w)\n        y[:, c:] = contracting_x\n"
        "        y[:, :c].fill_(7)\n        y[:, :c] = x\n        return y",
    ),
    "clamp": (
        "nn.ReLU()",
        'type("Clamp", (nn.Module,), {"forward": lambda self, x: x.clamp(min=0)})()',
    ),
}
OTHER = {
    "order": (CAT, "return torch.cat([contracting_x, x], dim=1)"),
    "a row further": (CROP, CROP.replace("crop(contracting_x", "crop(contracting_x.roll(1, 2)")),
    "corner": (CROP, "contracting_x = contracting_x[:, :, :h, :w]"),
    "every second": (
        CROP,
        CROP + "\n        contracting_x = contracting_x[:, :, ::2].repeat(1, 1, 2, 1)[:, :, :h]",
    ),
    "half": (CAT, "return torch.cat([x, contracting_x.half().float()], dim=1)"),
    "not filled": (
        CAT,
        "y = torch.zeros(b, c + contracting_x.shape[1], h, w)\n        y[:, :c] = x\n"
        "        y[:, c + 1:] = contracting_x[:, 1:]\n        return y",
    ),
    "overwritten": (
        CAT,
        "y = torch.cat([x, contracting_x], dim=1)\n        y[:, :1] = contracting_x[:, :1]\n        return y",
    ),
    "padded": (CAT, "return torch.cat([x, nn.functional.pad(contracting_x, (1, -1))], dim=1)"),
    "clamped at one": ("nn.ReLU(),", "nn.Threshold(1, 0),"),
}


def digest(files: dict[str, str]) -> str:
    unet: types.ModuleType = load_module(files["unet.py"].lstrip("\ufeff"), "unet.py")
    with torch.device("meta"):
        network: nn.Module = unet.UNet(3, 1)
    return graph_digest(network.eval(), 76, 92)


def changed(old: str, new: str) -> dict[str, str]:
    files = solution()
    return files | {"unet.py": Replace("unet.py", old, new, None).apply(files["unet.py"])}


@pytest.fixture(scope="module")
def expected() -> str:
    return digest(solution())


@pytest.mark.parametrize("form", SAME)
def test_another_form_of_the_same_has_the_same_digest(expected, form):
    assert digest(changed(*SAME[form])) == expected


@pytest.mark.parametrize("form", OTHER)
def test_something_else_has_another(expected, form):
    assert digest(changed(*OTHER[form])) != expected


@pytest.mark.parametrize(
    "id",
    ["layers-made-in-another-order", "crop-by-negative-padding", "crop-into-empty-tensor", "memory-layout"],
)
def test_right_answers_of_the_corpus_have_the_same(expected, id):
    assert digest(build(next(one for one in ANSWERS if one.id == id))) == expected


@pytest.mark.parametrize(
    "id", ["cat-order", "pooling-average", "relu-first-missing", "skip-levels-exchanged"]
)
def test_mistakes_of_the_corpus_have_another_or_none(expected, id):
    files = build(next(one for one in MISTAKES if one.id == id))
    with contextlib.suppress(RuntimeError):  # where the shapes do not fit
        assert digest(files) != expected


def test_what_depends_on_numbers_has_none():
    files = solution()
    body = "return self.final_conv(self.up_conv4(x)) if x.sum() > 0 else x"
    with pytest.raises(RuntimeError, match="cannot be called on meta tensors"):
        digest(files | {"unet.py": Body("unet.py", "UNet.forward", body).apply(files["unet.py"])})
