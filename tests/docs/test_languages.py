"""Every page says the same in both languages: heading by heading, command by command, picture by picture."""

import re
from pathlib import Path

import pytest
from commands import FENCE, commands_of

from grader.lab.paths import LAB

ENGLISH = sorted(path for path in LAB.glob("docs/*.md") if not path.name.endswith(".zh-CN.md"))
PICTURE = re.compile(r"!\[[^\]]*\]\((?P<target>[^)]*)\)")


def chinese(page: Path) -> Path:
    """handout.zh-CN.md of handout.md."""
    return page.with_name(f"{page.stem}.zh-CN.md")


def shape(page: Path) -> dict[str, list[str]]:
    """What both languages have to share, in its order."""
    text = page.read_text(encoding="utf-8")
    prose = FENCE.sub("", text)
    return {
        "headings": [line.split(" ")[0] for line in prose.splitlines() if line.startswith("#")],
        "rows": [str(line.count("|")) for line in prose.splitlines() if line.startswith("|")],
        "items": [line.split(" ")[0] for line in prose.splitlines() if re.match(r"(- |\d+\. )", line)],
        "pictures": [found["target"].replace(".zh-CN.", ".") for found in PICTURE.finditer(text)],
        "links": re.findall(r"\]\((\w[\w.-]*\.md)\)", text),
        "commands": [" ".join(command.words) for command in commands_of(page)],
        "python": [fence["text"] for fence in FENCE.finditer(text) if fence["language"] == "python"],
    }


def test_there_are_pages():
    assert len(ENGLISH) > 10


@pytest.mark.parametrize("page", ENGLISH, ids=lambda page: page.stem)
def test_a_page_says_the_same_in_both_languages(page):
    assert shape(chinese(page)) == shape(page)


@pytest.mark.parametrize("page", ENGLISH, ids=lambda page: page.stem)
def test_no_line_break_of_the_text_becomes_a_blank_between_chinese_characters(page):
    prose = FENCE.sub("", chinese(page).read_text(encoding="utf-8"))
    assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]\n[ ]*[\u3000-\u9fff\uff00-\uffef]", prose)
