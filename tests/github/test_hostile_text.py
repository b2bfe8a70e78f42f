"""Nothing of a student's is more than text in a workflow: no command, no markup."""

import re

import pytest
from hostile import HOSTILE
from markdown_it import MarkdownIt
from reports import made_up

from grader.platforms.github.summary import inert

MARKDOWN = MarkdownIt("gfm-like", {"html": True, "linkify": False})


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_of_a_students_is_a_command(hostile, step, capsys):
    commands, _ = step(made_up(f"a {hostile} z", f"b {hostile}"), capsys)
    harmless = step(made_up("a z", "b"), capsys)[0]
    assert [(name, properties) for name, properties, _ in commands] == [
        (name, properties) for name, properties, _ in harmless
    ]
    assert [message for _, _, message in commands[-3:]] == [message for _, _, message in harmless[-3:]]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_of_a_students_is_markup(hostile, step, capsys):
    _, text = step(made_up(f"a {hostile} z", f"b {hostile}"), capsys)
    assert shape(text) == shape(step(made_up("a z", "b"), capsys)[1])
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", text)


def shape(markdown: str) -> list[str]:
    """The markup of a text: its blocks, and every tag but line breaks."""
    tokens = []
    for token in MARKDOWN.parse(markdown):
        inline = [(child.type, child.tag or child.content) for child in token.children or []]
        tokens.append((token.type, [one for one in inline if one[0] != "text" and one[1] != "<br>"]))
    return [str(token) for token in tokens]


def test_what_a_student_wrote_is_shown_as_it_is(step, capsys):
    commands, _ = step(made_up("50 %0A of 5 %25, a::b"), capsys)
    assert "\n50 %0A of 5 %25, a::b\n" in commands[0][2]
    assert inert("a\u202eb\x1b") == "ab"
    wrote = "x[1:2] | y\n  <b> & `c` *d* é 中"
    rendered = MARKDOWN.render(f"| a |\n|---|\n| {inert(wrote)} |")
    assert "<td>x[1:2] | y<br>  &lt;b&gt; &amp; `c` *d* é 中</td>" in rendered
