"""A run goes on bit for bit, follows its schedule, and keeps the mean over its last steps."""

import copy
import math

import pytest
import torch
from small import Small
from torch import nn

from assets.make.geometry import Geometry
from assets.make.sources import find_sources
from assets.make.training import checkpoint
from assets.make.training.batches import Batches, turns
from assets.make.training.checkpoint import Journal
from assets.make.training.network import loss_of
from assets.make.training.run import Options, Run
from assets.make.training.schedule import DECAY, FROZEN_AT, Schedule, decay, rate
from assets.make.training.supply import Supply, load_supply
from grader.errors import LabError

CPU, GEOMETRY, STEPS = torch.device("cpu"), Geometry(32), 10


@pytest.fixture(scope="module")
def supply(world) -> Supply:
    sources = find_sources([world / "studio"], world / "streets", world / "backgrounds")
    return load_supply(sources, GEOMETRY, CPU)


@pytest.fixture
def make_run(supply):
    def make(seed: int = 0, size: int = 2, init=None, norms=False) -> Run:
        batches = Batches(supply.kinds, [1, 1, 1], GEOMETRY, seed, size)
        return Run(Options(seed, rate=1e-2, calibration=2, norms=norms), batches, CPU, Small, init)

    return make


def go(run: Run, until: int = STEPS) -> Run:
    while run.step < until:
        run.one_step(run.step / STEPS)
    return run


def states(run: Run) -> list[torch.Tensor]:
    return [*run.model.state_dict().values(), *run.averaged.state_dict().values()]


@pytest.mark.parametrize("stopped_after", [3, 7, 9])  # before the norms are frozen, at the first mean, later
def test_a_stopped_run_goes_on_bit_for_bit(make_run, tmp_path, stopped_after):
    straight, stopped, resumed = go(make_run()), go(make_run(), stopped_after), make_run()
    checkpoint.save(tmp_path / "checkpoint.pt", stopped, Journal(12.5, 3, [{"step": 1}]), {"seed": 0})
    journal = checkpoint.take_up(tmp_path / "checkpoint.pt", resumed, {"seed": 0})
    assert journal == Journal(12.5, 3, [{"step": 1}])
    go(resumed)
    assert [float(loss) for loss in resumed.losses] == [float(loss) for loss in straight.losses]
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(states(resumed), states(straight)))
    assert not all(
        torch.equal(ours, theirs) for ours, theirs in zip(states(go(make_run(1))), states(straight))
    )


def test_a_checkpoint_of_another_run_or_a_broken_one_is_refused(make_run, tmp_path):
    path = tmp_path / "checkpoint.pt"
    checkpoint.save(path, make_run(), Journal(), {"seed": 0, "size": 32})
    with pytest.raises(LabError, match="size was 32, not 64"):
        checkpoint.take_up(path, make_run(), {"seed": 0, "size": 64})
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(LabError, match="cannot be taken up"):
        checkpoint.take_up(path, make_run(), {"seed": 0, "size": 32})


def test_a_batch_sees_of_each_kind_its_share_and_one_by_one_sees_the_same_pictures(supply):
    at_once = Batches(supply.kinds, [3, 2, 1], GEOMETRY, 0, 6)
    seen = [at_once.picture(number) for number in range(60)]
    for batch in range(10):
        assert sorted(kind for kind, _ in seen[6 * batch : 6 * batch + 6]) == [0, 0, 0, 1, 1, 2]
    studio = [picture for kind, picture in seen if kind == 0]
    count = supply.kinds[0].count
    for around in range(3):
        assert sorted(studio[count * around : count * (around + 1)]) == list(range(count))
    assert studio[:count] != studio[count : 2 * count]
    assert turns([3, 2]) == [0, 1, 0, 1, 0]
    x, target = at_once.at(0, 0.5)
    assert (x.shape, target.shape) == ((6, 3, 32, 32), (6, 1, 32, 32))
    with pytest.raises(LabError, match=r"2 shares for 3 kinds of picture \(studio, compositions, streets\)"):
        Batches(supply.kinds, [1, 2], GEOMETRY, 0, 6)


def test_a_run_learns(make_run):
    run = make_run(size=6)
    for step in range(60):
        run.one_step(step / 60)
    losses = [float(loss) for loss in run.losses]
    assert sum(losses[-10:]) < 0.6 * sum(losses[:10])


def test_what_is_kept_is_the_mean_over_the_last_steps(make_run):
    run, frozen, expected = make_run(), int(FROZEN_AT * STEPS) + 1, None
    go(run, frozen)
    assert run.network is run.model
    expected = copy.deepcopy(run.model.final_conv.weight.detach())
    for count in range(STEPS - frozen):
        run.one_step(run.step / STEPS)
        expected = torch.lerp(expected, run.model.final_conv.weight.detach(), 1 - decay(count))
    assert run.network is run.averaged
    torch.testing.assert_close(run.averaged.final_conv.weight, expected)
    assert not torch.allclose(expected, run.model.final_conv.weight)
    assert decay(10**6) == DECAY


def test_after_the_freeze_the_statistics_stay_and_the_weights_move(make_run):
    run = go(make_run(), 8)
    norm = run.model.down_conv1[1]
    mean, weight = norm.running_mean.clone(), run.model.down_conv1[0].weight.detach().clone()
    go(run)
    assert torch.equal(norm.running_mean, mean)
    assert not torch.equal(run.model.down_conv1[0].weight, weight)


def test_a_run_begins_with_the_weights_it_is_given(make_run, tmp_path):
    torch.manual_seed(5)
    given = Small()
    torch.save(given.state_dict(), tmp_path / "given.pth")
    run = make_run(init=tmp_path / "given.pth")
    assert all(torch.equal(run.model.state_dict()[key], value) for key, value in given.state_dict().items())
    with_norms = make_run(init=tmp_path / "given.pth", norms=True)
    x = torch.rand(1, 3, 32, 32)
    assert torch.allclose(with_norms.model.eval()(x), given(x), atol=1e-4)
    assert isinstance(with_norms.averaged.down_conv1[1], nn.BatchNorm2d)
    learned = [parameter for group in with_norms._optimiser.param_groups for parameter in group["params"]]
    assert any(with_norms.model.down_conv1[1].weight is parameter for parameter in learned)
    torch.save({"weight": torch.zeros(1)}, tmp_path / "other.pth")
    with pytest.raises(LabError, match=r"other.pth holds no weights of this network"):
        make_run(init=tmp_path / "other.pth")
    with pytest.raises(LabError, match=r"none.pth is missing"):
        make_run(init=tmp_path / "none.pth")


def test_weights_of_very_different_sizes_move_by_the_same_share(make_run, tmp_path):
    torch.manual_seed(5)
    given = Small()
    with torch.no_grad():
        given.down_conv1[0].weight /= 1000
    torch.save(given.state_dict(), tmp_path / "given.pth")
    shares = {}
    for norms in (False, True):
        run = make_run(init=tmp_path / "given.pth", norms=norms)
        one = run.model.down_conv1[0].weight, run.model.up_sample1.weight
        sizes = [float(weight.detach().square().mean().sqrt()) for weight in one]
        before = [weight.detach().clone() for weight in one]
        run.one_step(0.5)
        shares[norms] = [
            float((weight.detach() - old).abs().max()) / size for weight, old, size in zip(one, before, sizes)
        ]
    assert shares[False][0] == pytest.approx(shares[False][1], rel=0.02)  # Adam's first step: the rate
    assert shares[True][0] > 100 * shares[True][1]  # behind a norm, size says nothing: one rate for all


def test_the_schedule_follows_the_steps_or_the_clock_or_what_is_first():
    assert Schedule(steps=100).done(25, 1e9) == 0.25
    assert Schedule(seconds=50).done(10**9, 25) == 0.5
    assert Schedule(100, 50).done(25, 40) == 0.8
    assert Schedule(100, 50).done(101, 0) == 1
    for steps, seconds in ((None, None), (0, None), (None, -1.0)):
        with pytest.raises(LabError, match="more than 0"):
            Schedule(steps, seconds)


def test_the_rate_warms_up_and_decays():
    rates = [rate(step / 1000, step) for step in range(1001)]
    assert rates[0] < 0.03
    assert max(rates) == max(rates[40:60])
    assert rates[60:] == sorted(rates[60:], reverse=True)
    assert rates[-1] == pytest.approx(0.004)
    assert rate(0.01, 199) > 0.99  # after 200 steps it is warm, however long the run


def test_the_loss_is_small_only_for_the_right_mask():
    target = torch.zeros(2, 1, 32, 32)
    target[0, ..., :16] = 1
    right = 40 * (target - 0.5)
    assert loss_of(right, target) < 1e-3
    assert loss_of(-right, target) > 10
    undecided = torch.zeros_like(target)  # of each picture 1 - Dice, softened by 100 px, and then their mean
    missed = (1 - 612 / 1124 + 1 - 100 / 612) / 2
    assert float(loss_of(undecided, target)) == pytest.approx(math.log(2) + missed, rel=1e-5)
    assert loss_of(right[1:], target[1:]) < 1e-3  # nor is a picture without a car a fault
