"""Whatever file a student gives, open_picture answers with the picture or with one line."""

import io
import os
import random
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from grader.errors import LabError
from grader.lab.paths import LAB
from grader.pictures.opening import MAX_PIXELS, open_picture

RED, GREEN, BLUE, GREY = (200, 30, 40), (30, 180, 50), (30, 50, 190), (120, 120, 120)
CORNERS = [[RED, GREEN], [BLUE, GREY]]
LOSSY = 12  # what JPEG may move a value in the middle of an even area


def scene(width: int = 64, height: int = 48) -> Image.Image:
    """Four areas of different colours: no turn or mirroring of it looks the same."""
    pixels = np.empty((height, width, 3), np.uint8)
    for i, row in enumerate(CORNERS):
        for j, color in enumerate(row):
            pixels[i * height // 2 :, j * width // 2 :] = color
    return Image.fromarray(pixels)


def saved(image: Image.Image, path: Path, **options) -> Path:
    image.save(path, **options)
    return path


def assert_scene(image: Image.Image, size: tuple[int, int] = (64, 48), corners=CORNERS) -> None:
    assert (image.mode, image.size, image.info) == ("RGB", size, {})
    for i, row in enumerate(corners):
        for j, color in enumerate(row):
            seen = image.getpixel(((2 * j + 1) * size[0] // 4, (2 * i + 1) * size[1] // 4))
            assert np.abs(np.subtract(seen, color)).max() <= LOSSY, f"{seen} in corner {i}, {j}, not {color}"


def refusal(path: Path) -> str:
    """The line that refuses a file, without its name."""
    with pytest.raises(LabError) as refused:
        open_picture(path)
    message = str(refused.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    assert ": " in message, "says what is wrong, but not what to do"
    return message.removeprefix(str(path))


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "tif", "webp", "bmp", "avif", "jp2", "ppm"])
def test_formats(tmp_path, suffix):
    assert_scene(open_picture(saved(scene(), tmp_path / f"car.{suffix}")))


def test_the_suffix_does_not_matter(tmp_path):
    assert_scene(open_picture(saved(scene(), tmp_path / "car.jpg", format="PNG")))


@pytest.mark.parametrize("size", [(48, 64), (61, 37), (16, 16), (16, 301)])
def test_sizes(tmp_path, size):
    assert_scene(open_picture(saved(scene(*size), tmp_path / "car.png")), size)


def test_greyscale(tmp_path):
    grey = [[(76, 76, 76), (120, 120, 120)], [(60, 60, 60), (120, 120, 120)]]
    assert_scene(open_picture(saved(scene().convert("L"), tmp_path / "car.jpg")), corners=grey)


def test_one_bit(tmp_path):
    black_and_white = Image.fromarray(np.asarray(scene())[:, :, 0] > 100)
    black, white = (0, 0, 0), (255, 255, 255)
    for name in ("car.png", "car.bmp", "car.tif"):
        image = open_picture(saved(black_and_white, tmp_path / name))
        assert_scene(image, corners=[[white, black], [black, white]])


def test_palette(tmp_path):
    assert_scene(open_picture(saved(scene().quantize(8), tmp_path / "car.png")))


@pytest.mark.parametrize("suffix", ["png", "gif"])
def test_palette_with_transparency(tmp_path, suffix):
    palette = scene().quantize(8)
    green = palette.getpixel((63, 0))
    image = open_picture(saved(palette, tmp_path / f"car.{suffix}", transparency=green))
    assert_scene(image, corners=[[RED, (255, 255, 255)], [BLUE, GREY]])


def test_palette_with_an_opacity_for_each_colour(tmp_path):
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


def test_grey_with_transparency(tmp_path):
    image = Image.merge("LA", [Image.new("L", (64, 48), 90), Image.new("L", (64, 48), 0)])
    image.paste((90, 255), (0, 0, 32, 48))
    dark, white = (90, 90, 90), (255, 255, 255)
    assert_scene(open_picture(saved(image, tmp_path / "car.png")), corners=[[dark, white], [dark, white]])


def test_one_colour_transparent(tmp_path):
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


def test_cmyk(tmp_path):
    assert_scene(open_picture(saved(scene().convert("CMYK"), tmp_path / "car.tif")))


def test_cmyk_inverted_as_adobe_does(tmp_path):
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
def test_exif_orientation(tmp_path, orientation, suffix):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](np.asarray(scene()))))
    image = open_picture(saved(stored, tmp_path / f"car.{suffix}", exif=exif))
    assert_scene(image)
    assert_scene(ImageOps.exif_transpose(image))  # a student's code that turns it does not turn it twice


SIDEWAYS = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"  # EXIF with orientation 6


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
def test_the_first_frame_of_several(tmp_path, suffix):
    frames = [Image.new("RGB", (64, 48), "black"), Image.new("RGB", (64, 48), "white")]
    image = open_picture(saved(scene(), tmp_path / f"car.{suffix}", save_all=True, append_images=frames))
    assert_scene(image)


def png_header(width: int, height: int) -> bytes:
    """A PNG that ends where its pixels should begin: whoever decodes it finds it broken."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [header, b"IDAT" + zlib.compress(b"")]
    content = b"\x89PNG\r\n\x1a\n"
    for chunk in chunks:
        content += struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return content


TOO_LARGE = [(20_000, 20_000), (10_000, 10_000), (8_000, 8_000), (MAX_PIXELS // 16 + 1, 16)]


@pytest.mark.parametrize("size", TOO_LARGE)
def test_too_large_is_refused_from_the_header(tmp_path, size):
    (tmp_path / "car.png").write_bytes(png_header(*size))
    message = refusal(tmp_path / "car.png")
    assert message.startswith(" is too large")
    assert "50 megapixels" in message


def test_the_largest_size_is_not_too_large(tmp_path):
    (tmp_path / "car.png").write_bytes(png_header(MAX_PIXELS // 16, 16))
    assert refusal(tmp_path / "car.png").startswith(" is broken or cut short")


@pytest.mark.parametrize("size", [(1, 1), (15, 100), (100, 15)])
def test_too_small(tmp_path, size):
    message = refusal(saved(Image.new("RGB", size), tmp_path / "car.png"))
    assert message.startswith(f" is too small ({size[0]} x {size[1]})")


def test_missing(tmp_path):
    saved(scene(), tmp_path / "car.png")
    assert " is missing" in refusal(tmp_path / "cat.png")
    assert " is missing" in refusal(tmp_path / "car.png" / "cat.png")


def test_a_name_that_cannot_be(tmp_path):
    with pytest.raises(LabError, match="cannot be opened"):
        open_picture(tmp_path / ("a" * 5000))


def test_a_folder(tmp_path):
    assert " is a folder" in refusal(tmp_path)


def test_a_device():
    assert " is not a regular file" in refusal(Path(os.devnull))


def test_empty(tmp_path):
    (tmp_path / "car.png").touch()
    assert " is empty" in refusal(tmp_path / "car.png")


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "tif", "webp", "bmp", "avif", "jp2", "ppm"])
def test_cut_short(tmp_path, suffix):
    noise = np.random.RandomState(0).randint(0, 256, (48, 64, 3)).astype(np.uint8)
    content = saved(Image.fromarray(noise), tmp_path / f"car.{suffix}").read_bytes()
    for length in (3, 30, len(content) // 2, len(content) * 9 // 10):
        (tmp_path / "cut").write_bytes(content[:length])
        message = refusal(tmp_path / "cut")
        assert message.startswith((" is broken or cut short", " is not a picture"))


EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 48\n%%EndComments\nshowpage\n"  # starts Ghostscript

TARGA = b"\0\0\2" + bytes(9) + b"\x40\0\x30\0\x18\0" + bytes(64 * 48 * 3)  # any bytes may look like one


@pytest.mark.parametrize("content", [b"hello\n", b"\0" * 5000, b"%PDF-1.7\n", b"<svg/>", EPS, TARGA])
def test_not_a_picture(tmp_path, content):
    (tmp_path / "car.jpg").write_bytes(content)
    assert " is not a picture that can be read" in refusal(tmp_path / "car.jpg")


@pytest.mark.parametrize("denied", ["builtins.open", "os.stat"])
def test_permission_denied(tmp_path, monkeypatch, denied):
    def deny(*_, **__):
        raise PermissionError(13, "Permission denied")

    path = saved(scene(), tmp_path / "car.png")
    with monkeypatch.context() as patch:  # nothing is forbidden to root, who runs the tests in CI
        patch.setattr(denied, deny)
        with pytest.raises(LabError) as refused:
            open_picture(path)
    assert str(refused.value).startswith(f"{path} may not be read: ")


def test_stderr_is_back_after_a_tiff(tmp_path, capfd):
    for content in (scene(), Image.new("RGB", (64, 48))):
        path = saved(content, tmp_path / "car.tif", compression="tiff_lzw")
        open_picture(path)
        path.write_bytes(path.read_bytes()[:8] + bytes(9) + path.read_bytes()[17:])
        refusal(path)
        os.write(2, b"heard ")
    assert capfd.readouterr() == ("", "heard heard ")


def mutated(content: bytes, chance: random.Random) -> bytes:
    content = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 8])):
        at = chance.randrange(chance.choice([len(content), min(len(content), 100)]))
        match chance.randrange(5):
            case 0:
                del content[at : at + chance.randrange(1, 9)]
            case 1:
                content[at:at] = chance.randbytes(chance.randrange(1, 9))
            case _:
                content[at : at + 1] = bytes([chance.choice([0, 127, 255, chance.randrange(256)])])
        content = content or bytearray(1)
    return bytes(content)


KINDS = [(kind, {}) for kind in ("PNG", "JPEG", "GIF", "WEBP", "TIFF")] + [("TIFF", {"compression": "jpeg"})]


@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_any_bytes_give_a_picture_or_one_line(tmp_path, capfd, kind, options):
    chance, buffer = random.Random(2023), io.BytesIO()
    scene(20, 24).save(buffer, kind, **options, **({} if kind == "GIF" else {"exif": b"Exif\0\0" + SIDEWAYS}))
    pictures, lines = [], []
    for number in range(60):
        path = tmp_path / str(number)
        path.write_bytes(mutated(buffer.getvalue(), chance))
        try:
            pictures.append(open_picture(path))
        except LabError as error:
            lines.append(str(error))
    assert {(image.mode, type(image)) for image in pictures} == {("RGB", Image.Image)}
    assert lines
    assert not [line for line in lines if "\n" in line]
    assert capfd.readouterr() == ("", "")


def test_a_program_prints_nothing_but_the_line(tmp_path):
    """Pillow logs this fault before it raises, and pytest itself would hide that."""
    content = bytearray(saved(scene(), tmp_path / "car.tif").read_bytes())
    samples = content.index(struct.pack("<HHI", 277, 3, 1)) + 8
    content[samples] = 7
    (tmp_path / "car.tif").write_bytes(content)
    program = (
        "import sys; from pathlib import Path; from grader.pictures.opening import open_picture, LabError\n"
    )
    program += "try: open_picture(Path(sys.argv[1]))\nexcept LabError: print('torch' in sys.modules)"
    arguments = [sys.executable, "-c", program, str(tmp_path / "car.tif")]
    done = subprocess.run(arguments, capture_output=True, text=True, cwd=LAB, check=True)
    assert (done.stdout, done.stderr) == ("False\n", "")
