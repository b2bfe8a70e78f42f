"""Mistakes in elastic.py, told by how pictures of ours come back."""

import numpy as np

from grader.checking.extensions.deformation import coordinates, deform, disc, displacements
from grader.explain.extensions.found import Found
from grader.implementations import Implementation
from grader.language import N_

HINTS = N_({
    "elastic.xy_swapped": "Rows and columns have changed places. In which order does grid_sample want x and y?",
    "elastic.align_corners": "At 0 pixels the picture moves by up to half a pixel at its border. What do -1 and 1 stand for with align_corners?",
    "elastic.not_pixels": "The displacements are about {found:.0f} times too large. In which units are they, and in which does grid_sample count?",
    "elastic.uniform": "No displacement is larger than sigma. Which distribution does the paper name?",
    "elastic.rand": "On average everything moves down and to the right. What is the mean of what you draw?",
    "elastic.one_field_per_batch": "All pictures of a batch move alike.",
    "elastic.bilinear_field": "The slope jumps at the lines of the coarse grid. Which interpolation has no kinks?",
    "elastic.no_coarse_grid": "Every pixel moves by itself. On which grid are the vectors drawn?",
    "elastic.grid_ignored": "With a 9 x 9 grid the field is as coarse as with 3 x 3. Who decides how many arrows are drawn?",
    "elastic.grid_inside": "The outermost points of the coarse grid are not the picture's outermost pixels. What does align_corners do in interpolate?",
    "elastic.mask_interpolated": "The mask has values that were not in it. Which mode of grid_sample invents none?",
    "elastic.two_fields": "Picture and mask move in two different ways. How often is a field drawn?",
    "elastic.mask_not_deformed": "The mask comes back as it was.",
    "elastic.generator_ignored": "The same generator gives two deformations. Does it reach the place where numbers are drawn?",
    "elastic.border_zero": "What lies beyond the border is 0. What does padding_mode say?",
    "elastic.border_repeated": "Beyond the border stands the last pixel, again and again. Which padding_mode mirrors?",
})  # fmt: skip


def find(student: Implementation, reference: Implementation, check: str, error: BaseException) -> Found:
    """The mistake behind a failed check of elastic.py."""
    word = {
        "nothing_moves_at_0": _at_rest,
        "statistics": _of_statistics,
        "smoothness": _of_smoothness,
        "mask_follows": _of_masks,
        "seed_border_batch": _of_the_rest,
    }.get(check)
    return word(student) if word else None


def _at_rest(student: Implementation) -> str | None:
    image = coordinates(1, 40, 40)
    # Next to nothing: at 0 a special case may hide how pixels are read.
    moved, _ = deform(student, image, np.zeros((1, 40, 40), np.uint8), sigma=1e-6)
    if np.abs(moved[:, ::-1] - image).max() < 0.6:
        return "xy_swapped"
    if 0.2 < np.abs(moved - image)[..., 2:-2, 2:-2].max() < 0.6:
        return "align_corners"
    return "mask_interpolated" if _mixes(student) else None


def _mixes(student: Implementation) -> bool:
    """Whether values come into the mask that were not in it."""
    mask = 7 * disc(120, 160, 35).astype(np.float32)
    _, soft = deform(student, mask[None], mask)
    return not set(np.unique(soft).tolist()) <= {0.0, 7.0}


def _of_statistics(student: Implementation) -> Found:
    if _at_rest(student) == "xy_swapped":
        return "xy_swapped"
    sigma = 1.0
    field = displacements(student, 200, 41, 61, sigma=sigma)[..., 30]
    middle, above = field[:, :, 20], field[:, :, 10]
    if np.ptp(middle, axis=0).max() < 0.01 * sigma:
        return "one_field_per_batch"
    mean, deviation = middle.mean(), middle.std()
    within = np.abs(middle).max() < 1.02 * sigma
    if within and abs(mean - 0.5 * sigma) < 0.1 * sigma:
        return "rand"
    if within and abs(mean) < 0.2 * sigma:
        return "uniform"
    if deviation > 4 * sigma:
        return "not_pixels", {"found": deviation / sigma}
    alike = np.corrcoef(middle.ravel(), above.ravel())[0, 1]  # 0.76, and 0.35 with no points at the border
    return "grid_inside" if 0.2 < alike < 0.55 else _of_smoothness(student)


def _of_smoothness(student: Implementation) -> Found:
    if _at_rest(student) == "xy_swapped":
        return "xy_swapped"
    inner = slice(30, 91)
    field = displacements(student, 6, 121, 121, sigma=0.3)[..., inner, inner]
    if np.abs(np.diff(field, axis=-1)).max() > 0.3:
        still = displacements(student, 2, 121, 121, sigma=0.001)[..., inner, inner]
        return "no_coarse_grid" if np.abs(still).max() < 0.01 else None
    finer = displacements(student, 6, 121, 121, sigma=0.3, grid=9)[..., inner, inner]
    if np.abs(np.diff(finer, axis=-1)).mean() < 2 * np.abs(np.diff(field, axis=-1)).mean():
        return "grid_ignored"
    bend = np.abs(np.diff(field, n=2, axis=-1)).max((0, 1, 2))
    if bend.argmax() in (29, 28, 30) and bend.max() > 8 * np.median(bend):
        return "bilinear_field"
    return None


def _of_masks(student: Implementation) -> Found:
    mask = disc(120, 160, 35)
    image = np.ascontiguousarray(mask[None].astype(np.float32))
    if _mixes(student):
        return "mask_interpolated"
    moved, hard = deform(student, image, mask.astype(np.uint8))
    if np.array_equal(hard, mask):
        return "mask_not_deformed"
    return "two_fields" if np.count_nonzero((moved[0] > 0.5) != (hard > 0)) > 200 else None


def _of_the_rest(student: Implementation) -> Found:
    image, mask = coordinates(1, 40, 50), np.zeros((1, 40, 50), np.uint8)
    one, other = (deform(student, image, mask, seed=seed)[0] for seed in (5, 6))
    if np.array_equal(one, other):  # every call begins with the same global seed
        return "generator_ignored"
    pair, _ = deform(student, coordinates(2, 40, 50), np.zeros((2, 40, 50), np.uint8))
    if np.array_equal(pair[0], pair[1]):
        return "one_field_per_batch"
    ones = np.ones((1, 40, 50), np.float32)
    if deform(student, ones, ones[0], sigma=30.0)[0].min() < 0.99:
        return "border_zero"
    far = deform(student, image, mask, sigma=30.0)[0]
    if max(np.mean(far[0, 0] == 0), np.mean(far[0, 1] == 0)) > 0.1:
        return "border_repeated"
    return "mask_interpolated" if _mixes(student) else None
