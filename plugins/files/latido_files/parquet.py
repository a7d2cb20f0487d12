"""Parquet, as DuckDB reads it: columns with their types, a row group at a time."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from latido.errors import ConfigurationError
from latido.messages import marker
from latido_files.certain import quoted
from latido_files.table import Chunk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

_ = marker("latido_files")

MEMORY = "256MB"
ROWS = 1 << 16


@dataclass(frozen=True, slots=True)
class ParquetFile:
    """A Parquet file; a line is the number of a row."""

    path: Path
    name: str

    def headers(self) -> dict[str, str]:
        """Return the columns, each with its type."""
        with self._relation() as relation:
            return dict(zip(relation.columns, map(str, relation.types), strict=True))

    def chunks(self) -> Iterator[Chunk]:
        """Yield all rows; raises ConfigurationError where this is no Parquet file."""
        from arro3.core import RecordBatchReader

        first = 1
        with self._relation() as relation:
            for batch in RecordBatchReader.from_arrow(relation):
                for begin in range(0, batch.num_rows, ROWS):
                    part = batch.slice(begin, min(ROWS, batch.num_rows - begin))
                    cells = {name: part.column(name) for name in batch.schema.names}
                    yield Chunk(cells, range(first, first + part.num_rows))
                    first += part.num_rows

    @contextmanager
    def _relation(self) -> Iterator[duckdb.DuckDBPyRelation]:
        import duckdb

        with self.path.open("rb"), duckdb.connect(config={"memory_limit": MEMORY, "threads": 1}) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            try:
                found = connection.sql(f"SELECT * FROM read_parquet({quoted(str(self.path))})")  # noqa: S608
                yield connection.sql(f"SELECT {_columns(found)} FROM found")  # noqa: S608
            except duckdb.Error as error:
                raise ConfigurationError(
                    _("{file} cannot be read as Parquet: {why}", file=self.name, why=str(error).splitlines()[0]),
                    _("Write it again, or take it away."),
                ) from error


def _columns(found: duckdb.DuckDBPyRelation) -> str:
    """Return the columns as they are, but for spans of time, which Arrow does not hand to Python."""
    named = zip(found.columns, found.types, strict=True)
    return ", ".join(f"CAST({identifier(name)} AS VARCHAR) AS {identifier(name)}"
                     if str(kind) == "INTERVAL" else identifier(name) for name, kind in named)  # fmt: skip


def identifier(name: str) -> str:
    """Return *name* as SQL has it."""
    return '"' + name.replace('"', '""') + '"'
