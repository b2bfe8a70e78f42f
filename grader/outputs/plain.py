"""What a terminal would show as plain text: for cells of a notebook, and for files that know no colours."""

import io
from collections.abc import Callable

from rich.console import Console

from grader.outputs.report_lines import print_report
from grader.outputs.terminal import WIDTH
from grader.report.model import Report


def plain(print_it: Callable[[Console], None]) -> str:
    """What is printed to this console, without colours and without blanks at the ends of lines."""
    lines = io.StringIO()
    console = Console(
        file=lines,
        width=WIDTH,
        color_system=None,
        force_terminal=False,
        force_jupyter=False,  # in a kernel it would print into the cell, past the file
        highlight=False,
    )
    print_it(console)
    return "\n".join(line.rstrip() for line in lines.getvalue().splitlines()).strip()


def report_text(report: Report) -> str:
    """All of a report."""
    return plain(lambda console: print_report(report, console))
