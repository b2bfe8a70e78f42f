"""From a clean drawing to a photograph: what a lens, a sensor and a JPEG encoder add.

Lengths are in pixels of a picture PIXELS_ACROSS wide and scale with its size, so that a small
picture looks like a large one made smaller.
"""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

PIXELS_ACROSS = 1918
QUALITY = 90


@dataclass(frozen=True)
class Film:
    blur: float  # standard deviation of the lens's blur
    vignette: float  # light lost in the corners, as a share
    shot_noise: float  # standard deviation at white, in 0..255
    read_noise: float  # at black
    gains: tuple[float, float, float]  # white balance
    contrast: float = 0.0  # how far the tone curve bends towards an S


def draw_film(rng: np.random.Generator) -> Film:
    warm, green = rng.normal(0, 0.012), rng.normal(0, 0.004)
    return Film(rng.uniform(0.5, 0.9), rng.uniform(0.03, 0.12), rng.uniform(0.8, 1.6), rng.uniform(0.3, 0.8),
                (1 + warm, 1 + green, 1 - warm), rng.uniform(0.2, 0.5))  # fmt: skip


def expose(clean: Image.Image, film: Film, rng: np.random.Generator) -> Image.Image:
    """The drawing (RGB) as the camera would have taken it."""
    scale = clean.width / PIXELS_ACROSS
    blurred = clean.filter(ImageFilter.GaussianBlur(film.blur * max(scale, 0.35)))
    light = np.asarray(blurred, np.float32)
    height, width = light.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    falloff = 1 - film.vignette * ((x * x + y * y) / 2) ** 1.5
    light = light * falloff[..., None].astype(np.float32) * np.float32(film.gains)
    tone = np.clip(light / 255, 0, 1)
    light += 255 * film.contrast * (tone * tone * (3 - 2 * tone) - tone)
    spread = max(scale, 0.5) * np.sqrt(film.read_noise**2 + film.shot_noise**2 * light / 255)
    noise = rng.standard_normal(light.shape, dtype=np.float32)
    noise = (
        0.75 * noise.mean(2, keepdims=True) * np.sqrt(3) + 0.4 * noise
    )  # mostly grey, as after demosaicing
    return Image.fromarray((light + spread * noise).round().clip(0, 255).astype(np.uint8))


def as_jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=QUALITY, optimize=True)
    return file.getvalue()
