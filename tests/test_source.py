"""What keeps Python from reading a file is said once, in plain words, with line and column."""

import pytest

from grader.source import trouble_in

CODE = 'import torch\n\n\ndef f(x, y):\n    return [x, y], "a"\n'


@pytest.mark.parametrize(
    ("content", "line", "column", "said"),
    [
        (CODE.replace("x, y)", "x，y)"), 4, 7, "a full-width comma ，: write ,"),
        (CODE.replace("):", "）："), 4, 10, "a full-width bracket ）: write )"),
        (CODE.replace("(x", "（x"), 4, 5, "a full-width bracket （: write ("),
        (CODE.replace("y):", "y)："), 4, 11, "a full-width colon ：: write :"),
        (CODE.replace('"a"', "“a”"), 5, 19, 'a typographic quotation mark “: write "'),
        (CODE.replace('"a"', "‘a’"), 5, 19, "quotation mark ‘: write '"),
        (CODE.replace("[x", "【x"), 5, 11, "a full-width bracket 【: write ["),
        (CODE.replace('"a"', "x – y"), 5, 21, "minus sign –: write -"),
        (CODE.replace("import torch", "import\u00a0torch"), 1, 6, "(no-break space): write a plain space"),
        (CODE.replace("import torch", "import\u3000torch"), 1, 6, "(ideographic space): write a plain space"),
        (
            CODE.replace("import torch", "import torch\u200b"),
            1,
            12,
            "invisible character (U+200B): delete it",
        ),
        (CODE.replace("return", "return €"), 5, 11, "the character € has no meaning"),
        ("if 1:\n\tx = 1\n        y = 2\n", 3, 0, "indent every line with 4 spaces"),
        ("def f():\nreturn 1\n", 2, 0, "expected an indented block"),
        ("x = (1,\n", 1, 4, "'(' was never closed"),
        ("x = 1\0\n", 1, None, "a null byte"),
    ],
)
def test_a_fault_has_its_place_and_its_remedy(content, line, column, said):
    trouble = trouble_in("unet.py", content.encode())
    assert trouble is not None
    assert said in trouble.message
    assert (trouble.file, trouble.line) == ("unet.py", line)
    if column is not None and trouble.column is not None:
        assert abs(trouble.column - column) <= 1, "one more for a fault behind the end of the line"
        assert trouble.source == content.splitlines()[line - 1]


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b"x = 1\ny = 'gr\xfc\xdfe'\n", 2, "this is not utf-8: byte 0xfc; save the file as UTF-8"),
        ("x = 1".encode("utf-16"), 1, "this file is UTF-16: save it as UTF-8"),
        ("x = 1".encode("utf-32"), 1, "this file is UTF-32: save it as UTF-8"),
        (b"# coding: klingon\nx = 1\n", 1, "unknown encoding"),
    ],
)
def test_a_wrong_encoding_is_named_with_its_line(content, line, said):
    trouble = trouble_in("infer.py", content)
    assert trouble is not None
    assert (trouble.line, said in trouble.message) == (line, True)


def test_the_other_lines_with_such_a_character_are_named():
    content = CODE.replace("x, y)", "x，y)").replace("x, y]", "x，y]") + "z = （1）\n"
    trouble = trouble_in("unet.py", content.encode())
    assert trouble is not None
    assert trouble.message == "a full-width comma ，: write , (also in lines 5, 6)"


@pytest.mark.parametrize("text", ["名 = '，：（）“”'  # 注释，：（）\n", CODE, "", "x = '\\d'\n"])
def test_what_python_reads_is_no_trouble(text):
    assert trouble_in("unet.py", text.encode()) is None
    assert trouble_in("unet.py", b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()) is None
