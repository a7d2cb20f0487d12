"""One value from a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb


def scalar(connection: duckdb.DuckDBPyConnection, statement: str, values: Any = None) -> Any:
    """Return the first value of the first row, None where there is no row.

    All rows are fetched: DuckDB 2 refuses further work on a connection that has a result left to read.
    """
    rows = connection.execute(statement, values).fetchall()
    return rows[0][0] if rows else None
