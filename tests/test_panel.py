"""The panel shows what its captions say, for pictures of every size."""

import numpy as np
import pytest
from PIL import Image

from grader.compare import iou
from grader.pictures.panel import (
    BACKGROUND,
    BOTH,
    CAPTION,
    EXTRA,
    GAP,
    INK,
    MARGIN,
    MISSING,
    OUTLINE,
    draw_panel,
)

TOP = MARGIN // 2 + CAPTION
SIZES = [(1918, 1280), (800, 1200), (40, 30), (2400, 1600), (333, 250), (16, 60_000), (60_000, 16)]
ORANGE = Image.new("RGB", (240, 160), (230, 120, 60))


def ellipse(width: int, height: int, center: float = 0.5) -> np.ndarray:
    y, x = np.ogrid[:height, :width]
    return (((x / width - center) / 0.3) ** 2 + ((y / height - 0.5) / 0.3) ** 2 < 1).astype(np.uint8)


def left_half(width: int, height: int) -> np.ndarray:
    mask = np.zeros((height, width), np.uint8)
    mask[:, : width // 2] = 1
    return mask


def cut(panel: Image.Image, count: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """A panel -> its captions and its tiles, each (H, W, 3), with nothing but background around them."""
    pixels = np.asarray(panel).astype(np.int16)
    column, row = (panel.width - 2 * MARGIN - GAP) // 2, (panel.height - MARGIN // 2) // 2
    lefts = [MARGIN, MARGIN + column + GAP]
    for left in lefts:
        assert (pixels[:, left - GAP + 1 : left - 1] == BACKGROUND).all(), "something crosses the gap"
    assert (pixels[:, lefts[-1] + column + 1 :] == BACKGROUND).all()
    corners = [(index // 2 * row, lefts[index % 2]) for index in range(count)]
    captions = [pixels[top : top + TOP - 1, left : left + column] for top, left in corners]
    tiles = [
        pixels[top + TOP : top + TOP + row - CAPTION - MARGIN, left : left + column] for top, left in corners
    ]
    return captions, tiles


def at(tile: np.ndarray, x: float, y: float = 0.5) -> list[int]:
    """The colour at fractions of a tile's width and height."""
    return tile[int(y * tile.shape[0]), int(x * tile.shape[1])].tolist()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [3, 4])
def test_every_size_gives_a_panel_that_fits_and_can_be_read(size, count):
    image, mask = Image.new("RGB", size, (90, 160, 90)), ellipse(*size)
    panel = draw_panel(image, mask, ellipse(*size, 0.55) if count == 4 else None)
    assert panel.mode == "RGB"
    assert 660 <= panel.width <= 1366, "a laptop shows it pixel by pixel"
    assert panel.height <= 1240
    captions, _ = cut(panel, count)
    for caption in captions:
        lines = (caption[:32], caption[32:])
        assert [bool((np.abs(line - BACKGROUND).sum(-1) > 200).any()) for line in lines] == [True, True]
        assert (caption == INK).all(-1).any(), "no letter is as dark as ink"


def test_without_a_true_mask_there_are_three_tiles():
    _, (picture, mask, laid) = cut(draw_panel(ORANGE, left_half(240, 160)), 3)
    assert (picture == (230, 120, 60)).all()
    assert at(mask, 0.25) == [255, 255, 255]
    assert at(mask, 0.75) == [0, 0, 0]
    assert at(laid, 0.25) == [230, 120, 60]
    assert max(at(laid, 0.75)) < 90


def test_the_background_is_bluish():
    white = Image.new("RGB", (240, 160), "white")
    red, green, blue = at(cut(draw_panel(white, left_half(240, 160)), 3)[1][2], 0.75)
    assert 40 < red < green < blue < 128


def test_a_thin_line_round_the_car():
    _, (_, _, laid) = cut(draw_panel(ORANGE, left_half(240, 160)), 3)
    line = (laid == OUTLINE).all(-1)
    assert line.any(axis=1).all(), "the line has gaps"
    assert 1 <= line.sum(axis=1).max() <= 3
    assert np.flatnonzero(line[0])[0] == laid.shape[1] // 2, "the line covers the car"


@pytest.mark.parametrize("value", [0, 1])
def test_no_line_without_an_edge(value):
    _, (_, mask, laid) = cut(draw_panel(ORANGE, np.full((160, 240), value, np.uint8)), 3)
    assert (mask == 255 * value).all()
    assert (laid == laid[0, 0]).all()


def test_specks_get_no_rings():
    mask = np.zeros((1280, 1918), np.uint8)
    mask[::40, ::40] = 1
    _, (_, _, laid) = cut(draw_panel(Image.new("RGB", (1918, 1280), "black"), mask), 3)
    assert (laid[..., 0] < 16).all()


def test_what_is_missing_and_what_is_extra_is_coloured():
    mask, other = left_half(600, 400), left_half(400, 600).T  # the left half; the upper half
    captions, (*_, tile) = cut(draw_panel(ORANGE.resize((600, 400)), mask, other), 4)
    assert at(tile, 0.25, 0.75) == list(EXTRA)
    assert at(tile, 0.75, 0.25) == list(MISSING)
    agreed, nothing = at(tile, 0.25, 0.25), at(tile, 0.75, 0.75)
    assert max(agreed) - min(agreed) < 16, "agreement is not grey"
    assert min(agreed) > max(nothing) + 40
    assert max(nothing) < 90
    for color in (EXTRA, MISSING, BOTH):
        assert (captions[3] == color).all(-1).sum() > 100, "the legend lacks a colour"


def test_extra_and_missing_differ_for_every_eye():
    """Blue and orange lie on opposite sides of the axis that red-green blindness keeps."""
    assert EXTRA[0] - EXTRA[2] > 150
    assert MISSING[2] - MISSING[0] > 150


def test_a_few_wrong_pixels_of_a_large_picture_can_be_seen():
    mask, other = ellipse(1918, 1280), ellipse(1918, 1280)
    mask[100:104, 100:104] = 1
    _, (*_, tile) = cut(draw_panel(Image.new("RGB", (1918, 1280), "grey"), mask, other), 4)
    assert (tile[:60, :60, 0] - tile[:60, :60, 2]).max() > 100


def test_the_iou_in_the_caption_is_1_only_where_it_is_exact():
    image, mask = Image.new("RGB", (1000, 600)), ellipse(1000, 600)
    almost, worse = mask.copy(), mask.copy()
    almost[300, 500] = 0
    worse[300, 300:700] = 0
    captions = [cut(draw_panel(image, mask, other), 4)[0][3] for other in (mask, almost, worse)]
    assert iou(mask, almost) > 0.9999
    assert not np.array_equal(captions[0], captions[1])
    assert not np.array_equal(captions[1], captions[2])


def test_the_caption_of_the_mask_tells_empty_from_full_from_some():
    some, full = ellipse(1000, 600), np.ones((600, 1000), np.uint8)
    almost_empty, almost_full = np.zeros((600, 1000), np.uint8), full.copy()
    almost_empty[0, 0], almost_full[0, 0] = 1, 0
    image = Image.new("RGB", (1000, 600))
    masks = (0 * full, almost_empty, some, almost_full, full)
    captions = [cut(draw_panel(image, mask), 3)[0][1].tobytes() for mask in masks]
    assert len(set(captions)) == len(masks)


def test_small_pictures_keep_their_pixels_square():
    mask = np.indices((30, 40)).sum(0).astype(np.uint8) % 2
    _, (_, tile, _) = cut(draw_panel(Image.new("RGB", (40, 30)), mask), 3)
    assert set(np.unique(tile)) == {0, 255}
    height, width = tile.shape[:2]
    assert height % 30 == width % 40 == 0
    assert height // 30 == width // 40
    assert (tile[:: height // 30, :: width // 40, 0] == 255 * mask).all()


def test_other_modes_and_types_of_picture_and_mask():
    expected = np.asarray(draw_panel(ORANGE.convert("L").convert("RGB"), left_half(240, 160)))
    for mask in (left_half(240, 160), left_half(240, 160) > 0, left_half(240, 160) * 255):
        assert np.array_equal(np.asarray(draw_panel(ORANGE.convert("L"), mask)), expected)


def test_nothing_given_is_changed():
    image, mask, other = ORANGE.copy(), left_half(240, 160), ellipse(240, 160)
    draw_panel(image, mask, other)
    assert image.tobytes() == ORANGE.tobytes()
    assert np.array_equal(mask, left_half(240, 160))
    assert np.array_equal(other, ellipse(240, 160))


@pytest.mark.parametrize("shape", [(240, 160), (160, 240, 1), (1, 160, 240), (160, 239), (160,), ()])
def test_masks_of_another_shape_are_refused(shape):
    right, wrong = left_half(240, 160), np.zeros(shape, np.uint8)
    with pytest.raises(ValueError, match=r"expected mask of shape \(160, 240\), not "):
        draw_panel(ORANGE, wrong)
    with pytest.raises(ValueError, match=r"expected other of shape \(160, 240\), not "):
        draw_panel(ORANGE, right, wrong)


def test_iou_is_the_share_that_both_masks_cover():
    left, upper, empty = left_half(240, 160), left_half(160, 240).T, np.zeros((160, 240), np.uint8)
    assert iou(left, left) == iou(empty, empty) == 1.0
    assert iou(left, 1 - left) == iou(left, empty) == iou(empty, left) == 0.0
    assert iou(left, upper) == pytest.approx(1 / 3)
    assert iou(255 * left, left > 0) == 1.0
