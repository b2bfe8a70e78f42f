"""The submitted files as modules: how they find each other, and every way to write a text file."""

import numpy as np
import pytest
from asking import X

INFER = "import unet\nfrom unet import f as g\ndef f(x): return unet.f(x) + g(x)\n"


def test_infer_imports_unet(forking):
    with forking.worker("print('once')\ndef f(x): return x * 3", infer=INFER) as worker:
        answer = worker.call("apply", {"module": "infer"}, {"x": X})
        assert worker.call("apply", {"module": "unet"}, {"x": X}).output == ""
    np.testing.assert_array_equal(answer.tensors["y"], 6 * X)
    assert answer.output == "once\n"


def test_unet_is_not_run_before_it_is_asked_for(forking):
    answer = forking.answer("1 / 0", call="threads")
    assert answer.output == ""


def test_folders_are_packages(forking):
    files = {
        "unet.py": b"from parts import two\nimport parts.deep.three as t\ndef f(x): return x * two.TWO * t.N",
        "parts/two.py": b"from .one import ONE\nTWO = 2 * ONE",
        "parts/one.py": b"ONE = 1",
        "parts/deep/__init__.py": b"",
        "parts/deep/three.py": b"from ..one import ONE\nN = 3 * ONE",
        "notes.txt": b"\xff\xfe",
    }
    with forking.sandbox.worker(files) as worker:
        np.testing.assert_array_equal(worker.call("apply", {}, {"x": X}).tensors["y"], 6 * X)


def test_a_name_that_the_library_has_too_is_the_submission_s(forking):
    files = {"unet.py": b"import tabnanny\ndef f(x): return x * tabnanny.N", "tabnanny.py": b"N = 2"}
    with forking.sandbox.worker(files) as worker:
        np.testing.assert_array_equal(worker.call("apply", {}, {"x": X}).tensors["y"], 2 * X)


def test_names_outside_the_submission_import_as_ever(forking):
    source = "import graphlib, torchvision.transforms.v2\nfrom PIL import Image\ndef f(x): return x"
    np.testing.assert_array_equal(forking.answer(source).tensors["y"], X)


@pytest.mark.parametrize("module", ["solution.unet", "student.unet", "try"])
def test_the_lab_s_own_folders_cannot_be_imported_by_chance(forking, module):
    failed = forking.failure(f"import importlib\nimportlib.import_module({module!r})")
    assert failed.exception == "ModuleNotFoundError"


def test_a_missing_file_is_named(forking):
    with forking.sandbox.worker({"infer.py": b""}) as worker, pytest.raises(Exception) as failed:  # noqa: PT011
        worker.call("apply", {}, {"x": X})
    assert (failed.value.kind, failed.value.text) == ("raised", "the submission has no unet.py")
    assert failed.value.file is None


PLAIN = "# größer 图\nWORD = 'é图'\ndef f(x): return x * len(WORD)\n"


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode(),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        ("# -*- coding: gbk -*-\n" + PLAIN.replace("é", "e").replace("ö", "o").replace("ß", "s")).encode(
            "gbk"
        ),
        ("# coding: latin-1\n" + PLAIN.replace("图", "x")).encode("latin-1"),
        b"\xef\xbb\xbf# coding: utf-8\r\n" + PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.encode() + b"\x0c\n\tpass".replace(b"\tpass", b""),
        PLAIN.rstrip("\n").encode() + b"\n\nif __name__ == '__main__':\n    1 / 0",
    ],
    ids=["utf-8", "bom", "crlf", "cr", "gbk", "latin-1", "bom crlf cookie", "form feed", "main block"],
)
def test_every_text_that_python_reads(forking, data):
    np.testing.assert_array_equal(forking.answer(data).tensors["y"], 2 * X)


@pytest.mark.parametrize(
    ("data", "line", "text", "source_line"),
    [
        (b"x = 1\ndef f(x)\n    return x\n", 2, "expected ':'", "def f(x)"),
        (b"def f(x):\nreturn x\n", 2, "expected an indented block", "return x"),
        (b"def f(x):\n    if x:\n\treturn x\n", 3, "indent every line with 4 spaces", "return x"),
        ("x = 1\r\ny = „a“\r\n".encode(), 2, 'a typographic quotation mark „: write "', "y = „a“"),
        (
            "# größer".encode("latin-1") + b"\nx = 1",
            1,
            "this is not utf-8: byte 0xf6; save the file as UTF-8",
            None,
        ),
        ("x = 1\ny = 'größer'".encode("latin-1"), 2, "this is not utf-8: byte 0xf6", None),
        ("x = 1".encode("utf-16"), 1, "this file is UTF-16: save it as UTF-8", None),
        (b"# coding: klingon\nx = 1", 1, "unknown encoding", "# coding: klingon"),
        (b"x = 1\x00\n", 1, "a null byte", None),
        (b"x = " + b"(" * 500 + b")" * 500, 1, "too many nested parentheses", None),
        (b"x = " + b"-" * 100_000 + b"1", None, "", None),
    ],
)
def test_a_file_that_python_cannot_read(forking, data, line, text, source_line):
    failed = forking.failure(data)
    assert (failed.kind, failed.file, failed.line) == ("raised", "unet.py", line)
    assert failed.exception in ("SyntaxError", "IndentationError", "TabError")
    assert text in failed.text
    if source_line is not None:
        assert failed.source_line == source_line


def test_a_syntax_error_in_the_other_file_names_the_other_file(forking):
    failed = forking.failure("import infer\ndef f(x): return x", infer="x = 1\n\nx =")
    assert (failed.file, failed.line, failed.source_line) == ("infer.py", 3, "x =")


def test_the_source_can_be_inspected(forking):
    source = """
        import inspect, torch
        def g(x: torch.Tensor):
            return x * 2
        print(inspect.getsource(g), end="")
        scripted = torch.jit.script(g) if torch.__version__ < "2.9" else g
        def f(x): return scripted(x)
    """
    answer = forking.answer(source)
    assert answer.output == "def g(x: torch.Tensor):\n    return x * 2\n"
    np.testing.assert_array_equal(answer.tensors["y"], 2 * X)


def test_one_submission_s_source_is_not_in_the_next_worker(forking):
    forking.answer("import infer\ndef f(x): return x", infer="SECRET = 1")
    source = """
        import linecache, sys
        def f(): return {"modules": "infer" in sys.modules, "lines": "infer.py" in linecache.cache}
    """
    with forking.worker(source) as worker:
        assert worker.call("facts").data == {"modules": False, "lines": False}
