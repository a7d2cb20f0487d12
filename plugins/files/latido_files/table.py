"""Where rows of an entity are read from: a file, a sheet, the result of a query; and what is read, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from arro3.core import Array


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a table, in order: for each header, as it is written there, one cell per row.

    A cell is what a person would see: text, a number, a date, a time, true or false, None; the columns are lists, or
    all of them Arrow arrays, which spares what they hold from ever becoming Python. `lines` says where each row stands:
    the line in which it begins, the row of a sheet, the number in a result, each counted from 1.
    """

    cells: Mapping[str, Sequence[Any] | Array]
    lines: Sequence[int]

    def records(self, positions: Sequence[int]) -> list[dict[str, Any]]:
        """Return the rows at *positions*, one by one."""
        columns = {header: _taken(column, positions) for header, column in self.cells.items()}
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


class Table(Protocol):
    """What has rows of one entity. `name` is what messages and the quarantine call it.

    `chunks` is iterated once and holds no more than one chunk in memory. A row that cannot be split into cells comes
    as `Torn` between them.
    """

    @property
    def name(self) -> str:
        """The name of the file, or of the query."""

    def headers(self) -> Mapping[str, str]:
        """Return the columns, as they are written, each with its type; raises LatidoError."""

    def chunks(self) -> Iterator[Chunk | Torn]:
        """Yield all rows in order; raises a LatidoError that names the table when it cannot be read at all."""


@dataclass(frozen=True, slots=True)
class Torn:
    """A row that could not be split into cells: where it stands, why, and what is written there."""

    line: int
    reason: str
    text: str


def _taken(column: Sequence[Any] | Array, positions: Sequence[int]) -> list[Any]:
    from arro3.core import Array, DataType

    if not isinstance(column, Array):
        return [column[at] for at in positions]
    found: list[Any] = column.take(Array([*positions], DataType.int64())).to_pylist()
    return found
