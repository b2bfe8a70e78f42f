"""What is drawn into pictures, in Chinese: every character is in the font, and every figure has its words."""

import warnings

import numpy as np
import pytest
from chinese import spoken
from fontTools.ttLib import TTFont
from PIL import Image

from assets.make.extensions_words import CHINESE
from assets.make.font import characters
from grader.lab.paths import ASSETS
from grader.notebook import figures, scenes
from grader.pictures import panel
from grader.pictures.font import FONTS, font_file

CAR = Image.new("RGB", (80, 60), (200, 90, 40))
MASK = np.zeros((60, 80), np.uint8)
MASK[20:40, 20:60] = 1


def test_the_font_has_every_character_that_is_drawn():
    lacking = characters() - {chr(code) for code in TTFont(FONTS["zh"]).getBestCmap()}
    assert lacking == set(), "draw them into it: python -m assets.make.font, see docs/languages.md"


def test_the_font_is_small_and_free():
    assert FONTS["zh"].stat().st_size < 150_000
    assert "SIL OPEN FONT LICENSE" in FONTS["zh"].with_name("OFL.txt").read_text(encoding="utf-8")


def test_a_panel_speaks_the_language_that_was_chosen():
    english = np.asarray(panel.draw_panel(CAR, MASK, MASK))
    with spoken():
        chinese = np.asarray(panel.draw_panel(CAR, MASK, MASK))
    assert english.shape == chinese.shape
    assert (english != chinese).any()
    assert (english == np.asarray(panel.draw_panel(CAR, MASK, MASK))).all()
    assert font_file() is None


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.draw_u([572, 286, 143, 71, 35], [70, 140, 280, 560]),
        lambda: scenes.draw_features(np.random.RandomState(1).rand(6, 20, 20), "down_conv1"),
        lambda: scenes.draw_scores(
            np.zeros((572, 572, 3)), np.linspace(-9, 9, 560 * 560).reshape(560, 560), 0.5
        ),
        lambda: scenes.draw_worst(CAR, MASK, MASK, 40),
    ],
)
def test_a_figure_has_its_words_and_no_empty_boxes(draw):
    with spoken(), warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of a character that no font has
        figure = draw()
        figure.canvas.draw()
    texts = [text.get_text() for axes in figure.axes for text in (*axes.texts, axes.title, axes.xaxis.label)]
    assert any("\u4e00" <= sign <= "\u9fff" for text in texts for sign in text), texts


@pytest.mark.parametrize(
    "name", ["overlap_tile.png", "elastic.png", "find_the_bugs.png", "walkthrough_scores.jpg"]
)
def test_a_figure_that_was_drawn_before_is_shown_in_the_language(name, monkeypatch):
    shown = []
    monkeypatch.setattr(figures, "_Shown", lambda filename, width: shown.append(filename))
    monkeypatch.setattr(figures, "_display", lambda one: None)
    path = ASSETS / "figures" / name
    figures.show_file(path)
    with spoken():
        figures.show_file(path)
        figures.show_file(ASSETS / "figures" / "train.png")  # has no other
    assert shown == [
        str(path),
        str(path.with_stem(f"{path.stem}.zh-CN")),
        str(ASSETS / "figures" / "train.png"),
    ]


def test_words_keep_what_they_name():
    for english, chinese in CHINESE.items():
        for name in ("{seed}", "{name}", "{steps:,}", "{dice:.3f}"):
            assert (name in english) == (name in chinese), english
