"""Hidden pictures: cut, mirrored and recoloured from the lab's own, or taken from a folder of fresh ones."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from grader.checking.inputs import Draw
from grader.errors import LabError
from grader.grading.options import Options
from grader.grading.scoring import RUBRIC, run_rubric
from grader.implementations import Implementation, InWorker, solution_files
from grader.lab.paths import CAR, CARS, LAB
from grader.pictures.hidden import LEAST_OF_CAR, SIDES, altered_car, crop_box, pictures_in
from grader.report.model import PASSED


@pytest.fixture
def small_cars(tmp_path):
    """Two cars of 60 x 40: an even blue and an even red one on grey, with their masks."""
    for name, colour in (("blue", (20, 40, 200)), ("red", (200, 30, 20))):
        image, mask = Image.new("RGB", (60, 40), (150, 150, 150)), Image.new("L", (60, 40))
        image.paste(colour, (15, 12, 45, 30))
        mask.paste(255, (15, 12, 45, 30))
        image.save(tmp_path / f"{name}.jpg", quality=95)
        mask.save(tmp_path / f"{name}_mask.png")
    return tmp_path


def test_altered_cars_differ_from_seed_to_seed_and_repeat_for_one(small_cars):
    drawn = [altered_car(small_cars, np.random.RandomState(seed)).picture for seed in range(12)]
    again = [altered_car(small_cars, np.random.RandomState(seed)).picture for seed in range(12)]
    assert [image.tobytes() for image in drawn] == [image.tobytes() for image in again]
    assert len({image.tobytes() for image in drawn}) == 12
    assert len({image.size for image in drawn}) > 6, "crops"
    originals = {path.stem: np.asarray(Image.open(path)) for path in small_cars.glob("*.jpg")}
    assert not any(image.size == (60, 40) and np.array_equal(image, kept)
                   for image in drawn for kept in originals.values())  # fmt: skip


def test_crops_keep_a_good_part_of_the_car():
    mask = np.zeros((40, 60), bool)
    mask[25:38, 2:30] = True  # in a corner, which a careless crop loses
    for seed in range(60):
        left, top, right, bottom = crop_box(mask, np.random.RandomState(seed))
        assert 0 <= left < right <= 60
        assert 0 <= top < bottom <= 40
        assert mask[top:bottom, left:right].sum() >= LEAST_OF_CAR * mask.sum()
        assert right - left >= int(SIDES[0] * 60)
        assert bottom - top >= int(SIDES[0] * 40)


def test_half_of_them_are_mirrored(small_cars):
    """The pixels are those of the crop or of its mirror image, with other colours: the left end of a
    picture that is darker on the left tells which."""
    for path in small_cars.glob("*.jpg"):
        ramp = np.tile(np.linspace(40, 210, 60).astype(np.uint8), (40, 1))
        Image.fromarray(np.stack([ramp] * 3, -1)).save(path, quality=95)
    rising = [
        int(np.asarray(altered_car(small_cars, np.random.RandomState(seed)).picture, int)[20, -1].sum())
        > int(np.asarray(altered_car(small_cars, np.random.RandomState(seed)).picture, int)[20, 0].sum())
        for seed in range(40)
    ]
    assert 10 < sum(rising) < 30


def test_its_scores_are_those_of_its_car(small_cars):
    for seed in range(12):
        picture, scores = altered_car(small_cars, np.random.RandomState(seed))
        assert scores.dtype == np.float32
        colours = np.asarray(picture.resize(scores.shape[:1:-1], Image.Resampling.NEAREST), int)
        is_car = colours.min(axis=2) < 81  # a channel of the cars was 40 at most, those of the ground 150
        assert np.mean((scores[0, 0] > 0) == is_car) > 0.93, seed
        assert len(np.unique(scores)) > 30


def test_a_picture_that_was_drawn_before_leaves_what_follows_as_it_was():
    """Pictures are kept; another check's, or another secret's, are none of them."""
    drawn = []
    for check, secret in (("a", "s"), ("a", "s"), ("b", "s"), ("a", "t")):
        draw = Draw(check, secret)
        drawn.append(
            (draw.picture("RGB", 30, 20).tobytes(), draw(5).tolist(), draw.car(CARS)[0], draw.seed())
        )
    assert drawn[0] == drawn[1]
    assert drawn[0][2] is drawn[1][2]
    for other in drawn[2:]:
        assert all(one != another for one, another in zip(drawn[0], other))


def test_public_car_is_the_shipped_file():
    assert Draw("a check").car(CARS) == (CAR.read_bytes(), None)


def test_a_folder_of_fresh_pictures_is_used_as_it_is(small_cars):
    (small_cars / "images").mkdir()
    for name in ("0a_01.jpg", "0b_07.jpg"):
        Image.new("RGB", (30, 20), (1, 2, 3)).save(small_cars / "images" / name)
    assert [path.name for path in pictures_in(small_cars)] == ["0a_01.jpg", "0b_07.jpg"]
    image, scores = Draw("a check", "secret", small_cars).car(CARS)
    assert (image.size, scores) == ((30, 20), None)
    chosen = {Draw(f"check {i}", "secret", small_cars / "images").car(CARS)[0].size for i in range(9)}
    assert chosen == {(30, 20)}
    assert all(not path.stem.endswith("_mask") for path in pictures_in(CARS))


def test_a_folder_without_pictures_is_one_line(tmp_path):
    with pytest.raises(LabError, match="is no folder"):
        pictures_in(tmp_path / "missing")
    with pytest.raises(LabError, match="holds no pictures"):
        pictures_in(tmp_path)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--public", "--hidden-pictures", "assets/cars"], "error: --hidden-pictures needs hidden inputs"),
        (["--hidden", "-", "--hidden-pictures", "nowhere"], "error: --hidden-pictures nowhere is no folder"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(options, said):
    command = [sys.executable, "-m", "grader", "grade", "solution", *options]
    done = subprocess.run(command, cwd=LAB, capture_output=True, text=True, input="s")
    assert done.returncode == 2
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1


def test_submission_and_reference_get_the_same_pixels(sandbox, small_cars):
    """From both sources, in two workers."""
    solution, reference = (Implementation(InWorker(sandbox, solution_files())) for _ in range(2))
    for pictures in (None, small_cars):
        draw = Draw("inference.test_real_picture", "a secret", pictures)
        car, scores = draw.car(CARS)[0], draw(1, 1, 140, 140)
        seen, expected = (network.served_mask(car, scores) for network in (solution, reference))
        assert seen.mask.shape == (car.height, car.width)
        assert np.array_equal(seen.mask, expected.mask)
        assert np.array_equal(seen.x, expected.x)


def test_the_folder_reaches_the_checks(small_cars, tmp_path_factory):
    """From run_rubric to what a check draws."""
    rubric = tmp_path_factory.mktemp("rubric")
    (rubric / "pytest.ini").write_text((RUBRIC / "pytest.ini").read_text())
    (rubric / "inference.py").write_text(
        '"""Cars"""\n\n\ndef test_car(draw):\n    """A car"""\n    from grader.lab.paths import CARS\n\n'
        "    assert draw.car(CARS)[0].size == (60, 40)\n"
    )
    nobody = Implementation(lambda *_: ({}, {}))
    [todo] = run_rubric(
        nobody, nobody, options=Options(hidden="a secret", hidden_pictures=small_cars), rubric=rubric
    )
    assert [check.status for check in todo.checks] == [PASSED]
    [todo] = run_rubric(nobody, nobody, options=Options(hidden="a secret"), rubric=rubric)
    assert [check.status for check in todo.checks] != [PASSED]
