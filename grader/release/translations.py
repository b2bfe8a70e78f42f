"""`make translations`: brings the catalogues up to date with the marked texts, and says what is missing.

A text that is no longer said goes; a new one comes with an empty translation, which a test refuses.
"""

from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from grader.language.catalogue import FOLDER
from grader.language.choice import LANGUAGES
from grader.release.marked import Text, marked

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

OTHERS = LANGUAGES[1:]
LONG_AGO = datetime(2026, 1, 1, tzinfo=timezone.utc)  # the same text makes the same file
WIDTH = 100


def folder_of(language: str) -> Path:
    """Where the catalogues of a language lie."""
    return Path(FOLDER) / language / "LC_MESSAGES"


def catalogues(language: str) -> "dict[str, Catalog]":
    """{room: its catalogue as it stands on the disk}."""
    from babel.messages.pofile import read_po  # late: only who translates needs it

    found = {}
    for path in sorted(folder_of(language).glob("*.po")):
        with path.open("rb") as file:
            found[path.stem] = read_po(file, locale=language)
    return found


def current(language: str) -> "dict[str, Catalog]":
    """{room: its catalogue for the texts that are marked now}, with the translations that there are."""
    known = {
        (message.id if isinstance(message.id, str) else message.id[0]): message
        for catalogue in catalogues(language).values()
        for message in catalogue
        if message.id
    }
    return {room: _catalogue(language, room, texts, known) for room, texts in marked().items()}


def _catalogue(language: str, room: str, texts: list[Text], known: dict) -> "Catalog":  # type: ignore[type-arg]
    from babel.messages.catalog import Catalog

    found = Catalog(
        locale=language,
        domain=room,
        project="unet-lab",
        header_comment=f"# What grader/{room} says.",
        creation_date=LONG_AGO,
        revision_date=LONG_AGO,
        fuzzy=False,
    )
    for text in texts:
        said = known[text.one].string if text.one in known else ""
        if text.several:
            said = said if isinstance(said, tuple | list) else (said,)
            found.add((text.one, text.several), tuple(said), locations=[(text.file, 1)])
        else:
            found.add(text.one, said if isinstance(said, str) else said[0], locations=[(text.file, 1)])
    return found


def write(language: str) -> list[str]:
    """Write every catalogue of a language; -> the texts that have no translation yet."""
    from babel.messages.pofile import write_po

    found = current(language)
    folder = folder_of(language)
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.po"):
        if path.stem not in found:
            path.unlink()
    for room, catalogue in found.items():
        with (folder / f"{room}.po").open("wb") as file:
            write_po(file, catalogue, width=WIDTH, include_lineno=False)
    return missing(found)


def missing(found: "dict[str, Catalog]") -> list[str]:
    """`room: text` of each text without a translation."""
    lacking = []
    for room, catalogue in found.items():
        for message in catalogue:
            said = message.string if isinstance(message.string, tuple | list) else (message.string,)
            if message.id and not all(said):
                lacking.append(f"{room}: {message.id if isinstance(message.id, str) else message.id[0]}")
    return lacking


if __name__ == "__main__":
    for language in OTHERS:
        for line in write(language):
            print(f"{language}, to be translated: {line}")
