"""A mask is read right however it was saved, and refused by name and values where that is not clear."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from grader.errors import LabError
from grader.pictures.masks import mask_beside, open_mask, pictures_in

CAR = np.zeros((40, 60), bool)
CAR[10:30, 15:50] = True
CAR[5:12, 20:35] = True  # neither symmetric nor square, so that a turned one shows


def grey(white, dtype=np.uint8):
    return Image.fromarray((CAR * white).astype(dtype))


def coloured(colour, background=(0, 0, 0), mode="RGB"):
    image = np.where(CAR[..., None], np.array(colour), np.array(background))
    return Image.fromarray(image.astype(np.uint8), mode)


def palette(values, colours):
    image = Image.fromarray(np.where(CAR, *values).astype(np.uint8), "P")
    image.putpalette([part for colour in colours for part in colour])
    return image


def soft():
    return grey(255).filter(ImageFilter.GaussianBlur(0.6))


def turned():
    image = grey(255).transpose(Image.Transpose.ROTATE_90)
    exif = image.getexif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    return image, exif


GOOD = {
    "0 and 255": (grey(255), "png"),
    "0 and 1": (grey(1), "png"),
    "0 and 200": (grey(200), "png"),
    "one bit": (grey(255).convert("1"), "png"),
    "16 bits": (grey(65535, np.uint16), "png"),
    "16 bits, 0 and 1": (grey(1, np.uint16), "png"),
    "16 bits, 0 and 255": (grey(255, np.uint16), "tif"),
    "real numbers": (Image.fromarray(CAR.astype(np.float32)), "tif"),
    "white in RGB": (coloured((255, 255, 255)), "png"),
    "1 in RGB": (coloured((1, 1, 1)), "png"),
    "red on black": (coloured((128, 0, 0)), "png"),
    "palette, 1 is white": (palette((1, 0), [(0, 0, 0), (255, 255, 255)]), "gif"),
    "palette, 0 is white": (palette((0, 1), [(255, 255, 255), (0, 0, 0)]), "png"),
    "palette, 1 is red": (palette((1, 0), [(0, 0, 0), (128, 0, 0)]), "png"),
    "alpha that says nothing": (coloured((255, 255, 255, 255), (0, 0, 0, 255), "RGBA"), "png"),
    "white on transparent": (coloured((255, 255, 255, 255), (255, 255, 255, 0), "RGBA"), "png"),
    "black on transparent": (coloured((0, 0, 0, 255), (0, 0, 0, 0), "RGBA"), "png"),
    "soft outline": (soft(), "png"),
    "JPEG": (grey(255).resize((600, 400), 0), "jpg"),
    "red JPEG": (coloured((255, 0, 0)).resize((600, 400), 0), "jpg"),
}


@pytest.mark.parametrize("name", GOOD)
def test_every_usual_way_to_save_a_mask_is_read_right(name, tmp_path):
    image, suffix = GOOD[name]
    path = tmp_path / f"a_mask.{suffix}"
    image.save(path, **({"quality": 90, "subsampling": 0} if suffix == "jpg" else {}))
    mask = open_mask(path)
    assert mask.dtype == bool
    expected = CAR if image.size == (60, 40) else np.kron(CAR, np.ones((10, 10), bool))
    wrong = float((mask != expected).mean())
    assert wrong <= (0.01 if suffix == "jpg" or name == "soft outline" else 0)


def test_a_mask_that_exif_turns_is_upright(tmp_path):
    image, exif = turned()
    image.save(tmp_path / "a_mask.png", exif=exif)
    np.testing.assert_array_equal(open_mask(tmp_path / "a_mask.png", (60, 40)), CAR)


@pytest.mark.parametrize("value", [0, 255])
def test_a_mask_may_be_all_background_or_all_car(value, tmp_path):
    Image.new("L", (60, 40), value).save(tmp_path / "a.png")
    assert open_mask(tmp_path / "a.png").mean() == value / 255


labels = np.zeros((40, 60), np.uint8)
labels[CAR] = 1
labels[:, :10] = 2
BAD = {
    "three labels": (Image.fromarray(labels), "0, 1, 2"),
    "two labels without 0": (Image.fromarray(np.where(CAR, 1, 2).astype(np.uint8)), "1, 2"),
    "a third grey": (Image.fromarray((labels * 127).astype(np.uint8)), "0, 127, 254"),
    "a picture": (Image.linear_gradient("L"), "0, 1, 2, 3, 4, 5 and 250 more"),
    "red on white": (coloured((255, 0, 0), (255, 255, 255)), "(255, 0, 0)"),
    "two colours on black": (
        Image.fromarray(
            np.stack([(labels == 1) * 200, (labels == 2) * 200, labels * 0], -1).astype(np.uint8)
        ),
        "(0, 200, 0), (200, 0, 0)",
    ),
    "red and blue on transparent": (
        Image.fromarray(
            np.dstack([(labels == 1) * 200, labels * 0, (labels == 2) * 200, (labels > 0) * 255]).astype(
                np.uint8
            )
        ),
        "several colours",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_could_be_meant_in_two_ways_is_refused_with_its_name_and_values(name, tmp_path):
    image, said = BAD[name]
    image.save(tmp_path / "odd_mask.png")
    with pytest.raises(LabError) as refused:
        open_mask(tmp_path / "odd_mask.png")
    assert "odd_mask.png" in str(refused.value)
    assert said in str(refused.value)


def test_a_mask_of_another_size_is_refused_and_never_squeezed(tmp_path):
    grey(255).save(tmp_path / "a_mask.png")
    with pytest.raises(LabError, match=r"a_mask.png has 60 x 40 pixels and its picture 120 x 80"):
        open_mask(tmp_path / "a_mask.png", (120, 80))


def test_pictures_and_their_masks_are_found_in_any_spelling(tmp_path):
    for name in ("a.JPG", "b.jpeg", "c.png", "a_mask.PNG", "b_mask.gif", "c_mask.png", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    assert [path.name for path in pictures_in(tmp_path)] == ["a.JPG", "b.jpeg", "c.png"]
    masks = [mask_beside(path) for path in pictures_in(tmp_path)]
    assert [path and path.name for path in masks] == ["a_mask.PNG", "b_mask.gif", "c_mask.png"]
    assert mask_beside(tmp_path / "nobody.jpg") is None
