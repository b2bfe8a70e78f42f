"""Whatever file is no picture, or none that can be used, is refused in one line."""

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
from PIL import Image
from scene import SIDEWAYS, refusal, saved, scene

from grader.errors import LabError
from grader.lab.paths import LAB
from grader.pictures.opening import MAX_PIXELS, open_picture


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
def test_too_small_is_refused(tmp_path, size):
    message = refusal(saved(Image.new("RGB", size), tmp_path / "car.png"))
    assert message.startswith(f" is too small ({size[0]} x {size[1]})")


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    saved(scene(), tmp_path / "car.png")
    assert " is missing" in refusal(tmp_path / "cat.png")
    assert " is missing" in refusal(tmp_path / "car.png" / "cat.png")


def test_a_name_that_cannot_be_is_refused(tmp_path):
    with pytest.raises(LabError, match="cannot be opened"):
        open_picture(tmp_path / ("a" * 5000))


def test_a_folder_is_refused(tmp_path):
    assert " is a folder" in refusal(tmp_path)


def test_a_device_is_refused():
    assert " is not a regular file" in refusal(Path(os.devnull))


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "car.png").touch()
    assert " is empty" in refusal(tmp_path / "car.png")


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "tif", "webp", "bmp", "avif", "jp2", "ppm"])
def test_a_file_cut_short_is_refused(tmp_path, suffix):
    noise = np.random.RandomState(0).randint(0, 256, (48, 64, 3)).astype(np.uint8)
    content = saved(Image.fromarray(noise), tmp_path / f"car.{suffix}").read_bytes()
    for length in (3, 30, len(content) // 2, len(content) * 9 // 10):
        (tmp_path / "cut").write_bytes(content[:length])
        message = refusal(tmp_path / "cut")
        assert message.startswith((" is broken or cut short", " is not a picture"))


EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 48\n%%EndComments\nshowpage\n"  # starts Ghostscript

TARGA = b"\0\0\2" + bytes(9) + b"\x40\0\x30\0\x18\0" + bytes(64 * 48 * 3)  # any bytes may look like one


@pytest.mark.parametrize("content", [b"hello\n", b"\0" * 5000, b"%PDF-1.7\n", b"<svg/>", EPS, TARGA])
def test_what_is_no_picture_is_refused(tmp_path, content):
    (tmp_path / "car.jpg").write_bytes(content)
    assert " is not a picture that can be read" in refusal(tmp_path / "car.jpg")


@pytest.mark.parametrize("denied", ["builtins.open", "os.stat"])
def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch, denied):
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
