"""Training: pairs split by car, a run that goes on bit for bit, and norms that fold away exactly."""

import random
from dataclasses import replace

import numpy as np
import pytest
import torch
import torchvision.transforms.functional as TF
import typer
from PIL import Image
from torch import nn

from assets.make import model as command
from assets.make import training as training_script
from assets.make.measure import dice
from assets.make.norm import add_norms, calibrate_norms, folded_state_dict, freeze_norms
from assets.make.pairs import around_the_car, find_pairs, sample, some_views_per_car, split_by_car
from assets.make.training import Phase, Training, loss_of
from solution.unet import UNet


class Small(nn.Module):
    """Blocks, an up-sampling and a last convolution, as UNet has them, but tiny."""

    def __init__(self, in_channels: int, out_channels: int):
        super().__init__()
        self.down_conv1 = nn.Sequential(
            nn.Conv2d(in_channels, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1), nn.ReLU()
        )
        self.down_sample1 = nn.MaxPool2d(2)
        self.up_sample1 = nn.ConvTranspose2d(4, 4, 2, 2)
        self.final_conv = nn.Conv2d(4, out_channels, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.final_conv(self.up_sample1(self.down_sample1(self.down_conv1(x))))


@pytest.fixture
def folder(tmp_path):
    """Twelve pairs of six cars, in the three layouts of masks."""
    for part in ("images", "masks"):
        (tmp_path / "set" / part).mkdir(parents=True)
    source = np.random.RandomState(0)
    for car in range(6):
        for view in ("01", "02"):
            name = f"car{car}_{view}"
            Image.fromarray(source.randint(256, size=(40, 60, 3)).astype(np.uint8)).save(
                tmp_path / "set" / "images" / f"{name}.jpg"
            )
            mask = Image.fromarray(np.uint8(255) * (source.rand(40, 60) > 0.5))
            end = (".png", "_mask.png", "_mask.gif")[car % 3]
            mask.save(tmp_path / "set" / "masks" / f"{name}{end}")
    return tmp_path / "set"


@pytest.fixture
def make_training(folder, monkeypatch):
    monkeypatch.setattr(training_script, "UNet", Small)
    phases = [
        Phase(3, 16, (0.1, 0.3), 1e-2, 2),
        Phase(3, 16, (0.1, 0.3), 1e-2, 1),
        Phase(2, 32, (0.05, 0.06), 1e-3, 1),
    ]

    def make(seed: int = 0, decay: float = 0.7, clip: float = 1.0) -> Training:
        return Training([find_pairs(folder)], phases, seed, None, torch.device("cpu"), decay, clip)

    return make


def same(a: Training, b: Training) -> bool:
    pairs = [(a.model, b.model), (a.averaged, b.averaged)]
    states = [(ours.state_dict(), theirs.state_dict()) for ours, theirs in pairs]
    return all(torch.equal(ours[key], theirs[key]) for ours, theirs in states for key in ours)


@pytest.mark.parametrize("stopped_after", [1, 3, 4, 6, 7])
def test_a_stopped_run_goes_on_bit_for_bit(make_training, tmp_path, stopped_after):
    straight, stopped, resumed = make_training(), make_training(), make_training(seed=0)
    losses = [straight.one_step() for _ in range(straight.steps)]
    for _ in range(stopped_after):
        stopped.one_step()
    stopped.save(tmp_path / "checkpoint.pt")
    resumed.load(tmp_path / "checkpoint.pt")
    assert [resumed.one_step() for _ in range(resumed.steps - stopped_after)] == losses[stopped_after:]
    assert same(straight, resumed)
    other = make_training(seed=1)
    for _ in range(other.steps):
        other.one_step()
    assert not same(straight, other)


def test_no_picture_moves_the_weights_more_than_clip_allows(make_training):
    norms = {}
    for clip in (1e-3, 1e3):
        training = make_training(clip=clip)
        training.one_step()
        gradients = [weight.grad for weight in training.model.parameters()]
        norms[clip] = float(torch.nn.utils.get_total_norm(gradients))
    assert norms[1e-3] == pytest.approx(1e-3, rel=1e-3)
    assert 1e-2 < norms[1e3] < 1e3


def test_what_is_kept_is_the_mean_over_the_last_steps(make_training):
    training, expected = make_training(decay=0.7), None
    for _ in range(5):
        training.one_step()
        now = training.model.final_conv.weight.detach().clone()
        expected = now if expected is None else 0.7 * expected + 0.3 * now
    torch.testing.assert_close(training.averaged.module.final_conv.weight, expected)
    assert not torch.allclose(expected, now)


def test_without_decay_the_last_weights_are_kept(make_training):
    training = make_training(decay=0.0)
    for _ in range(5):
        training.one_step()
    ours, kept = training.model.state_dict(), training.averaged.module.state_dict()
    assert all(torch.equal(ours[key], kept[key]) for key in ours)


def test_the_mean_is_what_is_measured(make_training, folder):
    training = make_training()
    training.one_step()
    pairs = find_pairs(folder)[:2]
    before = training.validate(pairs)
    with torch.no_grad():
        training.model.final_conv.bias.add_(100)
    assert training.validate(pairs) == before
    with torch.no_grad():
        training.averaged.module.final_conv.bias.add_(100 if before < 0.1 else -100)
    assert training.validate(pairs) != before


def test_the_mean_is_what_is_written(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(training_script, "UNet", Small)
    written = []
    monkeypatch.setattr(command, "write_model", lambda state, *_: written.append(state))
    monkeypatch.setattr(command, "write_curve", lambda *_: None)  # needs matplotlib
    command.main(
        [folder], tmp_path / "run", steps=3, crop=16, settle_steps=0, whole_steps=2, whole_size=32,
        decay=0.5, validation_cars=2, quick_cars=1,
    )  # fmt: skip
    kept = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    mean, last = (kept[of] for of in ("averaged", "model"))
    assert torch.equal(written[0]["final_conv.weight"], mean["module.final_conv.weight"])
    assert not torch.equal(mean["module.final_conv.weight"], last["final_conv.weight"])


def test_every_set_has_its_turn_however_small_it_is(folder, monkeypatch):
    monkeypatch.setattr(training_script, "UNet", Small)
    pairs = find_pairs(folder)
    few, many = pairs[:3], pairs[3:]
    training = Training([few, many], [], 0, None, torch.device("cpu"))
    taken = [training.pair(number) for number in range(18)]
    assert sorted(taken[1::2], key=str) == sorted(many, key=str)
    for around in range(3):
        assert sorted(taken[0::2][3 * around : 3 * around + 3], key=str) == sorted(few, key=str)
    assert taken[0:6:2] != taken[6:12:2] or taken[6:12:2] != taken[12:18:2]


def test_a_set_has_as_many_turns_as_its_share(folder, monkeypatch):
    monkeypatch.setattr(training_script, "UNet", Small)
    pairs = find_pairs(folder)
    first, second = pairs[:6], pairs[6:]
    training = Training([first, second], [], 0, None, torch.device("cpu"), shares=[3, 2])
    taken = [training.pair(number) for number in range(30)]
    assert [pair in second for pair in taken[:10]] == 2 * [False, True, False, True, False]
    for own, times in ((first, 3), (second, 2)):
        assert all(taken.count(pair) == times for pair in own)
        mine = [pair for pair in taken if pair in own]
        assert all(set(mine[6 * around : 6 * around + 6]) == set(own) for around in range(times))


@pytest.mark.parametrize("text", ["1", "1,2,3", "1,0", "a,b", "1.5,1", "-1,2"])
def test_shares_that_do_not_fit_the_folders_are_one_line(text):
    with pytest.raises(typer.BadParameter, match=f"--shares {text}: write a whole number for each of the 2"):
        command.read_shares(text, 2)


def test_shares_are_read():
    assert command.read_shares("3, 2", 2) == [3, 2]
    assert command.read_shares("", 2) is None


@pytest.mark.parametrize(
    ("variation", "scales"), [(1.0, (0.95, 1.1)), (0.0, (1.0, 1.0)), (0.5, (0.975, 1.05))]
)
def test_with_less_variation_windows_are_nearer_to_the_whole_picture(
    folder, tmp_path, monkeypatch, variation, scales
):
    seen = []
    monkeypatch.setattr(command, "Training", lambda sets, phases, *_: seen.extend(phases) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        command.main([folder], tmp_path / "run", variation=variation, validation_cars=2, quick_cars=1)
    assert seen[-1].scales == pytest.approx(scales)


def test_folded_weights_compute_what_the_network_with_norms_computes():
    torch.manual_seed(0)
    model, plain = Small(3, 1), Small(3, 1)
    add_norms(model)
    for norm in (layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d)):
        nn.init.normal_(norm.weight)
        nn.init.normal_(norm.bias)
    calibrate_norms(model, torch.rand(5, 2, 3, 16, 16))
    plain.load_state_dict(folded_state_dict(model))
    x = torch.rand(2, 3, 16, 16)
    assert torch.allclose(model.eval()(x), plain(x), atol=1e-5)
    assert not torch.allclose(model.train()(x), plain(x), atol=1e-2)


def test_calibrated_statistics_are_the_mean_over_the_batches():
    model = Small(3, 1)
    add_norms(model)
    batches = torch.rand(4, 2, 3, 16, 16)
    calibrate_norms(model, batches)
    outputs = model.down_conv1[0](batches.flatten(0, 1)).unflatten(0, (4, 2))
    assert torch.allclose(model.down_conv1[1].running_mean, outputs.mean(dim=(0, 1, 3, 4)), atol=1e-5)
    before = model.down_conv1[1].running_mean.clone()
    model.train()
    freeze_norms(model)
    model(10 * batches[0])
    assert torch.equal(model.down_conv1[1].running_mean, before)


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


def test_close_ups_become_rarer_until_there_are_none(make_training, monkeypatch):
    taken = []
    real = training_script.sample
    monkeypatch.setattr(training_script, "sample", lambda *a: taken.append(a[-2]) or real(*a))
    training = make_training()
    training.phases = [replace(training.phases[-1], steps=60, close_ups=0.9)]
    for _ in range(60):
        training.one_step()
    assert 16 < sum(taken[:30]) < 28
    assert 2 < sum(taken[30:]) < 14


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


def test_the_rate_warms_up_and_decays():
    phase = Phase(100, 16, (1, 1), 1e-3, 1)
    rates = [phase.rate(step) for step in range(100)]
    assert rates[0] == pytest.approx(2e-4)
    assert max(rates) == rates[4] == pytest.approx(1e-3)
    assert rates[4:] == sorted(rates[4:], reverse=True)
    assert rates[-1] == pytest.approx(2e-5, rel=0.1)


def test_the_loss_is_small_only_for_the_right_mask():
    target = torch.zeros(1, 1, 8, 8)
    target[..., :4] = 1
    right, wrong = 20 * (target - 0.5), -20 * (target - 0.5)
    assert loss_of(right, target) < 1e-3
    assert loss_of(wrong, target) > 10
    assert dice(np.uint8([[1, 1], [0, 0]]), np.uint8([[1, 0], [0, 0]])) == pytest.approx(2 / 3)
