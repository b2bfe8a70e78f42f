"""Pictures from outside the studio: the same every time, with their cars' masks, told of in every text."""

import json

import numpy as np
import pytest

from assets.make.outside import SCENES, TILE, draw
from grader.lab.paths import LAB, SOLUTION


@pytest.mark.parametrize("letter", SCENES)
def test_a_scene_is_the_same_every_time_and_has_the_mask_of_its_car(letter):
    (picture, mask), (again, _) = SCENES[letter](), SCENES[letter]()
    assert (np.asarray(picture) == np.asarray(again)).all()
    assert picture.size == mask.size
    share = (np.asarray(mask) > 127).mean()
    assert (share == 0) == (letter == "H")
    assert share < 0.4


def test_all_are_on_the_sheet_and_what_is_taken_for_a_car_stays_bright():
    picture = SCENES["A"]()[0]
    whole = np.ones((picture.height, picture.width), np.uint8)
    sheet = np.asarray(draw({"A": (picture, whole), "B": (picture, 0 * whole)}))
    above, below = np.split(sheet[:, : 2 * TILE[0]], 2)
    assert above[:, : TILE[0] - 10].mean() == pytest.approx(above[:, TILE[0] + 10 :].mean(), rel=0.05)
    assert below[:, : TILE[0] - 10].mean() > 1.5 * below[:, TILE[0] + 10 :].mean()


@pytest.mark.parametrize("page", ["docs/outside.md", "docs/outside.zh-CN.md"])
def test_the_page_tells_of_every_one(page):
    rows = [line for line in (LAB / page).read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert [row[2] for row in rows[1:]] == list(SCENES)


def test_so_does_the_walkthrough():
    cells = json.loads((SOLUTION / "walkthrough.ipynb").read_text(encoding="utf-8"))["cells"]
    text = "".join(next(cell["source"] for cell in cells if cell["id"] == "own"))
    named = [
        letter for line in text.splitlines() if line[:2] == "| " for letter in line.split("|")[1].split(",")
    ]
    assert sorted(letter.strip() for letter in named if letter.strip()) == list(SCENES)
