"""Pictures and masks are found under all their usual names, and split in three by car, drive, background."""

import shutil

import numpy as np
import pytest
from conftest import write_pair
from PIL import Image

from assets.make.pairs import WITH_VEHICLES, find_backgrounds, find_pairs, read, some_of_each
from assets.make.sources import find_sources
from assets.make.split import split, split_pairs
from grader.errors import LabError


def test_pictures_and_masks_are_found_whatever_their_endings(tmp_path):
    for name in ("a_1", "b_1", "c_1"):
        write_pair(tmp_path, name, (20, 20), (2, 2, 9, 9), 0)
    (tmp_path / "images" / "a_1.png").rename(tmp_path / "images" / "a_1.PNG")
    Image.open(tmp_path / "images" / "b_1.png").save(tmp_path / "images" / "b_1.JPEG")
    (tmp_path / "images" / "b_1.png").unlink()
    Image.open(tmp_path / "masks" / "c_1.png").save(tmp_path / "masks" / "c_1_mask.gif")
    (tmp_path / "masks" / "c_1.png").unlink()
    found = {pair.group: (pair.image.name, pair.mask.name) for pair in find_pairs(tmp_path)}
    assert found == {
        "a": ("a_1.PNG", "a_1.png"), "b": ("b_1.JPEG", "b_1.png"), "c": ("c_1.png", "c_1_mask.gif"),
    }  # fmt: skip


def test_what_is_wrong_with_a_folder_is_one_line(tmp_path):
    with pytest.raises(LabError, match="images is missing"):
        find_pairs(tmp_path)
    write_pair(tmp_path, "a_1", (20, 20), (2, 2, 9, 9), 0)
    shutil.copy(tmp_path / "images" / "a_1.png", tmp_path / "images" / "a_1.jpg")
    with pytest.raises(LabError, match=r"several pictures a_1\.\*"):
        find_pairs(tmp_path)
    (tmp_path / "images" / "a_1.jpg").unlink()
    (tmp_path / "masks" / "a_1.png").rename(tmp_path / "masks" / "b_1.png")
    with pytest.raises(LabError, match=r"a_1.png has no mask"):
        find_pairs(tmp_path)


def test_a_mask_of_another_size_is_refused_and_not_squeezed(tmp_path):
    write_pair(tmp_path, "a_1", (20, 20), (2, 2, 9, 9), 0)
    Image.new("L", (16, 20), 255).save(tmp_path / "masks" / "a_1.png")
    with pytest.raises(LabError, match=r"a_1.png has 16 x 20 pixels and its picture 20 x 20"):
        read(find_pairs(tmp_path)[0])


def test_a_mask_in_red_on_black_is_the_car_and_not_nothing(tmp_path):
    write_pair(tmp_path, "a_1", (20, 20), (2, 2, 9, 9), 0)
    red = Image.new("RGB", (20, 20))
    red.paste((255, 0, 0), (2, 2, 9, 9))
    red.save(tmp_path / "masks" / "a_1.png")
    mask = np.asarray(read(find_pairs(tmp_path)[0])[1])
    assert (mask[2:9, 2:9] == 255).all()
    assert mask.sum() == 255 * 49


def test_backgrounds_known_to_show_a_vehicle_are_left_out(tmp_path):
    for name in ("7", *WITH_VEHICLES):
        Image.new("RGB", (20, 20)).save(tmp_path / f"{name}.jpg")
    assert [path.stem for path in find_backgrounds(tmp_path)] == ["7"]


def test_the_three_parts_share_no_car_and_stay_the_same(world):
    pairs = find_pairs(world / "studio")
    parts = split_pairs(pairs)
    cars = [{pair.group for pair in parts.part(name)} for name in ("train", "choose", "test")]
    assert [len(part) for part in cars] == [4, 2, 2]
    assert len(set.union(*cars)) == 8
    without = split_pairs([pair for pair in pairs if pair.group != min(cars[0])])
    assert without.test == parts.test[: len(without.test)] or set(without.test) < set(parts.test)


def test_training_keeps_a_drive_that_is_most_of_the_pictures():
    names = ["a", "b", "c", "d", "e"]
    (first,) = set(split(names, str, 1).test)  # whose turn it is to be held out
    parts = split([*names, *[first] * 10], str, 16)
    assert first in parts.train
    assert len(set(parts.train)) == 3
    with pytest.raises(LabError, match="3 different names"):
        split(["a", "b", "c"], str, 16)


def test_the_record_names_every_car_drive_and_background_once(world):
    sources = find_sources([world / "studio"], world / "streets", world / "backgrounds")
    names = sources.names()
    assert {folder: sum(map(len, parts.values())) for folder, parts in names.items()} == {
        "studio": 8, "streets": 5, "backgrounds": 8,
    }  # fmt: skip
    assert all(parts[part] for parts in names.values() for part in ("train", "choose", "test"))
    with pytest.raises(LabError, match="studio is taken"):
        find_sources([world / "studio", world / "studio"], None, None)


def test_of_each_car_some_views_are_taken_evenly(world):
    pairs = find_pairs(world / "studio")
    assert sorted(pair.group for pair in some_of_each(pairs, 1)) == [f"car{car}" for car in range(8)]
    assert sorted(some_of_each(pairs, 16), key=str) == sorted(pairs, key=str)
