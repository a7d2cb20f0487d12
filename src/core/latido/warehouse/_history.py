"""What the warehouse remembers of its syncs: cursors, reference tables, runs and their receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from latido.warehouse._sql import scalar

if TYPE_CHECKING:
    import duckdb

    from latido.connect import Cursor, Stream

_UTC_TEXT = "STRFTIME({}, '%Y-%m-%dT%H:%M:%S.%f+00:00')"


@dataclass(frozen=True, slots=True)
class StoredCursor:
    """Where a stream stands, when its last sweep ended, and when its last run began if that read all there was."""

    cursor: Cursor | None
    fingerprint: str | None
    swept_at: datetime | None
    complete_at: datetime | None


def utc_text(column: str) -> str:
    """Return the SQL that gives an instant as ISO 8601 text: DuckDB hands instants to Python only with pytz."""
    return _UTC_TEXT.format(column)


def cursors(connection: duckdb.DuckDBPyConnection, source: str) -> dict[str, StoredCursor]:
    """Return where each stream of *source* stands."""
    found = connection.execute(
        f"""SELECT c.stream, c.cursor, c.fingerprint, {utc_text("c.swept_at")}, {utc_text("r.started_at")}
            FROM _latido_cursors AS c
            LEFT JOIN (SELECT stream, complete, started_at,
                              ROW_NUMBER() OVER (PARTITION BY stream ORDER BY started_at DESC) AS turn
                       FROM _latido_receipts WHERE source = $source) AS r
              ON r.stream = c.stream AND r.turn = 1 AND r.complete
            WHERE c.source = $source""",
        {"source": source},
    ).fetchall()
    return {
        stream: StoredCursor(orjson.loads(cursor) if cursor else None, print_, _instant(swept), _instant(complete))
        for stream, cursor, print_, swept, complete in found
    }


def put_swept(connection: duckdb.DuckDBPyConnection, source: str, stream: str, at: datetime | None) -> None:
    """Note that the sweep of a stream ended at *at*; None makes it due."""
    connection.execute(
        """INSERT INTO _latido_cursors SELECT $source, $stream, NULL, NULL, NULL, NULL
           WHERE NOT EXISTS (SELECT 1 FROM _latido_cursors WHERE source = $source AND stream = $stream)""",
        {"source": source, "stream": stream},
    )
    ended = None if at is None else at.isoformat()
    connection.execute(
        "UPDATE _latido_cursors SET swept_at = ? WHERE source = ? AND stream = ?", [ended, source, stream]
    )


def references(connection: duckdb.DuckDBPyConnection, source: str) -> dict[str, tuple[Any, datetime]]:
    """Return the stored reference tables of *source*, and when each was read."""
    rows = connection.execute(
        f"SELECT name, body, {utc_text('read_at')} FROM _latido_references WHERE source = ?", [source]
    ).fetchall()
    return {name: (orjson.loads(body), datetime.fromisoformat(at)) for name, body, at in rows}


def put_reference(connection: duckdb.DuckDBPyConnection, source: str, name: str, body: Any, now: datetime) -> None:
    """Store a reference table."""
    connection.execute("DELETE FROM _latido_references WHERE source = ? AND name = ?", [source, name])
    connection.execute(
        "INSERT INTO _latido_references VALUES (?, ?, ?, ?)",
        [source, name, orjson.dumps(body).decode(), now.isoformat()],
    )


def insert(connection: duckdb.DuckDBPyConnection, table: str, row: dict[str, Any]) -> None:
    """Append *row* to an internal table."""
    names, marks = ", ".join(row), ", ".join(f"${name}" for name in row)
    values = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)


def finish_run(
    connection: duckdb.DuckDBPyConnection, run_id: str, source: str, at: datetime, exit_code: int, problem: str | None
) -> None:
    """Note how a run of *source* ended."""
    connection.execute(
        "UPDATE _latido_runs SET finished_at = ?, exit_code = ?, problem = ? WHERE run_id = ? AND source = ?",
        [at.isoformat(), exit_code, problem, run_id, source],
    )


def stored_rows(connection: duckdb.DuckDBPyConnection, source: str, stream: Stream) -> int:
    """Return how many live rows *stream* has in its tables: what the vendor's count is compared with."""
    live = "source = ? AND _latido_stream = ? AND COALESCE(is_deleted, false) = false AND merged_into IS NULL"
    counts = (
        scalar(connection, f"SELECT COUNT(*) FROM {entity.table} WHERE {live}", [source, stream.name])
        for entity in stream.entities
    )
    return sum(counts)


def set_aside(connection: duckdb.DuckDBPyConnection, source: str, stream: Stream) -> int:
    """Return how many records of *stream* are in quarantine and have no live row: the vendor may count them."""
    counts = (
        scalar(
            connection,
            f"""SELECT COUNT(*) FROM _latido_quarantine AS q WHERE q.source = ? AND q.stream = ? AND q.table_name = ?
                AND NOT EXISTS (SELECT 1 FROM {entity.table} AS t WHERE t.source = q.source
                    AND t.source_id = q.source_id AND COALESCE(t.is_deleted, false) = false)""",
            [source, stream.name, entity.table],
        )
        for entity in stream.entities
    )
    return sum(counts)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
