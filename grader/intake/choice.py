"""Which of the files handed in are graded: the same rule for a folder, an archive and a lone file.

Never a guess. The shallowest unet.py is read, under its own name or one that clearly means it; where two
could be meant, neither is. infer.py lies beside it, or is the only one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.intake.names import VENV_MARK, Meaning, is_archive, is_ignored, is_python, meaning
from grader.intake.notes import left_out, misplaced, taken
from grader.intake.refusal import A_CLASS, NotGradable, NothingToGrade, listed, shown
from grader.lab.plan import CORE_FILES
from grader.language import _

FILE, LINK, OTHER = "file", "link", "other"
UNET, INFER = CORE_FILES
MAX_ENTRIES = 10_000
MAX_FOLDERS = 4  # one inside the other; what lies deeper is not looked at
SEVERAL = 3  # of one kind look like a class


@dataclass(frozen=True)
class Entry:
    """Something handed in: its place below the top, its kind, and the number that its reader knows it by."""

    parts: tuple[str, ...]
    kind: str = FILE
    number: int = 0

    @property
    def path(self) -> str:
        """Its place, with slashes."""
        return "/".join(self.parts)

    @property
    def folder(self) -> tuple[str, ...]:
        """The place that it lies in."""
        return self.parts[:-1]

    @property
    def depth(self) -> int:
        """How many folders it lies in."""
        return len(self.parts) - 1


@dataclass(frozen=True)
class Choice:
    """{graded file: what was handed in as it}, and what the student should be told about that."""

    files: dict[str, Entry]
    notes: tuple[str, ...]


def looked_at(entries: Sequence[Entry]) -> list[Entry]:
    """Without hidden files, caches, virtual environments and what lies too deep."""
    seen = [entry for entry in entries if entry.depth <= MAX_FOLDERS and not is_ignored(entry.parts)]
    environments = {entry.folder for entry in seen if entry.parts[-1] == VENV_MARK and entry.folder}
    return [entry for entry in seen if not any(entry.parts[: len(venv)] == venv for venv in environments)]


def choose(entries: Sequence[Entry], extension_files: Sequence[str], where: str) -> Choice:
    """The files to grade. `where` is what messages call the submission. Raises NotGradable."""
    seen = looked_at(entries)
    meant = _meanings(seen, extension_files)
    unet = _unet(seen, meant, where)
    infer = _infer(meant, unet, where)
    files = {UNET: unet} | ({INFER: infer} if infer else {})
    beside = {entry.path: entry for entry in seen}
    for name in extension_files:
        place = (*unet.folder, *name.split("/"))
        _refuse_link(beside.get("/".join(place[:-1])), where)
        if "/".join(place) in beside:
            files[name] = beside["/".join(place)]
    for entry in files.values():
        _refuse_link(entry, where)
    return Choice(
        files, (*taken(files), *left_out(seen, meant, files), *misplaced(seen, files, extension_files))
    )


def lone_archive(entries: Sequence[Entry], extension_files: Sequence[str]) -> Entry | None:
    """The one archive at the top of a folder that holds nothing else to grade."""
    seen = looked_at(entries)
    archives = [entry for entry in seen if entry.kind == FILE and is_archive(entry.parts[-1])]
    alone = len(archives) == 1 and archives[0].depth == 0 and not _meanings(seen, extension_files)
    return archives[0] if alone else None


def _meanings(seen: Sequence[Entry], extension_files: Sequence[str]) -> list[tuple[Entry, Meaning]]:
    """Those that could be unet.py or infer.py. An extension's name may hold the word, and means neither."""
    extensions = {PurePosixPath(file).name for file in extension_files}
    found = [(entry, meaning(entry.parts[-1])) for entry in seen if entry.parts[-1] not in extensions]
    return [(entry, meant) for entry, meant in found if meant]


def _unet(seen: Sequence[Entry], meant: list[tuple[Entry, Meaning]], where: str) -> Entry:
    found = _best(meant, UNET)
    if not found:
        raise NothingToGrade(
            _("there is no {unet} in {where}{instead}").format(
                unet=UNET, where=where, instead=_instead(seen, meant)
            )
        )
    depth = min(entry.depth for entry in found)
    unet = _only([entry for entry in found if entry.depth == depth], UNET, where)
    archives = [entry for entry in seen if entry.depth == 0 and is_archive(entry.parts[-1])]
    if unet.depth > 0 and len(archives) >= SEVERAL:
        raise NotGradable(
            _("{where} holds {count} archives beside {path}: hand in one submission{remark}").format(
                where=where, count=len(archives), path=shown(unet.path), remark=_(A_CLASS)
            )
        )
    return unet


def _infer(meant: list[tuple[Entry, Meaning]], unet: Entry, where: str) -> Entry | None:
    """Beside unet.py or above it; else the only one anywhere."""
    found = _best(meant, INFER)
    near = [entry for entry in found if entry.depth <= unet.depth]
    if near:
        return _only(near, INFER, where)
    sure = [entry for entry, one in meant if one == Meaning(INFER, is_sure=True)]
    return _only(sure, INFER, where) if sure else None


def _best(meant: list[tuple[Entry, Meaning]], file: str) -> list[Entry]:
    """Those that stand for this file beyond doubt; else those that may."""
    for is_sure in (True, False):
        found = [entry for entry, one in meant if one == Meaning(file, is_sure)]
        if found:
            return found
    return []


def _only(found: list[Entry], file: str, where: str) -> Entry:
    if len(found) == 1:
        return found[0]
    names = listed([entry.path for entry in found])
    several = len(found) >= SEVERAL or (file == UNET and len({entry.folder for entry in found}) > 1)
    batch = _(A_CLASS) if several else ""
    raise NotGradable(
        _(
            "{where} holds {count} files that could be {file}, {names}: hand in the one that counts{remark}"
        ).format(where=where, count=len(found), file=file, names=names, remark=batch)
    )


def _instead(seen: Sequence[Entry], meant: list[tuple[Entry, Meaning]]) -> str:
    """What was found where unet.py was not, and what to do."""
    archives = [entry.path for entry in seen if is_archive(entry.parts[-1])]
    links = [entry.path for entry in seen if entry.kind == LINK]
    infer = [entry.path for entry, one in meant]
    python = [entry.path for entry in seen if is_python(entry.parts[-1])]
    if infer and archives:
        return _(": {infer} and {archives} were handed in; put all your files into one plain .zip").format(
            infer=listed(infer), archives=listed(archives)
        )
    if infer:
        return _(": only {infer} was handed in, and {unet} has to come with it").format(
            infer=listed(infer), unet=UNET
        )
    if len(archives) > 1:
        return _(", but {count} archives, {archives}: hand in the one that counts{remark}").format(
            count=len(archives), archives=listed(archives), remark=_(A_CLASS)
        )
    if archives:
        return _(": {archives} inside is not opened; hand in the files themselves, in one plain .zip").format(
            archives=shown(archives[0])
        )
    if links:
        return _(": {links} is a link, and links are not followed; hand in the folder itself").format(
            links=shown(links[0])
        )
    if python:
        return _(", but {python}: rename the file with your UNet to {unet}").format(
            python=listed(python), unet=UNET
        )
    others = [entry.path for entry in seen]
    found = _(", but {others}").format(others=listed(others)) if others else ""
    return _("{found}: hand in the folder that holds it").format(found=found)


def _refuse_link(entry: Entry | None, where: str) -> None:
    if entry and entry.kind == LINK:
        raise NotGradable(
            _("{path} in {where} is a link: hand in the file or folder itself").format(
                path=shown(entry.path), where=where
            )
        )
    if entry and entry.kind == OTHER:
        raise NotGradable(
            _("{path} in {where} is not a plain file").format(path=shown(entry.path), where=where)
        )
