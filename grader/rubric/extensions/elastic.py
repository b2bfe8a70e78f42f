"""Extension 2: elastic deformation

Seen from outside: a picture whose values are its own rows and columns, deformed, says where each
of its pixels was read. So any way to a right field is right.
"""

import numpy as np

from grader.checking.extensions.deformation import (
    assert_read_there,
    coordinates,
    deform,
    disc,
    offsets,
    with_coordinates,
)
from grader.checking.inputs import Draw
from grader.compare import Mismatch, assert_same
from grader.implementations import Array, Implementation, SubmissionFault
from grader.language import _
from grader.rubric import points


def field_of(
    student: Implementation, draw: Draw, count: int, sides: tuple[int, int], beside: int, grid: int = 3
) -> Array:
    """Displacements (count, 2, height, width) of sigma 2, which moved a texture of ours as well.

    Only so many pixels beside the middle are looked at, where no border is near.
    """
    image = with_coordinates(draw(count, 1, *sides))
    mask = np.zeros((count, *sides), np.uint8)
    moved, _mask = deform(student, image, mask, sigma=2.0, grid=grid, seed=draw.seed())
    rows, columns = (slice(side // 2 - beside, side // 2 + beside + 1) for side in sides)
    assert_read_there(moved, image, (rows, columns))
    return offsets(moved)[..., rows, columns]


def assert_shape_of_field(student: Implementation, draw: Draw) -> None:
    """Of what `displacements` gives, where elastic_deform is made of it: it need not be."""
    data = {"count": 3, "height": 9, "width": 14, "sigma": 2.0, "grid": 3, "seed": draw.seed()}
    try:
        student.array("elastic_displacements", data, shape=(3, 2, 9, 14), what=_("the displacements"))
    except SubmissionFault as fault:
        if fault.kind != "part_missing":
            raise


@points(1)
def test_nothing_moves_at_0(student: Implementation, draw: Draw) -> None:
    """At 0 pixels nothing moves; shapes and types come back as they went in"""
    image = coordinates(1, 57, 83)
    for sigma in (0.0, 1e-6):  # the second is next to nothing, and no special case
        moved, _mask = deform(student, image, np.zeros((1, 57, 83), np.uint8), sigma=sigma, seed=draw.seed())
        distance = np.abs(moved - image).max()
        if not distance <= 2e-3:  # nan is not, either
            raise Mismatch(
                _("expected every pixel to be read where it is, not up to {distance:.2g} px away").format(
                    distance=distance
                ),
                moved,
                image,
            )
    assert_shape_of_field(student, draw)
    for kind in (np.uint8, np.bool_, np.int64, np.float32):
        mask = (draw(57, 83) > 0).astype(kind)
        _image, same = deform(student, draw(3, 57, 83), mask, sigma=0.0, seed=1)
        assert np.array_equal(same, mask), _("expected a mask of type {dtype} to come back as it was").format(
            dtype=mask.dtype
        )


@points(1)
def test_statistics(student: Implementation, draw: Draw) -> None:
    """In the middle the displacements are Gaussian, with sigma pixels of standard deviation"""
    sigma = 2.0
    height, width = (side + 2 * int(draw.random.randint(5)) for side in (37, 57))
    beside, quarter = height // 4 + 1, height // 2 - height // 4
    field = field_of(student, draw, 400, (height, width), beside)
    middle, above = field[:, :, beside, beside], field[:, :, beside - quarter, beside]
    mean, deviation = middle.mean(), middle.std()
    assert abs(mean) < 0.25 * sigma, _(
        "expected displacements of mean 0, not {mean:.2f} px (sigma {sigma:g})"
    ).format(mean=mean, sigma=sigma)
    assert 0.87 * sigma < deviation < 1.13 * sigma, (  # five standard errors
        _("expected a standard deviation of {sigma:g} px over 800 draws, not {deviation:.2f}").format(
            sigma=sigma, deviation=deviation
        )
    )
    kurtosis = (((middle - mean) / deviation) ** 4).mean()
    assert 2.25 < kurtosis < 4.3, _(
        "expected a Gaussian (kurtosis 3), not one of kurtosis {kurtosis:.2f}"
    ).format(kurtosis=kurtosis)
    # Half-way to the border. Measured: bicubic 0.76, bilinear 0.71; with the grid's points in the middle of
    # its squares, none of them at the border, 0.35. Five standard errors are 0.1.
    alike = np.corrcoef(middle.ravel(), above.ravel())[0, 1]
    assert alike > 0.55, _(
        "expected the corners of the 3 x 3 grid to be the picture's corner pixels: half-way from the middle "
        "to the border the displacements are those of the middle to {alike:.2f}, not to 0.76"
    ).format(alike=alike)
    across = abs(np.corrcoef(middle.T)[0, 1])
    assert across < 0.25, _(
        "expected rows and columns to move independently, not with correlation {across:.2f}"
    ).format(across=across)


@points(1)
def test_smoothness(student: Implementation, draw: Draw) -> None:
    """The field varies as a 3 x 3 grid does, bicubic: without a kink"""
    slopes = {}
    side = 113 + 8 * int(draw.random.randint(3))
    for grid in (3, 9):
        field = field_of(student, draw, 12, (side, side), beside=30, grid=grid)
        spacing = (side - 1) / (grid - 1)
        along = [np.diff(field, axis=axis) for axis in (-1, -2)]
        bends = [np.diff(one, axis=axis) for one, axis in zip(along, (-1, -2))]
        bend = max(np.abs(one).max() for one in bends) * spacing**2 / 2.0  # no unit: of sigma and spacing
        # Measured: bicubic 10; bilinear 190, its slope jumps at the grid's lines; noise 40,000.
        assert bend < 40, _(
            "expected a field without kinks: its slope jumps ({bend:.0f}, at most 40)"
        ).format(bend=bend)
        slopes[grid] = [np.abs(one).mean() for one in along]
    assert min(slopes[3]) > 0, _("expected a field that varies, but all pixels moved alike")
    finer = min(fine / coarse for fine, coarse in zip(slopes[9], slopes[3]))
    assert finer > 2, _(
        "expected a 9 x 9 grid to vary about 4 times as fast as 3 x 3, not {finer:.1f} times"
    ).format(finer=finer)


@points(1)
def test_mask_follows(student: Implementation, draw: Draw) -> None:
    """Picture and mask move alike, and the mask keeps its values"""
    for radius in (35, 20):
        down, right = (int(draw.random.randint(-5, 6)) for _ in range(2))
        mask = disc(120, 160, radius, down, right)
        textures = np.stack([mask.astype(np.float32), draw(120, 160)])
        picture = with_coordinates(textures[None])
        moved, hard = deform(student, picture[0], mask.astype(np.uint8), seed=draw.seed())
        assert set(np.unique(hard).tolist()) <= {0, 1}, _("expected only 0 and 1 in the mask")
        differ = np.count_nonzero((moved[2] > 0.5) != (hard > 0))
        assert differ < 0.02 * mask.sum() + 15, _(
            "expected picture and mask to move alike, but {differ} pixels of a disc of {sum} differ"
        ).format(differ=differ, sum=mask.sum())
        assert np.count_nonzero(hard != mask) > 100, _(
            "expected the mask to move, but it came back as it was"
        )
        assert_read_there(moved[None], picture, (slice(40, 81), slice(50, 111)))  # 4 sigma from the border
        _image, labels = deform(student, draw(1, 120, 160), 7 * mask.astype(np.float32), seed=draw.seed())
        assert set(np.unique(labels).tolist()) <= {0.0, 7.0}, _(
            "expected no value in the mask that was not in it, not {count} values"
        ).format(count=len(np.unique(labels)))


@points(1)
def test_seed_border_batch(student: Implementation, draw: Draw) -> None:
    """One seed gives one deformation, each picture of a batch its own; the border is mirrored"""
    seed, picture = draw.seed(), with_coordinates(draw(1, 1, 40, 50))
    image, mask = picture[0], np.zeros((40, 50), np.uint8)
    one, again, other = (deform(student, image, mask, seed=s)[0] for s in (seed, seed, seed + 1))
    assert np.array_equal(one, again), _("expected the same seed to give the same deformation")
    assert np.abs(one - other).max() > 0.1, _("expected another seed to give another deformation")
    assert_read_there(np.stack([one, other]), picture.repeat(2, 0))
    twice = np.ascontiguousarray(image[None].repeat(2, 0))
    both, _mask = deform(student, twice, np.zeros((2, 40, 50), np.uint8), seed=seed)
    assert np.abs(both[0] - both[1]).max() > 0.1, _("expected each picture of a batch to move by itself")
    ones = np.ones((1, 40, 50), np.float32)
    flat, full = deform(student, ones, ones[0], sigma=30.0, seed=seed)
    assert_same(flat, ones, _("a picture of ones, deformed"))
    assert full.min() == 1, _("expected a mask of ones to stay a mask of ones")
    ramp, _mask = deform(student, coordinates(1, 40, 50), mask[None], sigma=30.0, seed=seed)
    repeated = max(np.mean(ramp[0, 0] == 0), np.mean(ramp[0, 1] == 0))
    assert repeated < 0.1, _("expected the picture to be mirrored at its border, not its last row repeated")
