"""Where a stream begins, and whether its sweep is due."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from latido.connect import ConnectorSettings, Cursor, Stream
    from latido.sync._source import Options, Source
    from latido.warehouse import StoredCursor


def where_to_start(
    source: Source, stream: Stream, stored: StoredCursor | None, options: Options
) -> tuple[Cursor, bool]:
    """Return the cursor from which to read, and whether that reads everything."""
    afresh = options.full or stream.mode == "snapshot"
    if (
        stored is None
        or stored.cursor is None
        or afresh
        or mapping_changed(stream, stored)
        or reaches_back(stream, stored)
    ):
        return stream.start(_midnight(source.settings.start_date, source)), True
    since = _midnight(options.since, source)
    if since is not None and _was_passed(since, stored):
        return stream.start(since), False
    return stored.cursor, False


def _was_passed(since: datetime, stored: StoredCursor) -> bool:
    """Whether *since* lies behind where the stream stands: a cursor moves back, never over what was not read yet."""
    return stored.complete_at is not None and since <= stored.complete_at


def fingerprint(stream: Stream) -> str:
    """Return what is stored beside a cursor: how rows are made, and from which day on they are read."""
    begin = stream.connector.settings.start_date
    return f"{stream.fingerprint()}@{begin or ''}"


def mapping_changed(stream: Stream, stored: StoredCursor | None) -> bool:
    """Whether rows that are stored would come out differently now."""
    if stored is None or stored.fingerprint is None:
        return False
    return stored.fingerprint.partition("@")[0] != stream.fingerprint()


def reaches_back(stream: Stream, stored: StoredCursor | None) -> bool:
    """Whether the start date lies before the one from which on rows were read."""
    before = (stored.fingerprint or "").partition("@")[2] if stored is not None else ""
    begin = stream.connector.settings.start_date
    return bool(before) and (begin is None or begin.isoformat() < before)


def sweep_is_due(stream: Stream, stored: StoredCursor | None, now: datetime) -> bool:
    """Whether the sweep of *stream* was too long ago, or never was."""
    if stored is None or stored.swept_at is None:
        return True
    settings: ConnectorSettings = stream.connector.settings
    return now - stored.swept_at >= settings.sweep_every


def _midnight(day: date | None, source: Source) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), source.time_zone)
