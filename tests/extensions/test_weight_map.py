"""The weights are those of equation (2), and 200 cells take well under two seconds."""

import math
import time

import pytest
import torch

from solution.extensions.weight_map import class_balance, distance_to, weight_map, weighted_cross_entropy

LIMIT_S = 2.0  # processor seconds for 512 x 512 pixels and 200 cells, on one thread


def brute_force(labels, w0=10.0, sigma=5.0):
    """Equation (2) in float64, every pixel against every pixel of every cell."""
    places = torch.cartesian_prod(*(torch.arange(side) for side in labels.shape)).double()
    far = [torch.cdist(places, places[labels.flatten() == n]).amin(1) for n in labels.unique() if n > 0]
    cells = int((labels > 0).sum())
    share = cells / labels.numel() if cells not in (0, labels.numel()) else 0.5
    weights = torch.where(labels > 0, 0.5 / share, 0.5 / (1 - share)).double()
    if len(far) > 1:
        d1, d2 = torch.stack(far).sort(0).values[:2]
        weights += w0 * torch.exp(-((d1 + d2) ** 2) / (2 * sigma**2)).reshape(labels.shape)
    return weights


def discs(height, width, count, radius, seed):
    """Cells as discs drawn one over the other, so that many touch or overlap: (H, W), int64."""
    generator = torch.Generator().manual_seed(seed)
    row, column = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    labels = torch.zeros(height, width, dtype=torch.int64)
    for number in range(1, count + 1):
        y, x = (float(torch.rand(1, generator=generator)) * side for side in (height, width))
        labels[(row - y) ** 2 + (column - x) ** 2 < radius**2] = number
    return labels


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("sigma", [1.5, 5.0])
def test_touching_cells_agree_with_brute_force(seed, sigma):
    labels = discs(60, 80, count=15, radius=8, seed=seed)
    touching = (labels[1:] != labels[:-1]) & (labels[1:] > 0) & (labels[:-1] > 0)
    assert touching.any(), "a picture that tests nothing"
    expected = brute_force(labels, sigma=sigma)
    assert (weight_map(labels, sigma=sigma) - expected).abs().max() < 1e-5


@pytest.mark.parametrize(
    "labels",
    [
        [[1, 0, 2]],
        [[1], [2], [3]],
        [[1, 1, 0, 0, 0, 7, 7]],  # numbers missing
        [[1, 0, 0, 0, 1, 0, 2]],  # a cell in two pieces
        [[1, 2], [2, 1]],  # no background at all
        [[0, 0], [0, 0]],
        [[3, 3], [3, 3]],
        [[0, 5], [0, 0]],  # one cell
    ],
)
def test_small_pictures_agree_with_brute_force(labels):
    labels = torch.tensor(labels)
    assert torch.allclose(weight_map(labels).double(), brute_force(labels), atol=1e-5)


def test_three_pixels_agree_with_a_calculation_by_hand():
    """1 0 2: two thirds cells, one third background, in the middle d1 = d2 = 1."""
    middle = 3 / (2 * 1) + 10 * math.exp(-(2**2) / 50)
    side = 3 / (2 * 2) + 10 * math.exp(-(2**2) / 50)
    assert weight_map(torch.tensor([[1, 0, 2]]))[0].tolist() == pytest.approx([side, middle, side], rel=1e-6)


def test_the_gap_between_two_cells_weighs_most():
    labels = torch.zeros(41, 61, dtype=torch.int64)
    labels[5:36, 5:29], labels[5:36, 32:56] = 1, 2
    weights = weight_map(labels)
    assert weights[20, 29:32].min() > weights[20, :5].max() + 5
    assert weights[20, 30] > weights[20, 26] > weights[20, 20], "and falls off into the cells"
    expected = class_balance(labels) + 10 * math.exp(-((24 + 3 + 1) ** 2) / 50)
    assert torch.allclose(weights[20, 5], expected[20, 5])


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int16, torch.uint16, torch.int32], ids=str)
def test_labels_may_be_of_any_integer_type(dtype):
    """Annotation tools write 16-bit pictures, whose numbers torch cannot compare by itself."""
    labels = discs(24, 32, 5, 6, seed=3)
    assert torch.equal(weight_map(labels.to(dtype)), weight_map(labels))
    assert torch.equal(class_balance(labels.to(dtype)), class_balance(labels))


def test_numbers_do_not_matter():
    labels = discs(60, 60, 10, 8, seed=9)
    shuffled = torch.cat([torch.tensor([0]), torch.randperm(10) * 13 + 1])[labels]
    assert torch.allclose(weight_map(labels), weight_map(shuffled), atol=1e-6)


def test_turning_the_picture_turns_the_weights():
    labels = discs(50, 70, 12, 8, seed=3)
    for turned, back in ((labels.T, lambda w: w.T), (labels.flip(0), lambda w: w.flip(0))):
        assert torch.equal(back(weight_map(turned)), weight_map(labels))


def test_w0_scales_the_second_term_only():
    labels = discs(50, 50, 8, 8, seed=4)
    balance = weight_map(labels, w0=0.0)
    assert torch.equal(balance, class_balance(labels))
    once, twice = (weight_map(labels, w0=w0) - balance for w0 in (10.0, 20.0))
    assert torch.allclose(twice, 2 * once, atol=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_both_classes_weigh_the_same_in_total(seed):
    labels = discs(64, 64, 5, 9, seed)
    balance = class_balance(labels)
    assert float(balance[labels > 0].sum()) == pytest.approx(float(balance[labels == 0].sum()), rel=1e-5)
    assert float(balance.mean()) == pytest.approx(1.0, rel=1e-5)
    assert len(balance.unique()) == 2


@pytest.mark.parametrize("reach", [1, 4, 100])
def test_distances_are_exact_within_reach(reach):
    cell = discs(40, 50, 3, 4, seed=1) > 0
    cell[0, 49] = True
    places = torch.cartesian_prod(torch.arange(40), torch.arange(50)).double()
    exact = torch.cdist(places, places[cell.flatten()]).amin(1).reshape(40, 50)
    found = distance_to(cell, reach).double()
    assert torch.allclose(found[exact <= reach], exact[exact <= reach])
    assert (found[exact > reach] > reach).all()


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int16, torch.int32])
def test_every_type_of_labels_gives_the_same_map(dtype):
    labels = discs(40, 40, 6, 6, seed=2)
    assert torch.equal(weight_map(labels.to(dtype)), weight_map(labels))
    assert weight_map(labels.to(dtype)).dtype == torch.float32


def test_200_cells_are_fast():
    labels = discs(512, 512, 220, 18, seed=0)
    assert len(labels.unique()) > 200
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        start = time.process_time()
        weight_map(labels)
        took_s = time.process_time() - start
    finally:
        torch.set_num_threads(threads)
    assert took_s < LIMIT_S


@pytest.mark.parametrize(("shape", "sigma"), [((1, 8, 8), 5.0), ((8,), 5.0), ((8, 8), 0.0)])
def test_what_weight_map_refuses(shape, sigma):
    with pytest.raises(ValueError, match="expected labels"):
        weight_map(torch.zeros(shape, dtype=torch.int64), sigma=sigma)


def test_the_loss_is_equation_1():
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(2, 3, 5, 7, generator=generator, dtype=torch.float64)
    target = torch.randint(0, 3, (2, 5, 7), generator=generator)
    weights = torch.rand(2, 5, 7, generator=generator, dtype=torch.float64)
    expected = 0.0
    for n, y, x in torch.cartesian_prod(torch.arange(2), torch.arange(5), torch.arange(7)).tolist():
        a = scores[n, :, y, x].exp()
        expected -= float(weights[n, y, x] * torch.log(a[target[n, y, x]] / a.sum()))
    assert float(weighted_cross_entropy(scores, target, weights)) == pytest.approx(expected, rel=1e-12)


def test_the_loss_by_hand():
    """Two classes, equal scores: log 2 for each pixel, times its weight; summed, not averaged."""
    target, weights = torch.tensor([[[0, 1, 1]]]), torch.tensor([[[1.0, 2.0, 4.0]]])
    loss = weighted_cross_entropy(torch.zeros(1, 2, 1, 3), target, weights)
    assert float(loss) == pytest.approx(7 * math.log(2))


def test_the_loss_stays_finite_and_has_a_gradient():
    scores = torch.tensor([1000.0, -1000.0]).reshape(1, 2, 1, 1).requires_grad_()
    loss = weighted_cross_entropy(scores, torch.tensor([[[1]]]), torch.tensor([[[2.0]]]))
    loss.backward()
    assert float(loss.detach()) == 4000
    assert scores.grad.flatten().tolist() == [2.0, -2.0]


def test_weights_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="expected weights"):
        weighted_cross_entropy(torch.zeros(2, 2, 4, 4), torch.zeros(2, 4, 4).long(), torch.ones(4, 4))
