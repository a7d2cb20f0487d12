"""Lists from Python as tables that a statement may read."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb


@contextmanager
def register(
    connection: duckdb.DuckDBPyConnection, table: str, /, **columns: Sequence[str | None] | Sequence[int]
) -> Iterator[None]:
    """Let statements in this block read *columns*, texts or whole numbers, as *table*."""
    from arro3.core import Array, DataType, RecordBatch, Table

    def array(values: Sequence[Any]) -> Array:
        whole = bool(values) and isinstance(values[0], int)
        return Array(values, DataType.int64() if whole else DataType.string())

    batch = RecordBatch.from_pydict({key: array(values) for key, values in columns.items()})
    connection.register(table, Table.from_batches([batch]))
    try:
        yield
    finally:
        connection.unregister(table)
