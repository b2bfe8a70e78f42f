"""What Dask's workers run. None of it raises: what is wrong is an answer, and Dask has nothing to log.

A worker process has one thread, and keeps one warm sandbox. The scheduler loads this module, too: whatever
grading needs is imported when it is needed.
"""

import importlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from grader.batch.cluster.letter import Introduction, Letter, Reply, Sealed
from grader.errors import LabError
from grader.language import _

if TYPE_CHECKING:
    from grader.batch.work import Plan

_plans: dict[str, "tuple[Plan, tempfile.TemporaryDirectory[str]]"] = {}  # {run: ...}


def introduce() -> Introduction:
    """Who I am: nothing secret is sent before this is known."""
    from distributed import get_worker

    from grader.batch.cluster.likeness import likeness
    from grader.batch.cluster.sealing import address

    try:
        return Introduction(address(), get_worker().state.nthreads, likeness())
    except Exception as error:
        return Introduction(b"", 1, {}, _told(error))


def join(sealed: Sealed) -> Reply:
    """Start the sandbox for a run; its problem says what this machine lacks."""
    from distributed import get_worker

    from grader.batch.cluster.parcel import unpack
    from grader.batch.cluster.sealing import unseal
    from grader.batch.work import bench_for

    try:
        # In Dask's own folder: what a killed worker leaves there is removed by the next.
        folder = tempfile.TemporaryDirectory(prefix="unet-lab-", dir=get_worker().local_directory)
        plan = unpack(unseal(sealed.content), Path(folder.name))
        bench_for(plan).sandbox.ready()
        _plans[sealed.run] = plan, folder
    except Exception as error:
        return Reply(problem=_told(error))
    return Reply()


def answer(letter: Letter) -> Reply:
    """Call the function of a letter with this worker's plan."""
    if letter.run not in _plans:
        return Reply(is_stranger=True)
    try:
        module, name = letter.function
        function = getattr(importlib.import_module(module), name)
        return Reply(function(_plans[letter.run][0], *letter.arguments))
    except Exception as error:
        return Reply(problem=_told(error))


def leave(run: str) -> None:
    """Forget the run, its secret and its answers; end the sandbox."""
    from grader.batch.work import close_benches

    if run in _plans:
        close_benches()
        _plans.pop(run)[1].cleanup()


def _told(error: Exception) -> str:
    """A line that quotes nothing but what we have written."""
    from grader.grading.withheld import place_of_ours

    return (
        str(error)
        if isinstance(error, LabError)
        else _("the grader failed: {error}").format(error=place_of_ours(error))
    )
