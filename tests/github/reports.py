"""Made-up reports, and where in the students' files their failures belong."""

import re

from grader.lab.paths import STUDENT
from grader.report.model import FAILED, GRADER_ERROR, PASSED, WAITING, Check, Report, Todo

UNET = (STUDENT / "unet.py").read_text(encoding="utf-8")
INFER = (STUDENT / "infer.py").read_text(encoding="utf-8")


def line_of(text: str, file: str = UNET) -> int:
    (line,) = [at for at, line in enumerate(file.splitlines(), 1) if text in line]
    return line


def check(id: str, status: str, message: str = "", hint=None, cause=None, points: int = 5) -> Check:
    said = re.match(r"(\S+\.py), line (\d+): ", message)  # as a check of a student's exception has both
    place = {"file": said[1], "line": int(said[2])} if said else {}
    return Check(id, f"title of {id}", points, status, message, hint, cause, **place)


def made_up(message: str = "expected 1, not 2", hint: str = "Look there.") -> Report:
    """A report with one of everything."""
    todos = [
        Todo("conv_blocks", "TODO 1: the blocks", [check("conv_blocks.built", PASSED, points=30)]),
        Todo(
            "crop_and_concat",
            "TODO 2: CropAndConcat",
            [
                check("crop_and_concat.shape", PASSED),
                check("crop_and_concat.order", FAILED, message, hint, "crop_and_concat.order"),
                check("crop_and_concat.both", WAITING, "waits for: title of crop_and_concat.order"),
            ],
        ),
        Todo("forward", "TODO 3: forward", [check("forward.runs", FAILED, "m", "h", "forward.unfilled")]),
        Todo(
            "inference",
            "TODO 4: preprocess and predict_mask",
            [
                check("inference.preprocess", FAILED, f"infer.py, line 12: ValueError: {message}", hint),
                check("inference.mask", GRADER_ERROR, "not your fault: the grader failed here"),
            ],
        ),
    ]
    return Report("ada", {}, todos, mask={"image": "hatch.jpg", "iou": 0.9}, output=f"printed {message}\n")
