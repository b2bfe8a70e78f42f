"""Every set of pictures has its share of the turns."""

import pytest
import torch
import typer
from small import Small

from assets.make import model as command
from assets.make import training as training_script
from assets.make.pairs import find_pairs
from assets.make.training import Training


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
