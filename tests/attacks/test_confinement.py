"""What confinement promises: levels that are tried and demanded, and room for a right answer."""

import numpy as np
import pytest

from grader.errors import LabError
from grader.implementations import InWorker, solution_files
from grader.sandbox.trusted import Sandbox
from grader.sandbox.trusted.isolation import demand, level_of

HONEST = {"unet.py": b"def f(x): return 2 * x"}


def test_what_a_layer_cannot_do_ends_the_worker_before_a_student_s_code_runs():
    """A layer that worked at the start and does not now: here, Landlock that is suddenly left out."""
    with Sandbox(calls="tests.sandbox.asked") as sandbox:
        sandbox.ready()
        sandbox._confinement = type(sandbox._confinement)(
            required=sandbox._confinement.required, without=("landlock",)
        )
        with pytest.raises(LabError, match="not confined"):
            sandbox.worker({"unet.py": b"print('ran')"})


def test_the_level_is_the_worst_of_what_was_found_and_nothing_found_is_the_least():
    blocked = dict.fromkeys(
        ("read_files", "read_grader", "write_files", "network", "new_process", "other_program", "signals",
         "memory", "root"), "blocked")  # fmt: skip
    assert level_of(blocked) == "full"
    assert level_of(blocked | {"read_files": "open"}) == "files-readable"
    assert level_of(blocked | {"root": "open"}) == "process-only"
    assert level_of({}) == "process-only"  # macOS, Windows: nothing was tried
    demand("full", blocked)
    demand("process-only", {})
    with pytest.raises(
        LabError, match=r"isolation full was asked for, and this machine gives files-readable"
    ):
        demand("full", blocked | {"read_files": "open"})
    with pytest.raises(LabError, match=r"gives process-only: .* the network can be reached"):
        demand("files-readable", blocked | {"network": "open"})


@pytest.mark.trust
def test_below_the_level_that_was_asked_for_nothing_is_graded():
    with (
        Sandbox(calls="tests.sandbox.asked", without=("seccomp",), isolation="full") as sandbox,
        pytest.raises(LabError, match="new processes can be started") as refused,
    ):
        sandbox.worker(HONEST)
    assert "\n" not in str(refused.value)


@pytest.mark.trust
@pytest.mark.parametrize("without", [(), ("landlock",)], ids=["full", "no file can be opened"])
def test_a_right_answer_finds_all_that_it_needs(without):
    """What it imports late can be read, or has been imported before the door closed."""
    from PIL import Image

    from grader.implementations import Implementation
    from grader.lab.paths import MODEL

    picture = Image.fromarray(np.arange(60 * 40 * 3, dtype=np.uint8).reshape(60, 40, 3))
    with Sandbox(MODEL, without=without, isolation="full") as sandbox:
        worker = InWorker(sandbox, solution_files())
        solution = Implementation(worker)
        assert solution.scores(np.ones((1, 3, 64, 64), np.float32)).shape == (1, 1, 64, 64)
        assert solution.preprocess(picture).shape == (1, 3, 572, 572)
        assert len(solution.trace(64, 64, False)) == 64
        assert solution.served_mask(picture, np.zeros((1, 1, 560, 560), np.float32)).mask.shape == (60, 40)
        assert solution.keys()
        worker.close()
        assert sandbox.isolation["level"] == "full"
        assert sandbox.isolation["layers"]["no_open"] is bool(without)
        assert not [one for one in sandbox.isolation["missing"] if "fork" in one]  # a second for each worker
