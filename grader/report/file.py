"""A report read back from its JSON file: checked against schema 1, and that its sums are right."""

import json
from collections.abc import Callable
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from grader.errors import LabError
from grader.language import _
from grader.report.model import Check, Report, Todo
from grader.text import capped, cleaned, one_line

SCHEMA = Path(__file__).with_name("schema1.json")
LATER = (
    "inputs",
    "lab",
    "time",
    "status",
    "reason",
    "graded_by",
    "language",
)  # not in the first reports of schema 1
MAX_REPORT_BYTES = 4 << 20  # of a report file; a real one has about 10 kB


def from_dict(data: dict[str, Any]) -> Report:
    """The report that `as_dict` turned into this. Raises LabError where it is not of schema 1."""
    data = cleaned(data)  # anybody may have written the file
    _refuse_unless_schema_1(data)
    todos = [
        Todo(**_known(Todo, todo) | {"checks": [Check(**_known(Check, c)) for c in todo["checks"]]})
        for todo in data["todos"]
    ]
    named = {"name": data["submission"]["name"], "files": data["submission"]["files"], "todos": todos}
    others = ("mask", "isolation", "seconds", "versions")
    later = {name: data[name] for name in LATER if name in data}
    named["notes"] = data["submission"].get("notes", [])
    report = Report(**named, **{name: data[name] for name in others}, **later)
    again = report.as_dict()
    for name in ("score", "max_score", "bonus"):
        if again[name] != data[name]:
            raise LabError(
                _("its {name} is {data}, but its checks add up to {again}").format(
                    name=name, data=data[name], again=again[name]
                )
            )
    return report


def read_report(path: Path) -> Report:
    """A report from its JSON file. Raises LabError where it cannot be read or is not one."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_REPORT_BYTES + 1)
        if len(content) > MAX_REPORT_BYTES:
            raise LabError(
                _("it is larger than {max_report_bytes} MB").format(max_report_bytes=MAX_REPORT_BYTES >> 20)
            )
        return from_dict(json.loads(content, parse_constant=_refuse_constant))
    except LabError as error:
        raise LabError(
            _("{path} is not a report of this lab: {error}").format(path=path, error=error)
        ) from None
    except OSError as error:
        raise LabError(
            _("{path} cannot be read: {reason}").format(path=path, reason=error.strerror or error)
        ) from None
    except (ValueError, RecursionError):
        raise LabError(
            _("{path} is not a report of this lab: it is not JSON, or cut short").format(path=path)
        ) from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _known(kind: type[Check] | type[Todo], data: dict[str, Any]) -> dict[str, Any]:
    """The data that this class has fields for: a newer report may say more."""
    names = {one.name for one in fields(kind)}
    return {name: value for name, value in data.items() if name in names}


def _refuse_unless_schema_1(data: object) -> None:
    from fastjsonschema import JsonSchemaValueException  # late: only who reads reports needs it

    try:
        _validator()(data)
    except JsonSchemaValueException as error:
        raise LabError(capped(one_line(error.message), 300)) from None


@cache
def _validator() -> Callable[[object], object]:
    import fastjsonschema

    validator: Callable[[object], object] = fastjsonschema.compile(json.loads(SCHEMA.read_text("utf-8")))
    return validator
