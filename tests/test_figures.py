"""The drawn figures are those that their scripts draw now."""

import re

import pytest

from assets.make.u_figure import WORDS, drawing
from grader.lab.paths import ASSETS
from grader.lab.plan import CHANNELS, DOWN_SIDES, UP_SIDES


@pytest.mark.parametrize("name", WORDS)
def test_the_u_is_the_one_of_this_lab_s_plan(name):
    text = (ASSETS / "figures" / name).read_text(encoding="utf-8")
    assert text == drawing(WORDS[name]), "draw it again: python -m assets.make.u_figure"
    said = re.findall(r">([^<>]+)</text>", text)
    for side in {*DOWN_SIDES, *UP_SIDES[:4]}:
        assert said.count(f"{side} × {side}") == 1
    assert said.count(str(CHANNELS[4])) == 2 + 1  # the middle block, and the first concatenation


def test_both_languages_say_the_same_of_the_u():
    assert len({frozenset(words) for words in WORDS.values()}) == 1
