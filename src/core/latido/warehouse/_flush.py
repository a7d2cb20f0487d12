"""One flush: rows, marks, quarantine and cursor in one transaction, so that none is ever without the others."""

from __future__ import annotations

import hashlib
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

import orjson

from latido.warehouse._sql import scalar
from latido.warehouse._tables import put_meta
from latido.warehouse._tombstones import mark_deleted, mark_merged, replace_children
from latido.warehouse._upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb
    from arro3.core import RecordBatch

    from latido.connect import Rejected
    from latido.warehouse._batch import Batch

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


def touch(connection: duckdb.DuckDBPyConnection) -> None:
    """Note that rows changed: whatever was derived from them is out of date."""
    put_meta(connection, "data_version", str(scalar(connection, "SELECT NEXTVAL('_latido_seq')")))


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
    for entity, arrived in batch.rows.items():
        counts += upsert(connection, entity, arrived, batch.source, batch.stream)
        _release(connection, batch, entity.table, arrived)
    for entity, brought in batch.replaced.items():
        counts["deleted"] += replace_children(connection, entity, batch.source, brought)
    for entity, ids in batch.deleted.items():
        counts["deleted"] += mark_deleted(connection, entity, batch.source, ids)
    for entity, pairs in batch.merged.items():
        counts["merged"] += mark_merged(connection, entity, batch.source, pairs)
    counts["quarantined"] += _quarantine(connection, batch, run_id)
    return counts


def _release(connection: duckdb.DuckDBPyConnection, batch: Batch, table: str, arrived: list[RecordBatch]) -> None:
    """Take out of quarantine what fits by now."""
    from arro3.core import Table

    waiting = "SELECT 1 FROM _latido_quarantine WHERE source = ? AND table_name = ? LIMIT 1"
    if not scalar(connection, waiting, [batch.source, table]):
        return
    connection.register("incoming", Table.from_batches(arrived))
    connection.execute(
        """DELETE FROM _latido_quarantine WHERE source = ? AND table_name = ?
           AND source_id IN (SELECT source_id FROM incoming)""",
        [batch.source, table],
    )
    connection.unregister("incoming")


def _quarantine(connection: duckdb.DuckDBPyConnection, batch: Batch, run_id: str) -> int:
    """Put away what does not fit; the same record again takes the place of its older self."""
    last = {(each.table, _key(each)): each for each in batch.rejected}
    for (table, key), each in last.items():
        connection.execute(
            "DELETE FROM _latido_quarantine WHERE source = ? AND table_name = ? AND source_id = ?",
            [batch.source, table, key],
        )
        connection.execute(
            "INSERT INTO _latido_quarantine VALUES (?, ?, ?, ?, ?, ?, ?, NOW())",
            [batch.source, batch.stream, table, key, each.reason, _payload(each), run_id],
        )
    return len(last)


def _payload(rejected: Rejected) -> str:
    return orjson.dumps(rejected.payload, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _key(rejected: Rejected) -> str:
    if rejected.source_id:
        return rejected.source_id
    return "sha256:" + hashlib.sha256(_payload(rejected).encode()).hexdigest()[:16]


def _note_seen(connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    from arro3.core import Table

    for entity, arrived in batch.rows.items():
        connection.register("incoming", Table.from_batches(arrived))
        connection.execute(
            "INSERT INTO _latido_seen SELECT ?, ?, ?, source_id FROM incoming",
            [batch.source, batch.stream, entity.table],
        )
        connection.unregister("incoming")
