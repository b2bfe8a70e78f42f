"""Looks at everything, and says what to do. Exit status: 0 the lab can run, 1 something has to be mended."""

import sys
from collections.abc import Iterator

from grader.doctor import files, machine, packages
from grader.doctor.finding import BAD, GOOD, ODD, Finding
from grader.language import _, chosen, ngettext, use


def main() -> None:
    """Print each finding as soon as it is known."""
    use(chosen(sys.argv[1:]))
    bad = 0
    for finding in findings():
        print("\n".join(finding.lines()), flush=True)
        bad += finding.status == BAD
    faults = ngettext(
        "{count} thing to mend: see the arrow above.", "{count} things to mend: see the arrows above.", bad
    )
    print(faults.format(count=bad) if bad else _("The lab can run here."))
    sys.exit(1 if bad else 0)


def findings() -> Iterator[Finding]:
    """In the order in which a person would mend them."""
    yield machine.python()
    yield machine.encoding()
    yield from machine.disk()
    yield machine.memory(_memory_left_mb())
    has_packages = True
    for finding in packages.packages(packages.wanted()):
        has_packages &= finding.status != BAD
        yield finding
    yield files.model()
    yield files.lab_files()
    yield from files.students_files()
    if has_packages:
        yield isolation()


def isolation() -> Finding:
    """What keeps a submission's code apart here, as the grader's own probe finds it."""
    from grader.errors import LabError
    from grader.sandbox.trusted import Sandbox

    try:
        with Sandbox() as sandbox:
            sandbox.worker({}).close()
            level = sandbox.isolation["level"]
    except LabError as error:
        return Finding(
            _("isolation"), BAD, _("the grader's process does not start: {error}").format(error=error)
        )
    if level == "full":
        return Finding(_("isolation"), GOOD, _("full: code that is graded reaches no file and no network"))
    enough = _("enough for your own code; grade other people's on Linux")
    return Finding(_("isolation"), ODD, f"{level}: {enough}")


def _memory_left_mb() -> int | None:
    from grader.grading.capacity import memory_left_mb

    return memory_left_mb()
