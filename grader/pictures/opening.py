"""Opens whatever picture a student has: a phone's photo, a scan, a drawing, a screenshot.

They all come out alike: RGB, 8 bits, upright, without metadata. What cannot be opened is a LabError of
one line. Nothing here needs torch.
"""

import contextlib
import logging
import os
import stat
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from grader.errors import LabError
from grader.language import N_, _

MAX_PIXELS = 50_000_000  # a phone's 48 megapixels fit; beyond, the arrays of one picture fill a laptop
MIN_SIDE = 16  # what four poolings leave one pixel of
# Only formats that hold pixels and say so in their first bytes: others start programs (EPS), or take any
# bytes for a picture (TGA).
FORMATS = ("JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP", "AVIF", "JPEG2000", "PPM")
REMEDY = N_("open it in another program and save it as PNG or JPEG, or give another picture")

# Pillow logs some faults of a file before it raises; without a handler they end up on stderr.
logging.getLogger("PIL").addHandler(logging.NullHandler())


def open_picture(path: Path) -> Image.Image:
    """The file's (first) picture: RGB, 8 bits, upright, transparent parts over white.

    Raises: LabError when it is missing, unreadable, no picture, too small or too large.
    """
    return _opened(path, _plain)


def open_values(path: Path) -> Image.Image:
    """The file's (first) picture with the values and the mode that it was saved with, upright.

    Raises as open_picture does.
    """
    return _opened(path, Image.Image.copy)


def _opened(path: Path, finish: Callable[[Image.Image], Image.Image]) -> Image.Image:
    _refuse_unless_file(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's remarks on metadata and sizes: the checks below decide
        try:
            with Image.open(path, formats=FORMATS) as image:
                _refuse_size(path, image.width, image.height)
                with _silent_libtiff() if image.format == "TIFF" else contextlib.nullcontext():
                    image.load()
                with contextlib.suppress(Exception):  # broken metadata does not make the pixels worse
                    ImageOps.exif_transpose(image, in_place=True)
                return finish(image)
        except LabError:
            raise
        except Image.DecompressionBombError:
            raise LabError(_too_large(path)) from None
        except UnidentifiedImageError:
            raise LabError(
                _("{path} is not a picture that can be read: {remedy}").format(path=path, remedy=_(REMEDY))
            ) from None
        except PermissionError:
            raise LabError(
                _("{path} may not be read: change its permissions or copy it elsewhere").format(path=path)
            ) from None
        except Exception:  # of a broken file Pillow raises OSError, SyntaxError, struct.error, and many more
            raise LabError(
                _("{path} is broken or cut short: {remedy}").format(path=path, remedy=_(REMEDY))
            ) from None


def _refuse_unless_file(path: Path) -> None:
    try:
        status = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        raise LabError(
            _("{path} is missing: check the picture's name and folder").format(path=path)
        ) from None
    except PermissionError:
        raise LabError(
            _("{path} may not be read: change the permissions of its folder").format(path=path)
        ) from None
    except (OSError, ValueError) as error:
        raise LabError(
            _("{path!s:.200} cannot be opened ({error}): check the picture's name").format(
                path=path, error=error
            )
        ) from None
    if stat.S_ISDIR(status.st_mode):
        raise LabError(_("{path} is a folder: give the name of a picture in it").format(path=path))
    if not stat.S_ISREG(status.st_mode):
        raise LabError(_("{path} is not a regular file: save the picture to a file first").format(path=path))
    if status.st_size == 0:
        raise LabError(_("{path} is empty: copy or download the picture again").format(path=path))


def _refuse_size(path: Path, width: int, height: int) -> None:
    """Judge by the header alone, before any pixel is decoded."""
    if width * height > MAX_PIXELS:
        raise LabError(_too_large(path, f" ({width} x {height})"))
    if min(width, height) < MIN_SIDE:
        raise LabError(
            _("{path} is too small ({width} x {height}): both sides need at least {min_side}").format(
                path=path, width=width, height=height, min_side=MIN_SIDE
            )
        )


def _too_large(path: Path, size: str = "") -> str:
    return _("{path} is too large{size}: scale it down to at most {max_pixels} megapixels").format(
        path=path, size=size, max_pixels=MAX_PIXELS // 1000000
    )


@contextlib.contextmanager
def _silent_libtiff() -> Iterator[None]:
    """Discard what libtiff itself, past Python, writes to stderr about a broken file."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _plain(image: Image.Image) -> Image.Image:
    """A loaded, upright picture as RGB, with no metadata left that could turn it a second time."""
    if image.mode.startswith(("I", "F")):
        image = _eight_bits(np.asarray(image))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    image = image.convert("RGB")
    image.info.clear()
    return image


def _eight_bits(values: npt.NDArray[Any]) -> Image.Image:
    """Grey values (H, W) of 16 or 32 bits, or real numbers -> L, scaled to 0..255, not clipped.

    White is 65535 for 16 bits. Wider types seldom use their whole range, so their white is the smallest
    usual one that no value exceeds.
    """
    whites = (65535,) if values.dtype.itemsize == 2 else (1, 255, 65535, 2**31 - 1)
    values = np.nan_to_num(values.astype(np.float32), posinf=0, neginf=0)
    brightest = values.max()
    white = next((white for white in whites if brightest <= white), brightest)
    return Image.fromarray((values.clip(0) * (255 / white)).round().astype(np.uint8))
