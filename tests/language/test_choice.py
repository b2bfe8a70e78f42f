"""Which language is spoken: by --lang, else by UNET_LAB_LANG, else by the system's locale."""

import os
import subprocess
import sys

import pytest

from grader.lab.paths import LAB
from grader.language import chosen


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "en"),
        (["--lang", "zh"], {}, "zh"),
        (["grade", "--lang=zh", "x"], {"UNET_LAB_LANG": "en", "LANG": "en_US.UTF-8"}, "zh"),
        (["--lang", "en"], {"UNET_LAB_LANG": "zh", "LANG": "zh_CN.UTF-8"}, "en"),
        (["--lang", "zh", "--lang", "en"], {}, "en"),
        (["--", "--lang", "zh"], {}, "en"),
        ([], {"UNET_LAB_LANG": "zh"}, "zh"),
        ([], {"UNET_LAB_LANG": "zh-Hans"}, "zh"),
        ([], {"UNET_LAB_LANG": "en", "LC_ALL": "zh_CN.UTF-8"}, "en"),
        ([], {"UNET_LAB_LANG": "fr", "LC_ALL": "zh_CN.UTF-8"}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "zh"}, "zh"),
        ([], {"LANG": "zh_TW.Big5"}, "zh"),
        ([], {"LANG": "zh-Hans-CN"}, "zh"),
        ([], {"LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ([], {"LC_ALL": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "en"),
        ([], {"LC_ALL": "", "LANG": "zh_CN"}, "zh"),
        ([], {"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN:en"}, "zh"),
        ([], {"LANG": "zh_CN.UTF-8", "LANGUAGE": "en"}, "en"),
        ([], {"LANG": "C", "LANGUAGE": "zh"}, "en"),
        ([], {"LC_ALL": "POSIX", "LANG": "zh_CN.UTF-8"}, "en"),
        ([], {"LANG": "C.UTF-8"}, "en"),
        ([], {"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_language_is_the_one_asked_for(arguments, environment, language):
    assert chosen(arguments, environment) == language


def test_a_copy_for_students_speaks_the_language_that_it_was_exported_in(tmp_path):
    copy = tmp_path / "copy.txt"
    copy.write_text("zh\n")
    assert chosen((), {"LANG": "C.UTF-8"}, str(copy)) == "zh"
    assert chosen((), {"LANG": "C.UTF-8", "UNET_LAB_LANG": "en"}, str(copy)) == "en"
    assert chosen(["--lang", "en"], {}, str(copy)) == "en"


def run(*arguments: str, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if name not in ("UNET_LAB_LANG", "COLUMNS")}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=LAB,
        env=kept | environment,
        capture_output=True,
        encoding="utf-8",
    )
    return done.stdout + done.stderr


def test_every_command_takes_it_and_says_its_help_in_it():
    said = run("-m", "grader", "hand-in", "--help", "--lang", "zh")
    assert "退出状态" in said
    assert "Exit status" not in said
    assert "Exit status" in run("-m", "grader", "hand-in", "--help", UNET_LAB_LANG="en")


def test_no_help_is_cut_off_in_it():
    for command in (("-m", "grader", "batch"), ("try.py",)):
        said = run(*command, "--help", "--lang", "zh", COLUMNS="80")
        assert "…" not in said
        assert "--lang" in said


def test_an_error_is_said_in_it_wherever_the_option_stands():
    for arguments in (("--lang", "zh", "grade", "nowhere"), ("grade", "nowhere", "--lang", "zh")):
        assert "nowhere 不存在" in run("-m", "grader", *arguments, "--public")
    assert "nowhere 不存在" in run("-m", "grader", "grade", "nowhere", "--public", UNET_LAB_LANG="zh")


def test_a_language_that_is_not_there_is_refused():
    assert "'fr'" in run("-m", "grader", "grade", "--lang", "fr")


def test_what_stands_before_the_environment_speaks_it_too():
    said = run("-S", "-m", "grader", "grade", "--lang", "zh")
    assert said.startswith("错误：")
    assert "没有安装" in said
