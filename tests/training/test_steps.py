"""A run goes on bit for bit, and what it keeps is the mean over its last steps."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from small import Small

from assets.make import model as command
from assets.make import training as training_script
from assets.make.measure import dice
from assets.make.pairs import find_pairs
from assets.make.training import Phase, Training, loss_of


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
