"""Mistakes in preprocess: the tensor that it gave, beside the one that was expected."""

import numpy as np
from PIL import Image

from grader.checking.inputs import Draw
from grader.explain.found import Found
from grader.implementations import Array, Implementation
from grader.lab.plan import INPUT_SIDE


def find(student: Implementation, seen: Array, expected: Array) -> Found:
    """The mistake in what preprocess gave, where (1, 3, 572, 572) in [0, 1] was expected."""
    if seen.shape == expected.shape[1:]:
        return "inference.batch_axis", {}
    if seen.ndim == 4 and seen.shape[1] == 3 and min(seen.shape[2:]) == INPUT_SIDE < max(seen.shape[2:]):
        return "inference.short_side", {}
    if seen.ndim == 4 and seen.shape[3] == 3 != seen.shape[1]:
        return "inference.channels_last", {}
    if seen.ndim == 4 and seen.shape[:2] == (3, 1):
        return "inference.batch_axis_place", {}
    if seen.ndim == 4 and seen.shape[1] != 3:
        of_colours = student.preprocess(Draw("explain.preprocess").picture("RGB", 40, 30))
        return "inference.greyscale" if of_colours.shape[1:2] == (1,) else "inference.not_converted", {}
    if seen.ndim == 4 and seen.shape[:2] == expected.shape[:2] and seen.shape != expected.shape:
        return "inference.input_size", {"found": f"{seen.shape[2]} x {seen.shape[3]}"}
    if seen.shape != expected.shape:
        return None
    if seen.dtype != expected.dtype:
        return "inference.input_type", {"found": str(seen.dtype)}
    if seen.max() > 1.5 and np.median(np.abs(seen / 255 - expected)) < 0.01:
        return "inference.not_scaled", {"found": float(seen.max())}
    if len(np.unique(seen[0, 0, ::7])) <= 2 < len(np.unique(expected[0, 0, ::7])) and _loses_grey(student):
        return "inference.whole_numbers", {}
    if seen.max() < 0.01 and _is_close(255 * seen, expected):
        return "inference.scaled_twice", {"found": float(seen.max())}
    if _is_affine(seen, expected):
        return "inference.imagenet", {"low": float(seen.min()), "high": float(seen.max())}
    if _is_close(seen[:, ::-1], expected):
        return "inference.bgr", {}
    if _is_grey(seen) and not _is_grey(expected):
        return "inference.greyscale", {}
    if _is_alike(seen.transpose(0, 1, 3, 2), expected):
        return "inference.input_transposed", {}
    if _is_alike(seen.reshape(1, *seen.shape[2:], 3).transpose(0, 3, 1, 2), expected):
        return "inference.reshaped", {}
    if not _is_white(student.preprocess(Image.new("RGB", (90, 40), "white"))):
        return "inference.not_whole", {}
    return ("inference.nearest_picture", {}) if _repeats_pixels(student) else None


def _loses_grey(student: Implementation) -> bool:
    """Whether a grey picture becomes a black one."""
    return bool(student.preprocess(Image.new("RGB", (90, 40), "grey")).max() < 0.1)


def _is_white(x: Array) -> bool:
    return bool(x.min() > 0.9)


def _repeats_pixels(student: Implementation) -> bool:
    """Whether a small picture is enlarged by repeating its pixels."""
    picture = Draw("explain.nearest").noise(INPUT_SIDE // 11, INPUT_SIDE // 13)
    pixels = np.asarray(picture).transpose(2, 0, 1)[None]
    repeated = pixels.repeat(13, axis=2).repeat(11, axis=3) / 255
    seen = student.preprocess(picture)
    return seen.shape == repeated.shape and _is_close(seen, repeated)


def _is_grey(x: Array) -> bool:
    return _is_close(x[:, 0], x[:, 1]) and _is_close(x[:, 1], x[:, 2])


def _is_close(a: Array, b: Array) -> bool:
    return float(np.mean(np.abs(a - b) > 0.02)) < 0.01


def _is_alike(a: Array, b: Array) -> bool:
    """Close on the whole: another filter gives other values along every edge."""
    return float(np.mean(np.abs(a - b))) < 0.04


def _is_affine(seen: Array, expected: Array) -> bool:
    """Whether each channel is gain * expected + offset, with a gain above 0 that is not 1."""
    for channel in range(3):
        x, y = expected[0, channel].ravel()[::97].astype(float), seen[0, channel].ravel()[::97].astype(float)
        gain, offset = np.polyfit(x, y, 1)
        if gain < 1e-4 or abs(gain - 1) < 0.1 or np.abs(gain * x + offset - y).max() > 0.05 * abs(gain):
            return False
    return True
