"""The secret that hidden inputs are drawn from: drawn, kept beside the results, and read again.

Whoever has it can draw every hidden input. So it never stands on a command line of ours, and the file that
keeps it can be read by its owner alone.
"""

import hashlib
import json
import os
import secrets
from pathlib import Path

from grader.errors import LabError
from grader.lab.files import replacing
from grader.lab.version import VERSION
from grader.language import _

SUFFIX = ".secret.json"  # of the file beside FILE.json


def draw() -> str:
    """A new one, 192 bits."""
    return secrets.token_urlsafe(24)


def fingerprint(secret: str) -> str:
    """Names a secret in a report without giving it away, unless it is short enough to be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()[:12]


def from_text(text: str, source: str) -> tuple[str, str | None]:
    """(secret, version of the lab it was drawn for) from a file that `write` made, or from bare text.

    Raises LabError where there is nothing but blanks.
    """
    text, lab = text.strip(), None
    if text.startswith("{"):
        try:
            kept = json.loads(text)
            text, lab = str(kept["secret"]).strip(), str(kept.get("lab", "")) or None
        except (ValueError, KeyError, RecursionError):
            raise LabError(
                _("{source} holds neither a secret nor a file that keeps one").format(source=source)
            ) from None
    if not text:
        raise LabError(
            _("{source} holds no secret, or an empty one: nothing hidden can be drawn from that").format(
                source=source
            )
        )
    return text, lab


def read(path: Path) -> tuple[str, str | None]:
    """(secret, version of the lab) from a file, as `from_text`. Raises LabError."""
    try:
        return from_text(path.read_text(encoding="utf-8-sig"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else _("it is not text")
        raise LabError(
            _("the secret in {path} cannot be read: {reason}").format(path=path, reason=reason)
        ) from None


def write(path: Path, secret: str) -> None:
    """Keep it, with the lab's version, for this user alone. Raises LabError."""
    content = json.dumps({"secret": secret, "lab": VERSION}, indent=2) + "\n"
    with replacing(path) as part:
        part.unlink(missing_ok=True)  # left by a run that was killed, perhaps readable by all
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)


def kept(path: Path) -> str:
    """The secret that this file keeps; a new one the first time. Raises LabError."""
    if path.exists():
        return read(path)[0]
    secret = draw()
    write(path, secret)
    return secret
