"""Training and measuring as a person calls them: train, stop, go on, measure."""

import hashlib
import io
import json
import os
import signal

import numpy as np
import pytest
import torch
from PIL import Image
from rich.console import Console
from small import Small

from assets.make import evaluate
from assets.make.evaluation.changes import CHANGES
from assets.make.evaluation.rows import Limits, Row, composed, driven, studio
from assets.make.geometry import Geometry
from assets.make.pairs import find_pairs
from assets.make.sources import find_sources
from assets.make.split import split_backgrounds, split_pairs
from assets.make.training.run import Options
from assets.make.training.schedule import Schedule
from assets.make.training.session import Session, read_shares, train
from grader.errors import LabError

CPU, STEPS = torch.device("cpu"), 6


class Interrupted(Small):
    """Somebody presses Ctrl-C during its third forward pass in training mode."""

    passes = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training:
            Interrupted.passes += 1
            if Interrupted.passes == 3:
                os.kill(os.getpid(), signal.SIGINT)
        return super().forward(x)


@pytest.fixture(scope="module")
def session(world, tmp_path_factory):
    sources = find_sources([world / "studio"], world / "streets", world / "backgrounds")

    def make(resume: bool = False, out=None) -> Session:
        return Session(
            sources, out or tmp_path_factory.mktemp("run"), Schedule(STEPS), Geometry(32), CPU,
            Options(calibration=2), "2,1,1", resume=resume, looks=3,
        )  # fmt: skip

    return make


@pytest.fixture
def console():
    return Console(width=80, record=True, file=io.StringIO())


def test_what_ctrl_c_stops_goes_on_to_the_same_weights(session, console):
    straight, stopped = session(), session()
    assert train(straight, console, Small)
    assert not train(stopped, console, Interrupted)
    assert sorted(path.name for path in stopped.out.iterdir()) == ["checkpoint.pt", "curve.png", "log.json"]
    said = console.export_text()
    assert "Stopping after this step" in said
    assert "Stopped at step 3: the same command with --resume goes on." in said
    with pytest.raises(LabError, match="holds a run already: add --resume"):
        train(stopped, console, Small)
    assert train(session(True, stopped.out), console, Small)
    ours, theirs = (torch.load(of.out / "model.pth", weights_only=True) for of in (stopped, straight))
    assert all(torch.equal(ours[key], theirs[key]) for key in ours | theirs)
    logs = [json.loads((of.out / "log.json").read_text()) for of in (stopped, straight)]
    assert [entry["loss"] for entry in logs[0]] == [entry["loss"] for entry in logs[1]]
    assert [entry["step"] for entry in logs[0]] == [2, 4, 6]
    assert set(logs[0][0]["looks"]) == {"studio", "streets", "compositions"}


def test_the_record_says_what_was_trained_on_and_evaluating_on_that_is_refused(session, console):
    asked = session()
    train(asked, console, Small)
    record = json.loads((asked.out / "model.json").read_text())
    assert record["split"] == asked.sources.names()
    assert record["sha256"] == hashlib.sha256((asked.out / "model.pth").read_bytes()).hexdigest()
    assert record["shares"] == {"studio": 2, "compositions": 1, "streets": 1}
    assert set(torch.load(asked.out / "model.pth", weights_only=True)) == set(Small().state_dict())
    evaluate.refuse_seen(asked.out / "model.pth", asked.sources, "test")
    seen = record["split"]["studio"]["test"][0]
    record["split"]["studio"]["train"].append(seen)
    (asked.out / "model.json").write_text(json.dumps(record))
    with pytest.raises(LabError, match=f"was trained on {seen} of studio, which is of the test part"):
        evaluate.refuse_seen(asked.out / "model.pth", asked.sources, "test")


@pytest.mark.parametrize("text", ["1", "1,2,3", "1,0", "a,b", "1.5,1", "-1,2"])
def test_shares_that_do_not_fit_are_one_line(text):
    with pytest.raises(LabError, match=f"--shares {text}: write a whole number for each of studio, streets"):
        read_shares(text, ["studio", "streets"])


def bright(image: Image.Image) -> np.ndarray:
    """The masks of our bright cars on dark."""
    return (np.asarray(image.convert("L")) > 115).astype(np.uint8)


def test_rows_are_met_by_right_masks_and_missed_by_none(world):
    pairs = split_pairs(find_pairs(world / "studio")).test
    right, none = (
        list(studio("studio", pairs, Limits(1, 8, 1), predict))
        for predict in (bright, lambda image: np.zeros(image.size[::-1], np.uint8))
    )
    assert len(right) == 3 + len(CHANGES)
    assert all(row.is_met for row in right if "brightness" not in row.name)
    assert not any(row.is_met for row in none if row.least)


def test_a_drive_is_measured_over_all_its_pixels(world):
    """Two frames with masks of equal size: all of one and half of the other found."""
    pairs = split_pairs(find_pairs(world / "streets")).test
    halves = iter([1.0, 0.5])

    def half(image: Image.Image) -> np.ndarray:
        mask = bright(image)
        rows = np.flatnonzero(mask.any(axis=1))
        mask[rows[0] + round(len(rows) * next(halves)) :] = 0
        return mask

    (row,) = driven(pairs, Limits(1, 8, 0), half)
    assert row.value == pytest.approx(0.75)


def test_compositions_are_the_same_for_every_model(world):
    cars = {"studio": split_pairs(find_pairs(world / "studio")).test}
    backgrounds = split_backgrounds(sorted((world / "backgrounds").iterdir())).test
    seen = []

    def look(image: Image.Image) -> np.ndarray:
        seen.append(np.asarray(image))
        return np.zeros(image.size[::-1], np.uint8)

    rows = [list(composed(cars, backgrounds, Limits(1, 2, 0), look)) for _ in range(2)]
    assert rows[0] == rows[1]
    assert rows[0][0].value < 0.5
    assert len(seen) == 4
    assert np.array_equal(seen[0], seen[2])
    assert not np.array_equal(seen[0], seen[1])
    assert seen[0].shape == (572, 572, 3)


def test_the_table_sets_models_side_by_side_and_marks_what_is_below():
    found = {
        "old.pth": [Row("a row", 0.97, 0.98), Row("b", 0.5)],
        "new.pth": [Row("a row", 0.99, 0.98), Row("b", 0.6)],
    }
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(evaluate.shown(found))
    lines = console.export_text().splitlines()
    assert next(line for line in lines if "a row" in line).split("│")[1:-1] == [
        " a row ", " 0.980    ", " 0.9700 x ", " 0.9900  ",
    ]  # fmt: skip
    assert json.loads(evaluate.as_json(found, "test", Limits(1, 2, 3)))["new.pth"] == {
        "a row": 0.99,
        "b": 0.6,
    }
