"""Whatever a student's code does, the call ends soon, says why, and the next worker works."""

import os
import sys
import time

import numpy as np
import pytest
from asking import X
from deadly import ENDINGS, ends_at_once, source_of

from grader.sandbox.trusted import WorkerFailed

RAISED = {
    "plain": ("def f(x):\n    raise ValueError('bad\\nshape')", "ValueError", "bad shape", 2),
    "own helper": ("def f(x):\n    return g(x)\ndef g(x):\n    return x / []", "TypeError", "unsupported", 4),
    "in torch": ("import torch\ndef f(x):\n    return torch.cat([x, x[:, :1]])", "RuntimeError", "Sizes", 3),
    "when imported": ("1 / 0\ndef f(x): return x", "ZeroDivisionError", "division by zero", 1),
    "no such package": ("import numppy", "ModuleNotFoundError", "No module named 'numppy'", 1),
    "exit": ("import sys\ndef f(x):\n    sys.exit(3)", "SystemExit", "3", 3),
    "exit when imported": ("exit()", "SystemExit", "", 1),
    "interrupt": ("def f(x):\n    raise KeyboardInterrupt", "KeyboardInterrupt", "", 2),
    "recursion": ("def f(x):\n    return f(x)", "RecursionError", "maximum recursion depth", 2),
    "input": ("def f(x):\n    return input()", "EOFError", "EOF when reading a line", 2),
    "text raises": (
        "class E(Exception):\n    def __str__(self): raise KeyError\ndef f(x):\n    raise E",
        "E", "(its text cannot be shown: KeyError)", 4),
    "long text": ("def f(x):\n    raise ValueError('a' * 5_000_000)", "ValueError", "a" * 500, 2),
    "steering text": ("def f(x):\n    raise ValueError('\\x1b[2Jgone\\x07')", "ValueError", "gone", 2),
    "strange type": (
        "class M(type):\n    @property\n    def __name__(cls): raise KeyError\n"
        "class E(Exception, metaclass=M): pass\ndef f(x):\n    raise E('e')",
        "Exception", "e", 6),
    "module is not there": ("raise ImportError('nope')", "ImportError", "nope", 1),
    "deadly warning": (
        "import warnings\ndef f(x):\n    warnings.simplefilter('error')\n    warnings.warn('old')",
        "UserWarning", "old", 4),
}  # fmt: skip


@pytest.mark.parametrize("case", RAISED)
def test_an_exception_is_reduced_to_the_student_s_own_line(forking, case):
    source, exception, text, line = RAISED[case]
    failed = forking.failure(source)
    assert (failed.kind, failed.exception, failed.file, failed.line) == ("raised", exception, "unet.py", line)
    assert failed.text.startswith(text)
    assert len(failed.text) <= 500
    assert failed.source_line == source.split("\n")[line - 1].strip()
    assert failed.todo is False
    assert failed.message == f"{exception}: {failed.text}"


PLACES = [place for place in {*sys.path, sys.prefix} if len(place) > 4 and os.path.isabs(place)]
TELLS_PLACES = {
    "name not found": ("from torch import relu7", "cannot import name 'relu7' from 'torch'"),
    "name not found in the library": ("from json import relu7", "cannot import name 'relu7' from 'json'"),
    "circular": (
        "import sys, types; sys.modules['m'] = types.ModuleType('m'); sys.modules['m'].__file__ = "
        "sys.modules['json'].__file__; from m import relu7",
        "cannot import name 'relu7' from 'm'",
    ),
    "own words": ("import numpy; raise ValueError(numpy.__file__)", "numpy/__init__.py"),
}


@pytest.mark.parametrize("case", TELLS_PLACES)
def test_where_packages_lie_on_this_machine_is_not_told(forking, case):
    source, text = TELLS_PLACES[case]
    failed = forking.failure(source)
    assert failed.text == text
    assert not any(place in failed.message for place in PLACES)


def test_nor_by_what_is_printed(forking):
    printed = "import warnings, numpy\nprint(numpy.__file__)\n"
    warned = "def f(x):\n    warnings.warn_explicit('old', UserWarning, numpy.__file__, 1)\n    return x"
    output = forking.answer(printed + warned).output
    assert output.splitlines()[:2] == ["numpy/__init__.py", "numpy/__init__.py:1: UserWarning: old"]
    assert not any(place in output for place in PLACES)


@pytest.mark.parametrize(
    ("source", "todo"),
    [
        ("raise NotImplementedError('TODO 1: down_conv1')", True),
        ("raise NotImplementedError", True),
        ("import torch; return torch.empty(2, device='meta').item()", False),
        ("import torch; return torch.nn.Module()(x)", False),
    ],
)
def test_an_unfilled_hole_is_told_from_torch_s_own_not_implemented(forking, source, todo):
    failed = forking.failure(f"def f(x):\n    {source}")
    assert (failed.kind, failed.todo) == ("raised", todo)


def test_the_worker_lives_on_after_an_exception(forking):
    with forking.worker("def f(x):\n    raise ValueError") as worker:
        for _ in range(2):
            with pytest.raises(WorkerFailed, match="ValueError"):
                worker.call("apply", {}, {"x": X})
            assert worker.alive
        assert worker.call("ping").data == {}


@pytest.mark.parametrize(("function", "kind", "words"), ENDINGS, ids=[case[0].__name__ for case in ENDINGS])
def test_a_worker_that_ends_or_hangs_says_so_and_no_more(asked, function, kind, words):
    start = time.monotonic()
    failed = asked.failure(source_of(function), limit_s=0.5 if kind == "timeout" else 20.0)
    assert time.monotonic() - start < 10
    assert failed.kind == kind
    assert words in failed.message
    if function is ends_at_once:
        assert failed.output == "last words\n"


@pytest.mark.parametrize(
    ("source", "kind", "words"),
    [
        ("while True: pass", "timeout", "it used more than 0.5 seconds of processor time"),
        ("import os\nos._exit(7)", "died", "(exit status 7)"),
    ],
)
def test_the_same_when_the_file_is_imported(asked, source, kind, words):
    failed = asked.failure(source, limit_s=0.5 if kind == "timeout" else 20.0)
    assert failed.kind == kind
    assert words in failed.message


def test_megabytes_of_print_cost_nothing_but_their_end(asked):
    answer = asked.answer("def f(x):\n    for _ in range(200): print('z' * 1_000_000)\n    return x")
    assert answer.output.startswith("zzz")
    assert answer.output.endswith("more bytes]")
    assert len(answer.output) < 17_000


def test_a_dead_worker_takes_no_more_calls(asked):
    worker = asked.worker("import os\nos._exit(0)")
    with pytest.raises(WorkerFailed):
        worker.call("apply", {}, {"x": X})
    assert not worker.alive
    with pytest.raises(ValueError, match="has ended"):
        worker.call("apply", {}, {"x": X})


def test_a_thread_that_keeps_printing_does_not_keep_the_answers(asked):
    source = """
        import threading
        def forever():
            while True: print("still here")
        threading.Thread(target=forever).start()
        def f(x): return x
    """
    with asked.worker(source) as worker:
        for _ in range(3):
            np.testing.assert_array_equal(worker.call("apply", {}, {"x": X}, limit_s=5.0).tensors["y"], X)


def test_a_thread_that_writes_answers_is_nonsense_at_the_next_call(asked):
    source = """
        import os, threading, time
        def later():
            time.sleep(0.2)
            os.write(3, b"surprise")
        threading.Thread(target=later).start()
        def f(x): return x
    """
    with asked.worker(source) as worker:
        worker.call("apply", {}, {"x": X})
        time.sleep(0.4)
        with pytest.raises(WorkerFailed, match="no answer"):
            worker.call("apply", {}, {"x": X})


def test_memory_that_grows_bit_by_bit_ends_at_the_limit(asked):
    with asked.limited(memory_mb=200):
        failed = asked.failure("def f(x):\n    kept = []\n    while True: kept.append(bytearray(1 << 20))")
    assert (failed.kind, failed.file, failed.line) == ("memory", "unet.py", 3)


def test_processor_time_is_limited_over_all_calls(asked):
    with asked.limited(cpu_s=1):
        failed = asked.failure("def f(x):\n    while True: pass", limit_s=60.0)
    assert failed.kind == "timeout"
    assert failed.message == "it used more than 1 seconds of processor time"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("import torch; torch.save({}, 'x.pth')", "the grader lets code read, but write no file"),
        ("open('x.txt', 'w')", "the grader lets code read, but write no file"),
        ("import os; os.fork()", "the grader lets code start no process and open no connection"),
        ("import socket; socket.socket()", "the grader lets code start no process and open no connection"),
    ],
)
def test_what_the_confinement_refuses_is_said_to_be_the_grader_s_rule(forking, source, why):
    failed = forking.failure(f"def f(x):\n    {source}")
    assert (failed.kind, failed.file, failed.line) == ("raised", "unet.py", 2)
    assert failed.text.endswith(f"({why})")
