"""Secrets on their way to one process: encrypted for it alone, so that no log or dashboard can show them.

Dask logs what it cannot unpickle, and what a failing task was given; the scheduler keeps both in its memory.
"""

from functools import cache

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from grader.errors import LabError
from grader.language import _


@cache
def _key() -> PrivateKey:
    """Of this process: never written, never sent."""
    return PrivateKey.generate()


def address() -> bytes:
    """What others seal for this process with."""
    return bytes(_key().public_key)


def seal(content: bytes, to: bytes) -> bytes:
    """For the process with this address."""
    return SealedBox(PublicKey(to)).encrypt(content)


def unseal(sealed: bytes) -> bytes:
    """What was sealed for this process. Raises LabError."""
    try:
        return SealedBox(_key()).decrypt(sealed)
    except CryptoError:
        raise LabError(_("what came was sealed for another process")) from None
