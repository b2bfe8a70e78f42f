"""The catalogues: complete, current, with every placeholder, and read as gettext's own tools read them."""

import re
import string

import pytest
from babel.messages.pofile import read_po

from grader.language.catalogue import Catalogue, read
from grader.language.choice import LANGUAGES
from grader.release.marked import STUDENTS, marked, rooms
from grader.release.translations import OTHERS, catalogues, current, folder_of, missing

# What has to be the same in every language: code, tags, options, TODOs, names of files and of functions
CODE = re.compile(
    r"`[^`]+`|</?[a-z]+[^>]*>|--[a-z][a-z-]+|TODO|\b[\w/]+\.(?:py|pth|csv|zip)\b|\b[a-z]+_[a-z_]+\b"
)


def entries(language: str):
    """(room, message) of every catalogue on the disk."""
    return [
        (room, message)
        for room, catalogue in catalogues(language).items()
        for message in catalogue
        if message.id
    ]


def texts_of(message) -> tuple[list[str], list[str]]:
    said = message.string if isinstance(message.string, tuple | list) else [message.string]
    return [message.id] if isinstance(message.id, str) else list(message.id), list(said)


def placeholders(text: str) -> set[tuple[str, str, str | None]]:
    """{(name, format, conversion)}; nothing for a text that is not for `format`."""
    try:
        return {
            (name, how or "", conversion)
            for _, name, how, conversion in string.Formatter().parse(text)
            if name
        }
    except ValueError:
        return set()


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_has_a_translation(language):
    assert missing(current(language)) == [], "run `make translations`, and write what it names"


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_of_a_text_that_is_no_longer_said(language):
    now = {
        (room, str(message.id)) for room, one in current(language).items() for message in one if message.id
    }
    there = {(room, str(message.id)) for room, message in entries(language)}
    assert there == now, "run `make translations`"


@pytest.mark.parametrize("language", OTHERS)
def test_every_placeholder_is_kept_as_it_is(language):
    for room, message in entries(language):
        english, said = texts_of(message)
        for text in said:
            assert placeholders(text) == placeholders(english[-1]), (room, english[0], text)


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_unsure(language):
    assert [message.id for _, message in entries(language) if message.fuzzy] == []


@pytest.mark.parametrize("language", OTHERS)
def test_what_a_text_has_in_code_its_translation_has_too(language):
    for room, message in entries(language):
        english, said = texts_of(message)
        for text in said:
            assert set(CODE.findall(text)) == set(CODE.findall(english[-1])), (room, english[-1], text)
            assert text.count("\n") == english[-1].count("\n"), (room, english[-1], text)


@pytest.mark.parametrize("language", OTHERS)
def test_our_reader_reads_what_gettexts_own_tools_read(language):
    ours = read(str(folder_of(language)))
    for room, message in entries(language):
        english, said = texts_of(message)
        assert ours[english[0]] == said, room


def test_a_text_that_a_catalogue_lacks_stays_english():
    catalogue = Catalogue({"one": ["一"], "": ["Plural-Forms: nplurals=1; plural=0;\n"]})
    assert (catalogue.gettext("one"), catalogue.gettext("two"), catalogue.gettext("")) == ("一", "two", "")
    assert catalogue.ngettext("{n} thing", "{n} things", 2) == "{n} things"


def test_a_language_may_have_several_forms():
    forms = ["Plural-Forms: nplurals=3; plural=n==1 ? 0 : n<5 ? 1 : 2;\n"]
    catalogue = Catalogue({"": forms, "one": ["a", "b", "c"]})
    assert [catalogue.ngettext("one", "several", n) for n in (1, 2, 9)] == ["a", "b", "c"]


def test_every_room_is_asked_for_its_texts():
    assert set(marked()) <= {*rooms(), STUDENTS}
    assert len(marked()) > 15
    assert len([text for texts in marked().values() for text in texts]) > 1000


def test_the_languages_are_those_that_have_a_folder():
    assert {path.parent.name for path in folder_of("zh").parents[1].glob("*/LC_MESSAGES")} == set(OTHERS)
    assert ("en", *OTHERS) == LANGUAGES


def test_pofile_reads_each_catalogue():
    for path in folder_of("zh").glob("*.po"):
        with path.open("rb") as file:
            assert len(read_po(file)) > 0, path.name
