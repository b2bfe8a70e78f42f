"""Extensions are beside the core: silence until begun, bonus points after, and never the core's hundred."""

import json
import os
import tarfile
import zipfile
from xml.etree import ElementTree

import pytest
from corpus import MISTAKES, solution
from corpus import build as build_core

from grader.errors import LabError
from grader.explain import Explain
from grader.grading.extensions import check_extensions
from grader.grading.options import Options
from grader.grading.run import grade_in
from grader.grading.scoring import run_rubric
from grader.implementations import Frozen, Implementation, InWorker, live_solution, solution_files
from grader.intake.submission import read_submission
from grader.lab.extensions import EXTENSION_FILES, EXTENSIONS
from grader.lab.fingerprints import MOST_BYTES, begun, fingerprint, fingerprints
from grader.lab.paths import SOLUTION, STUDENT
from grader.outputs.junit import write_junit
from grader.outputs.report_lines import print_report
from grader.outputs.terminal import make_console
from grader.report.model import FAILED, GRADER_ERROR, PASSED, Check, Report, Todo


def released(*names: str) -> dict[str, bytes]:
    return {f"extensions/{name}.py": (STUDENT / f"extensions/{name}.py").read_bytes() for name in names}


def solved(*names: str) -> dict[str, bytes]:
    return {f"extensions/{name}.py": (SOLUTION / f"extensions/{name}.py").read_bytes() for name in names}


def hand_in(folder, files: dict[str, bytes]):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_what_is_as_released_is_not_begun():
    assert begun(released(*EXTENSIONS)) == []
    assert begun({}) == begun({"unet.py": b"x = 1"}) == []
    assert begun(solved(*EXTENSIONS)) == list(EXTENSIONS)
    assert begun(released("elastic", "train") | solved("weight_map")) == ["weight_map"]


@pytest.mark.parametrize("name", EXTENSIONS)
def test_comments_docstrings_and_layout_do_not_begin_an_extension(name):
    (text,) = (content.decode() for content in released(name).values())
    notes = (
        text.replace("\n\n", "\n\n\n# a thought\n").replace('"""', '"""Read this! ', 1).replace("\n", "\r\n")
    )
    assert notes != text
    assert begun({f"extensions/{name}.py": notes.encode()}) == []
    assert begun({f"extensions/{name}.py": text.encode() + b"\nx = 1\n"}) == [name]
    assert begun({f"extensions/{name}.py": text.encode() + b"\ndef broken(:\n"}) == [name]


def test_fingerprints_tell_values_apart():
    assert len({fingerprint(code) for code in (b"x = 1", b"x = 2", b"y = 1", b"x = '1'", b"x = (", b"")}) == 6
    assert fingerprint(b"x  =  1 # one") == fingerprint(b'"""Doc."""\nx = 1')
    large = b"x = 1 #" + b"x" * MOST_BYTES  # is not even parsed
    assert fingerprint(large) != fingerprint(b"x = 1")
    assert fingerprints() == Frozen().released


@pytest.fixture
def ask(sandbox, frozen):
    """Run the checks of some extensions of a submission, and nothing else -> the todos."""

    def run(files: dict[str, bytes], *names: str) -> list[Todo]:
        core = {name: text.encode() for name, text in solution().items()}
        student = InWorker(sandbox, core | files)
        network = Implementation(student)
        todos = run_rubric(network, frozen, Explain(network, frozen), Options(todos=tuple(names)))
        student.close()
        return todos

    return run


@pytest.mark.parametrize("name", [name for name in EXTENSIONS if name != "find_the_bugs"])
def test_what_is_still_to_be_written_is_silence_even_if_the_file_was_touched(name, ask):
    ((file, content),) = released(name).items()
    assert ask({file: content + b"\nMINE = 1\n"}, name) == []


def test_what_is_partly_written_is_shown(ask):
    ((file, text),) = ((file, content.decode()) for file, content in released("weight_map").items())
    hole = 'raise NotImplementedError("TODO E3: compute the loss")'
    answer = "return (weights * nn.functional.cross_entropy(scores, target.long(), reduction='none')).sum()"
    assert hole in text
    (todo,) = ask({file: text.replace(hole, answer).encode()}, "weight_map")
    assert (todo.score, todo.max_score, todo.is_extension) == (1, 5, True)
    assert {check.id: check.status for check in todo.checks}["weight_map.loss"] == PASSED
    assert "still to be written" in next(check.message for check in todo.checks if check.status == FAILED)


def test_the_solutions_earn_all_of_it_also_from_hidden_inputs(sandbox):
    reference = live_solution(sandbox)
    student = InWorker(sandbox, solution_files())
    options = Options(hidden="a secret", todos=EXTENSIONS)
    todos = run_rubric(Implementation(student), Implementation(reference), options=options)
    for one in (student, reference):
        one.close()
    lost = [(check.id, check.message) for todo in todos for check in todo.checks if check.status != PASSED]
    assert lost == []
    assert [(todo.id, todo.score) for todo in todos] == [(name, 5) for name in EXTENSIONS]


@pytest.mark.parametrize(
    ("core", "bonus", "status"),
    [(PASSED, FAILED, 0), (FAILED, PASSED, 1), (PASSED, PASSED, 0), (PASSED, GRADER_ERROR, 2)],
)
def test_the_mark_and_the_exit_status_are_the_cores(core, bonus, status):
    todos = [
        Todo("forward", "TODO 3", [Check("forward.a", "a", 100, core)]),
        Todo("elastic", "Extension 2", [Check("elastic.a", "a", 5, bonus)], is_extension=True),
    ]
    report = Report("ada", {}, todos)
    assert (report.score, report.max_score) == (100 * (core == PASSED), 100)
    assert report.bonus == report.as_dict()["bonus"] == 5 * (bonus == PASSED)
    assert report.exit_status == status
    assert [todo["is_extension"] for todo in report.as_dict()["todos"]] == [False, True]


def test_a_report_with_extensions_in_every_form(sandbox, tmp_path, capsys):
    core = build_core(next(one for one in MISTAKES if one.id == "cat-order"))
    files = {name: text.encode() for name, text in core.items()} | released("find_the_bugs", "train")
    files |= {
        "extensions/elastic.py": solved("elastic")["extensions/elastic.py"].replace(b"bicubic", b"bilinear")
    }
    student = InWorker(sandbox, files)
    submission = read_submission(hand_in(tmp_path / "ada", files))
    report = grade_in(sandbox, student, submission, Options(mask="never"))
    student.close()
    report.write_json(tmp_path / "r.json")
    write_junit(report, tmp_path / "r.xml")
    print_report(report, make_console())
    said = capsys.readouterr().out
    assert report.exit_status == 1
    assert max(map(len, said.splitlines())) <= 80
    assert "Extension 2: elastic deformation  4 of 5 bonus" in said
    assert "93 of 100 points, and 4 bonus" in said
    for silent in ("Extension 5", "Extension 6", "find the bugs"):
        assert silent not in said
    made = json.loads((tmp_path / "r.json").read_text())
    assert (made["score"], made["max_score"], made["bonus"]) == (93, 100, 4)
    assert made["submission"]["files"].keys() == files.keys()
    (todo,) = (todo for todo in made["todos"] if todo["is_extension"])
    causes = [check["cause"] for check in todo["checks"] if check["status"] == FAILED]
    assert causes == ["elastic.bilinear_field"]
    suites = [suite.get("name") for suite in ElementTree.parse(tmp_path / "r.xml").getroot()]
    assert suites[4:] == ["extensions.elastic"]


def test_extensions_are_found_in_folders_and_archives(tmp_path):
    files = {"unet.py": b"x = 1", "extensions/notes.txt": b"", "extensions/mine.py": b""}
    folder = hand_in(tmp_path / "ada", files | solved("elastic", "train"))
    expected = {"unet.py", "extensions/elastic.py", "extensions/train.py"}
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        for name in [*files, *solved("elastic", "train")]:
            archive.write(folder / name, f"deep/ada/{name}")
        archive.writestr("deep/elsewhere/extensions/paper_unet.py", "x = 2")
    with tarfile.open(tmp_path / "s.tar.gz", "w:gz") as archive:
        archive.add(folder, "ada")
    for path in (folder, tmp_path / "s.zip", tmp_path / "s.tar.gz"):
        submission = read_submission(path)
        assert submission.files.keys() == expected
        assert submission.files["extensions/train.py"] == solved("train")["extensions/train.py"]


def test_a_folder_of_extensions_that_is_a_link_is_refused(tmp_path):
    folder = hand_in(tmp_path / "ada", {"unet.py": b"x = 1"})
    os.symlink(SOLUTION / "extensions", folder / "extensions")
    with pytest.raises(LabError, match="is a link"):
        read_submission(folder)


def test_the_walkthroughs_cells_are_silent_until_an_extension_is_begun(tmp_path, monkeypatch, capsys):
    from grader.notebook import extensions as bonus

    wrong = solved("train")["extensions/train.py"].replace(b"self.optimiser.zero_grad()", b"pass")
    files = {name: text.encode() for name, text in solution().items()} | released("elastic", "find_the_bugs")
    monkeypatch.setattr(bonus, "FOLDER", hand_in(tmp_path, files | {"extensions/train.py": wrong}))
    for name in ("elastic", "find_the_bugs", "paper_unet"):
        with bonus.skipped_until_begun():
            bonus.need(name)
            raise AssertionError("not begun")
        bonus.check(name)
    assert capsys.readouterr().out == ""
    with bonus.skipped_until_begun():
        print(bonus.need("train").PAPER.momentum)
    bonus.check("train")
    said = capsys.readouterr().out
    assert said.startswith("0.99\nExtension 6")
    assert "What is left in the gradients" in " ".join(said.split())


def test_extensions_are_checked_alone(tmp_path):
    with pytest.raises(LabError, match="no extension 'forward'; there are paper_unet"):
        check_extensions(STUDENT, ["forward"])
    core = {name: text.encode() for name, text in solution().items()}
    folder = hand_in(tmp_path, core | released("train") | solved("elastic"))
    assert check_extensions(folder, ["train"]) == []


def test_every_extension_is_released_with_its_holes():
    for name, content in released(*EXTENSIONS).items():
        number = 1 + EXTENSION_FILES.index(name)
        text = content.decode()
        assert f"TODO E{number}" in text
        assert (f'NotImplementedError("TODO E{number}' in text) == (number != 5)
