"""The report as one page for the student: what is right, what is not and why, with pictures.

Next files: page.py, what pages share; layers.py, the pictures; wiring.py, the drawing of the U.
"""

import os
from pathlib import Path
from typing import Any

from grader.lab.files import write_text
from grader.lab.paths import LAB, STUDENT
from grader.lab.plan import CONCATS, CORE_TODOS
from grader.language import N_, _, ngettext
from grader.outputs.pages import u_drawing
from grader.outputs.pages.layers import make_layers
from grader.outputs.pages.page import render_page
from grader.outputs.pages.wiring import Wiring, read_wiring
from grader.report.model import PRACTICE, Report, first_wrong, next_untouched

WALKTHROUGH = STUDENT / "walkthrough.ipynb"
MAX_PRINTED = 4000  # characters of what the student's code printed
MASK = "mask"  # in `printed` of a report: while the mask of a picture was made
TOLD = N_(
    {
        "right": "Every edge is as it should be.",
        "partly": "Every edge that is drawn is right; the rest is missing.",
        "unfilled": "Still to be written: so far the boxes have no edges.",
        "unreadable": "The wiring could not be read: forward stopped before it used a layer, or calls them "
        "in a way that cannot be followed.",
    }
)

# Names and values in a report's facts, which are written for programs
FACTS = N_(
    {
        "wall time": "wall time",
        "cpu time": "cpu time",
        "inputs": "inputs",
        "secret": "secret",
        "lab": "lab",
        "time": "time",
        "none": "none",
        "public": "public",
        "hidden": "hidden",
        "level": "level",
        "layers": "layers",
        "probe": "probe",
        "missing": "missing",
        "blocked": "blocked",
        "open": "open",
        "read files": "read files",
        "read grader": "read grader",
        "write files": "write files",
        "network": "network",
        "new process": "new process",
        "other program": "other program",
        "signals": "signals",
        "memory": "memory",
        "root": "root",
    }
)


def write_html(report: Report, path: Path) -> None:
    """One self-contained file. Raises LabError where it cannot be written."""
    write_text(path, feedback_page(report, path))


def feedback_page(report: Report, path: Path, live: bool = False) -> str:
    """The text of that file; live: see page.py."""
    todos = [todo for todo in report.todos if todo.checks]
    untouched = [todo for todo in todos if todo.is_untouched]
    wiring = read_wiring(report)
    is_told_apart = any(todo.id in report.printed for todo in todos)
    elsewhere = report.printed.get(MASK, "") if is_told_apart else report.output
    return render_page(
        "feedback",
        live,
        report=report,
        bonus=report.as_dict()["bonus"],
        todos=todos,
        first=first_wrong(todos),
        untouched=len(untouched),
        next_todo=next_untouched(todos),
        count=sum(len(todo.checks) for todo in todos),
        layers=make_layers(report.masks) if report.masks else None,
        iou=f"{min(report.mask['iou'], 0.999):.3f}" if report.mask else None,  # 1 is said in words
        wiring=wiring,
        drawing=_drawing(wiring),
        links=_links(path),
        printed=_shortened(elsewhere),
        printed_for={todo: _shortened(text) for todo, text in report.printed.items() if text.strip()},
        facts=_facts(report),
        practice=_(PRACTICE) if report.is_practice else None,
    )


def _drawing(wiring: Wiring) -> dict[str, Any]:
    """What u.svg needs; `told` is the drawing in words."""
    told = _(TOLD[wiring.state]) if wiring.state in TOLD else _wrong_edges(len(wiring.wrong))
    if wiring.state == "partly" and wiring.reaches_end:
        told = _("Every edge that is drawn is right; what is wrong lies elsewhere.")
    arguments = {box: {edge.argument for edge in wiring.wrong if edge.target == box} for box in CONCATS}
    return {
        "width": u_drawing.WIDTH,
        "height": u_drawing.HEIGHT,
        "boxes": u_drawing.boxes(wiring.unused),
        "lines": u_drawing.lines(wiring),
        "told": told,
        "swapped": {box: both for box, both in arguments.items() if len(both) == 2},
    }


def _wrong_edges(count: int) -> str:
    said = ngettext(
        "One edge is wrong, drawn red and dashed, with a cross:",
        "{count} edges are wrong, drawn red and dashed, with a cross:",
        count,
    )
    return said.format(count=count)


def _links(page: Path) -> dict[str, str]:
    """{TODO's id: link}. From a page outside the lab it is the way inside it: no path of this machine."""
    folder = page.resolve().parent
    notebook = os.path.relpath(WALKTHROUGH, folder if folder.is_relative_to(LAB) else LAB)
    return {todo.id: f"{Path(notebook).as_posix()}#{todo.section}" for todo in CORE_TODOS}


def _shortened(printed: str) -> str:
    text = printed.strip()
    if len(text) <= MAX_PRINTED:
        return text
    more = _("... and {count} characters more").format(count=len(text) - MAX_PRINTED)
    return f"{text[:MAX_PRINTED]}\n{more}"


def _facts(report: Report) -> list[tuple[str, str]]:
    seconds = [(_fact(f"{name} time"), f"{value} s") for name, value in report.seconds.items()]
    inputs = [] if not report.inputs else [(_fact("inputs"), _plain(report.inputs["kind"]))]
    inputs += [(_fact("secret"), one)] if (one := report.inputs.get("fingerprint")) else []
    return [
        *inputs,
        *((_fact(name), value) for name, value in (("lab", report.lab), ("time", report.time)) if value),
        *report.versions.items(),
        *seconds,
        *((_plain(k), _plain(v) or _fact("none")) for k, v in report.isolation.items()),
    ]


def _fact(words: str) -> str:
    """A name of the table in the present language; what it does not know, such as a number, as it is."""
    return _(FACTS.get(words, words))


def _plain(value: object) -> str:
    """What a report says of its isolation, as words: {"session": True, "rlimits": {"cpu_s": 300}}."""
    if isinstance(value, dict):
        facts = [_plain(k) if v is True else _plain(k) + _(": ") + _plain(v) for k, v in value.items()]
        return _("; ").join(facts)
    if isinstance(value, list | tuple):
        return _(", ").join(map(_plain, value))
    return _fact(str(value).replace("_", " "))
