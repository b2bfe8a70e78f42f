"""The catalogues: gettext's .po files, one for each room, read as they are. No step compiles them.

Only Python's own library: a process that runs a student's code reads this module, too.
"""

import gettext
import json
import os
import re
from typing import TypeVar

Texts = TypeVar("Texts")
KEY = "en"  # the language of the code
# In the process that runs a student's code a module knows no file, and `use` is told the folder.
FOLDER = os.path.dirname(os.path.abspath(globals().get("__file__", "")))
PART = re.compile(r'^(msgid|msgid_plural|msgstr)(?:\[\d+\])? (".*"(?:\n".*")*)$', re.MULTILINE)


class Catalogue(gettext.NullTranslations):
    """What is said in one language. A text that it lacks stays English."""

    def __init__(self, messages: "dict[str, list[str]]"):
        super().__init__()
        self._messages = messages
        forms = re.search(r"plural=([^;\n]+)", messages.get("", [""])[0])
        self._form = gettext.c2py(forms[1]) if forms else lambda number: int(number != 1)

    def gettext(self, message: str) -> str:
        """The text in this language."""
        said = self._messages.get(message, [""])[0] if message else ""
        return said or message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The text for this number of things."""
        said = self._messages.get(msgid1, [])
        form = self._form(n)
        return said[form] if form < len(said) and said[form] else super().ngettext(msgid1, msgid2, n)


_current, _name = gettext.NullTranslations(), KEY


def _(message: str) -> str:
    """The text in the language of this process."""
    return _current.gettext(message)


def ngettext(one: str, several: str, number: int) -> str:
    """The text for this number of things, in the language of this process."""
    return _current.ngettext(one, several, number)


def N_(texts: Texts) -> Texts:  # noqa: N802 (gettext's own name for it)
    """Marks a text, or a table of them, that is translated where it is said: no language is chosen yet."""
    return texts


def current() -> str:
    """The language of this process, such as "zh"."""
    return _name


def use(language: str, folder: str = FOLDER) -> None:
    """Say everything in this language from now on; in English, where there is no catalogue for it."""
    global _current, _name
    if language == _name:
        return
    messages = {} if language == KEY else read(os.path.join(folder, language, "LC_MESSAGES"))
    _current = Catalogue(messages) if messages else gettext.NullTranslations()
    _name = language if messages else KEY


def read(folder: str) -> "dict[str, list[str]]":
    """{text: [translation, or one for each form of the plural]} of every catalogue in a folder."""
    messages: dict[str, list[str]] = {}
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    for name in names:
        if name.endswith(".po"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                messages.update(parsed(file.read()))
    return messages


def parsed(text: str) -> "dict[str, list[str]]":
    """The same of a catalogue's text."""
    messages: dict[str, list[str]] = {}
    said: list[str] = []
    for found in PART.finditer(text):
        if found[1] == "msgid":
            said = messages[_unquoted(found[2])] = []
        elif found[1] == "msgstr":
            said.append(_unquoted(found[2]))
    return messages


def _unquoted(quoted: str) -> str:
    """The text of one string or several below each other; they are escaped as JSON escapes them, too."""
    if "\\" in quoted:
        return "".join(map(json.loads, quoted.split("\n")))
    return quoted[1:-1].replace('"\n"', "")
