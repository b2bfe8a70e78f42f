"""The figures that look into a network at work: its feature maps, its skips, its scores, its errors.

They take arrays, so the same ones draw a student's network in the walkthrough and the finished one in
assets/make/figures.py.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from grader.compare import iou
from grader.language import _
from grader.notebook.figures import DOWN, INK, UP, draw_pictures, new_figure
from grader.notebook.observe import OUTLINE, Run


def sigmoid(scores: np.ndarray) -> np.ndarray:
    """The probabilities of scores (logits), for a picture; a network has its own."""
    probabilities: np.ndarray = 0.5 * (1 + np.tanh(scores / 2))
    return probabilities


def draw_features(maps: np.ndarray, title: str, count: int = 6) -> Figure:
    """The liveliest of some feature maps (C, H, W), each from black to white."""
    return draw_pictures(
        {
            _("{title}, channel {one}").format(title=title, one=one): _stretched(maps[one])
            for one in _liveliest(maps, count)
        },
        3,
    )


def draw_skip(run: Run) -> Figure:
    """What the top of the U knows of a piece of the outline: from the left, from below, together."""
    parts = {
        _("kept on the way down"): "down_conv1",
        _("come up from below"): "up_sample4",
        _("both, convolved"): "up_conv4",
    }
    pictures = {}
    for title, name in parts.items():
        maps = run.maps[name]
        for one in _liveliest(maps, 3):
            pictures[_("{title}: channel {one}").format(title=title, one=one)] = _stretched(maps[one])
    return draw_pictures(pictures, 3)


def draw_outlines(picture: np.ndarray, with_skips: np.ndarray, without: np.ndarray) -> Figure:
    """The outline with and without skips. Shapes: picture (572, 572, 3), both scores (560, 560)."""
    pictures = {_("the picture"): picture[6:566, 6:566]}
    pictures |= {_("with the skips"): sigmoid(with_skips), _("without them"): sigmoid(without)}
    pictures |= {
        _("{title}, closer").format(title=title): whole[OUTLINE] for title, whole in list(pictures.items())
    }
    return draw_pictures(pictures, 3, vmin=0, vmax=1)


def draw_scores(
    picture: np.ndarray,
    scores: np.ndarray,
    threshold: float,
    strip: Sequence[float] = (0.02, 0.1, 0.5, 0.9, 0.98),
) -> Figure:
    """Scores, their histogram, what the sigmoid makes of them; and masks at some thresholds."""
    figure = new_figure(figsize=(11, 6.2), layout="tight")
    grid = figure.add_gridspec(2, 10)
    seen, where, curve = (figure.add_subplot(grid[0, at]) for at in (slice(0, 3), slice(3, 6), slice(6, 10)))
    seen.imshow(picture[6:566, 6:566])
    seen.set_title(_("the picture"))
    limit = float(np.abs(scores).max())
    where.imshow(scores, cmap="PuOr_r", vmin=-limit, vmax=limit)
    where.set_title(_("scores, {least:.1f} to {most:.1f}").format(least=scores.min(), most=scores.max()))
    curve.hist(scores.ravel(), 80, log=True, color="#c9ccd1")
    curve.set(xlabel=_("score"), ylabel=_("pixels"))
    other = curve.twinx()
    line = np.linspace(-limit, limit, 400)
    other.plot(line, sigmoid(line), color=DOWN)
    other.axhline(threshold, color=UP, linestyle="--")
    title = _("sigmoid of the score; threshold {threshold:g}").format(threshold=threshold)
    other.set(ylim=(-0.03, 1.03), title=title)
    for at, one in enumerate((*strip[:2], threshold, *strip[3:])):
        axes = figure.add_subplot(grid[1, 2 * at : 2 * at + 2])
        axes.imshow(sigmoid(scores) > one, cmap="gray", vmin=0, vmax=1)
        axes.set_title(_("above {one:g}").format(one=one), color=UP if at == 2 else INK)
    for axes in figure.axes:
        axes.title.set_fontsize(10)
        if axes not in (curve, other):
            axes.axis("off")
    return figure


def draw_worst(picture: Image.Image, mask: np.ndarray, truth: np.ndarray, size: int = 320) -> Figure:
    """The square of size x size pixels in which a mask (H, W) is wrong most often."""
    top, left = worst_place(mask != truth, size)
    part = (slice(top, top + size), slice(left, left + size))
    pictures = {
        _("the picture"): np.asarray(picture)[part],
        _("your mask"): mask[part],
        _("the exact mask"): truth[part],
    }
    return draw_pictures(pictures, vmin=0, vmax=1)


def worst_place(wrong: np.ndarray, size: int) -> tuple[int, int]:
    """(top, left) of the square with most wrong pixels, in steps of a quarter of its size."""
    step = size // 4
    places = [
        (top, left)
        for top in range(0, wrong.shape[0] - size + 1, step)
        for left in range(0, wrong.shape[1] - size + 1, step)
    ]
    return max(places, key=lambda place: wrong[place[0] : place[0] + size, place[1] : place[1] + size].sum())


def agreement(mask: np.ndarray, truth: np.ndarray) -> str:
    """How well a mask fits, in a line."""
    wrong = int((mask != truth).sum())
    return _("IoU {iou:.3f}, {wrong:,} of {all:,} pixels wrong").format(
        iou=iou(mask, truth), wrong=wrong, all=mask.size
    )


def _liveliest(maps: np.ndarray, count: int) -> list[int]:
    """The channels that vary most over the picture."""
    return sorted(np.argsort(maps.std(axis=(1, 2)))[::-1][:count].tolist())


def _stretched(map: np.ndarray) -> np.ndarray:
    low, high = np.percentile(map, (1, 99))
    stretched: np.ndarray = np.clip((map - low) / (high - low + 1e-9), 0, 1)
    return stretched
