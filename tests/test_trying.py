"""`python try.py`, as a student runs it: what it prints, what it draws, and how it fails."""

import os
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from corpus import MISTAKES, build
from PIL import Image

from grader.errors import LabError
from grader.grading.run import check_model
from grader.implementations import Implementation, InWorker
from grader.intake.submission import read_submission
from grader.lab.paths import ASSETS, CAR, LAB, MODEL
from grader.lab.state_dict import first_misfit
from grader.outputs.found import is_next_to_none
from grader.outputs.terminal import make_console
from grader.pictures.opening import open_picture
from grader.sandbox.untrusted import model_file
from grader.trying.attempt import Attempt
from grader.trying.once import show
from grader.trying.round import draw
from grader.trying.wishes import Wishes

SIZE = (160, 120)


def run(*arguments: object, folder: Path | None = None) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, LAB / "try.py", *map(str, arguments)],
        cwd=folder or LAB,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture
def tried(sandbox, frozen, tmp_path, capsys):
    """The same in this process, once the weights are there: -> exit status and what was printed."""

    def try_(folder: Path) -> tuple[int, str]:
        attempt = Attempt(sandbox, read_submission(folder).files, frozen)
        wishes = Wishes(folder, MODEL, MODEL, CAR, open_picture(CAR), tmp_path / "out.png")
        status = show(attempt, frozen, wishes, make_console())
        attempt.close()
        said = capsys.readouterr()
        assert said.err == ""
        return status, said.out

    return try_


@pytest.fixture
def picture(tmp_path) -> Path:
    path = tmp_path / "small.png"
    Image.linear_gradient("L").resize(SIZE).convert("RGB").save(path)
    return path


@pytest.fixture
def submission(tmp_path):
    """Writes the texts of a submission, or the solution with other bytes for one file."""

    def write(unet: str | bytes | None = None) -> Path:
        folder = tmp_path / "mine"
        folder.mkdir()
        for name in ("unet.py", "infer.py"):
            (folder / name).write_bytes((LAB / "solution" / name).read_bytes())
        if unet is not None:
            (folder / "unet.py").write_bytes(unet if isinstance(unet, bytes) else unet.encode())
        return folder

    return write


def test_the_solution_prints_three_lines_and_compares_with_the_known_mask(tmp_path):
    done = run("--model", "model.pth", "--unet", "solution", "--output", tmp_path / "out.png")
    lines = done.stdout.splitlines()
    assert lines[:3] == ["Loading model model.pth", "Using device cpu", "Model loaded"]
    assert "100 of 100 points" in done.stdout
    assert "IoU with the true mask" in done.stdout
    assert max(map(len, lines)) <= 80
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout


def test_the_untouched_template_is_not_scolded(tmp_path):
    done = run("--unet", "student", "--output", tmp_path / "out.png")
    assert done.returncode == 1
    assert "Nothing is wrong yet" in done.stdout
    assert "TODO 1" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert "Model loaded" not in done.stdout


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        (
            "relu-first-missing",
            "TODO 1, down_conv2: expected a convolution at index 2 of the Sequential (down_conv2.2.weight), "
            "not at index 1 (down_conv2.1.weight)",
        ),
        (
            "kernel-5",
            "TODO 1, down_conv2: expected down_conv2.0.weight of shape (128, 64, 3, 3), not (128, 64, 5, 5)",
        ),
        (
            "batch-norm-last",
            "TODO 1, down_conv4: down_conv4.4.weight is not in the model file. Is there a layer too many?",
        ),
        (
            "batch-norm",
            "TODO 1, down_conv1: down_conv1.1.weight is not in the model file. Is there a layer too many?",
        ),
        (
            "blocks-in-a-list",
            "TODO 1, down_conv1: the weights need a layer down_conv1, which your network does not have; "
            "it has down_conv",
        ),
        (
            "bias-missing",
            "TODO 1, down_conv3: down_conv3.0.bias is missing. Is a convolution missing, or its bias?",
        ),
        (
            "keys-conv1-conv2",
            "TODO 1, down_conv1: expected the key down_conv1.0.weight, not down_conv1.conv1.weight",
        ),
        (
            "unfilled-empty-block",
            "TODO 1, up_conv2: up_conv2 has no weights. Is it still empty, or is `self.` missing before it?",
        ),
    ],
)
def test_weights_that_do_not_fit_are_explained(mistake, said, sandbox):
    files = build(next(one for one in MISTAKES if one.id == mistake))
    student = InWorker(sandbox, {name: text.encode() for name, text in files.items()})
    facts, _ = Implementation(student).ask("load", {"channels": [3, 1]})
    student.close()
    assert first_misfit(facts["found"], facts["expected"]) == said


def test_weights_that_do_not_fit_are_not_called_loaded(submission, tried, tmp_path):
    status, said = tried(submission(build(next(one for one in MISTAKES if one.id == "kernel-5"))["unet.py"]))
    assert "The weights do not fit your network: TODO 1, down_conv2: expected" in " ".join(said.split())
    assert "Model loaded" not in said
    assert status == 1
    assert not (tmp_path / "out.png").exists()


class Hostile:
    def __reduce__(self):
        return os.system, ("touch was_run",)


@pytest.fixture
def bad_model(tmp_path):
    def make(kind: str) -> Path:
        path = tmp_path / "bad.pth"
        content = MODEL.read_bytes()
        if kind == "empty":
            path.write_bytes(b"")
        elif kind == "truncated":
            path.write_bytes(content[: len(content) // 2])
        elif kind == "picture":
            Image.new("RGB", SIZE).save(path, format="PNG")
        elif kind == "hostile":
            torch.save({"down_conv1.0.weight": Hostile()}, path)
        elif kind == "bare hostile":
            path.write_bytes(pickle.dumps(Hostile()))
        elif kind == "folder":
            path.mkdir()
        elif kind == "checkpoint":
            torch.save({"model": {"a": torch.zeros(1)}, "step": 3}, path)
        return path

    return make


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("missing", "there is no such file; copy assets/model.pth there"),
        ("empty", "the file is empty; get assets/model.pth again"),
        ("truncated", "the end of the file is missing"),
        ("picture", "this is a PNG picture; name the file with the trained weights"),
        ("hostile", "it wants to run"),
        ("bare hostile", "it wants to run"),
        ("checkpoint", "save model.state_dict(), and nothing around it"),
    ],
)
def test_every_bad_model_file_is_explained_and_none_is_run(
    kind, said, bad_model, frozen, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    path = bad_model(kind)
    _, facts = model_file.read(str(path))
    with pytest.raises(LabError, match=re.escape(said)) as refused:
        check_model({"model": facts}, path, frozen)
    assert str(refused.value).startswith(f"{path} cannot be used, ")
    assert not (tmp_path / "was_run").exists()


@pytest.mark.parametrize(
    ("kind", "said"),
    [("missing", "does not exist"), ("folder", "is a folder"), ("hostile", "it wants to run")],
)
def test_a_bad_model_file_is_one_line_and_exit_status_2(kind, said, bad_model, tmp_path):
    path = bad_model(kind)
    done = run("--model", path, "--unet", LAB / "solution", "--output", tmp_path / "o.png", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {path} ")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "was_run").exists()


def test_weights_of_another_network_are_explained(tmp_path):
    path = tmp_path / "other.pth"
    torch.save({"conv1.weight": torch.zeros(6, 1, 5, 5), "conv1.bias": torch.zeros(6)}, path)
    done = run("--model", path, "--unet", "solution", "--output", tmp_path / "o.png")
    assert done.returncode == 2
    assert "another network" in done.stderr


@pytest.mark.parametrize(
    ("unet", "said"),
    [
        (b"", "no class UNet"),
        (b"import torch\nclass UNet(\n", "SyntaxError"),
        (b"raise ValueError('not today')\n", "ValueError: not today"),
        (b"import nosuchmodule\n", "No module named 'nosuchmodule'"),
        (b"from torch import nn\nclass Unet(nn.Module):\n    pass\n", "no class UNet"),
    ],
)
def test_a_broken_unet_is_explained_without_our_traceback(unet, said, submission, tried):
    status, printed = tried(submission(unet))
    assert status == 1
    assert said in printed
    assert "Traceback" not in printed
    assert "grader/" not in printed


def test_a_broken_unet_ends_the_command_like_any_mistake(submission, tmp_path):
    done = run("--unet", submission(b"raise ValueError('not today')\n"), "--output", tmp_path / "o.png")
    assert (done.returncode, done.stderr) == (1, "")
    assert "ValueError: not today" in done.stdout
    assert "Traceback" not in done.stdout


def test_any_honest_encoding_is_read_and_any_picture_drawn(submission, tmp_path, picture):
    """A byte order mark, Windows' ends of lines and Chinese comments, all in one file."""
    content = (LAB / "solution" / "unet.py").read_text(encoding="utf-8")
    chinese = content.replace("# Contracting path", "# 收缩路径")
    changed = b"\xef\xbb\xbf" + chinese.replace("\n", "\r\n").encode()
    assert chinese != content
    output = tmp_path / "o.png"
    done = run("--unet", submission(changed), "--image", picture, "--output", output)
    assert "Model loaded" in done.stdout
    assert "% of small.png is car" in done.stdout
    assert done.returncode == 0
    with Image.open(output) as drawn:
        assert drawn.width > SIZE[0]


def test_a_picture_without_a_car_gets_a_sentence(sandbox, frozen, submission, tmp_path, capsys):
    picture = tmp_path / "page.png"
    Image.new("RGB", SIZE, "white").save(picture)
    attempt = Attempt(sandbox, read_submission(submission()).files, frozen)
    wishes = Wishes(tmp_path, MODEL, MODEL, picture, open_picture(picture), tmp_path / "out.png")
    drawn = draw(attempt, wishes, make_console())
    attempt.close()
    said = " ".join(capsys.readouterr().out.split())
    assert drawn is not None
    assert drawn.share < 0.01
    assert "Next to no car was found" in said
    assert not is_next_to_none(0.17)


def test_an_address_is_not_downloaded(tmp_path):
    done = run("--image", "https://example.org/car.jpg", "--output", tmp_path / "o.png")
    assert done.returncode == 2
    assert done.stdout == ""
    said = "error: https://example.org/car.jpg is an address, and nothing is downloaded: save the picture"
    assert done.stderr.startswith(said)


def test_missing_unet_and_bad_pictures_stop_before_anything_is_loaded(tmp_path, picture):
    empty = tmp_path / "empty.png"
    empty.write_bytes(b"")
    cases = [
        (("--unet", tmp_path), "no unet.py"),
        (("--unet", tmp_path / "nowhere"), "does not exist"),
        (("--image", empty), "empty"),
        (("--image", tmp_path / "none.png"), "missing"),
        (("--image", picture, "--output", tmp_path / "no" / "folder.png"), "folder"),
        (("--image", picture, "--output", tmp_path / "film.mov"), "no picture file"),
    ]
    for arguments, said in cases:
        done = run("--unet", LAB / "solution", *arguments)
        assert done.returncode == 2, arguments
        assert said in " ".join(done.stderr.split()), done.stderr
        assert "Loading model" not in done.stdout


def test_help_teaches():
    done = run("--help")
    assert done.returncode == 0
    assert all(option in done.stdout for option in ("--model", "-m", "--image", "--output", "--unet"))


def test_the_model_is_there():
    assert (ASSETS / "model.pth").stat().st_size < 65_000_000
