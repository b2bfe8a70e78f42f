"""What a student should be told about the files that were chosen, and about those that were not."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from grader.intake.names import Meaning, is_python
from grader.intake.refusal import listed, shown
from grader.lab.plan import CORE_FILES
from grader.language import _, ngettext

if TYPE_CHECKING:
    from grader.intake.choice import Entry

UNET, INFER = CORE_FILES
OWN = {"__init__.py", "try.py"}  # beside unet.py these are the lab's, no helper of the student's


def taken(files: "dict[str, Entry]") -> list[str]:
    """What was taken for a graded file under another name, or from another place."""
    notes = []
    for file in (name for name in CORE_FILES if name in files):
        entry = files[file]
        if entry.parts[-1] != file:
            notes.append(_("{path} is taken as {file}").format(path=shown(entry.path), file=file))
        elif entry.folder != files[UNET].folder:
            notes.append(
                _("{path} is read, though it does not lie beside {unet}").format(
                    path=shown(entry.path), unet=UNET
                )
            )
    return notes


def left_out(
    seen: "Sequence[Entry]", meant: "list[tuple[Entry, Meaning]]", files: "dict[str, Entry]"
) -> list[str]:
    """Helpers beside what is read, and further files of the same names."""
    read = set(files.values())
    folders = {entry.folder for file, entry in files.items() if file in CORE_FILES}
    helpers = [
        entry
        for entry in seen
        if entry.folder in folders and is_python(entry.parts[-1]) and entry not in read
    ]
    copies = [entry for entry, one in meant if one.is_sure and entry not in read and entry not in helpers]
    names = [entry.path for entry in (*helpers, *copies) if entry.parts[-1] not in OWN]
    if not names:
        return []
    said = ngettext(
        "{names} was handed in too; only {unet} and {infer} are read",
        "{names} were handed in too; only {unet} and {infer} are read",
        len(names),
    )
    return [said.format(names=listed(names), unet=UNET, infer=INFER)]


def misplaced(
    seen: "Sequence[Entry]", files: "dict[str, Entry]", extension_files: Sequence[str]
) -> list[str]:
    """Extensions that lie beside unet.py, as platforms that know no folders leave them."""
    beside = {entry.parts[-1]: entry for entry in seen if entry.folder == files[UNET].folder}
    names = {name: PurePosixPath(name).name for name in extension_files if name not in files}
    return [
        _("{file} is read only as {path}").format(file=short, path=name)
        for name, short in names.items()
        if short in beside
    ]
