"""Do `--inference auto` and `always` agree? `python -m benchmarks.inference`.

For every right answer and every known mistake of tests/corpus: whether its network is taken for the
solution's, by numbers and graph. For a sample, graded in both ways: the marks check by check, and the IoU
of the mask.
"""

import random
import sys
import time
from typing import Annotated

import typer
from rich.progress import track

from grader.grading.mask import KNOWN, show_mask
from grader.grading.options import Options
from grader.grading.run import grade_in
from grader.implementations import Frozen, Implementation, InWorker
from grader.intake.submission import Submission
from grader.lab.paths import LAB, MODEL
from grader.report.model import Report
from grader.sandbox.trusted import Sandbox

sys.path.append(str(LAB / "tests"))
from corpus import ANSWERS, MISTAKES, Answer, build

# They lose points for another reason: UNet(3, 1), which a picture needs, is right in each.
RIGHT_ON_PICTURES = {"in-channels-hard-coded", "out-channels-hard-coded", "crop-and-concat-renamed"}


def graded(sandbox: Sandbox, files: dict[str, bytes], how: str) -> tuple[Report, float]:
    """The report, and the seconds that it took."""
    student, started = InWorker(sandbox, files), time.perf_counter()
    report = grade_in(sandbox, student, Submission("one", files), Options(mask=how))
    student.close()
    return report, time.perf_counter() - started


def is_known(
    sandbox: Sandbox, files: dict[str, bytes], known: Implementation, reference: Implementation
) -> bool:
    """Whether the network is not run for the picture."""
    student = InWorker(sandbox, files)

    def ask(call: str, data: dict, tensors: dict):
        if call == "mask":
            raise KeyboardInterrupt  # far enough
        return student(call, data, tensors)

    try:
        return show_mask(Implementation(ask), reference, known, Options()).scores == "known"
    except KeyboardInterrupt:
        return False
    finally:
        student.close()


def main(
    sample: Annotated[int, typer.Option(help="How many are graded in both ways; -1: all.")] = 10,
    seed: Annotated[int, typer.Option(help="Of the sample.")] = 0,
    graphs: Annotated[bool, typer.Option(help="Look at the graph of each.")] = True,
    only: Annotated[int, typer.Option(help="Look at the graphs of the first ones only; 0: all.")] = 0,
) -> None:
    """Exit status 1 if a mistake in a network passes, or two ways disagree."""
    made = [
        (one, [todo for todo in getattr(one, "todos", ()) if todo != "inference"])
        for one in (*ANSWERS, *MISTAKES)
    ]
    reference, known = Implementation(Frozen()), Implementation(Frozen(KNOWN))
    wrong = 0
    with Sandbox(MODEL) as sandbox:
        if graphs:
            kinds: dict[str, dict[str, bool]] = {
                "right answers": {},
                "right networks": {},
                "wrong networks": {},
            }
            for one, in_network in track(made[:only] if only else made, description="graphs"):
                files = {name: text.encode() for name, text in build(one).items()}
                kind = "wrong networks" if in_network else "right networks"
                kind = "right answers" if isinstance(one, Answer) else kind
                kinds[kind][one.id] = is_known(sandbox, files, known, reference)
            for kind, skips in kinds.items():
                print(f"{sum(skips.values())} of {len(skips)} {kind} need no forward at 572")
                if kind != "wrong networks":
                    print("  the others:", *(id for id, skipped in skips.items() if not skipped))
            passed = {id for id, skipped in kinds["wrong networks"].items() if skipped}
            wrong += len(passed - RIGHT_ON_PICTURES)
            print("  of the wrong ones:", *sorted(passed))
        seconds = {"auto": 0.0, "always": 0.0}
        chosen = made if sample < 0 else random.Random(seed).sample(made, sample)
        for one, _ in track(chosen, description="both ways"):
            files, reports = {name: text.encode() for name, text in build(one).items()}, {}
            for how in seconds:
                reports[how], spent_s = graded(sandbox, files, how)
                seconds[how] += spent_s
            a, b = reports["auto"], reports["always"]
            apart = abs((a.mask or {}).get("iou", 0) - (b.mask or {}).get("iou", 0))
            if a.as_dict()["todos"] != b.as_dict()["todos"] or apart > 1e-3:
                wrong += 1
                print(f"{one.id}: {a.score} and {b.score}, masks {a.mask} and {b.mask}")
            else:
                print(f"{one.id}: {a.score}, masks {a.mask} and {b.mask}")
        print({how: round(total, 1) for how, total in seconds.items()}, "s")
    raise typer.Exit(wrong > 0)


if __name__ == "__main__":
    typer.run(main)
