"""A text file in blocks of whole lines, as UTF-8, however it was encoded; the number of the line is always known."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING

from latido.errors import ConfigurationError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedIOBase

_ = marker("latido_files")

PIECE = 8 << 20
HEAD = 1 << 16
"""How much is read of a file at once, and where only its beginning is wanted."""

UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
UTF8_MARK = codecs.BOM_UTF8


@dataclass(slots=True)
class Lines:
    """What is left of a file, in lines that end in a line feed. `number` is that of the next one."""

    name: str
    file: BufferedIOBase
    encoding: str | None = None
    piece: int = PIECE
    number: int = 1
    _held: bytes = b""
    _at: int = 0
    _pieces: Iterator[bytes] | None = None
    _ended: bool = False

    def block(self, *, quoted: bool = False) -> bytes:
        """Return the lines of about one piece, b"" at the end; of *quoted* text, if it can, none inside of quotes."""
        while not self._ended and (len(self._held) - self._at < self.piece or self._held.find(b"\n", self._at) < 0):
            self._read()
        end = _outside_quotes(self._held, self._at) if quoted else 0
        return self._take(end or self._held.rfind(b"\n", self._at) + 1)

    def line(self) -> bytes:
        """Return one line, b"" at the end."""
        while (end := self._held.find(b"\n", self._at)) < 0 and not self._ended:
            self._read()
        return self._take(end + 1)

    def put_back(self, lines: bytes) -> None:
        """Let *lines*, which were taken last, be taken again."""
        if self._at >= len(lines):
            self._at -= len(lines)
        else:
            self._held, self._at = lines + self._held[self._at :], 0
        self.number -= lines.count(b"\n")

    def _take(self, end: int) -> bytes:
        taken = self._held[self._at : end]
        self._at += len(taken)
        self.number += taken.count(b"\n")
        return taken

    def _read(self) -> None:
        if self._pieces is None:
            self._pieces = _pieces(self.name, self.file, self.encoding, self.piece)
        piece = next(self._pieces, None)
        if piece is not None:
            self._held, self._at = self._held[self._at :] + piece, 0
            return
        self._ended = True
        if not self._held.endswith(b"\n") and self._at < len(self._held):
            self._held += b"\n"


def _outside_quotes(text: bytes, begin: int) -> int:
    """Return where the last line from *begin* on ends whose quotation marks are all closed; 0 where there is none."""
    end = text.rfind(b"\n", begin) + 1
    while end and text.count(b'"', begin, end) % 2:
        opened = text.rfind(b'"', begin, end)
        end = text.rfind(b"\n", begin, opened) + 1
    return end


def _pieces(name: str, file: BufferedIOBase, encoding: str | None, size: int) -> Iterator[bytes]:
    """Yield the file piece by piece, as UTF-8 with a line feed behind each line."""
    decoder = codecs.getincrementaldecoder(encoding or "utf-8")()
    number, carried, first = 1, "", True
    while True:
        read = file.read(size)
        if first:
            read = _unmarked(name, read, encoding)
        text = carried + _decoded(name, decoder, read, encoding, number)
        carried = "\r" if text.endswith("\r") and read else ""
        text = text[: len(text) - len(carried)]
        if text:
            piece = _fed(text).encode()
            number += piece.count(b"\n")
            yield piece
        if not read:
            return
        first = False


def _fed(text: str) -> str:
    """Return *text* with a line feed behind each line; a file of before 2001 has carriage returns only."""
    text = text.replace("\r\n", "\n")
    return text if "\n" in text else text.replace("\r", "\n")


def _unmarked(name: str, read: bytes, encoding: str | None) -> bytes:
    if encoding is None and read.startswith(UTF16_MARKS):
        raise ConfigurationError(
            _("{file} is not UTF-8 but UTF-16.", file=name),
            _('Save it as UTF-8, or set in latido.toml: encoding = "utf-16"'),
        )
    return read.removeprefix(UTF8_MARK) if encoding in {None, "utf-8"} else read


def _decoded(name: str, decoder: codecs.IncrementalDecoder, read: bytes, encoding: str | None, number: int) -> str:
    try:
        return decoder.decode(read, final=not read)
    except UnicodeDecodeError as error:
        line = number + read[: max(error.start, 0)].count(b"\n")
        byte = f"0x{error.object[error.start]:02X}"
        raise ConfigurationError(
            _("{file}, line {line}: {byte} is not {encoding}.",
              file=name, line=line, byte=byte, encoding=(encoding or "utf-8").upper()),
            _('Save it as UTF-8, or set in latido.toml how it is encoded: encoding = "latin-1"'),
        ) from error  # fmt: skip
