"""What the studio's command promises before Blender is needed: names, folders, errors."""

import csv
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from assets.make.cars import __main__ as command
from assets.make.cars import room
from assets.make.cars.fittings import MODELS
from assets.make.cars.order import Metadata, Order, Place, open_folder
from assets.make.cars.wheels import TYRE_MARKS
from assets.make.pairs import find_pairs
from grader.errors import LabError

MAKES = set(
    """acura alfa aston audi bentley bmw bugatti buick cadillac carvana chevrolet chrysler citroen
    dacia daewoo daihatsu dodge ferrari fiat ford geely gmc honda hyundai infiniti isuzu jaguar jeep
    kia lada lamborghini lancia lexus lincoln lotus maserati mazda mclaren mercedes mini mitsubishi
    nissan opel peugeot pontiac porsche ram renault rover saab seat skoda smart subaru suzuki tesla
    toyota vauxhall volkswagen volvo michelin pirelli goodyear dunlop bridgestone continental
    hankook nokian""".split()  # noqa: SIM905
)


def order(**changes) -> Order:
    return Order(**{"seed": 5, "size": (96, 64), "samples": 1, "views": 4} | changes)


def test_names_are_carvanas():
    name = order().car_id(3)
    assert len(name) == 12
    assert set(name) <= set("0123456789abcdef")
    assert name == order(samples=9).car_id(3), "the same car, whatever the size and the samples"
    assert name != order(seed=6).car_id(3)
    assert len({order().car_id(number) for number in range(50)}) == 50


@pytest.mark.parametrize("views", [1, 2, 4, 8, 16])
def test_views_are_evenly_spaced(views):
    for number in range(5):
        numbers = order(views=views).view_numbers(number)
        assert len(numbers) == views
        assert set(np.diff(numbers)) <= {16 // views}
        assert 1 <= min(numbers) <= max(numbers) <= 16
    starts = {order(views=views).view_numbers(number)[0] for number in range(16)}
    assert len(starts) == 16 // views, "over the cars, every view is drawn"


def test_training_finds_what_the_studio_leaves(tmp_path):
    open_folder(tmp_path / "out", order(), resume=False)
    place = Place(tmp_path / "out", "0123456789ab_01")
    Image.new("RGB", (9, 6)).save(place.image)
    assert not place.is_done()
    mask = np.zeros((6, 9), bool)
    mask[1:3, 2:5] = True
    place.write_mask(mask)
    assert place.is_done()
    [pair] = find_pairs(tmp_path / "out")
    assert pair.group == "0123456789ab"
    for suffix in (".png", ".gif"):
        with Image.open(place.mask(suffix)) as image:
            assert np.array_equal(np.asarray(image.convert("L")) > 127, mask)


def test_a_folder_is_not_mixed_nor_overwritten(tmp_path):
    open_folder(tmp_path, order(), resume=False)
    with pytest.raises(LabError, match="already holds pictures: add --resume"):
        open_folder(tmp_path, order(), resume=False)
    open_folder(tmp_path, order(), resume=True)
    with pytest.raises(LabError, match="another seed, samples"):
        open_folder(tmp_path, order(seed=6, samples=2), resume=True)
    (tmp_path / "settings.json").write_text("{")
    with pytest.raises(LabError, match="cannot be used"):
        open_folder(tmp_path, order(), resume=True)


def test_metadata_is_kept_over_a_stop(tmp_path):
    Metadata(tmp_path).add(image="b_02.jpg", kind="suv")
    again = Metadata(tmp_path)
    assert again.knows("b_02.jpg")
    assert not again.knows("a_01.jpg")
    again.add(image="a_01.jpg", kind="van")
    with (tmp_path / "metadata.csv").open(newline="") as file:
        assert [(row["image"], row["kind"]) for row in csv.DictReader(file)] == [
            ("a_01.jpg", "van"),
            ("b_02.jpg", "suv"),
        ]


@pytest.mark.parametrize("text", ["1918", "axb", "10x10", "64x128", "1918x1280x3", "9000x9000"])
def test_bad_sizes_are_one_line(text):
    with pytest.raises(LabError, match="--size"):
        command.read_size(text)


def test_a_good_size_is_read():
    assert command.read_size("1918x1280") == (1918, 1280)


def test_without_blender_the_command_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "STUDIO", tmp_path / "nowhere")
    monkeypatch.setattr(command.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(LabError, match="run `make studio`"):
        command.run(tmp_path / "out", 1, 1, 4, "96x64", 1)
    assert not (tmp_path / "out").exists()


def test_wrong_use_is_one_line_and_status_2(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "assets.make.cars", "--out", str(tmp_path / "out"), "--kind", "tank"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert (
        done.stderr == "error: --kind tank is not known: choose from sedan, coupe, hatch, suv, van, pickup\n"
    )


def test_views_that_the_table_does_not_stop_at(tmp_path):
    with pytest.raises(LabError, match="--views 5"):
        command.run(tmp_path, 1, 1, 5, "96x64", 1)


def test_no_real_make_is_written_anywhere():
    words = " ".join((*room.WORDS, *MODELS, *TYRE_MARKS)).lower().split()
    assert not set(words) & MAKES


def test_walls_differ_and_some_are_bare():
    rooms = [room.draw_showroom(np.random.default_rng(seed)) for seed in range(60)]
    words = {one.word for one in rooms}
    assert "" in words
    assert len({len(word) for word in words}) >= 5
    assert len({one.font for one in rooms}) >= 3
