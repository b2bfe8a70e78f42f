"""What comes back when all is well, and what a tensor must be to come back."""

import os
import subprocess
import sys

import numpy as np
import pytest
from asking import RIGHT, Asked, X

from grader.sandbox.trusted import Sandbox


@pytest.mark.parametrize(
    "dtype", [np.float64, np.float32, np.float16, np.int64, np.int32, np.uint8, np.bool_]
)
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (3, 4)])
def test_every_dtype_and_shape_survives_the_way_there_and_back(shared_worker, dtype, shape):
    sent = {"x": (np.arange(np.prod(shape)) % 2).reshape(shape).astype(dtype)}
    came = shared_worker.call("ping", {"n": 1, "s": "ü"}, sent)
    assert came.data == {"n": 1, "s": "ü"}
    assert came.tensors["x"].dtype == dtype
    np.testing.assert_array_equal(came.tensors["x"], sent["x"])
    assert came.tensors["x"].shape == shape


@pytest.fixture(scope="module")
def shared_worker(forking):
    with forking.worker(RIGHT) as worker:
        yield worker


def test_arrays_that_are_not_contiguous_are_sent_as_they_look(shared_worker):
    x = np.arange(12, dtype=np.float32).reshape(3, 4).T[::2]
    np.testing.assert_array_equal(shared_worker.call("ping", {}, {"x": x}).tensors["x"], x)


def test_an_answer_can_be_changed_by_its_reader(shared_worker):
    y = shared_worker.call("ping", {}, {"x": X}).tensors["x"]
    y += 1
    assert y[0, 0] == 1


def test_one_worker_answers_many_calls_and_keeps_its_modules(forking):
    with forking.worker(
        "print('imported')\ncalls = []\ndef f(x):\n    calls.append(1)\n    return x * len(calls)"
    ) as worker:
        first, second = (worker.call("apply", {}, {"x": X}) for _ in range(2))
    assert first.output == "imported\n"
    assert second.output == ""
    np.testing.assert_array_equal(second.tensors["y"], 2 * X)
    assert 0 < second.seconds < 5


def test_two_workers_of_one_sandbox_do_not_know_of_each_other(forking):
    with forking.worker("def f(x): return x + 1") as one, forking.worker("def f(x): return x + 2") as other:
        assert one.call("apply", {}, {"x": X}).tensors["y"][0, 0] == 1
        assert other.call("apply", {}, {"x": X}).tensors["y"][0, 0] == 2
        assert one.call("apply", {}, {"x": X}).tensors["y"][0, 0] == 1


def test_a_large_request_and_a_large_answer_pass(forking):
    x = np.random.default_rng(1).random((8, 1 << 20), dtype=np.float32)
    with forking.worker(RIGHT) as worker:
        np.testing.assert_array_equal(worker.call("apply", {}, {"x": x}).tensors["y"], 2 * x)


def test_what_was_printed_comes_without_what_steers_a_terminal(forking):
    source = r"""
        import sys
        print("\x1b[31mred\x1b[0m \x1b]0;title\x07tab\there\rnext\x00 \u202eback Größe 图")
        print("on stderr", file=sys.stderr)
        print("unfinished", end="")
        def f(x): return x
    """
    assert forking.answer(source).output == "red tab\there\nnext back Größe 图\non stderr\nunfinished"


@pytest.mark.parametrize(
    ("returned", "kind", "words"),
    [
        ("torch.nn.Parameter(x)", "nonsense", "y is of type Parameter, not a torch.Tensor"),
        ("[x]", "nonsense", "y is of type list"),
        ("None", "nonsense", "y is of type NoneType"),
        ("x.to_sparse()", "nonsense", "without plain numbers (torch.sparse_coo"),
        ("x.to('meta')", "nonsense", "without plain numbers (torch.strided, meta"),
        ("x.to(torch.complex64)", "nonsense", "y has dtype complex64"),
        ("torch.zeros(20_000_000)", "too_large", "the answer has 76 MB; at most 64 MB can be sent"),
    ],
)
def test_a_tensor_that_cannot_be_sent_is_named_and_the_worker_lives_on(forking, returned, kind, words):
    from grader.sandbox.trusted import WorkerFailed

    with forking.worker(f"import torch\ndef f(x): return {returned}") as worker:
        with pytest.raises(WorkerFailed) as failed:
            worker.call("apply", {}, {"x": X})
        assert failed.value.kind == kind
        assert words in failed.value.message
        assert worker.call("ping", {"n": 1}).data == {"n": 1}


@pytest.mark.parametrize(
    "returned",
    [
        "x.t().contiguous().t()",
        "x.clone().requires_grad_()",
        "torch.cat([x, x])[:2]",
        "torch._neg_view(-x)",
    ],
)
def test_a_tensor_in_any_layout_comes_back_as_it_looks(forking, returned):
    y = forking.answer(f"import torch\ndef f(x): return {returned}").tensors["y"]
    np.testing.assert_array_equal(y, X)


def test_bfloat16_is_named_without_numbers(forking):
    answer = forking.answer("import torch\ndef f(x): return x.to(torch.bfloat16)")
    assert answer.tensors == {}
    assert answer.data == {"unreadable": {"y": "bfloat16"}}


def test_a_worker_has_the_threads_that_the_environment_says(forking):
    threads = int(os.environ["OMP_NUM_THREADS"])
    assert forking.answer(RIGHT, "threads").data == {"threads": threads, "device": "cpu"}


def test_a_worker_has_a_thread_for_each_core_where_nothing_is_said(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS")
    with Sandbox(calls="tests.sandbox.asked") as sandbox:
        assert Asked(sandbox).answer(RIGHT, "threads").data["threads"] == len(os.sched_getaffinity(0))


def test_a_worker_has_an_environment_of_its_own(forking):
    source = "import os\ndef f(): return dict(os.environ)"
    environment = forking.answer(source, "facts").data
    assert "PATH" in environment
    assert not any("a secret" in value for value in environment.values())
    assert not [name for name in environment if name.startswith(("GITHUB_", "RUNNER_", "HIDDEN"))]


def test_the_trusted_side_never_imports_torch():
    code = "import grader.sandbox.trusted, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_report_says_what_stands_and_what_is_missing(forking):
    forking.works()
    isolation = forking.sandbox.isolation
    assert isolation["level"] == "full"
    assert isolation["missing"] == []
    assert set(isolation["probe"].values()) == {"blocked"}
    assert isolation["layers"]["no_new_privileges"] is True
    assert isolation["layers"]["rlimits"]["memory_mb"] == 3072
