"""What typer says of a wrong command line and around a help, in Chinese."""

import pytest
from chinese import english_in
from test_choice import run

from grader.commands.typers_words import said

WRONG = [
    (("grade", "--jason", "x"), "没有选项 --jason"),
    (("grad",), "没有命令 grad"),
    (("batch", "x"), "缺少选项 --out"),
    (("batch", "--out", "x"), "缺少 DOWNLOAD"),
    (("batch", "x", "--out"), "--out 后面要有一个值"),
    (("batch", "x", "--out", "y", "--jobs", "many"), "应为整数"),
    (("batch", "x", "--out", "y", "--jobs", "0"), "应为 1 或更大"),
    (("batch", "x", "--out", "y", "--late-factor", "2"), "应为 1 或更小"),
    (("grade", "--inference", "perhaps"), "'perhaps' 不是"),
    (("grade", "x", "y"), "多出来的 y 是什么"),
    (("grade", "--public=yes"), "--public 不带值"),
]


@pytest.mark.parametrize(("arguments", "chinese"), WRONG)
def test_a_wrong_command_line_is_answered_in_chinese(arguments, chinese):
    text = run("-m", "grader", *arguments, UNET_LAB_LANG="zh", COLUMNS="100")
    assert chinese in text
    assert english_in(text) == []
    assert "Usage" not in text
    assert "Error" not in text


def test_a_help_is_chinese_from_its_first_line():
    for command in ((), ("grade",), ("batch",), ("export",)):
        text = run("-m", "grader", *command, "--help", "--lang", "zh")
        assert text.strip().startswith("用法：")
        assert "Options" not in text
        assert "[OPTIONS]" not in text


def test_what_is_not_known_stays_as_it_is():
    assert said("Something new in typer.") == "Something new in typer."


def test_english_is_left_to_typer():
    assert "No such option" in run("-m", "grader", "grade", "--jason", UNET_LAB_LANG="en")
    assert "Usage: " in run("-m", "grader", "--help", UNET_LAB_LANG="en")
