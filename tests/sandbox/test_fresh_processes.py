"""The way without fork, as on macOS and Windows: a process for each worker, the same answers and failures."""

import numpy as np
import pytest
from asking import RIGHT, X
from deadly import (
    ends_at_once,
    source_of,
    stops_itself,
    wants_a_tensor_of_8_gb,
)

from grader.sandbox.trusted import Sandbox, WorkerFailed


def test_one_worker_answers_raises_and_prints_like_a_fork(starting):
    source = """
        import sys
        def f(x):
            print("printed")
            print("on stderr", file=sys.stderr)
            if x.ndim != 2: raise ValueError("two, please")
            return x * 2
    """
    with starting.worker(source, infer="import unet\ndef f(x): return unet.f(x)") as worker:
        for _ in range(2):
            answer = worker.call("apply", {"module": "infer"}, {"x": X})
            np.testing.assert_array_equal(answer.tensors["y"], 2 * X)
            assert sorted(answer.output.splitlines()) == ["on stderr", "printed"]
        with pytest.raises(WorkerFailed) as failed:
            worker.call("apply", {}, {"x": X[0]})
        assert (failed.value.text, failed.value.file, failed.value.line) == ("two, please", "unet.py", 6)
        x = np.ones((4, 1 << 20), np.float32)
        np.testing.assert_array_equal(worker.call("ping", {}, {"x": x}).tensors["x"], x)
    isolation = starting.sandbox.isolation
    assert isolation["missing"] == ["no fork (asked for)"]
    assert isolation["level"] == "full"


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (ends_at_once, "died"),
        (stops_itself, "timeout"),
        (wants_a_tensor_of_8_gb, "memory"),
    ],
    ids=["ends_at_once", "stops_itself", "wants_a_tensor_of_8_gb"],
)
def test_a_fresh_process_fails_like_a_fork(starting, function, kind):
    failed = starting.failure(source_of(function), limit_s=1.0)
    assert failed.kind == kind
    if function is ends_at_once:
        assert failed.output == "last words\n"


def test_where_the_process_has_threads_it_is_not_forked():
    with Sandbox(calls="tests.sandbox.asked_with_a_thread") as sandbox:
        assert sandbox.ready()["fork"] is False
        with sandbox.worker({"unet.py": RIGHT}) as worker:
            np.testing.assert_array_equal(worker.call("apply", {}, {"x": X}).tensors["y"], 2 * X)
        assert sandbox.isolation["level"] == "process-only"  # a thread that Landlock does not cover
        assert sandbox.isolation["layers"]["landlock"] is False
        assert sandbox.isolation["missing"][-1] == "no fork (torch left 2 threads running)"
