"""What is made of pictures: windows, colours, JPEG, compositions."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from assets.make.geometry import Geometry
from assets.make.pairs import find_backgrounds, find_pairs
from assets.make.training.chance import Chance
from assets.make.training.colour import recolour
from assets.make.training.compositions import Compositions
from assets.make.training.degradation import SHARES, degrade
from assets.make.training.jpeg import through_jpeg
from assets.make.training.pictures import load_backgrounds, load_pairs, pictures
from assets.make.training.placing import place
from assets.make.training.windows import cut, draw_windows
from grader.errors import LabError

CPU = torch.device("cpu")


def smooth(seed: int, size: int = 64, knots: int = 5) -> torch.Tensor:
    """(1, 3, size, size) in [0, 1]; with more knots, more detail."""
    grain = torch.rand(1, 3, knots, knots, generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.interpolate(grain, (size, size), mode="bicubic", align_corners=True).clamp(
        0, 1
    )


def test_picture_and_mask_are_cut_alike():
    """The picture is its own mask, so that the two must agree wherever the window lies."""
    bright = torch.zeros(1, 1, 300, 300, dtype=torch.uint8)
    bright[..., 60:200, 90:260] = 255
    n = 24
    windows = draw_windows(n, Chance("windows", CPU))
    x, mask = cut(bright.expand(n, 3, -1, -1), windows, 84), cut(bright.expand(n, 1, -1, -1), windows, 80)
    enlarged = torch.nn.functional.interpolate(mask, (84, 84), mode="bilinear")
    agree = ((x[:, :1] > 0.5) == (enlarged > 0.5)).float().mean((1, 2, 3))
    assert agree.min() > 0.97
    assert agree.mean() > 0.99
    assert len(set(mask.mean((1, 2, 3)).round(decimals=3).tolist())) > n // 2


def test_windows_turn_a_share_of_the_pictures_on_end():
    linear = draw_windows(2000, Chance("turns", CPU))[:, :, :2]
    on_end = linear[:, 0, 1].abs() > linear[:, 0, 0].abs()
    assert 0.11 < on_end.float().mean() < 0.17
    determinants = torch.linalg.det(linear)
    assert 0.45 < (determinants < 0).float().mean() < 0.55  # mirrored


def test_with_less_strength_a_picture_keeps_more_of_its_colours():
    x = smooth(0).expand(64, -1, -1, -1)
    moved = {
        strong: (recolour(x, strong, Chance("colour", CPU)) - x).abs().mean((1, 2, 3)).mean()
        for strong in (0.0, 1.0)
    }
    assert 0.005 < moved[0.0] < 0.5 * moved[1.0]


@pytest.mark.parametrize("quality", [20, 50, 85])
def test_jpeg_loses_what_pillows_jpeg_loses(quality):
    x = (smooth(1, knots=16) * 255).round() / 255
    pixels = (x[0] * 255).byte().permute(1, 2, 0).numpy()
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality, subsampling="4:2:0")
    expected = np.asarray(Image.open(stream)).astype(float)
    ours = (through_jpeg(x, torch.tensor([float(quality)]))[0] * 255).permute(1, 2, 0).numpy()
    lost = np.abs(expected - pixels).mean()
    assert np.abs(ours - pixels).mean() == pytest.approx(lost, rel=0.2)
    light = np.float64([0.299, 0.587, 0.114])  # where colour, whose enlarging is left open, has no part
    assert np.abs((ours - expected) @ light).mean() < 0.5 * np.abs((expected - pixels) @ light).mean()


def test_a_share_of_the_pictures_is_degraded_and_the_others_are_as_they_were():
    x = smooth(2).expand(100, -1, -1, -1)
    changed = (degrade(x.clone(), Chance("camera", CPU)) != x).flatten(1).any(1).float().mean()
    untouched = np.prod([1 - share for share in SHARES.values()])
    assert changed == pytest.approx(1 - untouched, abs=0.12)


@pytest.fixture(scope="module")
def compositions() -> Compositions:
    """White cars from a green studio, on blue backgrounds, so that each can be told from the others."""
    masks = np.zeros((2, 60, 80), np.uint8)
    masks[0, 30:45, 15:70] = masks[0, 20:30, 15:40] = masks[1, 25:50, 30:60] = 255  # the first is lopsided
    studio = np.where(masks[..., None] > 0, np.uint8([255, 255, 255]), np.uint8([0, 255, 0]))
    blue = np.full((3, 50, 70, 3), (0, 0, 180), np.uint8)
    cars, backgrounds = pictures("cars", studio, masks, CPU), pictures("blue", blue, 0 * blue[..., 0], CPU)
    return Compositions([cars], [backgrounds], 96)


def test_in_a_composition_the_mask_lies_where_the_car_is_and_the_studio_is_gone(compositions):
    areas = []
    for i in range(80):
        x, mask = compositions.make(Chance(f"composition/{i}", CPU), 1 if i < 30 else None)  # some are turned
        inside = -torch.nn.functional.max_pool2d(-mask, 7, 1, 3) > 0.99
        outside = torch.nn.functional.max_pool2d(mask, 9, 1, 4) < 0.01
        assert (x[0][inside[0]] > 0.1).all()
        assert (x[:2, outside[0]] == 0).all()  # neither car nor studio
        areas.append(float(mask.mean()))
    assert min(areas[:30]) < 0.03
    assert max(areas) > 0.3


def test_below_a_car_the_ground_is_darker(compositions):
    darkest = []
    for i in range(30):
        x, mask = compositions.make(Chance(f"shadow/{i}", CPU), 1)
        ground = torch.nn.functional.max_pool2d(mask, 5, 1, 2)[0] < 0.01
        darkest.append(float(x[2][ground].min()) if ground.any() else 1.0)
    assert sum(value < 0.6 for value in darkest) > 10  # of 180 / 255
    assert max(value for value in darkest if value < 1) == pytest.approx(180 / 255, abs=0.01)


def test_some_compositions_have_no_car_and_some_have_several(compositions):
    masks = [compositions.make(Chance(f"count/{i}", CPU))[1] for i in range(80)]
    empty = sum(not mask.any() for mask in masks)
    assert 2 <= empty <= 20


def test_cars_of_a_street_stay_in_the_mask(world):
    streets = load_pairs("streets", find_pairs(world / "streets"), CPU)
    cars = load_pairs("studio", find_pairs(world / "studio"), CPU)
    alone = [Compositions([cars], [streets], 64).make(Chance(f"street/{i}", CPU), 0)[1] for i in range(8)]
    both = [Compositions([cars], [streets], 64).make(Chance(f"street/{i}", CPU), 1)[1] for i in range(8)]
    assert sum(mask.max() > 0.9 for mask in alone) > 2  # the others are windows beside the car
    assert all((more >= less).all() for more, less in zip(both, alone))


def test_compositions_without_a_car_to_cut_out_are_refused(world):
    streets = load_pairs("streets", find_pairs(world / "streets"), CPU)
    empty = pictures("empty", np.zeros((1, 8, 8, 3), np.uint8), np.zeros((1, 8, 8), np.uint8), CPU)
    with pytest.raises(LabError, match="cars in every folder"):
        Compositions([empty], [streets], 64)


def test_cars_are_placed_at_many_sizes_and_partly_in_the_frame():
    numbers = Chance("places", CPU).numbers
    places = [place(2.0, 100, numbers) for _ in range(400)]
    assert min(at.width for at in places) < 20
    assert max(at.width for at in places) > 100
    for at in places:
        assert at.left + at.width > 0.4 * at.width
        assert at.left < 100
        assert at.top < 100
        assert at.top + at.height > 0
    assert 0.1 < np.mean([at.left < 0 or at.left + at.width > 100 for at in places]) < 0.5


def test_backgrounds_of_both_formats_are_loaded_at_one_size_undistorted(world):
    loaded = load_backgrounds("backgrounds", find_backgrounds(world / "backgrounds"), CPU)
    assert loaded.images.shape == (8, 3, 30, 44)


def test_a_mirrored_frame_puts_the_scores_exactly_over_the_picture():
    lab, framed, equal = Geometry(), Geometry(584, mirrored=True), Geometry(576)
    assert [(of.picture, of.scores) for of in (lab, framed, equal)] == [(572, 560), (576, 576), (576, 576)]
    x = torch.rand(1, 3, 576, 576)
    assert torch.equal(framed.framed(x)[..., 4:-4, 4:-4], x)
    assert torch.equal(framed.framed(x)[..., 3, 4:-4], x[..., 1, :])
    assert Geometry(572, mirrored=True).framed(torch.rand(1, 3, 560, 560)).shape == (1, 3, 572, 572)
    with pytest.raises(LabError, match="--size 573"):
        Geometry(573, mirrored=True)
