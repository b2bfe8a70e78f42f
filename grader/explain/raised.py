"""Exceptions that a beginner meets in any TODO, known by their text: a name misspelled, an argument too few.

The texts are Python's and torch's own. Where one of them names what was not found, the nearest name that
the lab's tasks need may be offered. Next file: names.py.
"""

import re
from collections.abc import Callable

from grader.explain.found import Found
from grader.explain.names import nearest, who_has
from grader.implementations import SubmissionFault
from grader.lab.plan import CHILDREN

Reader = Callable[[re.Match[str]], Found]
ENDED = ("SystemExit", "KeyboardInterrupt")


def find(todo: str, error: SubmissionFault) -> Found:
    """The mistake behind a fault of any TODO, if its text is a known one."""
    if error.kind == "timeout":
        return f"{todo}.timeout", {}
    if error.kind in ("died", "memory"):
        return f"submission.{error.kind}", {}
    if error.kind != "raised":
        return None
    if error.facts.get("exception") in ENDED:
        return "submission.exits", {}
    text = str(error.facts.get("text", ""))
    for pattern, read in KNOWN:
        match = re.search(pattern, text)
        if match and (found := read(match)):
            return found
    return None


def _unknown(match: re.Match[str]) -> Found:
    """A name that a module or an object does not have."""
    where, name = match["where"], match["name"]
    near = nearest(name, where)
    facts = {"where": where, "found": name, "near": near}
    if near is None and (other := who_has(name, where)):
        return "submission.of_another", facts | {"other": other}
    return ("submission.name_near" if near else "submission.name_unknown"), facts


def _undefined(match: re.Match[str]) -> Found:
    name = match["name"]
    if name in ("UNet", "CropAndConcat"):
        return "submission.class_missing", {"name": name}
    if name in CHILDREN:
        return "submission.self_needed", {"name": name}
    near = nearest(name, "")
    return ("submission.undefined_near" if near else "submission.undefined"), {"found": name, "near": near}


def _argument(match: re.Match[str]) -> Found:
    near = nearest(match["name"], "argument")
    facts = {"where": match["where"].removesuffix(".__init__"), "found": match["name"], "near": near}
    return ("submission.argument_near" if near else "submission.argument_unknown"), facts


def _always(cause: str) -> Reader:
    def read(match: re.Match[str]) -> Found:
        facts = {name: said.replace(".__init__", "") for name, said in match.groupdict().items()}
        return f"submission.{cause}", facts

    return read


KNOWN: tuple[tuple[str, Reader], ...] = (
    (r"^module '(?P<where>torch[\w.]*)' has no attribute '(?P<name>\w+)'", _unknown),
    (r"^'(?P<where>Tensor|Image|ndarray)' object has no attribute '(?P<name>\w+)'", _unknown),
    (r"^type object '(?P<where>\w+)' has no attribute '(?P<name>\w+)'", _unknown),
    (r"^name '(?P<name>\w+)' is not defined", _undefined),
    (r"^cannot access local variable '(?P<name>\w+)'", _always("unbound")),
    (r"^local variable '(?P<name>\w+)' referenced before assignment", _always("unbound")),
    (r"^(?P<where>[\w.]+)\(\) got an unexpected keyword argument '(?P<name>\w+)'", _argument),
    (
        r"^(?P<where>[\w.]+)\(\) missing \d+ required \w+(?: \w+)? arguments?: (?P<names>.+)",
        _always("argument_missing"),
    ),
    (r"^(?P<where>[\w.]+)\(\) missing a required argument: (?P<names>.+)", _always("argument_missing")),
    (r"^(?P<where>[\w.]+)\(\) takes .*positional arguments? but", _always("argument_extra")),
    (r"^(?P<where>[\w.]+)\(\) too many positional arguments", _always("argument_extra")),
    (r"^(list|tuple) is not a Module subclass", _always("layers_in_list")),
    (r"^torch\.nn\.modules\.[\w.]*\b(?P<name>\w+) is not a Module subclass", _always("parentheses")),
    (r"is not a Module subclass", _always("not_a_layer")),
    (r"^cat\(\)", _always("cat_arguments")),
    (r"^stack expects each tensor to be equal size", _always("stack")),
    (r"must be Tensor, not (Sequential|Conv\w+|MaxPool2d|CropAndConcat|ReLU)\b", _always("not_called")),
    (r"^'(Sequential|Conv\w+)' object has no attribute '(shape|size|dim)'", _always("not_called")),
    (r"^slice indices must be integers", _always("whole_numbers")),
    (r"^Could not infer dtype of Image", _always("picture_to_tensor")),
    (
        r"^Input and output must have the same number of spatial dim|D input, but \w+ mode needs 4D",
        _always("interpolate_axes"),
    ),
    (r"context manager protocol|^__enter__", _always("with_not_called")),
    (r"^Module \[Module(List|Dict)\] is missing the required", _always("only_keeps")),
    (r"^Module \[(?P<name>\w+)\] is missing the required", _always("no_forward")),
    (
        r"Torch not compiled with CUDA|Found no NVIDIA|No CUDA GPUs|re-initialize CUDA|no CUDA-capable",
        _always("no_gpu"),
    ),
    (r"EOF when reading a line|lost sys\.stdin", _always("asks")),
    (r"^\[Errno 2\] No such file or directory|^No such file or directory", _always("reads_file")),
    (r"^maximum recursion depth exceeded", _always("recursion")),
    (r"^'NoneType' object (?!is not callable)", _always("none")),
    (r"^cannot unpack non-iterable NoneType", _always("none")),
    (r"^'(tuple|list)' object has no attribute '(shape|size|to|dim)'", _always("tuple")),
    (r"^not enough values to unpack|^too many values to unpack", _always("unpacking")),
    (r"^(input|tensor) is on .*|Expected all tensors to be on the same device", _always("device")),
)
