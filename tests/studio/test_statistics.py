"""The table that compares drawn pictures with real ones, on pictures whose figures are known."""

import numpy as np
import pytest
import typer
from PIL import Image, ImageFilter

from assets.make.cars.statistics import SIDE, compare, measure
from grader.errors import LabError


def picture(grey_car: int, grey_studio: int) -> tuple[Image.Image, Image.Image]:
    """A square car in the middle, a quarter of the picture, of SIDE x SIDE."""
    mask = Image.new("L", (SIDE, SIDE))
    mask.paste(255, (SIDE // 4, SIDE // 4, 3 * SIDE // 4, 3 * SIDE // 4))
    image = Image.new("RGB", (SIDE, SIDE), (grey_studio,) * 3)
    image.paste((grey_car + 20, grey_car, grey_car), mask=mask)
    return image, mask


def test_figures_of_a_known_picture():
    found = measure(*picture(100, 200))
    assert np.isclose(found["area of the car, %"], 25)
    assert np.isclose(found["car: brightness, mean"], 100 + 20 * 0.299, atol=0.01)
    assert np.isclose(found["car: brightness, spread"], 0, atol=0.01)
    assert found["car: colour, mean"] == found["car: red minus blue"] == 20
    assert found["studio: brightness, mean"] == 200
    assert found["studio: colour, mean"] == 0


def test_a_softer_outline_measures_softer():
    image, mask = picture(80, 200)
    soft = image.filter(ImageFilter.GaussianBlur(2))
    name = "outline: step per pixel"
    assert measure(soft, mask)[name] < 0.8 * measure(image, mask)[name]


def test_any_size_is_brought_to_the_same():
    image, mask = picture(80, 200)
    large = measure(image.resize((1000, 700)), mask.resize((1000, 700)))
    assert np.isclose(large["area of the car, %"], 25, atol=0.2)


@pytest.mark.parametrize(("lighter", "status"), [(0, 0), (60, 1)])
def test_status_says_whether_they_agree(tmp_path, capsys, lighter, status):
    for folder, more in (("real", 0), ("drawn", lighter)):
        for part in ("images", "masks"):
            (tmp_path / folder / part).mkdir(parents=True)
        for i in range(3):
            image, mask = picture(100 + more + i, 180)
            image.save(tmp_path / folder / "images" / f"a_{i:02d}.jpg")
            mask.save(tmp_path / folder / "masks" / f"a_{i:02d}.png")
    with pytest.raises(typer.Exit) as done:
        compare(tmp_path / "real", tmp_path / "drawn", 400)
    assert done.value.exit_code == status
    said = capsys.readouterr().out
    assert "3 real pictures" in said
    assert any(line.endswith("no") for line in said.splitlines()) == bool(status)


def test_a_folder_without_pairs_is_one_line(tmp_path):
    with pytest.raises(LabError, match="images is missing"):
        compare(tmp_path, tmp_path, 400)
