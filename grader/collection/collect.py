"""`collect`: a download in, the class's hand-ins out."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.collection.hand_in import Collection, HandIn, Student
from grader.collection.keys import with_keys
from grader.collection.layouts import blackboard, canvas, github, gradescope, moodle, named, nbgrader
from grader.collection.listing import Item, is_graded, items
from grader.collection.matching import joined
from grader.collection.roster import Roster, read_roster
from grader.collection.unpacking import unpacked
from grader.errors import LabError
from grader.intake.names import is_archive, is_python
from grader.intake.refusal import listed, shown
from grader.language import N_, _, ngettext

# {layout: what it is called in a sentence}
LAYOUTS = {
    canvas.NAME: N_("a download of Canvas's"),
    moodle.NAME: N_("a download of Moodle's"),
    blackboard.NAME: N_("a download of Blackboard's"),
    gradescope.NAME: N_("an export of Gradescope's"),
    github.NAME: N_("clones of GitHub repositories"),
    nbgrader.NAME: N_("nbgrader's submitted/"),
    named.NAME: N_("a folder of folders, archives or files"),
    named.SECTIONS: N_("sections of a class, with folders, archives or files in each"),
}
DEEP = 3  # folders that hold one folder and nothing else, as archives like to be packed
SINGLE = "`python -m grader grade`"


@dataclass(frozen=True)
class _Place:
    """The folder with the hand-ins, what lies in it, and its layout."""

    folder: Path
    items: list[Item]
    layout: str


def collect(
    download: Path,
    *,
    scratch: Path,
    layout: str | None = None,
    name_pattern: str | None = None,
    roster: Path | None = None,
    without: Sequence[Path] = (),
) -> Collection:
    """What a class handed in.

    scratch: a folder of the caller's for what has to be unpacked; it has to stay until all is read.
    layout: one of LAYOUTS, where the recognised one is wrong. name_pattern: how folders or files are named, a
    regular expression with the groups id, name, email, login, late or file. roster: a CSV of the class.
    without: folders to leave out, such as the results of the last run.

    Raises LabError for what is not a class.
    """
    if layout is not None and layout not in LAYOUTS:
        raise LabError(
            _("there is no layout {layout!r}: there are {layouts}").format(
                layout=layout, layouts=", ".join(LAYOUTS)
            )
        )
    pattern = named.compiled(name_pattern) if name_pattern else None
    known = read_roster(roster) if roster else Roster(())
    place = _settled(_folder(download, scratch, without), layout, (*without, scratch), pattern is None)
    found, left, notes = _hand_ins(place, pattern, known.students)
    if not found:
        raise LabError(
            _("there is nothing to grade in {download}{instead}").format(
                download=shown(download, 150), instead=_instead(place.items)
            )
        )
    notes.insert(
        0,
        _("read as {layout}: {count}").format(layout=_(LAYOUTS[place.layout]), count=_counted(len(found))),
    )
    if left:
        notes.append(_("left aside: {names}").format(names=listed([item.name for item in left])))
    absent: tuple[Student, ...] = ()
    if known.students:
        of_class = joined(found, known.students)
        found, absent = of_class.hand_ins, of_class.absent
        notes += [*known.notes, *of_class.notes]
    return Collection(place.layout, tuple(with_keys(found)), absent, tuple(notes))


def _folder(download: Path, scratch: Path, without: Sequence[Path]) -> Path:
    """The folder to look into; what was one archive is unpacked."""
    if download.is_dir():
        inside = items(download, without)
        alone = [item for item in inside if item.may_be_handed_in]
        if len(alone) == 1 and not alone[0].is_folder and is_archive(alone[0].name):
            return _folder_of_class(alone[0].path, scratch) or download
        return download
    if not os.path.lexists(download):
        raise LabError(
            _("{download} does not exist: give the folder or archive with the hand-ins").format(
                download=shown(download, 150)
            )
        )
    if is_python(download.name):
        raise LabError(
            _("{download} is one submission: it is graded by {single}").format(
                download=shown(download, 150), single=SINGLE
            )
        )
    return unpacked(download, scratch)


def _folder_of_class(archive: Path, scratch: Path) -> Path | None:
    """What the only archive of a download holds; None where that is one student's work."""
    try:
        folder = unpacked(archive, scratch)
        _settled(folder, None, ())
    except LabError:
        return None
    return folder


def _settled(folder: Path, layout: str | None, without: Sequence[Path], recognises: bool = True) -> _Place:
    """Where the hand-ins are. Raises LabError where it is the work of one."""
    for _level in range(DEEP):
        here = items(folder, without)
        seen = _recognised(here, folder) if recognises or layout else None
        if seen and layout in (None, seen):
            return _Place(folder, here, seen)
        own = [item.name for item in here if is_graded(item)]
        if own and not layout:
            raise LabError(
                _("{folder} holds {own} and is one submission: it is graded by {single}").format(
                    folder=shown(folder, 150), own=listed(own), single=SINGLE
                )
            )
        inside = [item for item in here if item.may_be_handed_in]
        if len(inside) != 1 or not inside[0].is_folder or not _is_wrapping(inside[0]):
            break
        folder = inside[0].path
    return _Place(folder, here, layout or (named.SECTIONS if named.has_sections(here) else named.NAME))


def _recognised(here: Sequence[Item], folder: Path) -> str | None:
    """The platform whose layout this is; None for any other."""
    for name, fits in {
        gradescope.NAME: gradescope.fits,
        moodle.NAME: moodle.fits,
        canvas.NAME: canvas.fits,
        blackboard.NAME: blackboard.fits,
    }.items():
        if fits(here):
            return name
    if folder.name == nbgrader.SUBMITTED or nbgrader.fits(here):
        return nbgrader.NAME
    return github.NAME if github.fits(here, folder.name) else None


def _is_wrapping(item: Item) -> bool:
    """Whether a folder that lies alone holds the class, and is not a class of one."""
    inside = items(item.path)
    if _recognised(inside, item.path):
        return True
    own = any(is_graded(one) for one in inside)
    return not own and sum(one.may_be_handed_in for one in inside) > 1


def _hand_ins(
    place: _Place, pattern: re.Pattern[str] | None, students: Sequence[Student]
) -> tuple[list[HandIn], list[Item], list[str]]:
    """(the hand-ins, what was left aside, notes)."""
    if place.layout == canvas.NAME:
        users = [student.ids["canvas"] for student in students if "canvas" in student.ids]
        return *canvas.hand_ins(place.items, users), []
    if place.layout == moodle.NAME:
        return *moodle.hand_ins(place.items), []
    if place.layout == blackboard.NAME:
        return *blackboard.hand_ins(place.items), []
    if place.layout == gradescope.NAME:
        if not gradescope.fits(place.items):
            raise LabError(
                _("there is no {metadata} in {folder}").format(
                    metadata=gradescope.METADATA, folder=shown(place.folder, 150)
                )
            )
        late = gradescope.superseded(place.folder / gradescope.METADATA)
        notes = (
            [_("{late} handed in something newer than what counts on Gradescope").format(late=late)]
            if late
            else []
        )
        return *gradescope.hand_ins(place.items), notes
    if place.layout == github.NAME:
        logins = [student.ids["login"] for student in students if "login" in student.ids]
        return *github.hand_ins(place.items, place.folder.name, logins), []
    if place.layout == nbgrader.NAME:
        return *nbgrader.hand_ins(place.items), []
    units, left = named.units(place.items, place.layout == named.SECTIONS)
    found, unmatched = named.hand_ins(units, place.folder, pattern)
    notes = (
        [_("the name pattern does not fit {unmatched}").format(unmatched=listed(unmatched))]
        if unmatched
        else []
    )
    return found, left, notes


def _instead(here: Sequence[Item]) -> str:
    names = [item.name for item in here]
    return _(", but {names}").format(names=listed(names)) if names else _(": it is empty")


def _counted(number: int) -> str:
    return ngettext("{count:,} hand-in", "{count:,} hand-ins", number).format(count=number)
