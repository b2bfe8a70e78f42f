"""Draws the handout's U: every feature map of the lab's network, with its channels and its size.

`python -m assets.make.u_figure` writes assets/figures/unet.svg and unet.zh-CN.svg. Sizes and channels
come from grader/lab/plan.py, so they are this network's (padded convolutions), not the paper's.
Next file: u_layout.py.
"""

from itertools import pairwise
from xml.sax.saxutils import escape

from assets.make.u_layout import Map, center, levels
from grader.lab.files import write_text
from grader.lab.paths import ASSETS
from grader.lab.plan import DOWN_SIDES, UP_SIDES

WIDTH, HEIGHT = 1250, 730
INK, PALE, DOWN, UP, SKIP, POOL, LAST = (
    "#262c36",
    "#5b626c",
    "#2f6db3",
    "#c8742a",
    "#8c9096",
    "#b0342f",
    "#2a7d74",
)
WORDS = {
    "unet.svg": {
        "title": "The lab's U-Net: 572 by 572 pixels in, 560 by 560 scores out",
        "input": "picture",
        "output": "scores",
        "conv": "convolution 3 x 3, padding 1, and ReLU",
        "pool": "max pooling 2 x 2",
        "up": "up-sampling: transposed convolution 2 x 2",
        "skip": "crop around the centre, concatenate behind x",
        "last": "convolution 1 x 1",
        "down path": "contracting path",
        "up path": "expanding path",
    },
    "unet.zh-CN.svg": {
        "title": "本实验的 U-Net：输入 572 × 572 像素，输出 560 × 560 个分数",
        "input": "图片",
        "output": "分数",
        "conv": "3 × 3 卷积，填充 1，再接 ReLU",
        "pool": "2 × 2 最大池化",
        "up": "上采样：2 × 2 转置卷积",
        "skip": "居中裁剪，拼接在 x 之后",
        "last": "1 × 1 卷积",
        "down path": "收缩路径",
        "up path": "扩张路径",
    },
}


def drawing(words: dict[str, str]) -> str:
    """The figure as SVG, with these words."""
    down, up = levels()
    parts: list[str] = []
    for blocks, sides, color in ((down, DOWN_SIDES, DOWN), (up, UP_SIDES, UP)):
        for level, (maps, side) in enumerate(zip(blocks, sides)):
            is_middle = blocks is down and level == len(down) - 1
            goes_up = is_middle or (blocks is up and level > 0)
            for number, one in enumerate(maps):
                parts.append(_bar(one, INK if is_middle else color))
                if goes_up and number == len(maps) - 1:  # its arrow leaves at the top
                    parts.append(_text(one.right + 4, one.y + 11, str(one.channels), 12, INK, "start"))
                else:
                    parts.append(_text(center(one), one.y - 6, str(one.channels), 12, INK))
                if number:
                    y, before = one.middle, maps[number - 1]
                    is_last = blocks is up and number == 3
                    parts.append(_across(before.right + 3, one.x - 3, y, LAST if is_last else DOWN))
            size, foot = f"{side} × {side}", maps[0].y + maps[0].height - 1
            if blocks is down and not is_middle:
                parts.append(_text(maps[0].x - 6, foot, size, 11, PALE, "end"))
            else:
                parts.append(_text(maps[-1].right + 6, foot, size, 11, PALE, "start"))
    for above, below in pairwise(down):
        source, target = above[-1], below[0]
        parts.append(_upright(center(source), source.y + source.height + 3, target.y - 20, POOL))
    for below, above in zip([down[-1], *reversed(up[1:])], reversed(up)):
        target = above[0]
        parts.append(_upright(center(below[-1]), below[-1].y - 3, target.y + target.height + 3, UP))
    for left, right in zip(down, up):
        y = left[0].y + 14
        parts.append(_across(left[-1].right + 3, right[0].x - 3, y, SKIP, dashed=True))
    top, last = down[0][0], up[0][-1]
    parts += [
        _text(top.x, 40, words["input"], 14, INK),
        _text(center(last), 40, words["output"], 14, INK),
        _text(center(down[1][1]), 40, words["down path"], 14, DOWN),
        _text(center(up[1][1]), 40, words["up path"], 14, UP),
    ]
    parts += _legend(words)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        "font-family=\"Helvetica, Arial, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif\">"
    )
    title = f"<title>{escape(words['title'])}</title>"
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
    return "\n".join([head, title, ground, *parts, "</svg>"]) + "\n"


def _bar(one: Map, color: str) -> str:
    own = one.width * (1 - one.kept / one.channels)
    parts = [(one.x, own, color)] + [(one.x + own, one.width - own, DOWN)] * bool(one.kept)
    return "".join(
        f'<rect x="{x:.1f}" y="{one.y:.1f}" width="{width:.1f}" height="{one.height:.1f}" '
        f'fill="{fill}" fill-opacity="0.28" stroke="{fill}" stroke-width="1.5"/>'
        for x, width, fill in parts
    )


def _text(x: float, y: float, text: str, size: int, color: str, anchor: str = "middle") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{color}" text-anchor="{anchor}"'
    return f"<text {place}>{escape(text)}</text>"


def _across(x1: float, x2: float, y: float, color: str, dashed: bool = False) -> str:
    """An arrow to the right."""
    dash = ' stroke-dasharray="6 5"' if dashed else ""
    return (
        f'<path d="M{x1:.1f} {y:.1f} H{x2 - 7:.1f}" stroke="{color}" stroke-width="2" fill="none"{dash}/>'
        f'<path d="M{x2:.1f} {y:.1f} l-9 -4.5 v9 z" fill="{color}"/>'
    )


def _upright(x: float, y1: float, y2: float, color: str) -> str:
    """An arrow down or up."""
    back = -1 if y2 > y1 else 1
    return (
        f'<path d="M{x:.1f} {y1:.1f} V{y2 + 7 * back:.1f}" stroke="{color}" stroke-width="2" fill="none"/>'
        f'<path d="M{x:.1f} {y2:.1f} l-4.5 {9 * back} h9 z" fill="{color}"/>'
    )


def _legend(words: dict[str, str]) -> list[str]:
    rows = (("conv", DOWN), ("pool", POOL), ("up", UP), ("skip", SKIP), ("last", LAST))
    x, y = 24.0, HEIGHT - 118.0
    parts = []
    for name, color in rows:
        parts.append(_across(x, x + 34, y, color, dashed=name == "skip"))
        parts.append(_text(x + 44, y + 4, words[name], 12.5, INK, "start"))
        y += 24
    return parts


def main() -> None:
    """Write both figures."""
    for name, words in WORDS.items():
        write_text(ASSETS / "figures" / name, drawing(words))


if __name__ == "__main__":
    main()
