"""The sizes of the feature maps, level by level, the student's beside the expected ones.

What the student's process says, for a person to look at; no points depend on it.
"""

from collections.abc import Sequence

from rich.cells import set_cell_size

from grader.implementations import Implementation, SubmissionFault, claims
from grader.lab.plan import CHANNELS, CHANNELS_OUT, DOWN_SIDES, LEVELS, UP_SIDES
from grader.language import _

Shape = list[int]
Seen = tuple[str, list[Shape], Shape | None]  # a child, what it got, and what it gave unless it raised
NAME, COLUMN = 13, 12  # what the longest name takes, and the longest size, 1024x142x142
AFTER = 3  # rows behind the first wrong one
AXES = 4  # of a feature map, in a batch


def expected_shapes() -> dict[str, Shape]:
    """{child: (C, H, W) of what it gives} for a picture of 572 x 572, in the order of use."""
    shapes: dict[str, Shape] = {}
    for level in LEVELS:
        channels = CHANNELS[level - 1]
        shapes[f"down_conv{level}"] = [channels, *[DOWN_SIDES[level - 1]] * 2]
        shapes[f"down_sample{level}"] = [channels, *[DOWN_SIDES[level]] * 2]
    shapes["middle_conv"] = [CHANNELS[-1], *[DOWN_SIDES[-1]] * 2]
    for level in LEVELS:
        channels, side = CHANNELS[-1 - level], UP_SIDES[-1 - level]
        shapes[f"up_sample{level}"] = [channels, side, side]
        shapes[f"concat{level}"] = [2 * channels, side, side]
        shapes[f"up_conv{level}"] = [channels, side, side]
    shapes["final_conv"] = [CHANNELS_OUT, UP_SIDES[0], UP_SIDES[0]]
    return shapes


def sizes_of(student: Implementation) -> list[str]:
    """The table's lines, of at most 38 columns; none where every size is right, or nothing can be said."""
    try:
        said, _arrays = student.ask("sizes", {}, keep=("sizes", "output"))
        seen, output = _read(said.get("sizes")), claims.optional(claims.integers)(said.get("output"))
    except (SubmissionFault, ValueError, RecursionError):
        return []
    return table(seen, output)


def table(seen: Sequence[Seen], output: Shape | None) -> list[str]:
    """The rows up to the first one where forward stops, if any differs from what is expected."""
    expected = expected_shapes()
    rows = [(name, gave, expected.get(name), got) for name, got, gave in seen]
    wrong = [
        at
        for at, (_name, gave, right, _got) in enumerate(rows)
        if gave is None or gave != _whole(right, gave)
    ]
    lines = [
        _row(at in wrong, name, _("stops") if gave is None else _size(gave[1:]), right)
        for at, (name, gave, right, _got) in enumerate(rows)
    ]
    if rows and rows[-1][1] is None:
        got = [_size(shape[1:]) for shape in rows[-1][3]]
        lines.append(
            "  "
            + _("{name} gets {sizes}").format(name=rows[-1][0], sizes=_(" and ").join(got) or _("nothing"))
        )
    elif wrong and len(lines) > wrong[0] + 1 + AFTER:
        left = len(lines) - wrong[0] - 1 - AFTER
        lines[wrong[0] + 1 + AFTER :] = ["  " + _("… and {count} more behind them").format(count=left)]
    last = rows[-1][1] if rows else None
    if output is not None and output != last and output != [1, *expected["final_conv"]]:
        if not wrong:  # then the rows say nothing that the last one does not
            lines[:-1] = ["  " + _("… the sizes before are as expected")]
        count = len(output)
        shown = _size(output[1:]) if count == AXES else _("{count} axes").format(count=count)
        lines.append(_row(True, _("the result"), shown, expected["final_conv"]))
    elif not wrong:
        return []
    head = f"  {'':{NAME}}{set_cell_size(_('yours'), COLUMN)} {_('expected')}"
    return [_("sizes for a picture of 572 x 572:"), head, *lines]


def _whole(right: Shape | None, gave: Shape) -> Shape:
    """With the batch in front; of a layer that the lab does not know, whatever it gave."""
    return gave if right is None else [1, *right]


def _row(is_wrong: bool, name: str, yours: str, right: Shape | None) -> str:
    columns = f"{set_cell_size(name, NAME)}{set_cell_size(yours, COLUMN)}"
    return f"{'x' if is_wrong else ' '} {columns} {_size(right) if right else '-'}"


def _size(shape: Shape) -> str:
    return "x".join(map(str, shape))


def _read(value: object) -> list[Seen]:
    """Raises ValueError for what the call does not say."""
    rows = claims.listed(claims.listed(lambda item: item, 3), 200)(value)
    if any(len(row) != 3 for row in rows):
        raise ValueError
    return [
        (claims.word(name), claims.listed(claims.integers)(got), claims.optional(claims.integers)(gave))
        for name, got, gave in rows
    ]
