"""The student's unet.py and infer.py in a kernel: loaded anew whenever they were saved."""

import hashlib
import linecache
import sys
import traceback
import types
from pathlib import Path
from typing import Any

import torch
from torch import nn

from grader.errors import LabError
from grader.lab.paths import MODEL
from grader.lab.plan import CHANNELS_IN, CHANNELS_OUT, CORE_FILES
from grader.language import _
from grader.notebook.place import is_autograding
from grader.sandbox.calls import network
from grader.sandbox.calls.network import Fault
from grader.sandbox.untrusted import model_file
from grader.source import at_line

CHANNELS = (CHANNELS_IN, CHANNELS_OUT)


class LeftOut(Exception):
    """Ends what a cell would show, while nbgrader autogrades."""


class Yours:
    """Your files, and the network in them, however far it goes."""

    device = torch.device("cpu")

    def __init__(self, folder: Path):
        self.folder = folder
        self._modules: dict[str, types.ModuleType] = {}
        self._digests: list[str] = []  # of the files that all of this was made from
        self.cache: dict[object, Any] = {}  # what was computed with the files as they are now

    @property
    def unet(self) -> types.ModuleType:
        """Your unet.py as it is now."""
        return self.module("unet")

    @property
    def infer(self) -> types.ModuleType:
        """Your infer.py as it is now."""
        return self.module("infer")

    def module(self, name: str) -> types.ModuleType:
        """A file of yours, by its name without .py. Raises whatever it raises when it is imported."""
        if is_autograding():
            raise LeftOut
        self._forget_what_changed()
        if name not in self._modules:
            path = self.folder / f"{name}.py"
            if not path.is_file():
                raise Fault("missing", _("there is no {name} beside the notebook").format(name=path.name))
            module = types.ModuleType(name)
            module.__file__ = str(path)
            sys.modules[name] = module  # so that one file may import the other
            exec(compile(path.read_bytes(), str(path), "exec"), module.__dict__)
            self._modules[name] = module
        return self._modules[name]

    def _forget_what_changed(self) -> None:
        """Both files together: one may import the other."""
        paths = [self.folder / name for name in CORE_FILES]
        digests = [hashlib.sha256(path.read_bytes() if path.exists() else b"").hexdigest() for path in paths]
        if digests != self._digests:
            self._digests = digests
            self._modules.clear()
            self.cache.clear()
            for path in paths:
                sys.modules.pop(path.stem, None)
                linecache.checkcache(str(path))

    def block(self, name: str) -> nn.Module:
        """One child of your UNet(3, 1), such as "down_conv1", with its trained weights.

        Other children may still be missing.
        """
        self.module("unet")  # first: it forgets what an older file gave
        child = network.child_of(network.build_as_far_as_possible(self, CHANNELS), name)
        prefix = f"{name}."
        weights = {key.removeprefix(prefix): t for key, t in self.weights.items() if key.startswith(prefix)}
        network.load_strictly(child, weights, name)
        return child.eval()

    def network(self) -> nn.Module:
        """Your whole UNet(3, 1), with the trained weights."""
        self.module("unet")
        built = network.build(self, CHANNELS)
        network.load_strictly(built, self.weights, _("your network"))
        return built.eval()

    @property
    def weights(self) -> dict[str, torch.Tensor]:
        """The trained ones, read anew: kept, they take 124 MB. Raises Fault where that cannot be."""
        weights, facts = model_file.read(str(MODEL))
        if weights is None:
            raise Fault(
                facts["error"], _("{name} cannot be used, {text}").format(name=MODEL.name, text=facts["text"])
            )
        return weights


def in_words(error: Exception) -> str:
    """One or two lines for what stopped a cell: where, what, and the line itself."""
    text = " ".join(str(error).split())[:300]
    if isinstance(error, NotImplementedError) and text.startswith("TODO"):
        return _("{todo} is still to be written.").format(todo=text.partition(":")[0])
    if isinstance(error, Fault | LabError):
        return text
    if isinstance(error, SyntaxError) and error.filename:
        line = f"\n    {error.text.strip()}" if error.text else ""
        return f"{at_line(Path(error.filename).name, error.lineno)}: {error.msg}{line}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_yours(frame)]
    if not frames:
        return f"{type(error).__name__}: {text}"
    name = Path(frames[-1].filename).name
    place = name if name in CORE_FILES else _("this cell")
    return f"{at_line(place, frames[-1].lineno)}: {type(error).__name__}: {text}\n    {frames[-1].line}"


def _is_yours(frame: traceback.FrameSummary) -> bool:
    """Whether a frame lies in a file of the student's, or in a cell (a file of ipykernel's, or none)."""
    path = Path(frame.filename)
    return (
        path.name in CORE_FILES
        or path.parent.name.startswith("ipykernel_")
        or path.name.startswith("<ipython-input")
    )
