"""The sizes of the feature maps, level by level, the student's beside the expected ones.

What the student's process says, for a person to look at; no points depend on it.
"""

from collections.abc import Sequence

from grader.implementations import Implementation, SubmissionFault, claims
from grader.lab.plan import CHANNELS, CHANNELS_OUT, DOWN_SIDES, LEVELS, UP_SIDES

Shape = list[int]
Seen = tuple[str, list[Shape], Shape | None]  # a child, what it got, and what it gave unless it raised
COLUMN = 12  # what the longest size takes, 1024x143x143


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
        seen = student.fact("sizes", {}, name="sizes", read=_read)
        output = student.fact("sizes", {}, name="output", read=claims.optional(claims.integers))
    except SubmissionFault:
        return []
    return table(seen, output)


def table(seen: Sequence[Seen], output: Shape | None) -> list[str]:
    """The rows up to the first one where forward stops, if any differs from what is expected."""
    expected = expected_shapes()
    lines, wrong = [], False
    for name, got, gave in seen:
        right = expected.get(name)
        stops = gave is None
        differs = right is not None and (stops or gave != [1, *right])
        wrong |= differs
        yours = "stops" if gave is None else _size(gave[1:])
        lines.append(f"{'x' if differs else ' '} {name:12}{yours:{COLUMN}} {_size(right) if right else '-'}")
        if stops:
            lines.append(f"  {name} gets {' and '.join(_size(shape[1:]) for shape in got) or 'nothing'}")
            break
    last = seen[-1][2] if seen else None
    if output is not None and output != [1, *expected["final_conv"]] and output != last:
        lines.append(f"x {'the result':12}{_size(output[1:]):{COLUMN}} {_size(expected['final_conv'])}")
        wrong = True
    if not wrong:
        return []
    return ["sizes for a picture of 572 x 572:", f"  {'':12}{'yours':{COLUMN}} expected", *lines]


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
