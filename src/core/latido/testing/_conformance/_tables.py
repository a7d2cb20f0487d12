"""What is stored, and in what two warehouses differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import duckdb

    from latido.connect import Page

Row: TypeAlias = "Mapping[str, Any]"
Tables: TypeAlias = "Mapping[str, Mapping[str, Row]]"
Key: TypeAlias = tuple[str, str]

OURS = "source, synced_at, seq, _latido_hash, _latido_stream"
"""Columns in which a run that was disturbed may differ."""

OF_THE_CHANGE = {"version", "updated_at"}
SHOWN = 3


def stored(connection: duckdb.DuckDBPyConnection, source: str, tables: Iterable[str]) -> Tables:
    """Return the rows that *source* has in *tables*, by id."""
    return {
        table: {key: orjson.loads(row) for key, row in connection.execute(_rows_of(table), [source]).fetchall()}
        for table in sorted(tables)
    }


def _rows_of(table: str) -> str:
    columns = f"SELECT * EXCLUDE ({OURS}) FROM {table} WHERE source = ?"  # noqa: S608 - a name from the schema
    return f"SELECT source_id, CAST(TO_JSON(t) AS VARCHAR) FROM ({columns}) AS t"  # noqa: S608


def live(tables: Tables) -> Tables:
    """Return the rows that are not marked deleted."""
    return {table: {key: row for key, row in rows.items() if not row["is_deleted"]} for table, rows in tables.items()}


def differences(expected: Tables, found: Tables) -> list[str]:
    """Return in what *found* differs, in words, the most telling first."""
    return [
        difference
        for table in sorted(expected.keys() | found.keys())
        for difference in _in_table(table, expected.get(table, {}), found.get(table, {}))
    ]


def _in_table(table: str, expected: Mapping[str, Row], found: Mapping[str, Row]) -> Iterator[str]:
    if missing := expected.keys() - found.keys():
        yield f"{table}: {some(missing)} missing"
    if more := found.keys() - expected.keys():
        yield f"{table}: {some(more)} too many"
    for key in sorted(expected.keys() & found.keys()):
        if changed := unlike(expected[key], found[key]):
            told = "; ".join(f"{name} {expected[key][name]!r}, now {found[key][name]!r}" for name in changed)
            yield f"{table} {key}: {told}"


def unlike(one: Row, other: Row) -> list[str]:
    """Return the columns in which two rows of a table differ."""
    return [name for name in one if one[name] != other[name]]


def some(names: Iterable[object]) -> str:
    """Return *names* in words, the first few of them."""
    ordered = sorted(map(str, names))
    rest = len(ordered) - SHOWN
    return ", ".join(ordered[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def delivered(pages: Iterable[Page]) -> Iterator[tuple[Key, Row]]:
    """Yield each row that *pages* bring, with the table and id that it is for."""
    for page in pages:
        for rows in page.rows:
            columns = {name: rows.values(name) for name in rows.columns}
            for at, key in enumerate(columns["source_id"]):
                row = {name: column[at] for name, column in columns.items() if column[at] is not None}
                yield (rows.entity.table, key), row


def keys(pages: Iterable[Page]) -> set[Key]:
    """Return the table and id of each row that *pages* bring."""
    return {key for key, _ in delivered(pages)}
