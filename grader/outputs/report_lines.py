"""The report on a terminal: every TODO, then the score. Next file: todo_table.py."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.text import Text

from grader.language import _
from grader.outputs.todo_table import Style, print_todo
from grader.report.model import PRACTICE, Report
from grader.text import clean


def print_report(
    report: Report,
    console: Console,
    short: bool = False,
    in_full: bool = False,
    gained: Mapping[str, str] | None = None,
    below: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Every TODO and check, then the score.

    short: one line for a TODO that is done. in_full: every message and hint. gained: {TODO: what stands
    behind its points}. below: {TODO: lines that stand below it}.
    """
    if not report.is_gradable:
        console.print(Text.assemble((_("not gradable: "), "bold red"), clean(report.reason)))
        return
    style = Style(short, in_full)
    todos = [todo for todo in report.todos if todo.checks]
    for todo in sorted(todos, key=lambda todo: todo.is_extension):
        print_todo(todo, console, style, (gained or {}).get(todo.id, ""))
        print_below((below or {}).get(todo.id, ()), console)
    console.print(_score_line(report), style="bold")
    if report.inputs:
        console.print(_inputs_line(report), style="dim")
    if report.why_no_mask:
        console.print(
            _("no mask of a picture (no points depend on it): {why_no_mask}").format(
                why_no_mask=report.why_no_mask
            ),
            style="dim",
        )


def print_below(lines: Sequence[str], console: Console) -> None:
    """Lines that belong to the TODO above, and an empty one behind them."""
    for line in [*lines, ""] if lines else ():
        console.print(Text(f" {clean(line)}", style="dim"), no_wrap=True, overflow="ellipsis")


def _score_line(report: Report) -> str:
    line = _("{score} of {max_score} points").format(score=report.score, max_score=report.max_score)
    if any(todo.is_extension for todo in report.todos):
        line += _(", and {bonus} bonus").format(bonus=report.bonus)
    if report.mask:
        line += _("; {image}: IoU with the expected mask {iou:.3f}").format(
            image=report.mask["image"], iou=report.mask["iou"]
        )
    return line


def _inputs_line(report: Report) -> str:
    if report.is_practice:
        return _(PRACTICE)
    return _("hidden inputs, secret {fingerprint}; lab {lab}, {time}").format(
        fingerprint=report.inputs.get("fingerprint"), lab=report.lab, time=report.time
    )
