"""Elastic deformations are smooth, as strong as asked for, and the same for picture and mask.

Most tests read the field from outside: a picture whose values are its own coordinates, deformed,
says where each of its pixels was read.
"""

import pytest
import torch

from solution.extensions import elastic
from solution.extensions.elastic import elastic_deform


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def coordinates(height, width):
    """(2, H, W): the row and the column of every pixel."""
    return torch.stack(torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")).float()


def measured_field(height, width, count=1, **options):
    """(count, 2, H, W): the displacements, wherever they stay inside the picture."""
    image = coordinates(height, width).expand(count, 2, height, width)
    mask = torch.zeros(count, height, width)
    return elastic_deform(image, mask, **options)[0] - image


def test_nothing_moves_at_sigma_0():
    image, mask = torch.rand(3, 57, 83), torch.rand(57, 83) > 0.5
    deformed_image, deformed_mask = elastic_deform(image, mask, sigma=0.0)
    assert torch.equal(deformed_image, image)
    assert torch.equal(deformed_mask, mask)


def test_hardly_anything_moves_at_a_tiny_sigma():
    image, mask = torch.rand(3, 57, 83), torch.rand(57, 83) > 0.5
    deformed_image, deformed_mask = elastic_deform(image, mask, sigma=1e-6)
    assert torch.allclose(deformed_image, image, atol=1e-4)  # coordinates in float32 are good to 1e-5 px
    assert torch.equal(deformed_mask, mask)


def test_the_deviation_at_the_grid_points_is_sigma():
    """Over 4,000 draws: mean 0, standard deviation sigma, no dependence between any two numbers."""
    field = elastic.displacements(4000, 41, 61, sigma=10.0, grid=3, generator=seeded())
    at = field[:, :, [0, 0, 0, 20, 20, 20, 40, 40, 40], [0, 30, 60] * 3].reshape(4000, 18)
    assert (at.mean(0).abs() < 5 * 10 / 4000**0.5).all()
    assert (at.std(0) / 10 - 1).abs().max() < 5 / 8000**0.5
    assert (torch.corrcoef(at.T) - torch.eye(18)).abs().max() < 5 / 4000**0.5
    assert abs(((at / 10) ** 4).mean() - 3) < 0.15, "a Gaussian has 3, a uniform distribution 1.8"


def test_the_picture_moves_by_sigma_pixels_in_its_middle():
    """Seen from outside, so with everything between the field and the pixels; not square."""
    field = measured_field(121, 161, count=400, sigma=4.0, generator=seeded(1))[:, :, 60, 80]
    assert (field.std(0) / 4 - 1).abs().max() < 5 / 800**0.5


def test_sigma_is_a_length_in_pixels_whatever_the_size_and_scales_the_field():
    for height, width in ((101, 201), (301, 81)):
        one = measured_field(height, width, sigma=1.0, generator=seeded(2))
        two = measured_field(height, width, sigma=2.0, generator=seeded(2))
        inner = (..., slice(10, -10), slice(10, -10))
        assert torch.allclose(two[inner], 2 * one[inner], atol=1e-3)
        expected = elastic.displacements(1, height, width, 1.0, 3, seeded(2))
        assert torch.allclose(one[inner], expected[inner], atol=1e-3), "first down, then to the right"


def test_rows_are_moved_by_channel_0_and_columns_by_channel_1():
    field = torch.zeros(1, 2, 9, 13)
    field[:, 0] = 2.0
    image = coordinates(9, 13)[None]
    moved = elastic.warp(image, field, "bilinear")
    assert torch.allclose(moved[0, 0, :7], image[0, 0, :7] + 2, atol=1e-4)
    assert torch.allclose(moved[0, 1], image[0, 1], atol=1e-4)
    assert moved[0, 0, 7:, 0].tolist() == pytest.approx([7, 6], abs=1e-4), "mirrored, the border pixel once"


@pytest.mark.parametrize("grid", [3, 5])
def test_the_field_has_no_kinks(grid):
    """Bicubic: the slope is continuous. Bilinear: it jumps at the grid's inner lines."""
    size = 60 * (grid - 1) + 1
    field = elastic.displacements(50, size, size, 10.0, grid, seeded(3))
    bend = field.diff(n=2, dim=-1).abs().amax()
    # Measured: 0.06 pixels per pixel^2; a bilinear field's slope jumps by 1.2 at the grid's lines.
    assert bend < 0.15
    assert field.diff(dim=-1).abs().amax() < 10 * 10.0 / 60, "no tears"


def test_a_finer_grid_varies_faster():
    coarse, fine = (measured_field(201, 201, 20, sigma=2.0, grid=g, generator=seeded()) for g in (3, 9))
    assert fine.diff(dim=-1).abs().mean() > 2 * coarse.diff(dim=-1).abs().mean()


def test_the_mask_follows_the_image():
    """A disc: deformed picture and deformed mask differ only where the disc's edge runs."""
    row, column = coordinates(120, 160)
    mask = ((row - 60) ** 2 + (column - 80) ** 2 < 35**2).to(torch.uint8)
    for seed in range(5):
        image, deformed = elastic_deform(mask[None].float(), mask, generator=seeded(seed))
        assert (
            torch.equal(image[0] > 0.5, deformed > 0)
            or (((image[0] > 0.5) != (deformed > 0)) & ((image[0] < 0.02) | (image[0] > 0.98))).sum() == 0
        )
        assert (deformed != mask).sum() > 50, "it does move"


@pytest.mark.parametrize("dtype", [torch.uint8, torch.bool, torch.int64, torch.float32])
def test_a_mask_keeps_its_type_and_stays_binary(dtype):
    mask = (torch.rand(50, 70, generator=seeded()) > 0.5).to(dtype)
    deformed = elastic_deform(torch.rand(1, 50, 70), mask, generator=seeded())[1]
    assert deformed.dtype == dtype
    assert set(deformed.double().unique().tolist()) <= {0.0, 1.0}


def test_labels_are_not_mixed():
    labels = torch.tensor([0, 7, 100_003]).repeat_interleave(30).expand(60, 90)
    deformed = elastic_deform(torch.rand(1, 60, 90), labels, sigma=5.0, generator=seeded())[1]
    assert deformed.unique().tolist() == [0, 7, 100_003]


def test_one_seed_one_deformation():
    image, mask = torch.rand(3, 40, 50), torch.zeros(40, 50)
    a, b, c = (elastic_deform(image, mask, generator=seeded(seed))[0] for seed in (1, 1, 2))
    assert torch.equal(a, b)
    assert not torch.allclose(a, c, atol=0.01)


def test_without_a_generator_the_global_seed_counts_and_with_one_it_does_not():
    image, mask = torch.rand(3, 40, 50), torch.zeros(40, 50)
    drawn = []
    for _ in range(2):
        torch.manual_seed(5)
        drawn.append(elastic_deform(image, mask)[0])
    assert torch.equal(*drawn)
    state = torch.get_rng_state()
    elastic_deform(image, mask, generator=seeded())
    assert torch.equal(torch.get_rng_state(), state)


def test_every_picture_of_a_batch_is_deformed_on_its_own():
    image, mask = torch.rand(1, 3, 40, 50).expand(4, 3, 40, 50), torch.ones(4, 1, 40, 50)
    deformed, deformed_mask = elastic_deform(image, mask, generator=seeded())
    assert deformed.shape == image.shape
    assert deformed_mask.shape == mask.shape
    for i in range(3):
        assert not torch.allclose(deformed[i], deformed[i + 1], atol=0.01)
    field = elastic.displacements(4, 40, 50, 10.0, 3, seeded())
    for i in range(4):
        assert torch.allclose(deformed[i], elastic.warp(image[i : i + 1], field[i : i + 1], "bilinear")[0])


def test_all_channels_move_alike():
    grey = torch.rand(1, 30, 40)
    deformed = elastic_deform(grey.expand(3, 30, 40), torch.zeros(30, 40), generator=seeded())[0]
    assert torch.equal(deformed[0], deformed[1])
    assert torch.equal(deformed[0], deformed[2])


def test_no_darkness_comes_in_from_outside():
    """Displacements of 30 px at 40 x 40 leave the picture often: it is mirrored there, not black."""
    image = torch.full((1, 40, 40), 0.7)
    deformed, mask = elastic_deform(image, torch.ones(40, 40), sigma=30.0, generator=seeded())
    assert torch.allclose(deformed, image, atol=1e-5)
    assert mask.all()


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (2, 2)])
def test_tiny_pictures_stay_whole(size):
    image, mask = elastic_deform(torch.ones(2, *size), torch.ones(size), generator=seeded())
    assert torch.allclose(image, torch.ones(2, *size))
    assert mask.all()


def test_half_precision_is_placed_in_full_precision():
    image = coordinates(200, 300)[1:] / 300
    exact = elastic_deform(image, torch.zeros(200, 300), generator=seeded())[0]
    half = elastic_deform(image.half(), torch.zeros(200, 300), generator=seeded())[0]
    assert half.dtype == torch.float16
    assert torch.allclose(half.float(), exact, atol=2e-3)


@pytest.mark.parametrize(
    ("image", "mask"),
    [
        (torch.zeros(3, 8, 8), torch.zeros(8, 9)),
        (torch.zeros(2, 3, 8, 8), torch.zeros(3, 8, 8)),
        (torch.zeros(3, 8, 8, dtype=torch.uint8), torch.zeros(8, 8)),
        (torch.zeros(8, 8), torch.zeros(8, 8)),
    ],
)
def test_other_shapes_and_types_are_refused(image, mask):
    with pytest.raises(ValueError, match="expected a float image"):
        elastic_deform(image, mask)


@pytest.mark.parametrize("device", ["cpu", *(["cuda"] if torch.cuda.is_available() else [])])
def test_every_device_deforms_alike(device):
    image, mask = torch.rand(2, 3, 100, 130), (torch.rand(2, 100, 130) > 0.5).float()
    here = elastic_deform(image, mask, generator=seeded())
    there = elastic_deform(image.to(device), mask.to(device), generator=seeded())
    assert torch.allclose(there[0].cpu(), here[0], atol=1e-3)
    assert (there[1].cpu() != here[1]).float().mean() < 1e-3, "only places halfway between two pixels"
