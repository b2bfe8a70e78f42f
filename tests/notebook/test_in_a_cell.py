"""What a cell gets from the lab: files loaded anew, failures in a line, points that cannot fail open."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from grader import language
from grader.errors import LabError
from grader.grading import interpreter
from grader.grading.interpreter import Graded, grade_afresh, nothing_handed_in
from grader.lab.paths import LAB, SOLUTION, STUDENT
from grader.notebook import check as checking
from grader.notebook.lab import Lab
from grader.notebook.yours import in_words
from grader.report.model import GRADER_ERROR, PASSED, Check, Report, Todo


@pytest.fixture
def folder(tmp_path):
    for name in ("unet.py", "infer.py"):
        (tmp_path / name).write_bytes((STUDENT / name).read_bytes())
    return tmp_path


def attempted(lab, capsys, what) -> str:
    with lab.attempt():
        what()
    return capsys.readouterr().out


def test_files_are_loaded_anew_once_they_are_saved(folder):
    lab = Lab(folder)
    first = lab.unet
    lab.cache["kept"] = True
    assert lab.unet is first
    assert lab.infer is not None
    assert lab.unet is first, "loading one file must not lose the other"
    assert "kept" in lab.cache
    (folder / "unet.py").write_text((folder / "unet.py").read_text() + "\nADDED = 1\n")
    assert lab.unet.ADDED == 1
    assert "kept" not in lab.cache


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def f(:\n", "unet.py, line 1: invalid syntax\n    def f(:\n"),
        ("x = 1\nraise ValueError('too  bad')\n", "unet.py, line 2: ValueError: too bad\n"),
        ("import nothing_there\n", "unet.py, line 1: ModuleNotFoundError: No module named 'nothing_there'\n"),
        ("x = 1\n", "unet.py has no class UNet\n"),
    ],
)
def test_a_broken_file_is_said_in_a_line(folder, capsys, text, said):
    (folder / "unet.py").write_text(text)
    assert attempted(Lab(folder), capsys, lambda: Lab(folder).network()).startswith(said)


def test_a_missing_file_is_said_in_a_line(folder, capsys):
    (folder / "infer.py").unlink()
    lab = Lab(folder)
    assert attempted(lab, capsys, lambda: lab.infer) == "there is no infer.py beside the notebook\n"


def test_a_picture_of_ones_own_is_tried_and_what_is_wrong_with_it_said(tmp_path, capsys, monkeypatch):
    bright_is_car = """
def predict_mask(model, image, threshold=0.5):
    assert not model.training
    return (np.asarray(image.convert("L")) > 255 * threshold).astype(np.uint8)
"""
    (tmp_path / "unet.py").write_bytes((SOLUTION / "unet.py").read_bytes())
    (tmp_path / "infer.py").write_text((SOLUTION / "infer.py").read_text(encoding="utf-8") + bright_is_car)
    lab, shown = Lab(tmp_path), []
    monkeypatch.setattr("grader.notebook.lab.show", shown.append)
    half = Image.new("L", (60, 40))
    half.paste(255, (0, 0, 30, 40))
    turned = Image.Exif()
    turned[0x0112] = 6  # a phone's picture, on its side
    half.save(tmp_path / "half.jpg", exif=turned)
    Image.new("RGB", (60, 40)).save(tmp_path / "none.png")
    (tmp_path / "text.jpg").write_text("no picture")
    assert attempted(lab, capsys, lambda: lab.try_on("half.jpg")) == "50.0 % of half.jpg is car\n"
    assert shown[0].size == (3 * 40 + 20, 60)
    said = attempted(lab, capsys, lambda: lab.try_on("none.png"))
    assert said.startswith("0.0 % of none.png is car\nNext to no car was found in it.")
    assert attempted(lab, capsys, lambda: lab.try_on("text.jpg")).count("\n") == 1
    assert len(shown) == 2
    assert attempted(lab, capsys, lambda: lab.try_on("my.jpg")).startswith("There is no my.jpg beside")


def test_a_block_can_be_seen_before_the_others_are_written(folder, capsys):
    text = (folder / "unet.py").read_text()
    hole = 'todo("TODO 1: down_conv1, the other three layers")'
    rest = "nn.ReLU(), nn.Conv2d(64, 64, 3, padding=1), nn.ReLU()"
    assert hole in text
    (folder / "unet.py").write_text(text.replace(hole, rest))
    lab = Lab(folder)
    import torch

    assert lab.block("down_conv1")[0](torch.zeros(1, 3, 8, 8)).shape == (1, 64, 8, 8)
    assert attempted(lab, capsys, lambda: lab.block("up_conv2")) == "TODO 1 is still to be written.\n"
    assert attempted(lab, capsys, lab.network) == "TODO 1 is still to be written.\n"


def test_a_forward_without_the_given_concat_has_no_skip_to_switch_off(capsys):
    import torch
    from torch import nn

    from grader.notebook.observe import run
    from grader.sandbox.calls.network import Fault

    network = nn.Sequential(nn.Conv2d(3, 1, 1))
    assert run(network, torch.zeros(1, 3, 4, 4)).shapes == {"0": (1, 4, 4)}
    with pytest.raises(Fault, match="none of concat1 to concat4") as refused:
        run(network, torch.zeros(1, 3, 4, 4), skips=False)
    assert in_words(refused.value).startswith("your forward calls none of")


@pytest.fixture
def unknown(folder, monkeypatch):
    """A folder whose files no other test has graded, in a notebook that a student runs."""
    (folder / "infer.py").write_text(f"# {folder}\n")
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    return folder


def test_a_check_is_run_once_for_the_same_files(unknown, monkeypatch, capsys):
    asked = []

    def grade(folder, todo):
        asked.append(todo)
        return {todo or "forward": Graded(7, "the report")}

    monkeypatch.setattr(checking, "grade_afresh", grade)
    assert [checking.check("forward", unknown), checking.check("forward", unknown)] == [7, 7]
    assert "the report" in capsys.readouterr().out
    assert asked == ["forward"]
    (unknown / "infer.py").write_text("")
    assert checking.check("forward", unknown) == 7
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    (unknown / "infer.py").write_text("# again")
    checking.check("forward", unknown)
    assert asked == ["forward", "forward", None], "for marks one run does for all TODOs"


def test_a_fault_of_the_grader_is_a_line_for_a_student_and_no_mark_for_nbgrader(unknown, monkeypatch, capfd):
    def grade(folder, todo):
        raise LabError("assets/model.pth is missing")

    monkeypatch.setattr(checking, "grade_afresh", grade)
    monkeypatch.setattr(os, "_exit", sys.exit)
    assert checking.check("forward", unknown) == 0
    assert "error: assets/model.pth is missing" in capfd.readouterr().out
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(SystemExit) as ended:
        checking.check("forward", unknown)
    assert ended.value.code == 3
    assert capfd.readouterr().err.endswith("\nforward was not graded: assets/model.pth is missing\n")


def test_no_unet_is_zero_points(unknown, capsys):
    (unknown / "unet.py").unlink()
    assert checking.check("forward", unknown) == 0
    assert "There is no unet.py" in capsys.readouterr().out
    assert nothing_handed_in(SOLUTION) is None


def test_a_grader_error_is_no_number(monkeypatch, folder):
    check = Check("forward.shape", "a check", 5, GRADER_ERROR, "not your fault")
    report = Report("ada", {}, [Todo("forward", "TODO 3: forward", [check])])

    def run(command, **options):
        report.write_json(Path(command[command.index("--json") + 1]))
        return subprocess.CompletedProcess(command, 2, "", "")

    monkeypatch.setattr(interpreter.subprocess, "run", run)
    with pytest.raises(LabError, match="a check: not your fault"):
        grade_afresh(folder)
    check.status = PASSED
    assert grade_afresh(folder)["forward"].points == 5


def test_a_fresh_process_is_led_nowhere(folder, monkeypatch):
    """Neither PYTHONPATH nor the folder that it grades and is called from can stand in for the lab."""
    for name in ("grader", "numpy"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text("raise SystemExit('led astray')")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("PYTHONSTARTUP", str(folder / "grader" / "__init__.py"))
    monkeypatch.chdir(folder)
    graded = grade_afresh(folder, "crop_and_concat")
    assert graded == {"crop_and_concat": Graded(0, "TODO 2: CropAndConcat  0 of 20\n   still to be written")}


def test_an_unknown_todo_is_an_error(folder):
    with pytest.raises(LabError, match="there is no TODO 'concat'; there are conv_blocks, crop_and_concat"):
        grade_afresh(folder, "concat")


def test_points_stand_behind_a_title_where_a_browser_lines_nothing_up():
    english = "ok down_conv1 computes the right numbers                3/3\n   expected 1,  2/3 of it"
    assert checking.beside(english) == english
    language.use("zh")
    try:
        assert (
            checking.beside("ok down_conv1 计算正确       3/3\n   4/4")
            == "ok down_conv1 计算正确  3/3\n  4/4"
        )
        assert checking.beside("   第 2/3 个是    1") == "   第 2/3 个是    1"
    finally:
        language.use("en")


def test_a_kernel_does_without_the_compiler():
    cell = "import grader.notebook, torchvision.ops, sys; print('torch._dynamo' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", cell], cwd=LAB, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
