"""Records that do not fit: put away with the reason and what the vendor sent, and let out once they do."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import orjson

from latido.schema import whole_characters
from latido.warehouse._sql import scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb
    from arro3.core import RecordBatch

    from latido.connect import Rejected
    from latido.warehouse._batch import Batch


def put_away(connection: duckdb.DuckDBPyConnection, batch: Batch, run_id: str) -> int:
    """Put away what of *batch* does not fit; the same record again takes the place of its older self."""
    from arro3.core import Array, DataType, RecordBatch, Table

    if not batch.rejected:
        return 0
    found = [(table, key, each.reason, payload_of(each)) for (table, key), each in batch.rejected.items()]
    columns = zip(("table_name", "source_id", "reason", "payload"), zip(*found, strict=True), strict=True)
    texts: Any = {name: Array([*map(whole_characters, each)], DataType.string()) for name, each in columns}
    with _registered(connection, Table.from_batches([RecordBatch.from_pydict(texts)])):
        connection.execute(
            """DELETE FROM _latido_quarantine WHERE source = ?
               AND (table_name, source_id) IN (SELECT (table_name, source_id) FROM incoming)""",
            [batch.source],
        )
        connection.execute(
            """INSERT INTO _latido_quarantine
               SELECT ?, ?, table_name, source_id, reason, CAST(payload AS JSON), ?, NOW() FROM incoming""",
            [batch.source, batch.stream, run_id],
        )
    return len(found)


def release(connection: duckdb.DuckDBPyConnection, source: str, table: str, arrived: list[RecordBatch]) -> None:
    """Take out of quarantine what fits by now."""
    from arro3.core import Table

    waiting = "SELECT 1 FROM _latido_quarantine WHERE source = ? AND table_name = ? LIMIT 1"
    if not scalar(connection, waiting, [source, table]):
        return
    with _registered(connection, Table.from_batches(arrived)):
        connection.execute(
            """DELETE FROM _latido_quarantine WHERE source = ? AND table_name = ?
               AND source_id IN (SELECT source_id FROM incoming)""",
            [source, table],
        )


def settle(connection: duckdb.DuckDBPyConnection, batch: Batch, run_id: str) -> None:
    """Take out of quarantine what earlier runs put there from files that were now read to their end."""
    if batch.settled:
        connection.execute(
            """DELETE FROM _latido_quarantine WHERE source = ? AND stream = ? AND run_id <> ?
               AND payload ->> '$.file' IN (SELECT UNNEST(CAST(? AS VARCHAR[])))""",
            [batch.source, batch.stream, run_id, batch.settled],
        )


def key_of(rejected: Rejected) -> str:
    """Return what *rejected* is known by: its own key, or a hash of what the vendor sent."""
    if rejected.source_id:
        return rejected.source_id
    return "sha256:" + hashlib.sha256(payload_of(rejected).encode()).hexdigest()[:16]


def payload_of(rejected: Rejected) -> str:
    """Return what the vendor sent as JSON, or as text where JSON cannot hold it."""
    sent = rejected.payload
    try:
        return orjson.dumps(sent, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:  # A number of more than 64 bits, or half a character.
        pass
    try:
        return whole_characters(json.dumps(sent, default=str, ensure_ascii=False, allow_nan=False))
    except (TypeError, ValueError):
        return orjson.dumps({"unreadable": whole_characters(repr(sent))}).decode()


@contextmanager
def _registered(connection: duckdb.DuckDBPyConnection, table: Any) -> Iterator[None]:
    connection.register("incoming", table)
    try:
        yield
    finally:
        connection.unregister("incoming")
