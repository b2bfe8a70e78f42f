"""What is handed in, packed after a last look: whole or not at all, and the same bytes for the same files."""

import ast
import hashlib
import io
import re
import zipfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.errors import LabError
from grader.intake.submission import Submission, read_submission
from grader.lab.extensions import EXTENSION_FILES
from grader.lab.files import write_bytes
from grader.lab.fingerprints import begun
from grader.lab.plan import CORE_FILES, CORE_TODOS
from grader.language import _, ngettext
from grader.source import trouble_in
from grader.trying.said import print_trouble

HOLE = re.compile(r"TODO (\w+)")
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the time of every file in the archive
READABLE = 0o644 << 16


def last_look(folder: Path, console: Console, anyway: bool = False) -> Submission | None:
    """What is to be packed; None where Python cannot read a file of it, which is said. Raises LabError."""
    found = read_submission(folder)
    extensions = [f"extensions/{name}.py" for name in begun(found.files)]
    files = {name: found.files[name] for name in (*CORE_FILES, *extensions) if name in found.files}
    troubles = [trouble for name in files if (trouble := trouble_in(name, files[name])) is not None]
    if troubles and not anyway:
        print_trouble(troubles, folder, console, was_to_be_packed=True)
        console.print(_("Mend it, or pack it with --anyway: it will earn nothing."))
        return None
    for name in CORE_FILES:
        if name not in files:
            console.print(
                Text(
                    _("{name} is not there: its TODOs will earn nothing").format(name=name),
                    style="bold yellow",
                )
            )
    for line in still_to_write(files):
        console.print(Text(line, style="yellow"))
    if any(name in found.files and name not in files for name in EXTENSION_FILES):
        console.print(_("Extensions that are not begun are left out."), style="dim")
    return Submission(found.name, files, found.notes)


def still_to_write(files: dict[str, bytes]) -> list[str]:
    """A line for each TODO that has holes left, with their places."""
    titles = {str(todo.number): todo.id for todo in CORE_TODOS}
    lines = []
    for name, content in files.items():
        for number, places in holes(content).items():
            title = f"TODO {number} ({titles[number]})" if number in titles else f"TODO {number}"
            said = ngettext(
                "{title} is still to be written: {name}, line {lines}",
                "{title} is still to be written: {name}, lines {lines}",
                len(places),
            )
            lines.append(said.format(title=title, name=name, lines=", ".join(map(str, places))))
    return lines


def holes(content: bytes) -> dict[str, list[int]]:
    """{number of a TODO: lines} where the file still has what it was handed out with."""
    try:
        nodes = list(ast.walk(ast.parse(content)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found: dict[str, list[int]] = {}
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            is_hole = node.func.id in ("todo", "NotImplementedError")
            said = node.args[0].value if isinstance(node.args[0], ast.Constant) else ""
            number = HOLE.match(said) if is_hole and isinstance(said, str) else None
            if number:
                found.setdefault(number[1], []).append(node.lineno)
    return {number: sorted(places) for number, places in sorted(found.items())}


def pack(submission: Submission, out: Path, console: Console) -> None:
    """Write the archive, and see that it is read as it was packed. Raises LabError."""
    if out.suffix.lower() != ".zip" or out.is_dir():
        raise LabError(_("{out} is no name for the archive: call it hand-in.zip, say").format(out=out))
    if not submission.files:
        raise LabError(_("there is nothing to pack"))
    content = as_zip(submission.files)
    write_bytes(out, content)
    if read_submission(out).files != submission.files:
        raise LabError(
            _("{out} does not hold what was packed: hand in the files themselves, and tell us").format(
                out=out
            )
        )
    for name, file in submission.files.items():
        console.print(f"  {name}, {len(file) / 1000:.1f} kB", markup=False)
    console.print(
        _("{out} is packed, SHA-256 {digest}. Hand it in.").format(
            out=out, digest=hashlib.sha256(content).hexdigest()[:12]
        ),
        markup=False,
    )


def as_zip(files: dict[str, bytes]) -> bytes:
    """The same archive for the same files, whenever and wherever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.external_attr, entry.create_system = READABLE, 3
            archive.writestr(entry, content)
    return buffer.getvalue()
