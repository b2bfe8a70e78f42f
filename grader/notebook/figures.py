"""The drawn figures: the U with its sizes, numbers in grids, pictures in a row."""

import io
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import IPython.display
import matplotlib
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from PIL import Image

from grader.lab.plan import CHANNELS
from grader.language import N_, _, current
from grader.pictures.font import font_file

# IPython gives these no types.
_display: Callable[[object], None] = IPython.display.display
_Shown: Callable[..., object] = IPython.display.Image
INK, PALE, DOWN, UP, SKIP = "#262c36", "#686e78", "#2f6db3", "#c8742a", "#8c9096"
Point = tuple[float, float]
NAMES = {"zh": "zh-CN"}  # of a language, in the names of files
GRIDS = N_(("picture", "kernel", "sums", "after the ReLU"))  # titles that a cell gives


def show(figure: Figure | Image.Image, width: int = 900) -> None:
    """As a picture in the notebook: the same in every front end, with nothing to install."""
    data = io.BytesIO()
    if isinstance(figure, Image.Image):
        figure.convert("RGB").save(data, "JPEG", quality=85)
    else:
        figure.savefig(data, format="png", dpi=120, bbox_inches="tight", facecolor="white")
    _display(_Shown(data=data.getvalue(), width=width))


def show_file(path: Path, width: int = 900) -> None:
    """A figure that was drawn before, in the present language where it has words."""
    spoken = path.with_stem(f"{path.stem}.{NAMES.get(current(), current())}")
    path = spoken if spoken.is_file() else path
    _display(_Shown(filename=str(path), width=width))


def new_figure(**options: Any) -> Figure:
    """A matplotlib figure whose texts may be in the present language."""
    if file := font_file():
        name, families = FontProperties(fname=file).get_name(), matplotlib.rcParams["font.family"]
        if name not in families:  # behind the usual one: only what that lacks is taken from it
            font_manager.fontManager.addfont(file)
            matplotlib.rcParams["font.family"] = [*families, name]
    return Figure(**options)


def draw_u(down: list[int], up: list[int], channels: Sequence[int] = CHANNELS) -> Figure:
    """The U: sizes on the way down (5) and up (4, from the deepest), one box per feature map."""
    figure = new_figure(figsize=(11, 6.4))
    axes = figure.subplots()
    left = [(0.25 + 1.25 * level, -1.3 * level) for level in range(5)]
    right = [(10.5 - 1.25 * level, -1.3 * level) for level in (3, 2, 1, 0)]
    for (x, y), size, depth in zip(left, down, channels):
        _box(
            axes,
            x,
            y,
            f"{size} x {size}",
            _("{depth} channels").format(depth=depth),
            DOWN if size > down[-1] else INK,
        )
    for (x, y), size, depth in zip(right, up, channels[3::-1]):
        _box(axes, x, y, f"{size} x {size}", _("{depth} channels").format(depth=depth), UP)
    for (a, b), (c, d) in pairwise(left):
        _arrow(axes, (a + 0.1, b - 0.3), (c - 0.1, d + 0.3), _("pool"), DOWN, "right", -0.25)
    for (a, b), (c, d) in zip([left[4], *right], right):
        _arrow(axes, (a + 0.1, b + 0.3), (c - 0.1, d - 0.3), _("up-sample"), UP, "left", 0.25)
    for (a, b), (c, _y), kept, size in zip(left, right[::-1], down, up[::-1]):
        _arrow(
            axes,
            (a + 0.75, b),
            (c - 0.75, b),
            (_("{kept} cropped to {size}") if kept > 100 else _("{kept} to {size}")).format(
                kept=kept, size=size
            ),
            SKIP,
            "center",
            0,
            0.12,
        )
    axes.text(left[0][0], 0.62, _("picture, 3 channels"), ha="center", color=PALE)
    axes.text(right[3][0], 0.62, _("scores, {side} x {side}").format(side=up[-1]), ha="center", color=PALE)
    axes.set(xlim=(-0.7, 11.4), ylim=(-5.7, 0.9))
    axes.axis("off")
    return figure


def _box(axes: Axes, x: float, y: float, size: str, depth: str, color: str) -> None:
    axes.add_patch(Rectangle((x - 0.7, y - 0.28), 1.4, 0.56, facecolor="white", edgecolor=color, linewidth=2))
    axes.text(x, y + 0.07, size, ha="center", va="center", color=INK, fontsize=12)
    axes.text(x, y - 0.15, depth, ha="center", va="center", color=PALE, fontsize=9)


def _arrow(
    axes: Axes,
    start: Point,
    end: Point,
    text: str,
    color: str,
    side: str,
    aside: float,
    above: float = 0.0,
) -> None:
    style = {"arrowstyle": "-|>", "color": color, "linewidth": 1.6}
    axes.annotate("", end, start, arrowprops=style | ({"linestyle": "--"} if above else {}))
    x, y = (start[0] + end[0]) / 2 + aside, (start[1] + end[1]) / 2 + above
    axes.text(x, y, text, ha=side, va="center", color=color, fontsize=9)


def draw_grids(
    grids: Mapping[str, np.ndarray],
    window: tuple[int, int, int, int] | None = None,
    of: str | None = None,
) -> Figure:
    """Small arrays (H, W) with their numbers, side by side: orange above zero, purple below.

    window: (top, left, height, width), a frame in the one whose title is `of`.
    """
    sizes = [np.shape(array)[1] for array in grids.values()]
    figure = new_figure(
        figsize=(0.45 * sum(sizes) + 0.8 * len(sizes), 0.45 * max(map(len, grids.values())) + 0.6)
    )
    for axes, (title, array) in zip(_row(figure, sizes), grids.items()):
        array = np.asarray(array, dtype=float)
        limit = max(1.0, float(np.abs(array).max()))
        axes.imshow(array, cmap="PuOr_r", vmin=-2.2 * limit, vmax=2.2 * limit)
        for row, column in np.ndindex(array.shape):
            axes.text(column, row, f"{array[row, column]:g}", ha="center", va="center", color=INK, fontsize=9)
        axes.set_title(_(title), fontsize=10, color=INK)
        if window and title == of:
            top, left, height, width = window
            frame = Rectangle((left - 0.5, top - 0.5), width, height, fill=False, edgecolor=DOWN, linewidth=3)
            axes.add_patch(frame)
    return figure


def draw_pictures(
    pictures: Mapping[str, np.ndarray | Image.Image], columns: int | None = None, **options: Any
) -> Figure:
    """Pictures or maps (H, W) with titles; options go to matplotlib's imshow."""
    columns = columns or len(pictures)
    rows = -(-len(pictures) // columns)
    first = np.asarray(next(iter(pictures.values())))
    width = 11 / columns
    figure = new_figure(figsize=(11, rows * (width * first.shape[0] / first.shape[1] + 0.35)), layout="tight")
    for axes, (title, picture) in zip(np.ravel(figure.subplots(rows, columns)), pictures.items()):
        axes.imshow(np.asarray(picture), **({"cmap": "gray"} | options))
        axes.set_title(title, fontsize=10, color=INK)
    for axes in figure.axes:
        axes.axis("off")
    return figure


def _row(figure: Figure, widths: list[int]) -> list[Axes]:
    axes = np.ravel(figure.subplots(1, len(widths), width_ratios=widths))
    for one in axes:
        one.set(xticks=[], yticks=[])
        one.spines[:].set_color(SKIP)
    return list(axes)
