"""Masks that Blender draws: exact, in one piece, inside the frame. Needs `make studio`; see the marker."""

import subprocess

import numpy as np
import pytest

from assets.make.cars.__main__ import STUDIO
from assets.make.cars.kinds import KINDS
from assets.make.cars.mask import bodies
from grader.lab.paths import LAB

pytestmark = pytest.mark.studio


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """What draw_masks.py made: {name: array}."""
    out = tmp_path_factory.mktemp("masks") / "masks.npz"
    command = [str(STUDIO / "bin" / "python"), "-m", "tests.studio.draw_masks", str(out)]
    subprocess.run(command, cwd=LAB, check=True, stdout=subprocess.DEVNULL)
    with np.load(out) as file:
        return {name: file[name] for name in file.files}


def of(drawn, what: str) -> list[tuple[str, np.ndarray]]:
    return [(name, array) for name, array in drawn.items() if name.startswith(what)]


def test_every_kind_is_there(drawn):
    assert {name.split()[1] for name, _ in of(drawn, "mask")} == set(KINDS)
    assert len(of(drawn, "mask suv")) == 16


def test_every_mask_is_one_body(drawn):
    for name, mask in of(drawn, "mask"):
        sizes = [int(piece.sum()) for piece in bodies(mask)]
        assert len(sizes) == 1, f"{name} has pieces of {sizes} pixels"


def test_no_car_leaves_the_frame(drawn):
    for name, mask in of(drawn, "mask"):
        rows, columns = np.nonzero(mask)
        assert rows.min() > 2, name
        assert rows.max() < mask.shape[0] - 3, name
        assert columns.min() > 2, name
        assert columns.max() < mask.shape[1] - 3, name


def test_twice_the_size_reduced_is_the_same_mask(drawn):
    """Of the car's pixels, less than one in a thousand changes sides."""
    for name, once in of(drawn, "once"):
        twice = drawn[name.replace("once", "twice")].astype(int)
        height, width = once.shape
        reduced = twice.reshape(height, 2, width, 2).sum((1, 3)) / 4 > 127.5
        differing = np.sum(reduced != (once > 127.5))
        assert differing < 1e-3 * reduced.sum(), f"{name}: {differing} of {reduced.sum()} pixels"


def test_mask_is_the_cars_own_outline(drawn):
    """By our own camera: each of its points lands on the mask, glass and aerial too; no pixel of the mask is
    far from one, so no shadow and no reflection is in it."""
    for name, mask in of(drawn, "mask"):
        hit = drawn[name.replace("mask", "points")]
        assert (grown(mask, 2) & hit).sum() > 0.995 * hit.sum(), name  # an aerial may be thinner than a pixel
        assert not (mask & ~grown(hit, 4)).any(), name


def grown(mask: np.ndarray, by: int) -> np.ndarray:
    """With everything that is at most so many pixels away, along rows and columns."""
    for axis in (0, 1):
        mask = np.any([np.roll(mask, shift, axis) for shift in range(-by, by + 1)], axis=0)
    return mask
