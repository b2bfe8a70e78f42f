"""Which language is asked for: by `--lang`, UNET_LAB_LANG, this copy of the lab, or the system's locale.

Only Python's own library, and nothing that costs: every command begins here.
"""

import os
import re
import sys
from collections.abc import Mapping, Sequence

from grader.language.catalogue import FOLDER, KEY

LANGUAGES = (KEY, "zh")
VARIABLE = "UNET_LAB_LANG"
OPTION = "--lang"
COPY = os.path.join(FOLDER, "copy.txt")  # the language that a student's copy was exported in


def chosen(
    arguments: Sequence[str] = (), environment: "Mapping[str, str] | None" = None, copy: str = COPY
) -> str:
    """The language for these arguments, in this environment; English where there is none that we have."""
    environment = os.environ if environment is None else environment
    asked = asked_for(arguments) or environment.get(VARIABLE, "")
    return _ours(asked) or (KEY if asked else _of_copy(copy) or of_locale(environment))


def asked_for(arguments: Sequence[str]) -> str:
    """What stands behind the last `--lang`, or nothing."""
    asked = ""
    for at, word in enumerate(arguments):
        if word == "--":
            break
        if word == OPTION:
            asked = "".join(arguments[at + 1 : at + 2])
        elif word.startswith(f"{OPTION}="):
            asked = word[len(OPTION) + 1 :]
    return asked


def of_locale(environment: "Mapping[str, str]") -> str:
    """That of LC_ALL, LC_MESSAGES or LANG; of LANGUAGE first, as gettext has it, unless the locale is C."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next((environment[name] for name in names if environment.get(name)), "")
    if not locale and sys.platform == "win32":
        locale = _of_windows()
    if not locale or _plain(locale) in ("c", "posix"):
        return KEY
    wanted = [*environment.get("LANGUAGE", "").split(":"), locale]
    return next((ours for one in wanted if (ours := _ours(one))), KEY)


def _of_copy(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return _ours(file.read())
    except OSError:
        return ""


def _ours(name: str) -> str:
    """Of zh_CN.UTF-8, zh-Hans or ZH: zh; "" for a language that we do not have."""
    language = re.split(r"[-_]", _plain(name))[0]
    return language if language in LANGUAGES else ""


def _plain(name: str) -> str:
    return re.split(r"[.@]", name.strip().lower())[0]


def _of_windows() -> str:
    import ctypes
    import locale

    number = ctypes.windll.kernel32.GetUserDefaultUILanguage()  # type: ignore[attr-defined, unused-ignore]
    return locale.windows_locale.get(number, "")
