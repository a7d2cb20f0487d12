"""CSV: blocks of lines, split by DuckDB; where lines are not rows, or a row is torn, by Python, row by row."""

from __future__ import annotations

import csv
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from latido.errors import ConfigurationError
from latido.messages import marker
from latido_files.certain import quoted
from latido_files.lines import HEAD, PIECE, Lines
from latido_files.table import Chunk, Torn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb
    from arro3.core import Table

    from latido_files.settings import FileFormat

_ = marker("latido_files")

MEMORY = "64MB"
STRAY = "a quotation mark is not closed, or stands inside a cell"
LONGEST = 131_072
"""Characters of a cell: what the csv module allows, unless somebody else in the process told it to allow more."""
LONG = f"a cell is longer than {LONGEST:,} characters"
SEPARATORS = {";": ";", "\t": "\\t", "|": "|", ",": ","}


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file of RFC 4180, with the declared delimiter and encoding. The first line that is not empty is the header."""

    path: Path
    name: str
    format: FileFormat

    def headers(self) -> dict[str, str]:
        """Return the columns, all of which are text."""
        with self._lines(HEAD) as lines:
            return dict.fromkeys(self._header(lines), "text")

    def chunks(self) -> Iterator[Chunk | Torn]:
        """Yield all rows; raises ConfigurationError where this is not the text that was declared."""
        with self._lines() as lines:
            headers = self._header(lines)
            with splitter(headers, self._delimiter) as split:
                while block := lines.block(quoted=True):
                    first = lines.number - block.count(b"\n")
                    if (table := split(block)) is not None:
                        yield _chunk(headers, table, first)
                    else:
                        lines.put_back(block)
                        yield from _one_by_one(lines, lines.number + block.count(b"\n"), headers, self._delimiter)

    @contextmanager
    def _lines(self, piece: int = PIECE) -> Iterator[Lines]:
        with self.path.open("rb") as file:
            yield Lines(self.name, file, self.format.encoding, piece)

    @property
    def _delimiter(self) -> str:
        return self.format.delimiter or ","

    def _header(self, lines: Lines) -> list[str]:
        row = next((row for row in _rows(lines, self._delimiter) if row.cells), None)
        if row is None:
            raise ConfigurationError(
                _("{file} is empty: it has not even the names of its columns.", file=self.name),
                _("Export it again, or take it away."),
            )
        if row.fault is not None:
            raise ConfigurationError(_("{file}, line {line}: {fault}", file=self.name, line=row.line, fault=row.fault))
        if any("\0" in cell for cell in row.cells):
            raise ConfigurationError(
                _("{file} holds no text: its header is made of zero bytes.", file=self.name),
                _('Export it again. If it is UTF-16, set encoding = "utf-16"'),
            )
        return self._named(row.cells)

    def _named(self, cells: Sequence[str]) -> list[str]:
        names = [cell.strip() or f"column {at}" for at, cell in enumerate(cells, 1)]
        other = next((each for each in SEPARATORS if each in names[0]), None) if len(names) == 1 else None
        if other is not None:
            raise ConfigurationError(
                _("{file} looks like one column, {header}: its columns are not divided by {delimiter}",
                  file=self.name, header=names[0], delimiter=SEPARATORS.get(self._delimiter, self._delimiter)),
                _('Set in latido.toml: delimiter = "{delimiter}"', delimiter=SEPARATORS[other]),
            )  # fmt: skip
        twice = next((name for at, name in enumerate(names) if name in names[:at]), None)
        if twice is not None:
            raise ConfigurationError(
                _("{file}: two columns are called {column}.", file=self.name, column=twice),
                _("Give each column a name of its own."),
            )
        return names


@dataclass(frozen=True, slots=True)
class Row:
    """What csv makes of some lines, of which the first is `line`."""

    line: int
    cells: Sequence[str]
    text: str
    fault: str | None = None


@contextmanager
def splitter(headers: Sequence[str], delimiter: str) -> Iterator[Any]:
    """Yield what splits a block of lines into columns; it returns None where not every line is a whole row."""
    import duckdb

    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="latido-"))
        connection = duckdb.connect(config={"memory_limit": MEMORY, "threads": 1})
        stack.callback(connection.close)
        block = 0

        def split(lines: bytes) -> Table | None:
            nonlocal block
            block += 1
            file = Path(folder, f"{block}.csv")
            file.write_bytes(lines)
            try:
                return _split(connection, file, len(headers), delimiter, lines.count(b"\n"))
            finally:
                file.unlink()

        yield split


def _split(connection: duckdb.DuckDBPyConnection, file: Path, width: int, delimiter: str, rows: int) -> Table | None:
    import duckdb
    from arro3.core import RecordBatchReader, Table

    columns = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(width))
    relation = connection.sql(
        f"""SELECT * FROM read_csv({quoted(str(file))}, delim = {quoted(delimiter)}, quote = '"', escape = '"',
            header = false, auto_detect = false, columns = {{{columns}}}, new_line = '\\n', strict_mode = true)"""  # noqa: S608
    )
    try:
        table = Table.from_batches([*RecordBatchReader.from_arrow(relation)])
    except (duckdb.Error, OSError):
        return None
    return table if table.num_rows == rows else None


def _chunk(headers: Sequence[str], table: Table, first: int) -> Chunk:
    whole = table.combine_chunks()
    cells = {header: whole.column(at).combine_chunks() for at, header in enumerate(headers)}
    return Chunk(cells, range(first, first + whole.num_rows))


def _one_by_one(lines: Lines, until: int, headers: Sequence[str], delimiter: str) -> Iterator[Chunk | Torn]:
    """Yield the rows that begin before the line *until*."""
    whole: list[Row] = []
    torn: list[Torn] = []
    for row in _rows(lines, delimiter, until):
        if (fault := row.fault or _misfit(row.cells, headers)) is not None:
            torn.append(Torn(row.line, fault, row.text))
        elif row.cells:
            whole.append(row)
    if whole:
        columns = zip(*(row.cells[: len(headers)] for row in whole), strict=True)
        yield Chunk(dict(zip(headers, map(list, columns), strict=True)), [row.line for row in whole])
    yield from torn


def _misfit(cells: Sequence[str], headers: Sequence[str]) -> str | None:
    if not cells or (len(cells) >= len(headers) and not any(cells[len(headers) :])):
        return None
    return f"has {len(cells)} cells, and the header {len(headers)}"


def _rows(lines: Lines, delimiter: str, until: int | None = None) -> Iterator[Row]:
    """Yield row by row; one with a quotation mark that nobody closes is torn at the end of its first line."""
    while until is None or lines.number < until:
        first, taken = lines.number, list[bytes]()
        reader = csv.reader(_noted(lines, taken), delimiter=delimiter, strict=True, skipinitialspace=True)
        try:
            cells = next(reader, None)
        except csv.Error:
            lines.put_back(b"".join(taken[1:]))
            yield Row(first, (), taken[0].decode(), STRAY if b'"' in taken[0] else LONG)
        else:
            if cells is None:
                return
            long = any(len(cell) > LONGEST for cell in cells)
            yield Row(first, () if long else cells, b"".join(taken).decode(), LONG if long else None)


def _noted(lines: Lines, taken: list[bytes]) -> Iterator[str]:
    while line := lines.line():
        taken.append(line)
        yield line.decode()
