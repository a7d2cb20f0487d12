"""Comparing what the vendor has with what is stored: what it no longer has is marked deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.errors import GapError
from latido.messages import marker
from latido.warehouse._sql import scalar
from latido.warehouse._tables import touch

if TYPE_CHECKING:
    import duckdb

    from latido.schema import Record

_ = marker("latido")

MASS_DELETION_SHARE = 0.2
MASS_DELETION_ROWS = 20

_LIVE = """source = $source AND _latido_stream = $stream AND seq <= $until
           AND STARTS_WITH(source_id, $compared)
           AND COALESCE(is_deleted, false) = false AND merged_into IS NULL"""
_GONE = """NOT EXISTS (SELECT 1 FROM _latido_seen AS s WHERE s.source = $source AND s.stream = $stream
           AND s.table_name = $table AND s.source_id = t.source_id)"""


def begin_census(connection: duckdb.DuckDBPyConnection, source: str, stream: str) -> int:
    """Forget the ids seen so far and return the sequence number up to which rows take part."""
    connection.execute("DELETE FROM _latido_seen WHERE source = ? AND stream = ?", [source, stream])
    return int(scalar(connection, "SELECT NEXTVAL('_latido_seq')"))


def note_ids(connection: duckdb.DuckDBPyConnection, table: str, source: str, stream: str, ids: list[str]) -> None:
    """Note that the vendor has *ids* in *table*."""
    connection.execute(
        "INSERT INTO _latido_seen SELECT ?, ?, ?, UNNEST(CAST(? AS VARCHAR[]))", [source, stream, table, ids]
    )


def end_census(
    connection: duckdb.DuckDBPyConnection,
    entity: type[Record],
    source: str,
    stream: str,
    until: int,
    *,
    compared: str = "",
    expected: float = 0,
) -> int:
    """Mark deleted the rows of *stream* that were not seen, and whose id begins with *compared*; return how many.

    Raises GapError, and marks nothing, when that would be more than a fifth and more than 20 of them, not counting
    as many as were *expected* to go.
    """
    values = {"source": source, "stream": stream, "until": until, "compared": compared}
    live = scalar(connection, f"SELECT COUNT(*) FROM {entity.table} AS t WHERE {_LIVE}", values)
    values["table"] = entity.table
    gone = scalar(connection, f"SELECT COUNT(*) FROM {entity.table} AS t WHERE {_LIVE} AND {_GONE}", values)
    lost = gone - expected
    if lost > MASS_DELETION_ROWS and lost > MASS_DELETION_SHARE * live:
        raise GapError(
            _("{stream}: {gone} of {live} rows are gone at the vendor.", stream=stream, gone=gone, live=live),
            _("If that is true, run: latido sync {source} --allow-mass-delete", source=source),
        )
    connection.execute("BEGIN")
    if gone:
        connection.execute(
            f"""UPDATE {entity.table} AS t SET is_deleted = true, _latido_hash = NULL, synced_at = NOW(),
                seq = NEXTVAL('_latido_seq') WHERE {_LIVE} AND {_GONE}""",
            values,
        )
        touch(connection)
    seen = "DELETE FROM _latido_seen WHERE source = ? AND stream = ? AND table_name = ?"
    connection.execute(seen, [source, stream, entity.table])
    connection.execute("COMMIT")
    return int(gone)
