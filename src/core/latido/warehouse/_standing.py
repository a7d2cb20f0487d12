"""How things stand: what was read when, what waits in quarantine, how runs ended."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from latido.errors import UsageError
from latido.messages import marker
from latido.warehouse._history import utc_text

if TYPE_CHECKING:
    import duckdb

_ = marker("latido")

Row: TypeAlias = dict[str, Any]

COMPLETE = "exit_code IN (0, 5)"


def freshness(connection: duckdb.DuckDBPyConnection) -> dict[str, datetime]:
    """Return when the last complete sync of each source ended."""
    found = _rows(
        connection,
        f"""SELECT source, {utc_text("MAX(finished_at)")} AS finished_at FROM _latido_runs
            WHERE {COMPLETE} AND mode <> 'partial' GROUP BY source ORDER BY source""",
    )
    return {row["source"]: row["finished_at"] for row in found}


def sources_standing(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return for each source that was ever synced: its last run, how fresh it is, how much is in quarantine."""
    fresh = freshness(connection)
    found = _rows(
        connection,
        f"""SELECT source, run_id, {utc_text("started_at")} AS started_at, {utc_text("finished_at")} AS finished_at,
                   exit_code, problem,
                   (SELECT COUNT(*) FROM _latido_quarantine AS q WHERE q.source = r.source) AS quarantined
            FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY source ORDER BY started_at DESC) AS turn
                  FROM _latido_runs) AS r
            WHERE turn = 1 ORDER BY source""",
    )
    return [{**row, "fresh_at": fresh.get(row["source"])} for row in found]


def streams_standing(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return for each stream where it stands, when its sweep ended, and what its last receipt says."""
    return _rows(
        connection,
        f"""SELECT c.source, c.stream, CAST(c.cursor AS VARCHAR) AS cursor,
                   {utc_text("c.updated_at")} AS updated_at, {utc_text("c.swept_at")} AS swept_at,
                   r.complete, r.fetched, r.counted, r.problem,
                   (SELECT COUNT(*) FROM _latido_quarantine AS q
                    WHERE q.source = c.source AND q.stream = c.stream) AS quarantined
            FROM _latido_cursors AS c
            LEFT JOIN (SELECT *, ROW_NUMBER() OVER (PARTITION BY source, stream ORDER BY started_at DESC) AS turn
                       FROM _latido_receipts) AS r
              ON r.source = c.source AND r.stream = c.stream AND r.turn = 1
            ORDER BY c.source, c.stream""",
    )


def last_receipts(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return what the last run of each stream of each source came to, be it that it was refused."""
    return _rows(
        connection,
        """SELECT source, stream, complete, fetched, problem
           FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY source, stream ORDER BY started_at DESC) AS turn
                 FROM _latido_receipts) AS r
           WHERE turn = 1 ORDER BY source, stream""",
    )


def runs(connection: duckdb.DuckDBPyConnection, limit: int = 10) -> list[Row]:
    """Return the last runs, the newest first, one row per source."""
    return _rows(
        connection,
        f"""SELECT run_id, source, mode, {utc_text("started_at")} AS started_at,
                   {utc_text("finished_at")} AS finished_at, exit_code, problem
            FROM _latido_runs ORDER BY _latido_runs.started_at DESC, source LIMIT {limit:d}""",
    )


def receipts(connection: duckdb.DuckDBPyConnection, run_id: str) -> list[Row]:
    """Return the receipts of a run; raises UsageError when there was no such run."""
    if not _rows(connection, "SELECT run_id FROM _latido_runs WHERE run_id = ? LIMIT 1", [run_id]):
        raise UsageError(_("There was no run {run}.", run=run_id), _("See the last ones: latido status"))
    return _rows(
        connection,
        f"""SELECT source, stream, {utc_text("started_at")} AS started_at, complete, counted, count_exact, fetched,
                   inserted, updated, unchanged, deleted, merged, quarantined, requests, retries, seconds, problem
            FROM _latido_receipts WHERE run_id = ? ORDER BY source, stream""",
        [run_id],
    )


def quarantined(connection: duckdb.DuckDBPyConnection, limit: int = 1_000) -> list[Row]:
    """Return the records that did not fit, the newest first, each with its reason and the vendor's own record."""
    return _rows(
        connection,
        f"""SELECT source, stream, table_name, source_id, reason, CAST(payload AS VARCHAR) AS payload, run_id,
                   {utc_text("quarantined_at")} AS quarantined_at
            FROM _latido_quarantine
            ORDER BY _latido_quarantine.quarantined_at DESC, source, stream, source_id LIMIT {limit:d}""",
    )


def _rows(connection: duckdb.DuckDBPyConnection, statement: str, values: Any = None) -> list[Row]:
    """Return rows by column name; what ends in `_at` is an instant, written as text."""
    cursor = connection.execute(statement, values)
    names = [column[0] for column in cursor.description or ()]
    return [{name: _read(name, value) for name, value in zip(names, row, strict=True)} for row in cursor.fetchall()]


def _read(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name.endswith("_at") and value is not None else value
