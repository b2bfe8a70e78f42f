"""Building the student's network inside the worker, also where parts of it are missing."""

import difflib
import inspect
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, NoReturn, TypeVar, cast

import torch
from torch import nn

from grader.lab.plan import BLOCKS, CHANNELS_IN, CHANNELS_OUT, CHILDREN
from grader.language import _
from grader.sandbox.calls.call import Code, Tensors
from grader.sandbox.calls.construction import FAILED, by_statement
from grader.sandbox.calls.numberless import without_numbers

T = TypeVar("T")
NO_VIEW = ("view", "stride", "contiguous")  # in what torch says of code that wants the channels first
WITH_WEIGHTS = (*BLOCKS, "final_conv")


class Fault(Exception):
    """Something about the submission that is no exception of the student's own code."""

    def __init__(self, kind: str, text: str, **facts: object):
        super().__init__(text)
        self.kind, self.facts = kind, facts


class Unfilled(nn.Module):
    """Stands where the template calls todo(...), so that the other blocks can be built."""

    def __init__(self, what: str):
        super().__init__()
        self.what = what

    def forward(self, *args: object) -> NoReturn:
        """Raises NotImplementedError with the hole's own text."""
        raise NotImplementedError(self.what)


def class_of(code: Code, name: str) -> type[Any]:
    """A class of the student's unet.py. Raises Fault class_missing, with the nearest name there."""
    module = code.module("unet")
    found = getattr(module, name, None)
    if not inspect.isclass(found):
        classes = [
            key
            for key, value in vars(module).items()
            if inspect.isclass(value) and value.__module__ == module.__name__
        ]
        near = [key for key in classes if key.lower() == name.lower()] or difflib.get_close_matches(
            name, classes, n=1, cutoff=0.6
        )
        raise _class_missing(module, name, near[0] if near else None)
    return found


def _class_missing(module: ModuleType, name: str, near: str | None) -> Fault:
    """What is there in its place; and what is wrong with that, too, so that both can be mended at once."""
    said, missing = _("unet.py has no class {name}"), list[str]()
    if near is not None:
        said = _("unet.py has no class {name}, but a class {near}")
    if near is not None and name == "UNet":
        try:
            with without_numbers():
                network = vars(module)[near](CHANNELS_IN, CHANNELS_OUT)
            missing = [layer for layer in WITH_WEIGHTS if not hasattr(network, layer)]
        except Exception:
            missing = []
        if missing:
            said = _(
                "unet.py has no class {name}, but a class {near}; and that has no layer {layer}, which the "
                "trained weights need"
            )
    said = said.format(name=name, near=near, layer=next(iter(missing), ""))
    return Fault("class_missing", said, name=name, near=near)


def build(code: Code, channels: Sequence[int]) -> nn.Module:
    """The student's UNet(*channels), complete. Cached: one network for each pair of channels.

    Raises what its __init__ raises, or NotImplementedError for a hole.
    """
    return complete(build_as_far_as_possible(code, channels))


def complete(network: nn.Module) -> nn.Module:
    """The network, if its __init__ came to its end; else what stopped it is raised."""
    if network.__dict__["_lab_error"]:
        raise network.__dict__["_lab_error"]
    return network


def build_as_far_as_possible(code: Code, channels: Sequence[int]) -> nn.Module:
    """UNet(*channels) on the meta device, so that 31 million numbers are not drawn for nothing.

    What __init__ made before it raised is kept, and so are the layers beside a hole.
    """
    key = ("network", *channels)
    if key not in code.cache:
        code.cache[key] = build_anew(code, channels)
    return cast(nn.Module, code.cache[key])


def build_anew(code: Code, channels: Sequence[int]) -> nn.Module:
    """The same, uncached: stand-ins are put into it."""
    module, cls = code.module("unet"), class_of(code, "UNet")
    if not issubclass(cls, nn.Module):
        raise Fault("not_a_module", _("UNet is not an nn.Module"))
    holes: list[str] = []

    def todo(what: object = "TODO") -> Unfilled:
        holes.append(str(what))
        return Unfilled(str(what))

    if callable(getattr(module, "todo", None)):
        vars(module)["todo"] = todo
    network, error = _construct(cls, channels, holes)
    if error is not None:
        guarded = by_statement(module, cls)
        if guarded is not None:
            network, error = _construct(cls, channels, holes, guarded)
    failed: dict[str, Exception] = network.__dict__.setdefault(FAILED, {})
    stopped = error  # before its end; what a guard noted did not stop it
    error = error or next(iter(failed.values()), None)
    if holes:
        error = NotImplementedError(holes[0])
    if "_modules" not in network.__dict__:  # super().__init__() was not called
        nn.Module.__init__(network)
        stopped = error
    network.__dict__.update(_lab_error=error, _lab_stopped=stopped, _lab_holes=list(holes))
    return network


def _construct(
    cls: type[nn.Module],
    channels: Sequence[int],
    holes: list[str],
    init: Callable[..., None] | None = None,
) -> tuple[nn.Module, Exception | None]:
    """An object of the class, as far as __init__ (its own, or the one given) came, and what ended it."""
    error: Exception | None = None
    for device in ("meta", "cpu"):  # an __init__ that reads its own weights cannot run on meta
        holes.clear()
        network: nn.Module = cls.__new__(cls)
        error = None
        try:
            with without_numbers() if device == "meta" else torch.device(device):
                (init or cls.__init__)(network, *channels)
        except Exception as raised:
            error = raised
        if error is None or holes or isinstance(error, NotImplementedError):
            break
    return network, error


def child_of(network: nn.Module, name: str) -> nn.Module:
    """One child. Raises what kept it from being made: a hole, an exception of __init__, or Fault."""
    child = getattr(network, name, None)
    if isinstance(child, nn.Module):
        holes = [layer.what for layer in child.modules() if isinstance(layer, Unfilled)]
        if holes:
            raise NotImplementedError(holes[0])
        return child
    holes = [what for what in network.__dict__["_lab_holes"] if name in what]
    if holes:
        raise NotImplementedError(holes[0])
    error = network.__dict__[FAILED].get(name) or network.__dict__["_lab_stopped"]
    if error is not None:
        raise error
    raise Fault(
        "block_missing",
        _("UNet has no layer {name}").format(name=name),
        name=name,
        **_instead_of(network, name),
    )


def refuse_another(network: nn.Module) -> nn.Module:
    """The network itself. Raises Fault other_network where all of its layers have names of their own."""
    has_ours = any(hasattr(network, name) for name in WITH_WEIGHTS)
    others = [(name, child) for name, child in network.named_children() if name not in CHILDREN]
    own = [name for name, child in others if list(child.parameters())]
    if has_ours or not own or network.__dict__["_lab_error"] is not None:
        return network
    listed = ", ".join(own[:4]) + ", ..." * (len(own) > 4)
    what = _("this is another network than the lab's: its layers are called {listed}").format(listed=listed)
    raise Fault("other_network", what, own=own[:20])


def _instead_of(network: nn.Module, name: str) -> dict[str, object]:
    """What may have been meant by a layer: a variable without self, or the names that are there."""
    init = getattr(type(network).__init__, "__code__", None)
    own = [child for child, _ in network.named_children() if child not in CHILDREN]
    there = type(getattr(network, name, None)).__name__
    return {"is_local": init is not None and name in init.co_varnames, "own": own[:20], "there": there}


def load_strictly(module: nn.Module, tensors: Tensors, name: str) -> None:
    """Assign weights as float32. Raises Fault does_not_fit with what is missing, unexpected and misshapen."""
    found = {key: list(value.shape) for key, value in module.state_dict().items()}
    expected = {key: list(value.shape) for key, value in tensors.items()}
    if found != expected:
        raise Fault(
            "does_not_fit",
            _("the weights of {name} do not fit").format(name=name),
            name=name,
            found=found,
            expected=expected,
        )
    module.load_state_dict({key: value.float() for key, value in tensors.items()}, assign=True)


def in_either_layout(code: Code, weights: Tensors, run: Callable[[Tensors], T]) -> T:
    """What comes of these weights, with their channels last, which is a third faster, if the code takes that.

    What torch says of a `view` of them, or of a feature map, is no fault of the student's and not for them to
    see: then the weights lie as they would at home, from now on.
    """
    if NO_VIEW not in code.cache:
        try:
            return run(weights)
        except RuntimeError as error:
            if not any(word in str(error) for word in NO_VIEW):
                raise
        code.cache[NO_VIEW] = True
    return run({key: value.contiguous() for key, value in weights.items()})


def as_tensor(value: object, what: str) -> torch.Tensor:
    """The value, if it is a plain tensor. Raises Fault not_a_tensor."""
    if value is None:
        raise Fault("returned_none", _("{what} returns nothing").format(what=what))
    if not isinstance(value, torch.Tensor):
        raise Fault(
            "not_a_tensor",
            _("{what} returns something of type {type}, not a tensor").format(
                what=what, type=type(value).__name__
            ),
            type=type(value).__name__,
        )
    return value.detach().as_subclass(torch.Tensor)
