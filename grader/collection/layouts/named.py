"""Folders, archives or lone files, named by a person or by students themselves, such as ID-NAME-LAB.zip.

A number of five digits or more is taken for the student's, and what nearly every name holds for the lab's. A
pattern says it where this is wrong.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from grader.collection.hand_in import HandIn, Source, Student
from grader.collection.listing import Item, items
from grader.errors import LabError
from grader.intake.archive import SUFFIXES
from grader.intake.choice import UNET, looked_at
from grader.intake.folder import Folder
from grader.intake.names import is_archive, is_python, meaning, without_graded_name
from grader.intake.refusal import shown
from grader.lab.extensions import EXTENSION_FILES
from grader.language import _

NAME, SECTIONS = "folders", "sections"
GROUPS = ("id", "name", "email", "login", "late", "file")
_PARTS = re.compile(r"[-_+\s.·—，,、()（）\[\]【】]+")
_NUMBER = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{0,3}\d{5,}(?![0-9A-Za-z])")
_AGAIN = re.compile(r"\s*[(（]\d{1,2}[)）]$")  # a second download
LAB_SHARE = 0.8  # of the names hold a word that is the lab's
_EXTENSIONS = {PurePath(file).name for file in EXTENSION_FILES}
MIN_NAMES = 3  # before words are compared at all


@dataclass(frozen=True)
class Named:
    """What a name says about a student; whole: all of it, without a suffix."""

    whole: str
    student: Student
    late: bool | None = None
    file: str = ""


def units(here: Sequence[Item], in_sections: bool) -> tuple[list[Item], list[Item]]:
    """(folders, archives and files that are handed in; what is left aside), one level down for sections."""
    if in_sections:
        here = [inside for item in here for inside in (items(item.path) if item.is_folder else [item])]
    return [one for one in here if one.may_be_handed_in], [one for one in here if not one.may_be_handed_in]


def has_sections(here: Sequence[Item]) -> bool:
    """Whether most folders hold the work of several, as those of a class's sections do."""
    folders = [item for item in here if item.is_folder]
    return bool(folders) and 2 * sum(map(_is_section, folders)) > len(folders)


def _is_section(item: Item) -> bool:
    """Whether a folder holds several archives, or folders with a unet.py each, and none of its own."""
    try:
        entries = looked_at(Folder(item.path, item.name).entries)
    except LabError:  # more files than anybody's work has, or not to be read: reading it says so
        return False
    found = [entry for entry in entries if _is_unet(entry.parts[-1])]
    depth = min((entry.depth for entry in found), default=1)
    inside = {entry.parts[0] for entry in found if entry.depth == depth}
    archives = [entry for entry in entries if entry.depth == 0 and is_archive(entry.parts[0])]
    return depth > 0 and len(inside) + len(archives) > 1


def _is_unet(name: str) -> bool:
    """Whether it may be unet.py; an extension's name holds the word, too."""
    meant = meaning(name)
    return meant is not None and meant.file == UNET and name not in _EXTENSIONS


def compiled(pattern: str) -> re.Pattern[str]:
    """The instructor's pattern. Raises LabError where it is none, or names nobody."""
    try:
        found = re.compile(pattern)
    except re.error as error:
        raise LabError(
            _("the name pattern cannot be read, {error}: see Python's re").format(error=error)
        ) from None
    if not {"id", "name", "email", "login"} & found.groupindex.keys():
        raise LabError(
            _(
                "the name pattern says nothing about who it is: it needs a group such as (?P<id>\\d+), "
                "and may have {groups}"
            ).format(groups=", ".join(GROUPS))
        )
    if strange := found.groupindex.keys() - set(GROUPS):
        raise LabError(
            _("the name pattern has a group {strange!r}: there are {groups}").format(
                strange=min(strange), groups=", ".join(GROUPS)
            )
        )
    return found


def hand_ins(
    found: Sequence[Item], top: Path, pattern: re.Pattern[str] | None = None
) -> tuple[list[HandIn], list[str]]:
    """(the hand-ins, with all of one student together; names that the pattern does not fit)."""
    wholes = [_whole(item) for item in found]
    lab = _lab_words(wholes)
    by_student: dict[str, list[tuple[Item, Named]]] = {}
    unmatched = []
    for item, whole in zip(found, wholes):
        named = _by_pattern(item, top, pattern) if pattern else None
        if pattern and named is None:
            unmatched.append(item.name)
        named = named or _by_words(whole, lab)
        by_student.setdefault(_identity(item, named), []).append((item, named))
    return [_hand_in(ones, top) for ones in by_student.values()], unmatched


def _whole(item: Item) -> str:
    if item.is_folder:
        return item.name
    if is_python(item.name):
        return without_graded_name(item.name) or PurePath(item.name).stem
    return next((item.name[: -len(end)] for end in SUFFIXES if item.name.casefold().endswith(end)), item.name)


def _lab_words(wholes: Sequence[str]) -> set[str]:
    """Words that nearly all names share."""
    count = Counter(word for whole in wholes for word in {part.casefold() for part in _PARTS.split(whole)})
    if len(wholes) < MIN_NAMES:
        return set()
    return {word for word, times in count.items() if word and times >= LAB_SHARE * len(wholes)}


def _by_words(whole: str, lab: set[str]) -> Named:
    number = _NUMBER.search(whole)
    if len(set(_NUMBER.findall(whole))) > 1:  # two students: only a roster can tell
        return Named(whole, Student(whole))
    rest = whole.replace(number[0], " ") if number else whole
    words = [word for word in _PARTS.split(_AGAIN.sub("", rest)) if word and word.casefold() not in lab]
    name = " ".join(words) if number or lab else _AGAIN.sub("", whole).strip()
    return Named(whole, Student(name or whole, number=number[0] if number else ""))


def _by_pattern(item: Item, top: Path, pattern: re.Pattern[str]) -> Named | None:
    path = (item.path.parent / item.name).relative_to(top).as_posix()
    found = pattern.search(path)
    if not found:
        return None
    said: Mapping[str, str] = {name: (text or "").strip() for name, text in found.groupdict().items()}
    ids = {"login": said["login"]} if said.get("login") else {}
    student = Student(said.get("name", ""), said.get("email", ""), said.get("id", ""), ids)
    late = bool(said["late"]) if "late" in said else None
    return Named(path, student, late, said.get("file", ""))


def _identity(item: Item, named: Named) -> str:
    """What two hand-ins of one student share. Names may be the same in two sections."""
    student = named.student
    known = student.number or student.email or student.ids.get("login", "")
    return known.casefold() or f"{item.path.parent}/{student.name or named.whole}"


def _hand_in(ones: list[tuple[Item, Named]], top: Path) -> HandIn:
    named = ones[0][1]
    student = named.student
    known = student.number or student.email or student.ids.get("login", "")
    late = [one.late for _, one in ones if one.late is not None]
    whole = " ".join(filter(None, (known, student.name))) or named.whole
    alone = len(ones) == 1 and is_python(ones[0][0].name)
    return HandIn(
        key=whole,
        student=student,
        sources=tuple(Source(item.path, one.file or _given(item, alone)) for item, one in ones),
        platform=NAME,
        ids={"path": ones[0][0].path.relative_to(top).as_posix()},
        late=any(late) if late else None,
    )


def _given(item: Item, is_alone: bool) -> str:
    """A student's one file is unet.py, though it is called by the student: `ada.py`."""
    if is_alone and not is_archive(item.name) and without_graded_name(item.name) is None:
        return "unet.py"
    return shown(item.name, 200)
