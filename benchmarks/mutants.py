"""Is the grader right about every mutant of the solution? `python -m benchmarks.mutants`.

Grades all mutants of tests/mutants in one warm sandbox, in an order of their own, and writes each verdict to
a file at once: run again, it goes on where it stopped. In the end it prints what happened by place and kind,
and every mutant that grader and oracle disagree about. Exit status 1 if there is one.
"""

import json
import os
import random
import sys
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from grader.lab.extensions import EXTENSION_FILES
from grader.lab.paths import LAB, MODEL
from grader.sandbox.trusted import Sandbox

sys.path.append(str(LAB / "tests"))
from mutants import (
    FILES,
    ExtensionJudge,
    Judge,
    Mutant,
    Oracle,
    Verdict,
    mutants,
    mutants_of_extension,
)  # fmt: skip


def todo(where: str) -> str:
    """The line of the table."""
    first, _, rest = where.partition(".")
    if rest.startswith("__init__."):
        return "UNet.__init__, " + rest.removeprefix("__init__.").rstrip("1234")
    return f"{first}.{rest}" if rest else first or "beside functions"


def read(file: Path) -> dict[str, Verdict]:
    """{mutant: verdict} of an earlier run."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return {one["mutant"]: Verdict(**one) for one in map(json.loads, lines)}


def chosen(seed: int, count: int | None, extensions: bool) -> list[Mutant]:
    """All mutants, in an order that depends on the seed; or the first ones of it."""
    if extensions:
        everything = [one for file in EXTENSION_FILES for one in mutants_of_extension(file)]
    else:
        everything = [one for file in FILES for one in mutants(file)]
    random.Random(seed).shuffle(everything)
    return everything[:count]


def table(verdicts: list[Verdict]) -> Table:
    """By place: how many, and what became of them."""
    shown = Table("place", "mutants", "right, kept all", "wrong, lost points", "disagreements")
    for place in sorted({todo(one.where) for one in verdicts}):
        ones = [one for one in verdicts if todo(one.where) == place]
        fair = Counter(one.is_right for one in ones if one.is_fair)
        shown.add_row(place, *map(str, (len(ones), fair[True], fair[False], len(ones) - fair.total())))
    fair = Counter(one.is_right for one in verdicts if one.is_fair)
    numbers = len(verdicts), fair[True], fair[False], len(verdicts) - fair.total()
    shown.add_row("all", *map(str, numbers), style="bold")
    return shown


def main(
    verdicts: Annotated[Path, typer.Option(help="Where verdicts are kept, one a line.")] = Path(
        "mutants.jsonl"
    ),
    sample: Annotated[int | None, typer.Option(help="Only so many.")] = None,
    seed: Annotated[int, typer.Option(help="Of their order.")] = 0,
    extensions: Annotated[bool, typer.Option(help="Those of the extensions instead of the core's.")] = False,
) -> None:
    """Grade every mutant that is not in the file of verdicts."""
    done, started, before = read(verdicts), time.perf_counter(), sum(os.times()[:4])
    asked = chosen(seed, sample, extensions)
    todo = [one for one in asked if one.id not in done]
    if todo:
        torch.set_num_threads(1)
        with Sandbox(MODEL, threads=1) as sandbox, verdicts.open("a", encoding="utf-8") as file:
            sandbox.ready()
            judges: dict[str, Judge | ExtensionJudge] = {}
            for mutant in track(todo, description="mutants"):
                kind = mutant.file if extensions else "core"
                if kind not in judges:
                    judges[kind] = (
                        ExtensionJudge(sandbox, kind) if extensions else Judge(sandbox, Oracle(MODEL))
                    )
                done[mutant.id] = judges[kind](mutant)
                file.write(json.dumps(asdict(done[mutant.id])) + "\n")
                file.flush()
    found = [done[one.id] for one in asked]
    console = Console(width=110, soft_wrap=True)
    console.print(table(found))
    for one in (one for one in found if not one.is_fair):
        opinion = "right" if one.is_right else "wrong"
        console.print(f"{opinion}, lost {one.lost}: {one.where}: {one.said} {one.error}", markup=False)
    spent = f"{time.perf_counter() - started:.0f} s, {sum(os.times()[:4]) - before:.0f} of a processor"
    console.print(f"{len(todo)} mutants graded in {spent}")
    raise typer.Exit(any(not one.is_fair for one in found))


if __name__ == "__main__":
    typer.run(main)
