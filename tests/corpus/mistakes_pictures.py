"""Mistakes in predict_mask alone, between the picture and the network: preprocess itself is right."""

from .build import Edit, Mistake
from .mistakes_infer import INTERPOLATE, line

CALL = "preprocess(image)"
ABOVE = "    with torch.inference_mode():\n"


def wrong(name: str, word: str, *edits: Edit) -> Mistake:
    cause = word if "." in word else f"inference.{word}"
    return Mistake(f"predict-{name}", ("inference",), cause, edits, keeps=18)


def handed(picture: str) -> Edit:
    """preprocess gets this in the picture's place."""
    return line(CALL, f"preprocess({picture})")


def mended(tensor: str) -> Edit:
    """The network gets this in the place of what preprocess gives."""
    return line(CALL, tensor)


def imported(name: str) -> Edit:
    return line("from PIL import Image\n", f"from PIL import Image, {name}\n")


MISTAKES = (
    # another picture
    wrong("flips", "other_input", handed("image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)")),
    wrong("turns", "other_input", handed("image.rotate(90, expand=True)")),
    wrong("crops", "other_input", handed("image.crop((10, 10, image.width - 10, image.height - 10))")),
    wrong("crops-to-input-size", "other_input", handed("image.crop((0, 0, *INPUT_SIZE))")),
    wrong(
        "crops-large-ones",
        "other_input",
        line(
            ABOVE, "    small = image.crop((0, 0, min(image.width, 572), min(image.height, 572)))\n" + ABOVE
        ),
        handed("small"),
    ),
    wrong(
        "makes-square",
        "other_input",
        imported("ImageOps"),
        handed("ImageOps.pad(image, INPUT_SIZE)"),
    ),
    wrong("cuts-square", "other_input", imported("ImageOps"), handed("ImageOps.fit(image, INPUT_SIZE)")),
    wrong(
        "makes-thumbnail",
        "other_input",
        line(ABOVE, "    small = image.copy()\n    small.thumbnail((256, 256))\n" + ABOVE),
        handed("small"),
    ),
    wrong("resizes-smaller", "other_input", handed("image.resize((128, 128))")),
    wrong("resizes-nearest", "other_input", handed("image.resize(INPUT_SIZE, Image.Resampling.NEAREST)")),
    wrong("empty-picture", "greyscale", handed('Image.new("RGB", image.size)')),
    wrong("picture-of-noise", "greyscale", handed('Image.effect_noise(image.size, 80).convert("RGB")')),
    # other colours
    wrong("hands-grey", "greyscale", handed('image.convert("L")')),
    wrong(
        "hands-hsv",
        "other_input",
        handed('Image.frombytes("RGB", image.size, image.convert("HSV").tobytes())'),
    ),
    wrong(
        "hands-bgr",
        "bgr",
        handed('Image.fromarray(np.array(image.convert("RGB"))[:, :, ::-1].copy())'),
    ),
    wrong("inverts", "other_input", imported("ImageOps"), handed('ImageOps.invert(image.convert("RGB"))')),
    wrong(
        "enhances", "other_input", imported("ImageEnhance"), handed("ImageEnhance.Contrast(image).enhance(2)")
    ),
    wrong(
        "equalizes", "other_input", imported("ImageOps"), handed('ImageOps.equalize(image.convert("RGB"))')
    ),
    wrong(
        "blurs", "other_input", imported("ImageFilter"), handed("image.filter(ImageFilter.GaussianBlur(6))")
    ),
    wrong(
        "posterizes",
        "other_input",
        imported("ImageOps"),
        handed('ImageOps.posterize(image.convert("RGB"), 2)'),
    ),
    # another tensor
    wrong("flips-tensor", "other_input", mended("preprocess(image).flip(3)")),
    wrong("transposes-tensor", "input_transposed", mended("preprocess(image).transpose(2, 3)")),
    wrong("scales-again", "scaled_twice", mended("(preprocess(image) / 255)")),
    wrong("normalizes", "imagenet", mended("(2 * preprocess(image) - 1)")),
    wrong("swaps-channels", "bgr", mended("preprocess(image)[:, [2, 1, 0]]")),
    wrong("drops-colours", "greyscale", mended("preprocess(image).mean(1, keepdim=True).repeat(1, 3, 1, 1)")),
    wrong("rounds-tensor", "other_input", mended("preprocess(image).round()")),
    # what only some pictures are spared
    wrong(
        "counts-channels",
        "submission.unpacking",
        line(INTERPOLATE, "height, width, _ = np.array(image).shape\n        " + INTERPOLATE),
    ),
)
