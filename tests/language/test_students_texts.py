"""A student/ in Chinese: the same code, no English sentence in it, and untouched to the grader."""

import ast
import io
import json
import re
import tokenize
from pathlib import Path

import pytest
from chinese import english_in, spoken

from grader import language
from grader.lab.fingerprints import begun, fingerprint
from grader.lab.paths import SOLUTION, STUDENT
from grader.lab.plan import CORE_TODOS
from grader.release import student_copy
from grader.release.student_files import student_files
from grader.release.templates import in_notebook, in_python, texts_in
from grader.trying.hand_in import holes

CODE_IN_WORDS = ("python student/",)


@pytest.fixture(scope="module")
def chinese() -> dict[str, str]:
    """{path below student/: text}."""
    with spoken():
        return student_files(SOLUTION, language._)


def python_files() -> list[str]:
    return sorted(path.relative_to(STUDENT).as_posix() for path in STUDENT.rglob("*.py"))


def said_in(text: str) -> list[str]:
    """Its comments and the paragraphs of its docstrings; what is quoted, and code in them, is left out."""
    comments = [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    ]
    documented = ast.Module | ast.ClassDef | ast.FunctionDef
    docs = [
        ast.get_docstring(node) or "" for node in ast.walk(ast.parse(text)) if isinstance(node, documented)
    ]
    paragraphs = [one for doc in docs for one in doc.split("\n\n") if not one.startswith("  ")]
    said = [re.sub(r'"[^"]*"', "", one.replace("\n", " ")) for one in comments + paragraphs]
    return [one for one in said if not any(code in one for code in CODE_IN_WORDS)]


@pytest.mark.parametrize("name", python_files())
def test_a_file_is_the_same_code_in_another_language(name, chinese):
    english = (STUDENT / name).read_text(encoding="utf-8")
    assert fingerprint(chinese[name].encode()) == fingerprint(english.encode())
    assert holes(chinese[name].encode()).keys() == holes(english.encode()).keys()
    assert chinese[name] != english
    assert max(map(len, chinese[name].splitlines())) <= max(100, *map(len, english.splitlines()))


@pytest.mark.parametrize("name", python_files())
def test_no_sentence_of_a_file_is_left_in_english(name, chinese):
    assert [line for line in said_in(chinese[name]) if english_in(line)] == []


def test_an_untouched_file_in_chinese_is_no_extension_that_was_begun(chinese):
    assert begun({name: text.encode() for name, text in chinese.items()}) == []


def test_the_walkthrough_has_the_same_cells_and_links(chinese):
    english = json.loads((STUDENT / "walkthrough.ipynb").read_text(encoding="utf-8"))
    cells = json.loads(chinese["walkthrough.ipynb"])["cells"]
    assert [cell["id"] for cell in cells] == [cell["id"] for cell in english["cells"]]
    for cell, before in zip(cells, english["cells"]):
        assert cell["metadata"] == before["metadata"]
        source, text = "".join(cell["source"]), "".join(before["source"])
        if before["metadata"].get("nbgrader"):  # nbgrader knows them by a checksum
            assert source == text
        elif cell["cell_type"] == "code":
            assert silent(source) == silent(text)
            assert [said for said in printed(source) if english_in(said)] == []
        else:
            assert english_in(source) == [], source
    headings = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    for todo in CORE_TODOS:  # the pages link to them
        is_there = f'<a id="{todo.section}"></a>' in headings
        of_itself = todo.section.replace("-", " ") in headings.lower().replace(":", "")
        assert is_there or of_itself, todo.section


def printed(source: str) -> list[str]:
    """The texts among what a cell prints."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    said = [one for call in calls if getattr(call.func, "id", "") == "print" for one in call.args]
    return [
        "".join(str(part.value) for part in getattr(one, "values", [one]) if isinstance(part, ast.Constant))
        for one in said
    ]


def silent(source: str) -> str:
    """A cell's code without the words of what it prints; the values that it prints stay."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
            for one in node.args:
                if isinstance(one, ast.JoinedStr):
                    values = [part for part in one.values if isinstance(part, ast.FormattedValue)]
                    one.values = sorted(values, key=ast.dump)  # another language may have another order
                elif isinstance(one, ast.Constant):
                    one.value = ""
    return ast.dump(tree)


def test_without_a_language_nothing_changes():
    for path in STUDENT.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert in_python(text, lambda one: one) == text, path
    notebook = (STUDENT / "walkthrough.ipynb").read_text(encoding="utf-8")
    before = [cell["source"] for cell in json.loads(notebook)["cells"] if cell["cell_type"] == "code"]
    after = json.loads(in_notebook(notebook, lambda one: one))["cells"]
    assert [cell["source"] for cell in after if cell["cell_type"] == "code"] == before


def test_a_copy_for_students_is_chinese_and_has_its_catalogues():
    with spoken():
        files = student_copy.files()
    assert student_copy.readme().startswith(b"# U-Net lab")
    assert bytes(files["README.md"]).decode().startswith("# U-Net 实验")
    assert files["grader/language/copy.txt"] == b"zh\n"
    assert "收缩路径" in bytes(files["student/unet.py"]).decode()
    assert isinstance(files["grader/language/zh/LC_MESSAGES/explain.po"], Path)
    assert "grader/language/zh/LC_MESSAGES/batch.po" not in files


def test_what_a_hole_raises_is_a_text_of_its_own():
    text = (STUDENT / "unet.py").read_text(encoding="utf-8")
    assert "TODO 2: crop, then concatenate" in texts_in("unet.py", text)
