"""NDJSON, one record in a line, and JSON, a list of records."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

from latido.errors import ConfigurationError
from latido.messages import marker
from latido_files.lines import HEAD, Lines
from latido_files.table import Chunk, Torn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from latido_files.settings import FileFormat

_ = marker("latido_files")

PIECE = 4 << 20
ROWS = 20_000
LOOKED_AT = 100
"""How many records tell which columns there are."""

LARGEST = 64 << 20
"""How much of a file a record may take: what is no JSON is not read to its end to find out."""

_DECODER = json.JSONDecoder()
_BETWEEN = re.compile(r"[\s,]*")
_KINDS = {str: "text", bool: "boolean", int: "integer", float: "double", list: "list", dict: "object"}

Found: TypeAlias = "tuple[int, dict[str, Any]] | Torn"


@dataclass(frozen=True, slots=True)
class Records(ABC):
    """A file of JSON objects. `wanted` are the members that a mapping asks for, dots leading into those within."""

    path: Path
    name: str
    format: FileFormat
    wanted: Sequence[str] = ()

    @abstractmethod
    def found(self, lines: Lines) -> Iterator[Found]:
        """Yield each record with the line that it begins in."""

    def headers(self) -> dict[str, str]:
        """Return the members of the first records, each with what it is where it first is anything."""
        kinds: dict[str, str] = {}
        with self._lines(HEAD) as lines:
            for each in islice(self.found(lines), LOOKED_AT):
                for name, value in [] if isinstance(each, Torn) else each[1].items():
                    if value is not None or name not in kinds:
                        kinds[name] = _KINDS.get(type(value), "text")
        return kinds

    def chunks(self) -> Iterator[Chunk | Torn]:
        """Yield all records; a member that a record lacks is empty."""
        with self._lines(PIECE) as lines:
            records = self.found(lines)
            while some := [*islice(records, ROWS)]:
                whole = [each for each in some if not isinstance(each, Torn)]
                if whole:
                    yield self._chunk(whole)
                yield from (each for each in some if isinstance(each, Torn))

    @contextmanager
    def _lines(self, piece: int) -> Iterator[Lines]:
        with self.path.open("rb") as file:
            yield Lines(self.name, file, self.format.encoding, piece)

    def _chunk(self, found: Sequence[tuple[int, dict[str, Any]]]) -> Chunk:
        records = [record for _line, record in found]
        names = dict.fromkeys(chain.from_iterable(dict.fromkeys(map(tuple, records))))
        cells = {name: [record.get(name) for record in records] for name in names}
        for name in self.wanted:
            if name not in cells:
                cells[name] = [_within(record, name) for record in records]
        return Chunk(cells, [line for line, _record in found])


class NdjsonFile(Records):
    """One object in each line; a line that is none is torn."""

    def found(self, lines: Lines) -> Iterator[Found]:
        while block := lines.block():
            first = lines.number - block.count(b"\n")
            for number, line in enumerate(block.splitlines(), first):
                if line and not line.isspace():
                    yield _record(number, line)


class JsonFile(Records):
    """A list of objects, or objects one after the other, however they are divided into lines."""

    def found(self, lines: Lines) -> Iterator[Found]:
        if not self.path.stat().st_size:
            raise ConfigurationError(
                _("{file} is empty: it has not even a list.", file=self.name), _("Export it again, or take it away.")
            )
        scanner = Scanner(self.name, lines)
        while (each := scanner.value()) is not None:
            number, value = each
            yield _object(number, value, json.dumps(value))


@dataclass(slots=True)
class Scanner:
    """Values of JSON, one after the other, each with the line that it begins in."""

    name: str
    lines: Lines
    number: int = 1
    _text: str = ""
    _at: int = 0
    _begun: bool = False

    def value(self) -> tuple[int, Any] | None:
        """Return the next value; None at the end; raises ConfigurationError where there is none."""
        while (begin := self._past(_BETWEEN)) == len(self._text) or not self._open(begin):
            if begin == len(self._text) and not self._more():
                return None
        if self._text[begin] == "]":
            return None
        return self._scanned()

    def _open(self, begin: int) -> bool:
        """Step over the bracket that opens the list, if this is it; returns whether a value comes next."""
        opens, self._begun = not self._begun and self._text[begin] == "[", True
        self._at += opens
        return not opens

    def _scanned(self) -> tuple[int, Any]:
        number = self.number
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if len(self._text) - self._at > LARGEST or not self._more():
                    raise self._nonsense(error) from error
            else:
                self._step(end)
                return number, value

    def _past(self, between: re.Pattern[str]) -> int:
        found = between.match(self._text, self._at)
        self._step(found.end() if found else self._at)
        return self._at

    def _step(self, end: int) -> None:
        self.number += self._text.count("\n", self._at, end)
        self._at = end

    def _more(self) -> bool:
        block = self.lines.block().decode()
        if block:
            self._text, self._at = self._text[self._at :] + block, 0
        return bool(block)

    def _nonsense(self, error: json.JSONDecodeError) -> ConfigurationError:
        line = self.number + self._text.count("\n", self._at, error.pos)
        return ConfigurationError(
            _("{file}, line {line}: this is not JSON: {what}.", file=self.name, line=line, what=error.msg),
            _("Export it again; nothing behind that line was read."),
        )


def _record(number: int, line: bytes) -> Found:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return Torn(number, f"is not JSON: {error.msg}", line.decode())
    return _object(number, value, line)


def _object(number: int, value: Any, written: bytes | str) -> Found:
    if isinstance(value, dict):
        return number, value
    return Torn(number, "is not an object", written if isinstance(written, str) else written.decode())


def _within(record: Mapping[str, Any], name: str) -> Any:
    """Return the member at *name*, dots leading into nested objects; absent on the way is null."""
    found: Any = record
    for key in name.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(key)
    return found
