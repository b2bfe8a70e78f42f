"""`try.py --watch` between two saves: what is looked at first, and what is said of it in the end."""

import dataclasses

import pytest

from grader.implementations import InWorker
from grader.lab.paths import CAR, MODEL, SOLUTION
from grader.lab.plan import BLOCKS
from grader.outputs.terminal import make_console
from grader.pictures.opening import open_picture
from grader.trying import watch
from grader.trying.watch import FIRST, Watching
from grader.trying.wishes import Wishes

FILES = {name: (SOLUTION / name).read_bytes() for name in ("unet.py", "infer.py")}
RETURNED = b"return self.final_conv(x)"


def returning(lines: bytes) -> dict[str, bytes]:
    return {"unet.py": FILES["unet.py"].replace(RETURNED, lines)}


IN_BLOCK = {
    "unet.py": FILES["unet.py"].replace(b"nn.Conv2d(64, 128, kernel_size=3", b"nn.Conv2d(64, 128, 3, 2")
}
ONE_LEVEL_LESS = {
    "unet.py": FILES["unet.py"].replace(b"self.middle_conv(self.down_sample4(", b"self.middle_conv((")
}
RESTATED = returning(b"y = self.final_conv(x)\n        return y")
PRINTING = returning(b"print('here I am')\n        " + RETURNED)


class NoSaves:
    def has_changed(self) -> bool:
        return False


@pytest.fixture
def calls(monkeypatch):
    """The names of the questions that the student's code is asked, as they come, and when it is shown."""
    asked, ask, show = [], InWorker.__call__, Watching._show

    def noted(self, call, *rest):
        asked.append(call)
        return ask(self, call, *rest)

    def shown(self, *rest):
        asked.append("shown")
        return show(self, *rest)

    monkeypatch.setattr(InWorker, "__call__", noted)
    monkeypatch.setattr(Watching, "_show", shown)
    return asked


@pytest.fixture
def watching(sandbox, tmp_path, monkeypatch, capsys):
    """A watched folder: called with its files after a save, it gives what is said."""
    monkeypatch.setattr(Watching, "_draw", lambda *_: None)
    wishes = Wishes(tmp_path, MODEL, MODEL, CAR, open_picture(CAR), tmp_path / "out.png")

    def watch_(**changed):
        one = Watching(sandbox, NoSaves(), dataclasses.replace(wishes, **changed), make_console())

        def look(files):
            one.look(files)
            return capsys.readouterr().out

        return look

    return watch_


def test_what_a_change_of_forward_can_affect_comes_before_the_other_todos(watching, calls):
    look = watching()
    assert FIRST in look(FILES)
    calls.clear()
    said = look(FILES | RESTATED)
    before = calls[: calls.index("shown")]
    assert len(before) > 1
    assert set(before) <= {"load", "forward", "scores"}  # nothing that only another TODO needs
    first, rest = said.split("Now the rest.")
    assert "TODO 3: forward  25 of 30  to be checked again" in first
    assert "TODO 1" not in first.replace("Checked TODO", "")
    assert "TODO 3: forward  30 of 30" in rest
    assert "100 of 100 points" in rest


def test_of_the_blocks_those_that_changed_come_first(watching, calls):
    look = watching()
    look(FILES)
    calls.clear()
    said = look(FILES | IN_BLOCK)
    first, rest = said.split("Now the rest.")
    assert "TODO 1: the convolution blocks  27 of 30  to be checked again" in first
    assert "down_conv2" in first
    assert "TODO 1: the convolution blocks  27 of 30" in rest
    assert calls[: calls.index("shown")].count("block") == 1  # its quiet half would be the second
    assert calls.count("block") > len(BLOCKS)
    assert "30 of 30  to be checked again" in look(FILES).split("Now the rest.")[0]


def test_the_sizes_come_after_the_first_verdict_and_stay(watching, calls):
    look = watching()
    look(FILES)
    calls.clear()
    first, rest = look(FILES | ONE_LEVEL_LESS).split("Now the rest.")
    assert "TODO 3: forward" in first
    assert "sizes for a picture" not in first
    assert rest.count("sizes for a picture") == 1
    assert "512x71x71" in rest
    assert calls.count("sizes") == 1


def test_one_todo_alone_is_watched_to_its_end(watching):
    look = watching(todos=("forward",))
    look(FILES)
    said = look(FILES | RESTATED)
    assert "25 of 30  to be checked again" in said
    assert "30 of 30 points" in said


def test_what_the_code_printed_stands_below_its_todo_in_the_end_too(watching):
    look = watching()
    look(FILES)
    said = look(FILES | PRINTING)
    first, rest = said.split("Now the rest.")
    assert "| here I am" in first
    assert "| here I am" in rest


def test_the_model_is_loaded_once_the_files_can_be_read(watching, monkeypatch):
    loaded = []
    monkeypatch.setattr(watch, "load", lambda *_: loaded.append(1))
    look = watching(todos=("crop_and_concat",))
    assert "Python cannot read this file" in look(FILES | {"unet.py": b"class UNet(\n"})
    assert not loaded
    assert "20 of 20" in look(FILES)
    look(FILES | {"unet.py": FILES["unet.py"].replace(b"dim=1", b"dim=-3")})
    assert len(loaded) == 1
