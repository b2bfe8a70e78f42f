"""Pairs are split by car, and picture and mask are cut and varied alike."""

import random

import numpy as np
import pytest
import torch
import torchvision.transforms.functional as TF
from PIL import Image
from torch import nn

from assets.make.pairs import around_the_car, find_pairs, sample, some_views_per_car, split_by_car
from solution.unet import UNet


def test_cars_are_held_out_whole_and_always_the_same(folder):
    pairs = find_pairs(folder)
    train, held_out = split_by_car(pairs, 2)
    assert len(pairs) == 12
    assert len(held_out) == 4
    assert not {p.car for p in train} & {p.car for p in held_out}
    _, again = split_by_car([p for p in pairs if p.car != train[0].car], 2)
    assert again == held_out
    assert sorted(p.car for p in some_views_per_car(held_out, 1)) == sorted({p.car for p in held_out})
    assert sorted(p.image for p in some_views_per_car(held_out, 2)) == sorted(p.image for p in held_out)
    assert len(some_views_per_car(held_out, 16)) == 4


def test_a_picture_without_mask_is_named(folder):
    (folder / "masks" / "car0_01.png").unlink()
    with pytest.raises(FileNotFoundError, match="car0_01"):
        find_pairs(folder)


def test_picture_and_mask_are_cut_alike(tmp_path):
    """The picture is its own mask, so that the two must agree wherever the window lies."""
    for part in ("images", "masks"):
        (tmp_path / part).mkdir()
    bright = np.zeros((300, 300), np.uint8)
    bright[60:200, 90:260] = 255
    Image.fromarray(bright).convert("RGB").save(tmp_path / "images" / "a_01.jpg", quality=95)
    Image.fromarray(bright).save(tmp_path / "masks" / "a_01.png")
    (pair,) = find_pairs(tmp_path)
    seen = set()
    for seed in range(12):
        image, mask = sample(pair, 64, (0.12, 0.3), random.Random(seed))
        assert image.shape == (3, 64, 64)
        assert mask.shape == (1, 64, 64)
        grey = image.mean(dim=0)
        agree = ((grey > (grey.max() + grey.min()) / 2) == (mask[0] > 0.5)).float().mean()
        assert agree > 0.93 or mask.mean() in (0, 1)
        seen.add(round(float(mask.mean()), 3))
    assert len(seen) > 6


def test_whole_pictures_have_the_mask_of_the_scores(folder):
    image, mask = sample(find_pairs(folder)[0], 572, (0.95, 1.0), random.Random(0))
    assert image.shape == (3, 572, 572)
    assert mask.shape == (1, 560, 560)


def test_a_close_up_keeps_the_car_and_leaves_out_what_is_far_from_it():
    whole_mask = Image.new("L", (256, 256))
    whole_mask.paste(255, (90, 120, 180, 170))
    picture = Image.new("RGB", (268, 268))
    seen = set()
    for seed in range(20):
        image, mask = around_the_car(picture, whole_mask, random.Random(seed))
        assert (image.width - mask.width, image.height - mask.height) == (12, 12)
        assert mask.width % 16 == mask.height % 16 == 0
        assert mask.histogram() == [mask.width * mask.height - 90 * 50, *[0] * 254, 90 * 50]
        assert 90 + 2 * 16 <= mask.width <= 90 + 2 * (64 + 16)
        seen.add(mask.size)
    assert len(seen) > 5
    assert around_the_car(picture, Image.new("L", (256, 256)), random.Random(0))[0].size == (268, 268)


def test_in_a_close_up_the_network_computes_what_it_computes_in_the_whole_picture():
    """Exactly, once no convolution looks beyond its own pixel, so that no border is felt."""
    torch.manual_seed(0)
    model = UNet(3, 1).eval()
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d) and layer.kernel_size == (3, 3):
            layer.weight.data[:, :, torch.arange(3) != 1] = 0
            layer.weight.data[:, :, :, torch.arange(3) != 1] = 0
            layer.weight.data *= 3
    pixels = np.random.RandomState(0).randint(256, size=(268, 268, 3)).astype(np.uint8)
    mask = np.zeros((256, 256), np.uint8)
    mask[100:150, 110:190] = np.arange(1, 4001).reshape(50, 80) % 255 + 1  # tells where the cut lies
    image, cut = around_the_car(Image.fromarray(pixels), Image.fromarray(mask), random.Random(3))
    with torch.no_grad():
        whole, close = (model(TF.to_tensor(part)[None])[0, 0] for part in (Image.fromarray(pixels), image))
    at = np.argwhere(np.asarray(cut) == 255)[0]
    top, left = np.argwhere(mask == 255)[0] - at
    assert (top, left) != (0, 0)
    height, width = close.shape
    assert close.shape == np.asarray(cut).shape
    assert whole.std() > 1e-3
    assert torch.allclose(close, whole[top : top + height, left : left + width], atol=1e-6)


def test_without_variation_a_picture_keeps_its_colours_and_with_more_it_loses_them(folder):
    pair = find_pairs(folder)[0]

    def spread(variation: float) -> float:
        means = [
            sample(pair, 64, (0.11, 0.11), random.Random(seed), False, variation)[0].mean(dim=(1, 2))
            for seed in range(24)
        ]
        return float(torch.stack(means).std(dim=0).mean())

    assert spread(0.0) < 1e-3
    assert spread(0.3) < 0.6 * spread(1.0)
