"""The training loop learns, goes on bit for bit, and its pictures and masks stay together."""

import json
import subprocess
import sys
from unittest.mock import Mock

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from grader.lab.paths import CARS, SOLUTION
from solution.extensions import train as script
from solution.extensions.train import (
    PAPER,
    PUBLIC,
    Training,
    dice,
    draw_curves,
    loss_of,
    mask_of,
    mean_dice,
    narrow_unet,
    read_pairs,
    train,
    vary,
)


@pytest.fixture(autouse=True)
def one_thread():
    """Two tests run at a time, and these networks are too small to share."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def squares():
    """Six bright squares on noise."""
    generator, pairs = torch.Generator().manual_seed(0), []
    for _ in range(6):
        top, left = torch.randint(0, 16, (2,), generator=generator).tolist()
        mask = torch.zeros(32, 32, dtype=torch.bool)
        mask[top : top + 14, left : left + 14] = True
        pairs.append((0.4 * torch.rand(3, 32, 32, generator=generator) + 0.5 * mask, mask))
    return pairs


def small(seed=0, classes=1):
    torch.manual_seed(seed)
    return narrow_unet(classes, width=4, depth=2)


def test_the_recipes_are_those_of_the_paper_and_of_public_code():
    assert (PAPER.momentum, PAPER.weight_decay) == (0.99, 0.0)
    assert (PUBLIC.momentum, PUBLIC.weight_decay) == (0.9, 0.0005)


@pytest.mark.parametrize("classes", [1, 2])
def test_it_learns_squares(squares, classes):
    model = small(classes=classes)
    run = train(model, squares[:5], PUBLIC, steps=240, held_out=squares[5:], every=60)
    assert np.mean(run.losses[-10:]) < 0.4 * np.mean(run.losses[:10])
    assert [step for step, _ in run.dices] == [60, 120, 180, 240]
    assert run.dices[-1][1] > 0.9
    assert run.dices[-1][1] == mean_dice(model, squares[5:])


@pytest.mark.parametrize("stop", [4, 8])
def test_a_stopped_run_goes_on_bit_for_bit(squares, tmp_path, stop):
    options = {"held_out": squares[:2], "augment": vary, "every": 4, "seed": 3}

    def stopping(run):
        if run.step == stop:
            raise KeyboardInterrupt

    straight = small()
    expected = train(straight, squares, PAPER, 12, **options)
    path = tmp_path / "run.checkpoint"
    with pytest.raises(KeyboardInterrupt):
        train(small(), squares, PAPER, 12, checkpoint=path, watch=stopping, **options)
    assert [file.name for file in tmp_path.iterdir()] == ["run.checkpoint"]
    resumed = small(seed=1)
    run = train(resumed, squares, PAPER, 12, checkpoint=path, **options)
    assert (run.losses, run.dices, run.step) == (expected.losses, expected.dices, 12)
    ours, theirs = straight.state_dict(), resumed.state_dict()
    assert all(torch.equal(ours[key], theirs[key]) for key in ours)
    other = train(small(), squares, PAPER, 12, **(options | {"seed": 4}))
    assert other.losses != expected.losses


def test_every_round_goes_through_all_pairs_in_another_order(squares):
    run = Training(small(), squares, PAPER, None, seed=0)
    orders = []
    for _ in range(3):
        seen = []
        for _ in squares:
            image, _ = run.next_pair()
            seen.append(next(i for i, pair in enumerate(squares) if pair[0] is image))
            run.step += 1
        orders.append(seen)
    assert all(sorted(order) == list(range(6)) for order in orders)
    assert len(set(map(tuple, orders))) > 1


def test_no_pairs_are_refused():
    with pytest.raises(ValueError, match="no pairs"):
        train(small(), [])


def test_losses_dice_and_masks_by_hand():
    zeros = torch.zeros(1, 1, 2, 2)
    assert float(loss_of(zeros, torch.ones(1, 2, 2))) == pytest.approx(np.log(2))
    assert float(loss_of(torch.zeros(1, 3, 2, 2), torch.ones(1, 2, 2))) == pytest.approx(np.log(3))
    assert float(loss_of(zeros - 1000, torch.ones(1, 2, 2))) == 1000
    a, b = torch.tensor([[1, 1], [0, 0]]), torch.tensor([[1, 0], [0, 0]])
    assert dice(a, b) == pytest.approx(2 / 3)
    assert dice(0 * a, 0 * a) == 1.0
    assert mask_of(torch.tensor([-1.0, 1.0]).reshape(1, 1, 1, 2)).tolist() == [[[False, True]]]
    two = torch.tensor([[1.0, 0.0], [0.0, 1.0]]).reshape(1, 2, 1, 2)
    assert mask_of(two).tolist() == [[[False, True]]]


def test_the_narrow_network_has_16_channels_and_keeps_the_size():
    model = narrow_unet(2)
    widths = [layer.out_channels for layer in model.modules() if isinstance(layer, nn.Conv2d)]
    assert (widths[0], max(widths)) == (16, 256)
    assert sum(parameter.numel() for parameter in model.parameters()) == 1_942_594
    assert model(torch.rand(1, 3, 48, 32)).shape == (1, 2, 48, 32)


def test_cars_are_read_with_their_masks(tmp_path):
    pairs = read_pairs(CARS, 32)
    assert list(pairs) == sorted(path.stem for path in CARS.glob("*.jpg"))
    for image, mask in pairs.values():
        assert image.shape == (3, 32, 48)
        assert 0 <= image.min() < image.max() <= 1
        assert mask.shape == (32, 48)
        assert 0.1 < mask.float().mean() < 0.5
    Image.new("RGB", (30, 20)).save(tmp_path / "alone.jpg")
    with pytest.raises(ValueError, match="no NAME"):
        read_pairs(tmp_path, 32)


def test_picture_and_mask_are_varied_alike():
    """The picture is its own mask: bright and dark must stay where the mask is and is not."""
    mask = torch.zeros(64, 96, dtype=torch.bool)
    mask[20:44, 30:70] = True
    seen = set()
    for seed in range(12):
        image, moved = vary(mask.float().expand(3, -1, -1), mask, torch.Generator().manual_seed(seed))
        assert image.shape == (3, 64, 96)
        assert ((image.mean(0) > 0.35) == moved).float().mean() > 0.95
        seen.add(int(moved.sum()))
    assert len(seen) > 8


def test_the_curves_of_both_recipes_are_drawn(squares, tmp_path):
    runs = [train(small(), squares, recipe, 6, held_out=squares[:1], every=3) for recipe in (PAPER, PUBLIC)]
    draw_curves(runs, tmp_path / "curves.png")
    with Image.open(tmp_path / "curves.png") as picture:
        assert picture.size[0] > picture.size[1] > 200
        assert len(picture.convert("RGB").getcolors(1 << 20)) > 20
    assert [file.name for file in tmp_path.iterdir()] == ["curves.png"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"recipe": "adam"}, "--recipe is paper, public or both"),
        ({"hold_out": ["nobody"]}, "--hold-out is some"),
        ({"height": 100}, "multiple of 32"),
    ],
)
def test_bad_options_are_one_line(options, said, tmp_path):
    with pytest.raises(SystemExit) as ended:
        script.main(out=tmp_path, **options)
    assert said in str(ended.value)
    assert len(str(ended.value).splitlines()) == 1


def test_the_command_line_trains_and_goes_on(tmp_path, capsys):
    options = ["--height", "32", "--width", "4", "--every", "2", "--steps", "4", "--out", str(tmp_path)]
    command = [sys.executable, str(SOLUTION / "extensions" / "train.py"), *options]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert {file.name for file in tmp_path.iterdir()} == {
        "curves.png",
        "paper.checkpoint",
        "paper.json",
        "paper.pth",
        "public.checkpoint",
        "public.json",
        "public.pth",
    }
    assert "public: Dice 0." in done.stdout
    script.main(height=32, width=4, every=2, steps=4, out=tmp_path, resume=True)
    again = capsys.readouterr().out
    ends = [line for line in done.stdout.splitlines() if "after 4 steps" in line]
    assert [line for line in again.splitlines() if "after 4 steps" in line] == ends
    assert len(ends) == 2
    with pytest.raises(SystemExit, match="holds a run with --width 4, not 8: give the same"):
        script.main(height=32, width=8, every=2, steps=4, out=tmp_path, resume=True)
    script.main(recipe="paper", height=32, width=8, every=2, steps=4, out=tmp_path)  # starts anew
    with pytest.raises(SystemExit, match="holds a run with --width 4, not 8"):  # the other recipe's
        script.main(height=32, width=8, every=2, steps=4, out=tmp_path, resume=True)
    script.main(recipe="paper", height=32, width=8, every=2, steps=4, out=tmp_path, resume=True)


def test_starting_anew_forgets_the_runs_that_were_not_reached(tmp_path, monkeypatch):
    script.main(height=32, width=4, every=2, steps=2, out=tmp_path)
    monkeypatch.setattr(script, "train", Mock(side_effect=KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        script.main(height=32, width=8, every=2, steps=2, out=tmp_path)
    monkeypatch.setattr(script, "train", train)
    script.main(height=32, width=8, every=2, steps=2, out=tmp_path, resume=True)
    assert json.loads((tmp_path / "public.json").read_text())["width"] == 8


def test_the_spark_line_falls_with_the_loss():
    assert script.spark([8.0, 4.0, 2.0, 1.0]) == "█▆▃▁"
    assert len(script.spark(list(range(1, 500)))) == 24


def test_masks_are_read_however_they_were_saved(tmp_path):
    car = np.zeros((20, 30), np.uint8)
    car[5:15, 8:22] = 1
    red = np.zeros((20, 30, 3), np.uint8)
    red[..., 0] = 200 * car
    masks = {"ones": Image.fromarray(car), "red": Image.fromarray(red), "white": Image.fromarray(255 * car)}
    masks["deep"] = Image.fromarray(car.astype(np.uint16) * 65535)
    for name, mask in masks.items():
        Image.new("RGB", (30, 20), "grey").save(tmp_path / f"{name}.JPG", format="JPEG")
        mask.save(tmp_path / f"{name}_mask.png")
    pairs = read_pairs(tmp_path, 20)
    assert set(pairs) == set(masks)
    assert all(torch.equal(mask, torch.from_numpy(car > 0)) for _, mask in pairs.values())


@pytest.mark.parametrize(
    ("mask", "said"),
    [
        (Image.new("L", (29, 20)), "29 x 20 pixels, its picture 30 x 20"),
        (Image.linear_gradient("L").resize((30, 20)), "no mask of two values"),
        (Image.new("RGBA", (30, 20), (255, 255, 255, 0)), "has transparent parts"),
    ],
)
def test_a_mask_that_is_unclear_is_refused_by_its_name(tmp_path, mask, said):
    Image.new("RGB", (30, 20), "grey").save(tmp_path / "a.png")
    mask.save(tmp_path / "a_mask.png")
    with pytest.raises(ValueError, match=said) as refused:
        read_pairs(tmp_path, 20)
    assert "a_mask.png" in str(refused.value)
