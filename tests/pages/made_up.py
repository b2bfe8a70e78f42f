"""Made-up reports, of one student and of a class: the rubric's checks, outcomes drawn from a seed."""

import copy
import json
import random
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from grader.explain.forward import questions
from grader.explain.hints import HINTS
from grader.grading.scoring import run_rubric
from grader.implementations import Frozen, Implementation
from grader.lab.paths import CARS
from grader.report.model import FAILED, PASSED, WAITING, Check, Masks, Report, Todo

CAR = sorted(CARS.glob("*.jpg"))[0]
NASTY = "</script><img src=x onerror=\"document.title='owned'\"> & \x1b[31m \u202e {{ 7 * 7 }} <b>bold</b>"


@cache
def _checks() -> list[Todo]:
    silent = Implementation(lambda call, data, tensors: ({"fault": "raised", "text": "nothing"}, {}))
    return run_rubric(silent, Implementation(Frozen()))


def todos(status: str = PASSED) -> list[Todo]:
    """The rubric's, every check of them with this status."""
    made = copy.deepcopy(_checks())
    for check in (check for todo in made for check in todo.checks):
        check.status, check.message = status, ""
    return made


def find(report: Report, id: str) -> Check:
    return next(check for todo in report.todos for check in todo.checks if check.id == id)


def fail(report: Report, id: str, message: str, cause: str | None = None, hint: str | None = None) -> None:
    check = find(report, id)
    check.status, check.message, check.cause, check.hint = FAILED, message, cause, hint


@cache
def reference_wiring() -> str:
    return json.dumps(Implementation(Frozen()).wiring(*questions()))


def wiring(*changes: tuple[str, list[str]], end: str | None = None) -> dict:
    """The reference's graph with some nodes given other inputs: ("concat3", ["up_sample3", "down_conv1"]).
    A node that does not exist yet is put before the first one that takes it."""
    graph = json.loads(reference_wiring())
    inputs = {name: [graph["nodes"][i][0] for i in given] for name, given in graph["nodes"]}
    inputs |= dict(changes)
    order: list[str] = []

    def add(name: str) -> None:
        for given in inputs[name]:
            if given not in order:
                add(given)
        order.append(name)

    add(end or "final_conv")
    number = {name: i for i, name in enumerate(order)}
    nodes = [[name.partition("#")[0], [number[given] for given in inputs[name]]] for name in order]
    return {"nodes": nodes, "output": len(nodes) - 1, "random": False, "input_changed": False}


def masks(shift: int = 0) -> Masks:
    """The true mask of a car, and the same one moved aside by some pixels."""
    expected = np.asarray(Image.open(CAR.with_name(f"{CAR.stem}_mask.png")).convert("L")) > 127
    return Masks(CAR, np.roll(expected, (shift, -shift), (0, 1)), expected)


def a_report(name: str = "ada") -> Report:
    """Full marks."""
    report = Report(name, {"unet.py": "0" * 64, "infer.py": "1" * 64}, todos())
    report.isolation = {
        "level": "limits",
        "layers": {"session": True, "rlimits": {"cpu_s": 300}},
        "missing": [],
    }
    report.seconds, report.versions = {"wall": 4.1, "cpu": 7.9}, {"torch": "2.14.1"}
    report.masks, report.mask = masks(), {"image": CAR.name, "iou": 1.0}
    graph = json.loads(reference_wiring())
    report.wiring = {"seen": graph, "expected": graph}
    return report


def a_wrong_report(name: str = "ada") -> Report:
    """A skip of the wrong level, and a mask that is off."""
    report = a_report(name)
    message = "expected 4.876 at [0, 0, 20, 3] of the scores, not -38.09 (99.5 % of the values differ)"
    facts = {"concat": "concat3", "expected": "down_conv2", "found": "down_conv1"}
    hint = HINTS["forward.wrong_level"].format(**facts)
    fail(report, "forward.skips", message, "forward.wrong_level", hint)
    waiting = find(report, "forward.nothing_else")
    waiting.status, waiting.message = WAITING, f"waits for: {find(report, 'forward.skips').title}"
    report.masks, report.mask = masks(40), {"image": CAR.name, "iou": 0.8345}
    report.wiring["seen"] = wiring(("concat3", ["up_sample3", "down_conv1"]))
    return report


def an_untouched_report(name: str = "ada") -> Report:
    report = a_report(name)
    for todo in report.todos:
        for check in todo.checks:
            fail(report, check.id, f"{todo.title}: still to be written", f"{todo.id}.unfilled", "Replace it.")
    report.masks = report.mask = None
    report.wiring["seen"] = {
        "nodes": [["input", []]],
        "output": None,
        "random": False,
        "input_changed": False,
    }
    return report


def write_class(folder: Path, size: int, seed: int = 1) -> list[Report]:
    """SIZE reports NAME.json, as a class with good, middling and unfinished students would give them."""
    draw, made = random.Random(seed), []
    causes = {id: [c for c in HINTS if c.startswith(f"{id}.")] for id in (todo.id for todo in todos())}
    for number in range(size):
        report = Report(f"student {number + 1:04d}", {"unet.py": f"{number:064x}"}, todos())
        diligence = draw.betavariate(3, 1)
        for todo in report.todos:
            kind = draw.random()
            if kind > 0.3 + 0.75 * diligence:
                for check in todo.checks:
                    fail(
                        report,
                        check.id,
                        "still to be written",
                        f"{todo.id}.unfilled",
                        HINTS[f"{todo.id}.unfilled"],
                    )
            elif kind > 0.75 * diligence:
                place = draw.randrange(len(todo.checks))
                cause = draw.choice(causes[todo.id][:6])
                known = draw.random() < 0.9
                fail(
                    report,
                    todo.checks[place].id,
                    "expected 1, not 2",
                    *((cause, HINTS[cause]) if known else ()),
                )
                for check in todo.checks[place + 1 :]:
                    if draw.random() < 0.4:
                        check.status, check.message = WAITING, f"waits for: {todo.checks[place].title}"
        report.write_json(folder / f"{report.name.replace(' ', '-')}.json")
        made.append(report)
    return made
