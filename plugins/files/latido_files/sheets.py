"""XLSX: what a sheet says, cell by cell, without having all of it in memory."""

from __future__ import annotations

import re
import warnings
import zlib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count, islice, repeat, zip_longest
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from zipfile import BadZipFile, ZipFile

from latido.errors import ConfigurationError, VendorUnavailable
from latido.messages import marker
from latido_files.commas import as_declared
from latido_files.table import Chunk, Torn
from latido_files.table_stream import folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_ = marker("latido_files")

ROWS = 5_000
"""Rows in a chunk."""

FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
PIECE, LONGEST = 1 << 20, 16

Row: TypeAlias = "tuple[Any, ...]"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet of a workbook that is named as the table, else its first one. The first row with cells is the header.

    Numbers come with *decimal*, as text is declared to have it. A formula is what it came to when the workbook was last
    computed; one that never was makes its row Torn, as does a cell with an error such as #DIV/0!.
    """

    path: Path
    table: str
    decimal: Literal[".", ","] | None = None

    @property
    def name(self) -> str:
        return self.path.name

    def headers(self) -> dict[str, str]:
        """Return the columns; what a cell of them is, is told cell by cell."""
        with self._rows() as rows:
            return dict.fromkeys(_header(rows, self.name), "cell")

    def chunks(self) -> Iterator[Chunk | Torn]:
        """Yield all rows in order; raises ConfigurationError where this is no workbook."""
        with self._rows() as rows:
            headers = _header(rows, self.name)
            while some := [*islice(rows, ROWS)]:
                whole = [row for row in some if not isinstance(row, Torn)]
                if whole:
                    yield _chunk(headers, whole, self.decimal)
                yield from (row for row in some if isinstance(row, Torn))

    @contextmanager
    def _rows(self) -> Iterator[Iterator[Torn | tuple[int, Row]]]:
        """Yield the rows that hold anything, each with its number."""
        with _books(self.path) as (values, formulas):
            told = _sheet(values, self.table).rows
            meant = repeat(()) if formulas is None else _sheet(formulas, self.table).rows
            yield (row for row in map(_row, count(1), told, meant) if row is not None)


def _row(line: int, told: Row, meant: Row) -> Torn | tuple[int, Row] | None:
    """Return the cells of a row; None for an empty one."""
    uncomputed = next((at for at, cell in enumerate(meant) if cell.data_type == "f" and _is_blank(told, at)), None)
    if uncomputed is not None:
        reason = f"{_letter(uncomputed)}{line}: a formula without a value; open and save the file in a spreadsheet"
        return Torn(line, reason, _written(told))
    cells = tuple(map(_value, told))
    if all(each is None for each in cells):
        return None
    error = next((at for at, cell in enumerate(told) if cell.data_type == "e"), None)
    if error is not None:
        return Torn(line, f"{_letter(error)}{line}: {told[error].value}", _written(told))
    return line, cells


def _is_blank(told: Row, at: int) -> bool:
    """Whether a formula never came to anything: one that came to an empty text says that it is a text."""
    return at >= len(told) or (told[at].value is None and told[at].data_type != "str")


def _value(cell: Any) -> Any:
    """Return what a person sees in *cell*: a time is a date where the cell shows no time."""
    match cell.value:
        case str() as text:
            return text if text.strip() else None
        case datetime() as instant:
            return instant.date() if _shows_no_time(cell.number_format) else instant
        case None | bool() | int() | float() | date() as value:
            return value
        case other:
            return str(other)


def _shows_no_time(number_format: str) -> bool:
    from openpyxl.styles.numbers import is_datetime

    return bool(is_datetime(number_format) == "date")


def _letter(at: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(at + 1))


def _written(row: Row) -> str:
    return "\t".join("" if cell.value is None else str(cell.value) for cell in row)


def _header(rows: Iterator[Torn | tuple[int, Row]], name: str) -> list[str]:
    """Return the names of the columns, and use up their row; one without a name is called by its letter."""
    first = next(rows, None)
    if first is None:
        raise ConfigurationError(
            _("{file} is empty: it has not even the names of its columns.", file=name),
            _("Export it again, or take it away."),
        )
    if isinstance(first, Torn):
        raise ConfigurationError(
            _("{name}, line {line}: {reason}", name=name, line=first.line, reason=first.reason),
            _("Write the names of the columns into the first row as they are."),
        )
    line, cells = first
    headers = [_letter(at) if cell is None else str(cell) for at, cell in enumerate(cells)]
    twice = next((each for each in headers if headers.count(each) > 1), None)
    if twice is not None:
        raise ConfigurationError(
            _("{name}, line {line}: two columns are called {column}.", name=name, line=line, column=twice),
            _("Give each column a name of its own."),
        )
    return headers


def _chunk(headers: Sequence[str], rows: Sequence[tuple[int, Row]], decimal: Literal[".", ","] | None) -> Chunk:
    """Return *rows* column by column."""
    columns = [as_declared(column, decimal) for column in zip_longest(*(cells for _line, cells in rows))]
    names = [*headers, *map(_letter, range(len(headers), len(columns)))]
    columns += [[None] * len(rows) for _ in range(len(columns), len(names))]
    return Chunk(dict(zip(names, columns, strict=True)), [line for line, _cells in rows])


@contextmanager
def _books(path: Path) -> Iterator[tuple[Any, Any]]:
    """Yield the workbook with the values that formulas came to and, if there are any, with the formulas."""
    from openpyxl import load_workbook

    warnings.filterwarnings("ignore", module="openpyxl")  # It warns of styles and filters, which say nothing here.
    with ExitStack() as closing, _understood(path):
        books = [load_workbook(path, read_only=True, data_only=True)]
        closing.callback(books[0].close)
        if _has_formulas(path):
            books.append(load_workbook(path, read_only=True))
            closing.callback(books[1].close)
        yield books[0], books[1] if len(books) > 1 else None


@contextmanager
def _understood(path: Path) -> Iterator[None]:
    """Say what it means when a file cannot be read as a workbook."""
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        yield
    except OSError as error:
        raise VendorUnavailable(
            _("{name} cannot be read: {reason}.", name=path.name, reason=error.strerror or type(error).__name__),
            _("What was read before is stored. Once the file is there again, run: latido sync"),
        ) from error
    except (BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError, EOFError, zlib.error) as error:
        raise ConfigurationError(
            _(
                "{name} is no XLSX workbook that can be read: it is damaged, or protected by a password.",
                name=path.name,
            ),
            _("Save it anew as .xlsx, without password."),
        ) from error


def _has_formulas(path: Path) -> bool:
    with ZipFile(path) as archive:
        return any(
            _mentions(archive, each) for each in archive.namelist() if each.startswith("xl/") and each.endswith(".xml")
        )


def _mentions(archive: ZipFile, member: str) -> bool:
    """Whether a formula stands in *member*, which may be large."""
    end = b""
    with archive.open(member) as file:
        while piece := file.read(PIECE):
            if FORMULA.search(end + piece):
                return True
            end = piece[-LONGEST:]
    return False


def _sheet(book: Any, table: str) -> Any:
    """Return the sheet that is named as *table*, else the first one."""
    sheets = book.worksheets
    found = next((each for each in sheets if folded(each.title) == table), sheets[0])
    found.reset_dimensions()  # Some programs write less than there is.
    return found
