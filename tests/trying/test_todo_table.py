"""A TODO on a terminal: one failure in full, no reason twice, and no word cut."""

import io

import pytest
from rich.console import Console

from grader.outputs.shortening import cut, excerpt, shortened
from grader.outputs.todo_table import Style, print_todo
from grader.report.model import FAILED, PASSED, WAITING, Check, Todo, first_wrong

SEEN = "expected a mask of shape (123, 171), the size of the picture that was given, not (123, 171, 1)"


def printed(todo, width=80, style=None):
    lines = io.StringIO()
    console = Console(file=lines, width=width, highlight=False, color_system=None)
    print_todo(todo, console, style or Style(short=True))
    return lines.getvalue()


def failed(name, message="expected 1, not 2", cause=None, hint=None):
    return Check(f"conv_blocks.{name}", f"{name} is right", 3, FAILED, message, hint, cause)


def blocks(count, **facts):
    return [failed(f"block_down_conv{number}", **facts) for number in range(1, count + 1)]


@pytest.mark.parametrize("width", [40, 80])
def test_one_cause_is_told_once_with_the_blocks_that_share_it(width):
    todo = Todo(
        "conv_blocks", "TODO 1: blocks", blocks(4, cause="conv_blocks.relu_missing", hint="What follows?")
    )
    said = printed(todo, width)
    assert said.count("What follows?") == 1
    assert said.count("expected 1, not 2") == 1
    assert "and 3 more blocks for the same reason: down_conv2, down_conv3, down_conv4" in " ".join(
        said.replace("0/9", "").split()
    )
    assert "0/9" in said
    assert max(map(len, said.splitlines())) <= width


def test_in_full_every_message_and_hint_is_there():
    todo = Todo(
        "conv_blocks", "TODO 1: blocks", blocks(4, cause="conv_blocks.relu_missing", hint="What follows?")
    )
    assert printed(todo, style=Style(short=True, in_full=True)).count("What follows?") == 4


def test_a_hole_does_not_hide_the_mistake_beside_it():
    hole = failed("block_down_conv1", "TODO 1: still to be written", "conv_blocks.unfilled", "Write it.")
    wrong = failed("block_down_conv2", cause="conv_blocks.relu_missing", hint="What follows?")
    todo = Todo("conv_blocks", "TODO 1: blocks", [hole, wrong])
    assert first_wrong([todo]) == (todo, wrong)
    said = printed(todo)
    assert "What follows?" in said
    assert "Write it." not in said


def test_checks_that_wait_are_one_row():
    waiting = [Check(f"forward.{n}", f"check {n}", 4, WAITING, "waits for: first") for n in range(3)]
    said = printed(Todo("forward", "TODO 3: forward", [failed("first"), *waiting]))
    assert "3 checks wait for that" in said
    assert "0/12" in said
    assert "check 1" not in said


def test_a_reason_that_stands_above_is_not_told_again():
    style, message = Style(short=True), "unet.py, line 3: NameError: nnn"
    assert "NameError" in printed(Todo("conv_blocks", "TODO 1: blocks", [failed("a", message)]), style=style)
    second = printed(Todo("forward", "TODO 3: forward", [failed("b", message)]), style=style)
    assert "NameError" not in second
    assert "for the reason that stands above" in second


def test_blocks_that_are_right_share_a_row():
    right = [Check(f"conv_blocks.block_{name}", name, 3, PASSED) for name in ("down_conv1", "up_conv1")]
    assert "down_conv1, up_conv1 compute what they should" in printed(
        Todo("conv_blocks", "TODO 1: blocks", [*right, failed("block_down_conv2")])
    )


def test_points_are_not_torn_apart_at_40_columns():
    said = printed(Todo("inference", "TODO 4: preprocess and predict_mask", [failed("a")]), 40)
    assert "0 of 3" in said


@pytest.mark.parametrize("room", range(20, len(SEEN), 7))
def test_a_shortened_message_ends_in_an_ellipsis_and_keeps_the_value_seen(room):
    said = shortened(SEEN, room)
    assert len(said) <= room
    assert said.startswith("(123, 171, 1)")
    assert said.endswith(" …")
    assert (
        said[:-2]
        in "(123, 171, 1), where expected a mask of shape (123, 171), the size of the picture that was given"
    )
    assert said.count("(") == said.count(")"), "a shape is cut"


def test_what_fits_is_left_as_it_is():
    assert shortened(SEEN, 200) == cut(SEEN, 200) == SEEN


def test_printed_lines_are_counted_and_capped():
    assert excerpt("a\na\nb\n") == ["a  (2 times)", "b"]
    assert excerpt("\n".join(map(str, range(20))), 3) == ["0", "1", "2", "… and 17 more lines"]
    assert excerpt("") == []
