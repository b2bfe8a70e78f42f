"""The walkthrough's slider, moved in a browser: the mask, the numbers and the picture follow it."""

import re

import numpy as np
import pytest

from grader.notebook.slider import page

pytestmark = pytest.mark.browser
SIDE = 560
# Probabilities rise from left to right; the exact mask is the right half.
SCORES = np.broadcast_to(np.linspace(-6, 6, SIDE), (SIDE, SIDE))
TRUTH = np.repeat(np.arange(SIDE) >= SIDE // 2, 2)[None].repeat(100, 0)
PICTURE = np.full((SIDE + 12, SIDE + 12, 3), 0.8)


@pytest.fixture
def shown(opened, tmp_path):
    """Two of them on a page, as when a cell was run twice -> the page."""
    path = tmp_path / "slider.html"
    both = page(PICTURE, SCORES, TRUTH) + page(PICTURE, SCORES, TRUTH, start=0.9)
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>slider</title><main>'
    path.write_text(f"{head}<h1>A cell</h1>{both}</main>", encoding="utf-8")
    with opened(path) as found:
        yield found


def move(shown, threshold: float, which: int = 0) -> tuple[int, int, float]:
    """-> (too many, missing, IoU) as the page says them."""
    shown.evaluate(
        "([which, value]) => { const one = document.querySelectorAll('input')[which]; one.value = value;"
        " one.dispatchEvent(new Event('input')); }",
        [which, threshold],
    )
    said = shown.locator(".said").nth(which).inner_text().replace(",", "")
    extra, missing, iou = re.fullmatch(r"Orange: (\d+) .*Blue: (\d+) .*IoU .* ([\d.]+)", said).groups()
    return int(extra), int(missing), float(iou)


def color(shown, x: int, which: int = 0) -> list[int]:
    return shown.evaluate(
        "([which, x]) => [...document.querySelectorAll('canvas')[which].getContext('2d')"
        ".getImageData(x, 280, 1, 1).data].slice(0, 3)",
        [which, x],
    )


def test_it_says_and_shows_where_the_mask_is_wrong(shown):
    shown.wait_for_function("() => document.querySelectorAll('.said')[1].textContent")
    extra, missing, iou = move(shown, 0.5)
    assert (extra, missing, iou) == (0, 0, 1.0)
    extra, missing, _ = move(shown, 0.1)
    probability = 1 / (1 + np.exp(-SCORES))
    wrong = int((probability[:, : SIDE // 2] > 0.1).sum())
    assert abs(extra - wrong) <= 2 * SIDE  # probabilities are told apart in steps of 1 / 255
    assert missing == 0
    assert color(shown, 240) == [240, 140, 0]
    extra, missing, _ = move(shown, 0.9)
    assert (extra, missing > 0) == (0, True)
    assert color(shown, 300) == [64, 164, 255]
    bright, dark = color(shown, 550)[0], color(shown, 5)[0]
    assert bright > 190
    assert dark < 70


def test_two_of_them_are_moved_apart(shown):
    shown.wait_for_function("() => document.querySelectorAll('.said')[1].textContent")
    before = color(shown, 300, which=1)
    move(shown, 0.1, which=0)
    assert color(shown, 300, which=1) == before == [64, 164, 255]
    assert shown.locator("output").all_inner_texts() == ["0.10", "0.90"]


def test_everybody_can_use_it(shown, faults):
    shown.wait_for_function("() => document.querySelectorAll('.said')[1].textContent")
    assert faults(shown) == []
    slider = shown.get_by_label("threshold").first
    slider.focus()
    shown.keyboard.press("ArrowRight")
    assert shown.locator("output").first.inner_text() == "0.51"
