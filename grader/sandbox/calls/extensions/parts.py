"""Parts of an extension's file, and numbers to fill networks with."""

import importlib
import math
import zlib
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, TypeVar

import torch
from torch import nn

from grader.language import _
from grader.sandbox.calls.call import Code
from grader.sandbox.calls.network import Fault

PERIOD = 65_521  # a prime
Network = TypeVar("Network", bound=nn.Module)


def module_of(code: Code, extension: str) -> ModuleType:
    """extensions/<extension>.py, run once. Raises what it raises."""
    name = f"extensions.{extension}"
    code.module(name)  # the folder, and a clear error where the file is not there
    return importlib.import_module(name)


def part_of(code: Code, extension: str, name: str) -> Callable[..., Any]:
    """A function or class of that file. Raises Fault part_missing."""
    found = getattr(module_of(code, extension), name, None)
    if not callable(found):
        raise Fault(
            "part_missing",
            _("{extension}.py has no {name}").format(extension=extension, name=name),
            name=name,
            file=f"{extension}.py",
        )
    made: Callable[..., Any] = found
    return made


def network_of(code: Code, extension: str, name: str, *arguments: object, **options: object) -> nn.Module:
    """A network or layer that a class or function of that file makes. Raises Fault not_a_module."""
    made = part_of(code, extension, name)(*arguments, **options)
    if not isinstance(made, nn.Module):
        raise Fault(
            "not_a_module",
            _("{name} gives {type}, not an nn.Module").format(name=name, type=type(made).__name__),
        )
    return made


def uniform(shape: Sequence[int], deviation: float, seed: int, mean: float = 0.0) -> torch.Tensor:
    """Numbers of this mean and standard deviation, the same on every processor because they are uniform.

    Large tensors repeat them, with a period that no layer has: 31 million draws would take half a second.
    """
    count = math.prod(shape)
    drawn = torch.rand(min(count, PERIOD), generator=torch.Generator().manual_seed(seed))
    drawn = mean + deviation * 3**0.5 * (2 * drawn - 1)
    return drawn.repeat(-(-count // PERIOD))[:count].reshape(*shape)


@torch.no_grad()
def fill(model: Network, seed: int, by_name: bool = False) -> Network:
    """Give the model weights that depend on the seed, and on the order or the names of its tensors, alone."""
    for number, (name, tensor) in enumerate(model.state_dict().items()):
        own = (seed + (zlib.crc32(name.encode()) if by_name else number)) % 2**31
        if not tensor.is_floating_point():
            continue
        if tensor.dim() > 1:
            tensor.copy_(uniform(tensor.shape, (2 / tensor[0].numel()) ** 0.5, own))
        elif name.endswith("running_var") or (name.endswith("weight") and tensor.dim() == 1):
            tensor.copy_(uniform(tensor.shape, 0.25, own, mean=1.0))
        else:
            tensor.copy_(uniform(tensor.shape, 0.1, own))
    return model
