"""Extension 2: elastic deformation

Seen from outside: a picture whose values are its own rows and columns, deformed, says where each
of its pixels was read. So any way to a right field is right.
"""

import numpy as np

from grader.checking.extensions.deformation import coordinates, deform, disc, displacements
from grader.compare import Mismatch, assert_same
from grader.rubric import points


@points(1)
def test_nothing_moves_at_0(student, draw):
    """At 0 pixels nothing moves; shapes and types come back as they went in"""
    image = coordinates(1, 57, 83)
    moved, _ = deform(student, image, np.zeros((1, 57, 83), np.uint8), sigma=0.0, seed=draw.seed())
    distance = np.abs(moved - image)
    if distance.max() > 2e-3:
        raise Mismatch(
            f"expected every pixel to be read where it is, not up to {distance.max():.2g} px away",
            moved,
            image,
        )
    for kind in (np.uint8, np.bool_, np.int64, np.float32):
        mask = (draw(57, 83) > 0).astype(kind)
        _, same = deform(student, draw(3, 57, 83), mask, sigma=0.0, seed=1)
        assert np.array_equal(same, mask), f"expected a mask of type {mask.dtype} to come back as it was"


@points(1)
def test_statistics(student, draw):
    """In the middle the displacements are Gaussian, with sigma pixels of standard deviation"""
    sigma = 2.0
    field = displacements(student, 400, 41, 61, sigma=sigma, seed=draw.seed())
    middle = field[:, :, 20, 30]
    mean, deviation = middle.mean(), middle.std()
    assert abs(mean) < 0.25 * sigma, f"expected displacements of mean 0, not {mean:.2f} px (sigma {sigma:g})"
    assert 0.87 * sigma < deviation < 1.13 * sigma, (  # five standard errors
        f"expected a standard deviation of {sigma:g} px over 800 draws, not {deviation:.2f}"
    )
    kurtosis = (((middle - mean) / deviation) ** 4).mean()
    assert 2.25 < kurtosis < 4.3, f"expected a Gaussian (kurtosis 3), not one of kurtosis {kurtosis:.2f}"
    across = abs(np.corrcoef(middle.T)[0, 1])
    assert across < 0.25, (
        f"expected rows and columns to move independently, not with correlation {across:.2f}"
    )


@points(1)
def test_smoothness(student, draw):
    """The field varies as a 3 x 3 grid does, bicubic: without a kink"""
    slopes = {}
    for grid in (3, 9):
        inner = slice(30, 91)
        field = displacements(student, 12, 121, 121, sigma=2.0, grid=grid, seed=draw.seed())[
            ..., inner, inner
        ]
        spacing = 120 / (grid - 1)
        bend = np.abs(np.diff(field, n=2, axis=-1)).max() * spacing**2 / 2.0  # no unit: of sigma and spacing
        # Measured: bicubic 10; bilinear 190, its slope jumps at the grid's lines; noise 40,000.
        assert bend < 40, f"expected a field without kinks: its slope jumps ({bend:.0f}, at most 40)"
        slopes[grid] = np.abs(np.diff(field, axis=-1)).mean()
    finer = slopes[9] / slopes[3]
    assert finer > 2, f"expected a 9 x 9 grid to vary about 4 times as fast as 3 x 3, not {finer:.1f} times"


@points(1)
def test_mask_follows(student, draw):
    """Picture and mask move alike, and the mask keeps its values"""
    for radius in (35, 20):
        mask = disc(120, 160, radius)
        image, moved = deform(student, mask[None].astype(np.float32), mask.astype(np.uint8), seed=draw.seed())
        assert set(np.unique(moved).tolist()) <= {0, 1}, "expected only 0 and 1 in the mask"
        differ = np.count_nonzero((image[0] > 0.5) != (moved > 0))
        assert differ < 0.02 * mask.sum() + 15, (
            f"expected picture and mask to move alike, but {differ} pixels of a disc of {mask.sum()} differ"
        )
        assert np.count_nonzero(moved != mask) > 100, "expected the mask to move, but it came back as it was"
        _, labels = deform(student, draw(1, 120, 160), 7 * mask.astype(np.float32), seed=draw.seed())
        assert set(np.unique(labels).tolist()) <= {0.0, 7.0}, (
            f"expected no value in the mask that was not in it, not {len(np.unique(labels))} values"
        )


@points(1)
def test_seed_border_batch(student, draw):
    """One seed gives one deformation, each picture of a batch its own; the border is mirrored"""
    seed, image = draw.seed(), draw(1, 40, 50)
    mask = np.zeros((40, 50), np.uint8)
    one, again, other = (deform(student, image, mask, seed=s)[0] for s in (seed, seed, seed + 1))
    assert np.array_equal(one, again), "expected the same seed to give the same deformation"
    assert np.abs(one - other).max() > 0.1, "expected another seed to give another deformation"
    twice = np.ascontiguousarray(np.broadcast_to(image, (2, 1, 40, 50)))
    both, _ = deform(student, twice, np.zeros((2, 40, 50), np.uint8), seed=seed)
    assert np.abs(both[0] - both[1]).max() > 0.1, "expected each picture of a batch to move by itself"
    ones = np.ones((1, 40, 50), np.float32)
    flat, full = deform(student, ones, ones[0], sigma=30.0, seed=seed)
    assert_same(flat, ones, "a picture of ones, deformed")
    assert full.min() == 1, "expected a mask of ones to stay a mask of ones"
    ramp, _ = deform(student, coordinates(1, 40, 50), mask[None], sigma=30.0, seed=seed)
    repeated = max(np.mean(ramp[0, 0] == 0), np.mean(ramp[0, 1] == 0))
    assert repeated < 0.1, "expected the picture to be mirrored at its border, not its last row repeated"
