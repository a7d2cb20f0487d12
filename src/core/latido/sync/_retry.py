"""A second chance for records in quarantine, after the mapping or Latido itself has learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from latido.connect import Page, Runtime
from latido.schema import TABLES
from latido.sync._lock import source_lock
from latido.sync._receipt import Receipt
from latido.warehouse import Batch, flush, scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from latido.connect import JsonObject, Stream
    from latido.sync._source import Source
    from latido.warehouse import Warehouse

_AT_ONCE = 1_000


def retry_quarantine(warehouse: Warehouse, source: Source) -> list[Receipt]:
    """Map the quarantined records of *source* again; those that fit now are stored, the others stay.

    Reads at most the vendor's reference tables. Returns a receipt per stream that had records there. Raises LockedError
    while a sync of *source* goes on.
    """
    with source_lock(source):
        return _tried_again(warehouse, source)


def _tried_again(warehouse: Warehouse, source: Source) -> list[Receipt]:
    clock, zone = source.clock, source.time_zone
    runtime = Runtime(source.name, clock=clock, transport=source.transport, folder=source.folder, time_zone=zone)
    connector = source.connector(source.settings, runtime)
    try:
        streams = {stream.name: stream for stream in connector.streams()}
        with warehouse.reading() as connection:
            names = "SELECT DISTINCT stream FROM _latido_quarantine WHERE source = ? ORDER BY 1"
            waiting = [name for (name,) in connection.execute(names, [source.name]).fetchall()]
        chosen = [streams[name] for name in waiting if name in streams]
        connector.context(chosen)
        return [_retried(warehouse, source, stream) for stream in chosen]
    finally:
        connector.close()


def _retried(warehouse: Warehouse, source: Source, stream: Stream) -> Receipt:
    tables = tuple(entity.table for entity in stream.entities)
    receipt = Receipt(source.name, stream.name, tables, source.clock.now())
    with warehouse.writing() as connection:
        for table in tables:
            payloads = _payloads(connection, source.name, stream.name, table)
            for first in range(0, len(payloads), _AT_ONCE):
                batch = Batch(source.name, stream.name)
                batch.add(_page(stream, table, payloads[first : first + _AT_ONCE]))
                receipt.add(flush(connection, batch, run_id="retry", fingerprint=stream.fingerprint()))
        left = "SELECT COUNT(*) FROM _latido_quarantine WHERE source = ? AND stream = ?"
        receipt.quarantined = scalar(connection, left, [source.name, stream.name])
    receipt.finished_at, receipt.complete = source.clock.now(), True
    return receipt


def _page(stream: Stream, table: str, payloads: Sequence[JsonObject]) -> Page:
    rows, _still_unfit = stream.rows(TABLES[table], payloads)
    return Page([rows])


def _payloads(connection: duckdb.DuckDBPyConnection, source: str, stream: str, table: str) -> list[JsonObject]:
    found = connection.execute(
        "SELECT payload FROM _latido_quarantine WHERE source = ? AND stream = ? AND table_name = ?",
        [source, stream, table],
    ).fetchall()
    return [orjson.loads(payload) for (payload,) in found]
