"""How much of a submission is read at most, and files that keep to it."""

import zlib
from typing import BinaryIO

from grader.intake.refusal import NotGradable
from grader.language import _

MAX_FILE_BYTES = 1 << 20  # of one source file; the solution has 9 kB
MAX_ARCHIVE_BYTES = 256 << 20  # as handed in: two sets of weights may be in it, which are skipped
MAX_UNPACKED_BYTES = 256 << 20  # of what has to be read to its end: a tar, a 7z, a RAR
MAX_KEPT_BYTES = 16 << 20  # of a tar's files that may turn out to be graded
MAX_HEADER_BYTES = 16 << 10  # of one tar header, with the long names in it
MAX_HEADERS_BYTES = 16 << 20  # of all of them
MAX_LISTING_BYTES = 2 << 20  # of a zip's list of files
CHUNK_BYTES = 64 << 10


def capped(content: bytes, where: str) -> bytes:
    """The content, if it can be a source file of this lab. Raises NotGradable."""
    if len(content) > MAX_FILE_BYTES:
        raise NotGradable(
            _("{where} is larger than {max_file_bytes} MB: that cannot be the file of this lab").format(
                where=where, max_file_bytes=MAX_FILE_BYTES >> 20
            )
        )
    return content


def refuse_much(unpacked_bytes: int, where: str) -> None:
    """Raise NotGradable for more than is unpacked of an archive that has to be read to its end."""
    if unpacked_bytes > MAX_UNPACKED_BYTES:
        raise NotGradable(
            _("{where} holds more than {max_unpacked_bytes} MB: hand in only your files").format(
                where=where, max_unpacked_bytes=MAX_UNPACKED_BYTES >> 20
            )
        )


class InPieces:
    """A file of which nobody gets more at once than a zip's list of files may have."""

    def __init__(self, file: BinaryIO, where: str):
        self._file, self._where = file, where

    def read(self, size: int = -1) -> bytes:
        """Like a file's. Raises NotGradable for more than may be read at once."""
        if size > MAX_LISTING_BYTES:
            raise NotGradable(
                _("{where} has a list of files of {size:,} bytes: hand in only your files").format(
                    where=self._where, size=size
                )
            )
        return self._file.read(size if size >= 0 else MAX_LISTING_BYTES)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Like a file's."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Like a file's."""
        return self._file.tell()

    def seekable(self) -> bool:
        """Like a file's."""
        return True

    def close(self) -> None:
        """Leave the file open: it belongs to whoever opened it."""


class Forward:
    """What a tar holds, unpacked while it is read, from its beginning to its end.

    `read` is for headers, `take` for content, and each has its budget. Whoever wants to go back is reading an
    archive that was made to be read for ever.
    """

    def __init__(self, file: BinaryIO, is_packed: bool, where: str):
        self._file, self._where = file, where
        self._inflate = zlib.decompressobj(wbits=31) if is_packed else None  # 31: with gzip's header and CRC
        self._ready, self._at = b"", 0
        self._position = self._headers_bytes = 0
        self.last_header = b""

    def read(self, size: int = -1) -> bytes:
        """A header. Raises NotGradable beyond the budget."""
        self._headers_bytes += max(size, 0)
        if not 0 <= size <= MAX_HEADER_BYTES:
            raise NotGradable(
                _("{where} has a header of {size:,} bytes: make the archive anew").format(
                    where=self._where, size=size
                )
            )
        if self._headers_bytes > MAX_HEADERS_BYTES:
            raise NotGradable(
                _("{where} has more names than files: hand in only your own files").format(where=self._where)
            )
        self.last_header = self.take(size)
        return self.last_header

    def take(self, size: int) -> bytes:
        """As many bytes of content; fewer at the end."""
        pieces = []
        while size and (piece := self._piece(size)):
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def seek(self, position: int, whence: int = 0) -> int:
        """Skip to there; or to the end, if that comes first. Raises ValueError for going back."""
        if whence or position < self._position:
            raise ValueError("the archive leads back to its own beginning")
        while self._position < position and self._piece(position - self._position):
            pass
        return self._position

    def tell(self) -> int:
        """How many bytes have been read."""
        return self._position

    def drain(self) -> None:
        """Read to the end, where gzip's CRC stands."""
        while self._piece(CHUNK_BYTES):
            pass

    def write(self, data: bytes) -> int:
        """Nothing is written; tarfile's type asks for it."""
        raise ValueError("open for reading only")

    def close(self) -> None:
        """Leave the file open: it belongs to whoever opened it."""

    def _piece(self, size: int) -> bytes:
        if self._at == len(self._ready):
            self._ready, self._at = self._more(), 0
        piece = self._ready[self._at : self._at + size]
        self._at += len(piece)
        self._position += len(piece)
        refuse_much(self._position, self._where)
        return piece

    def _more(self) -> bytes:
        if self._inflate is None:
            return self._file.read(CHUNK_BYTES)
        while not self._inflate.eof:
            packed = self._inflate.unconsumed_tail or self._file.read(CHUNK_BYTES)
            unpacked = self._inflate.decompress(packed, CHUNK_BYTES)
            if unpacked:
                return unpacked
            if not packed:
                raise EOFError("the archive is cut off")
        return b""
