"""What a sync would cost, before the first data request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from latido.connect import Runtime
from latido.sync._cursor import sweep_is_due, where_to_start
from latido.sync._engine import check_streams
from latido.sync._source_run import wanted
from latido.warehouse import cursors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latido.connect import Stream
    from latido.sync._source import Options, Source
    from latido.warehouse import StoredCursor, Warehouse


@dataclass(frozen=True, slots=True)
class Planned:
    """What one stream would take: requests, minutes at the vendor's pace, share of the account's quota meanwhile.

    None where it cannot be known beforehand. `due` is false for a sweep whose time has not come.
    """

    source: str
    stream: str
    whole: bool
    due: bool
    requests: int | None
    minutes: float | None
    quota_share: float | None


def plan(warehouse: Warehouse, sources: Sequence[Source], options: Options) -> list[Planned]:
    """Return what a sync with these options would take; raises UsageError for a stream that no source has."""
    check_streams(sources, options)
    return [planned for source in sources for planned in _planned(warehouse, source, options)]


def _planned(warehouse: Warehouse, source: Source, options: Options) -> Iterator[Planned]:
    clock, zone = source.clock, source.time_zone
    runtime = Runtime(source.name, clock=clock, transport=source.transport, folder=source.folder, time_zone=zone)
    connector = source.connector(source.settings, runtime)
    stored: dict[str, StoredCursor] = {}
    if warehouse.path.exists():
        with warehouse.reading() as connection:
            stored = cursors(connection, source.name)
    try:
        for stream in wanted(connector, options):
            yield _of_stream(source, stream, stored.get(stream.name), options)
    finally:
        connector.close()


def _of_stream(source: Source, stream: Stream, stored: StoredCursor | None, options: Options) -> Planned:
    cursor, whole = where_to_start(source, stream, stored, options)
    due = not stream.sweep or options.full or sweep_is_due(stream, stored, source.clock.now())
    requests = stream.estimate(cursor) if due else 0
    pace = stream.pace()
    minutes = requests / pace.per_minute if requests is not None and pace else None
    share = pace.per_minute / pace.account_per_minute if pace and pace.account_per_minute else None
    return Planned(source.name, stream.name, whole, due, requests, minutes, share)
