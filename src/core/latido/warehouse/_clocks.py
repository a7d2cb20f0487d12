"""Rows that say they are of a time that has not come: a clock or a time zone is wrong where they were made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from latido.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from latido.schema import Record

TOLERATED = timedelta(minutes=10)
"""Clocks are never quite alike; further ahead, one is wrong."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """How many rows of *table* a source stamped later than now, in which columns, and the latest of the stamps."""

    source: str
    table: str
    rows: int
    columns: tuple[str, ...]
    latest: datetime


def stamped_ahead(connection: duckdb.DuckDBPyConnection, now: datetime) -> list[Ahead]:
    """Return where rows are stamped later than *now*, by source and table; what is deleted does not matter."""
    limit = (now + TOLERATED).isoformat()
    return sorted(
        (found for table, record in TABLES.items() for found in _of_table(connection, table, _instants(record), limit)),
        key=lambda each: (each.source, each.table),
    )


def _instants(record: type[Record]) -> list[str]:
    return [name for name, kind in record.columns().items() if kind.name == "instant"]


def _of_table(connection: duckdb.DuckDBPyConnection, table: str, names: list[str], limit: str) -> Iterator[Ahead]:
    latest, after = f"GREATEST({', '.join(names)})", "CAST($limit AS TIMESTAMPTZ)"
    each = ", ".join(f"COUNT(*) FILTER ({name} > {after})" for name in names)
    found = connection.execute(
        f"""SELECT source, COUNT(*), STRFTIME(MAX({latest}), '%Y-%m-%dT%H:%M:%S+00:00'), {each}
            FROM {table} WHERE {latest} > {after} AND COALESCE(is_deleted, false) = false GROUP BY source""",
        {"limit": limit},
    ).fetchall()
    for source, rows, last, *counts in found:
        columns = tuple(name for name, count in zip(names, counts, strict=True) if count)
        yield Ahead(source, table, rows, columns, datetime.fromisoformat(last))
