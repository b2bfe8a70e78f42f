"""Whatever picture a student gives, open_picture gives it as RGB, the right way up."""

import numpy as np
import pytest
from PIL import Image, ImageOps
from scene import BLUE, GREEN, GREY, RED, SIDEWAYS, assert_scene, saved, scene

from grader.pictures.opening import open_picture


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "tif", "webp", "bmp", "avif", "jp2", "ppm"])
def test_every_usual_format_is_opened(tmp_path, suffix):
    assert_scene(open_picture(saved(scene(), tmp_path / f"car.{suffix}")))


def test_the_suffix_does_not_matter(tmp_path):
    assert_scene(open_picture(saved(scene(), tmp_path / "car.jpg", format="PNG")))


@pytest.mark.parametrize("size", [(48, 64), (61, 37), (16, 16), (16, 301)])
def test_any_size_from_16_pixels_on_is_kept(tmp_path, size):
    assert_scene(open_picture(saved(scene(*size), tmp_path / "car.png")), size)


def test_grey_becomes_rgb(tmp_path):
    grey = [[(76, 76, 76), (120, 120, 120)], [(60, 60, 60), (120, 120, 120)]]
    assert_scene(open_picture(saved(scene().convert("L"), tmp_path / "car.jpg")), corners=grey)


def test_black_and_white_becomes_rgb(tmp_path):
    black_and_white = Image.fromarray(np.asarray(scene())[:, :, 0] > 100)
    black, white = (0, 0, 0), (255, 255, 255)
    for name in ("car.png", "car.bmp", "car.tif"):
        image = open_picture(saved(black_and_white, tmp_path / name))
        assert_scene(image, corners=[[white, black], [black, white]])


def test_a_palette_becomes_its_colours(tmp_path):
    assert_scene(open_picture(saved(scene().quantize(8), tmp_path / "car.png")))


@pytest.mark.parametrize("suffix", ["png", "gif"])
def test_a_transparent_colour_of_a_palette_becomes_white(tmp_path, suffix):
    palette = scene().quantize(8)
    green = palette.getpixel((63, 0))
    image = open_picture(saved(palette, tmp_path / f"car.{suffix}", transparency=green))
    assert_scene(image, corners=[[RED, (255, 255, 255)], [BLUE, GREY]])


def test_the_opacities_of_a_palette_are_blended_with_white(tmp_path):
    palette = scene().quantize(8)
    opacities = bytearray([255] * 8)
    opacities[palette.getpixel((63, 0))] = 128
    image = open_picture(saved(palette, tmp_path / "car.png", transparency=bytes(opacities)))
    assert_scene(image, corners=[[RED, (142, 218, 152)], [BLUE, GREY]])


@pytest.mark.parametrize("suffix", ["png", "webp", "tif"])
def test_transparent_parts_become_white(tmp_path, suffix):
    image = scene()
    image.putalpha(Image.fromarray(np.repeat([[0] * 32 + [255] * 32], 48, axis=0).astype(np.uint8)))
    image = open_picture(saved(image, tmp_path / f"car.{suffix}"))
    assert_scene(image, corners=[[(255, 255, 255), GREEN], [(255, 255, 255), GREY]])


def test_transparent_grey_becomes_white(tmp_path):
    image = Image.merge("LA", [Image.new("L", (64, 48), 90), Image.new("L", (64, 48), 0)])
    image.paste((90, 255), (0, 0, 32, 48))
    dark, white = (90, 90, 90), (255, 255, 255)
    assert_scene(open_picture(saved(image, tmp_path / "car.png")), corners=[[dark, white], [dark, white]])


def test_a_colour_that_is_named_transparent_becomes_white(tmp_path):
    image = open_picture(saved(scene(), tmp_path / "car.png", transparency=BLUE))
    assert_scene(image, corners=[[RED, GREEN], [(255, 255, 255), GREY]])


SIXTEEN_BITS = [("<u2", 65535), (">u2", 65535), ("i4", 65535)]

DEEP = [*SIXTEEN_BITS, ("i4", 255), ("i4", 2**31 - 1), ("f4", 1), ("f4", 255), ("f4", 1e12)]


@pytest.mark.parametrize(("dtype", "white"), DEEP)
def test_deep_greys_are_scaled_not_clipped(tmp_path, dtype, white):
    ramp = np.tile(np.linspace(0, white, 64), (48, 1)).astype(dtype)
    seen = np.asarray(open_picture(saved(Image.fromarray(ramp), tmp_path / "car.tif")))
    assert np.abs(seen[0, :, 0].astype(int) - np.linspace(0, 255, 64)).max() <= 1
    assert (seen == seen[:1, :, :1]).all()


def test_sixteen_bits_in_a_png_keep_their_darkness(tmp_path):
    dark = np.full((48, 64), 250, np.uint16)  # of 65535, though it would fit 8 bits
    assert open_picture(saved(Image.fromarray(dark), tmp_path / "car.png")).getpixel((0, 0)) == (1, 1, 1)


@pytest.mark.parametrize("values", [(np.nan, 0.5), (np.inf, 0.5), (-0.4, 0.5)])
def test_numbers_that_are_no_grey_become_black(tmp_path, values):
    halves = np.repeat([[values[0]] * 32 + [values[1]] * 32], 48, axis=0).astype(np.float32)
    image = open_picture(saved(Image.fromarray(halves), tmp_path / "car.tif"))
    black, middle = (0, 0, 0), (128, 128, 128)
    assert_scene(image, corners=[[black, middle], [black, middle]])


def test_cmyk_becomes_rgb(tmp_path):
    assert_scene(open_picture(saved(scene().convert("CMYK"), tmp_path / "car.tif")))


def test_cmyk_that_adobe_inverted_is_turned_back(tmp_path):
    path = saved(scene().convert("CMYK"), tmp_path / "car.jpg")
    assert b"Adobe" in path.read_bytes()
    assert_scene(open_picture(path))


STORED = {  # how a camera stores an upright picture under each EXIF orientation
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a),
    7: lambda a: np.rot90(a, 2).swapaxes(0, 1),
    8: lambda a: np.rot90(a, -1),
}


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
@pytest.mark.parametrize("orientation", STORED)
def test_the_orientation_in_exif_is_applied(tmp_path, orientation, suffix):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](np.asarray(scene()))))
    image = open_picture(saved(stored, tmp_path / f"car.{suffix}", exif=exif))
    assert_scene(image)
    assert_scene(ImageOps.exif_transpose(image))  # a student's code that turns it does not turn it twice


def test_broken_exif_does_not_matter(tmp_path):
    for exif in (b"nonsense", b"II*\0\x08\0\0\0\xff\xff", SIDEWAYS[:-8]):
        assert_scene(open_picture(saved(scene(), tmp_path / "car.jpg", exif=b"Exif\0\0" + exif)))


def test_a_picture_is_turned_though_its_exif_cannot_be_written_again(tmp_path):
    """Turning it includes writing the EXIF anew, and a height given as a fraction cannot be written."""
    height = b"\x01\x01\0\x05\0\0\0\x01\0\0\0\x26\0\0\0\0" + b"\0\0\0\x48\0\0\0\x01"
    exif = b"Exif\0\0" + SIDEWAYS[:8] + b"\0\x02" + SIDEWAYS[10:22] + height
    stored = Image.fromarray(np.rot90(np.asarray(scene())).copy())
    assert_scene(open_picture(saved(stored, tmp_path / "car.jpg", exif=exif)))


@pytest.mark.parametrize("suffix", ["gif", "webp", "png", "tif"])
def test_of_several_frames_the_first_is_taken(tmp_path, suffix):
    frames = [Image.new("RGB", (64, 48), "black"), Image.new("RGB", (64, 48), "white")]
    image = open_picture(saved(scene(), tmp_path / f"car.{suffix}", save_all=True, append_images=frames))
    assert_scene(image)
