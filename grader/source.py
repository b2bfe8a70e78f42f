"""A student's Python file before it is run: read, compiled, and what is wrong with it in plain words.

Only Python's own library, so that a fault is known long before torch is there. Both sides of the sandbox
use it.
"""

import importlib.util
import re
import unicodedata
import warnings
from dataclasses import dataclass
from types import CodeType

from grader.language import N_, _, ngettext

MARKS = {"UTF-16": (b"\xff\xfe", b"\xfe\xff"), "UTF-32": (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")}
FULL_WIDTH = range(0xFF01, 0xFF5F)  # ！ to ～: ASCII's ! to ~, each as wide as a Chinese character
TO_ASCII = 0xFEE0  # from the one to the other
OTHERS = {
    **dict.fromkeys("“”„‟«»〝〞", '"'), **dict.fromkeys("‘’‚‛´", "'"), **dict.fromkeys("–—−", "-"),
    "。": ".", "、": ",", "【": "[", "】": "]", "《": "<", "》": ">", "×": "*", "÷": "/", "…": "...",
}  # fmt: skip
NAMES = N_({
    ",": "comma", ".": "full stop", ":": "colon", ";": "semicolon", "(": "bracket", ")": "bracket",
    "[": "bracket", "]": "bracket", "=": "equals sign",
    "!": "exclamation mark", '"': "quotation mark", "'": "quotation mark",
    "-": "minus sign", "+": "plus sign", "*": "times sign", "/": "slash",
})  # fmt: skip
MOST_LINES = 5  # named of those that have the same fault


@dataclass(frozen=True)
class Trouble:
    """Why Python cannot read a file: where, in words, and the line itself. column: of the caret, from 0."""

    file: str
    line: int | None
    column: int | None
    source: str
    message: str


def at_line(file: str, line: int | None) -> str:
    """The place in words; the file alone where no line is known."""
    return _("{file}, line {line}").format(file=file, line=line) if line else file


def trouble_in(file: str, content: bytes) -> Trouble | None:
    """What keeps Python from reading this file, or None. Nothing of it is run."""
    try:
        compiled(file, content)
    except SyntaxError as error:
        source = error.text or ""
        column = None if error.offset is None or error.offset < 1 else min(error.offset, len(source)) - 1
        return Trouble(file, error.lineno, column, source.rstrip("\n"), str(error.msg))
    return None


def compiled(file: str, content: bytes) -> CodeType:
    """The file's code. Raises SyntaxError alone, with a plain message and file, line, column and source."""
    text = decoded(file, content)
    try:
        return _compile(file, text)
    except SyntaxError as error:
        if error.filename != file:  # compile itself gave up: a null byte, a thousand brackets
            raise SyntaxError(
                _("Python cannot read this file: {reason}").format(reason=error.msg), (file, None, None, None)
            ) from None
        message, line = _in_plain_words(file, text, error), error.text
        raise type(error)(message, (file, error.lineno, error.offset, line)) from None


def decoded(file: str, content: bytes) -> str:
    """The file as Python reads it: cookie, byte order mark, any line ends. Raises SyntaxError."""
    try:
        return importlib.util.decode_source(content)
    except (SyntaxError, UnicodeDecodeError) as error:
        where, why = _what_cannot_be_decoded(content, error)
    line = content[:where].count(b"\n") + 1
    lines = content.splitlines() or [b""]
    source = lines[min(line, len(lines)) - 1].decode("utf-8", "replace")
    raise SyntaxError(why, (file, line, None, source))


def _compile(file: str, text: str) -> CodeType:
    try:
        if "\0" in text:
            line = text.split("\0")[0].count("\n") + 1
            raise SyntaxError(_("a null byte: type this line anew"), (file, line, None, None))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on an escape such as "\d": no business of ours
            return compile(text, file, "exec", dont_inherit=True)
    except SyntaxError:
        raise
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise SyntaxError(str(error) or type(error).__name__) from None


def _what_cannot_be_decoded(data: bytes, error: SyntaxError | UnicodeDecodeError) -> tuple[int, str]:
    """(offset, reason). Python's own reason names neither the place nor the remedy."""
    for name in ("UTF-32", "UTF-16"):  # the longer mark begins like the shorter one
        if data.startswith(MARKS[name]):
            return 0, _("this file is {encoding}: save it as UTF-8").format(encoding=name)
    if isinstance(error, SyntaxError):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as found:
            error = found
        else:
            said = _("{reason}: take this line out, and save the file as UTF-8")
            return 0, said.format(reason=error.msg)
    byte = data[error.start]
    said = _("this is not {encoding}: byte 0x{byte:02x}; save the file as UTF-8")
    return error.start, said.format(encoding=error.encoding, byte=byte)


def _in_plain_words(file: str, text: str, error: SyntaxError) -> str:
    """Python's own words, but where they leave the remedy to be guessed."""
    named = re.match(r"invalid (?:non-printable )?character .*?U\+([0-9A-F]+)", str(error.msg))
    if named:
        character = chr(int(named[1], 16))
        return _of_character(character) + _also_in(file, text, error)
    if isinstance(error, TabError):
        return _("this line is indented with tabs, others with spaces: indent every line with 4 spaces")
    return str(error.msg)


def _of_character(character: str) -> str:
    ascii_one = _ascii_for(character)
    if ascii_one is not None and ascii_one.isspace():
        name = unicodedata.name(character, f"U+{ord(character):04X}").lower()
        return _("a space that Python does not know ({name}): write a plain space").format(name=name)
    if ascii_one == "":
        said = _("an invisible character (U+{number:04X}): delete it, or type the line anew")
        return said.format(number=ord(character))
    if ascii_one is None:
        return _("the character {character} has no meaning in Python here").format(character=character)
    is_wide = unicodedata.east_asian_width(character) in "FW"
    said = (
        _("a full-width {name} {character}: write {ascii}")
        if is_wide
        else _("a typographic {name} {character}: write {ascii}")
    )
    name = _(NAMES[ascii_one]) if ascii_one in NAMES else _("character")
    return said.format(name=name, character=character, ascii=ascii_one)


def _ascii_for(character: str) -> str | None:
    """What was meant; "" for what cannot be seen, None where nobody knows."""
    if character in OTHERS:
        return OTHERS[character]
    if ord(character) in FULL_WIDTH:
        return chr(ord(character) - TO_ASCII)
    category = unicodedata.category(character)
    return " " if category == "Zs" else "" if category in ("Cf", "Cc") else None


def _also_in(file: str, text: str, error: SyntaxError) -> str:
    """The further lines with such a character, found by mending one after the other."""
    lines: list[int] = []
    first, found = error.lineno, error
    for _attempt in range(200):
        text = _mended(text, found)
        try:
            _compile(file, text)
            break
        except SyntaxError as next_one:
            named = "character" in str(next_one.msg) and next_one.lineno is not None
            if not named or (next_one.lineno, next_one.offset) == (found.lineno, found.offset):
                break
            found = next_one
        if found.lineno not in (first, *lines):
            lines.append(found.lineno or 0)
    if not lines:
        return ""
    if len(lines) > MOST_LINES:
        said = _(" (also in lines {lines} and more)")
    else:
        said = ngettext(" (also in line {lines})", " (also in lines {lines})", len(lines))
    return said.format(lines=_(", ").join(map(str, lines[:MOST_LINES])))


def _mended(text: str, error: SyntaxError) -> str:
    """The text with what was meant in the place of the character that the error names."""
    lines, at = text.split("\n"), (error.lineno or 1) - 1
    column = (error.offset or 1) - 1
    if at < len(lines) and column < len(lines[at]):
        line = lines[at]
        lines[at] = line[:column] + (_ascii_for(line[column]) or " ") + line[column + 1 :]
    return "\n".join(lines)
