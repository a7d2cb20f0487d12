"""One flush: rows, marks, quarantine and cursor in one transaction, so that none is ever without the others."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

import orjson

from latido.warehouse._census import note_ids
from latido.warehouse._quarantine import put_away, release, settle
from latido.warehouse._tables import touch
from latido.warehouse._tombstones import mark_deleted, mark_merged, replace_children
from latido.warehouse._upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from latido.warehouse._batch import Batch, Layer

_WRITTEN = ("inserted", "updated", "deleted", "merged")


def flush(
    connection: duckdb.DuckDBPyConnection,
    batch: Batch,
    *,
    run_id: str,
    fingerprint: str,
    seen: bool = False,
    step: Callable[[str], None] = lambda _name: None,
) -> Counter[str]:
    """Store *batch* and its cursor; return how many rows were `inserted`, `updated`, `unchanged` ….

    With *seen* the ids are noted for the comparison that ends a snapshot. *step* is told `data` between the rows and
    the cursor, and `cursor` before the commit: for tests that pull the plug there.
    """
    connection.execute("BEGIN")
    try:
        counts = _data(connection, batch, run_id)
        if seen:
            _note_seen(connection, batch)
        step("data")
        if batch.cursor is not None:
            put_cursor(connection, batch, fingerprint)
        if any(counts[name] for name in _WRITTEN):
            touch(connection)
        step("cursor")
        connection.execute("COMMIT")
    except BaseException:
        import duckdb

        with suppress(duckdb.TransactionException):  # A commit that failed, on a full disk, has rolled back already.
            connection.execute("ROLLBACK")
        raise
    return counts


def put_cursor(connection: duckdb.DuckDBPyConnection, batch: Batch, fingerprint: str) -> None:
    """Store where the stream of *batch* resumes."""
    key = [batch.source, batch.stream]
    connection.execute(
        "UPDATE _latido_cursors SET cursor = ?, fingerprint = ?, updated_at = NOW() WHERE source = ? AND stream = ?",
        [orjson.dumps(batch.cursor).decode(), fingerprint, *key],
    )
    connection.execute(
        """INSERT INTO _latido_cursors SELECT ?, ?, ?, ?, NOW(), NULL
           WHERE NOT EXISTS (SELECT 1 FROM _latido_cursors WHERE source = ? AND stream = ?)""",
        [*key, orjson.dumps(batch.cursor).decode(), fingerprint, *key],
    )


def _data(connection: duckdb.DuckDBPyConnection, batch: Batch, run_id: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for layer in batch.layers:
        counts += _layer(connection, batch, layer)
    counts["quarantined"] += put_away(connection, batch, run_id)
    settle(connection, batch, run_id)
    return counts


def _layer(connection: duckdb.DuckDBPyConnection, batch: Batch, layer: Layer) -> Counter[str]:
    counts: Counter[str] = Counter()
    for entity, arrived in layer.rows.items():
        counts += upsert(connection, entity, arrived, batch.source, batch.stream)
        release(connection, batch.source, entity.table, arrived)
    # First those of which it is known when they were deleted.
    for entity, ids in layer.deleted.items():
        counts["deleted"] += mark_deleted(connection, entity, batch.source, ids)
    for entity, brought in layer.replaced.items():
        counts["deleted"] += replace_children(connection, entity, batch.source, brought)
    for entity, pairs in layer.merged.items():
        counts["merged"] += mark_merged(connection, entity, batch.source, pairs)
    return counts


def _note_seen(connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Note what the vendor has: the rows, and what it has in a form that does not fit."""
    for layer in batch.layers:
        for entity, arrived in layer.rows.items():
            for each in arrived:
                note_ids(connection, entity.table, batch.source, batch.stream, each["source_id"].to_pylist())
    unfit = defaultdict(list)
    for table, key in batch.rejected:
        unfit[table].append(key)
    for table, keys in unfit.items():
        note_ids(connection, table, batch.source, batch.stream, keys)
