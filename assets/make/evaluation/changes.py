"""What a camera or a student might do to a picture, and to its mask with it."""

import io
from collections.abc import Callable

import numpy as np
import torchvision.transforms.functional as TF
from PIL import Image, ImageEnhance, ImageFilter

Change = Callable[[Image.Image, Image.Image], tuple[Image.Image, Image.Image]]


def on_picture(change: Callable[[Image.Image], Image.Image]) -> Change:
    return lambda image, mask: (change(image), mask)


def on_both(change: Callable[[Image.Image], Image.Image]) -> Change:
    return lambda image, mask: (change(image), change(mask))


def jpeg(image: Image.Image) -> Image.Image:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=30)
    return Image.open(stream).convert("RGB")


def noise(image: Image.Image) -> Image.Image:
    """Gaussian, standard deviation 12 of 255, the same for every picture."""
    grain = np.random.default_rng(0).normal(0, 12, (image.height, image.width, 3))
    return Image.fromarray((np.asarray(image) + grain).clip(0, 255).astype(np.uint8))


def half_the_car(image: Image.Image) -> Image.Image:
    """The left half: in both sets the car stands in the middle."""
    return image.crop((0, 0, image.width // 2, image.height))


CHANGES: dict[str, Change] = {
    "unchanged": on_picture(lambda image: image),
    "JPEG quality 30": on_picture(jpeg),
    "brightness x 0.6": on_picture(lambda image: ImageEnhance.Brightness(image).enhance(0.6)),
    "brightness x 1.5": on_picture(lambda image: ImageEnhance.Brightness(image).enhance(1.5)),
    "blur, radius 2 px": on_picture(lambda image: image.filter(ImageFilter.GaussianBlur(2))),
    "noise, 12 of 255": on_picture(noise),
    "mirrored": on_both(TF.hflip),
    "cropped to half the car": on_both(half_the_car),
    "greyscale": on_picture(lambda image: image.convert("L").convert("RGB")),
    "turned by 90 degrees": on_both(lambda image: image.transpose(Image.Transpose.ROTATE_90)),
}
