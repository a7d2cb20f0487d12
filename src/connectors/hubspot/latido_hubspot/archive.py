"""What was deleted, and what was brought back.

HubSpot keeps deleted records for about 90 days in a list that knows no dates, so it is gone through in full, once
every `sweep_every`. To be brought back does not always count as a change: so the last deletions are remembered, and
what is no longer among the deleted ones is asked for.
"""

from __future__ import annotations

import heapq
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from latido.connect import Page, Refused
from latido.errors import NotOffered
from latido.messages import marker
from latido_hubspot.records import parted
from latido_hubspot.transforms import instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from latido.connect import Cursor, JsonObject
    from latido_hubspot.reading import ObjectStream

_ = marker("latido_hubspot")

REMEMBERED = 1000
"""How many of the last deletions are remembered."""


class Archive:
    """The deleted records of *stream*. A cursor's `swept` says when they were gone through, `archived` which were last.

    In it, instants are milliseconds by HubSpot's clock.
    """

    def __init__(self, stream: ObjectStream) -> None:
        self._stream = stream
        self._connector = stream.connector

    def is_due(self, cursor: Cursor) -> bool:
        every = self._connector.settings.sweep_every // timedelta(milliseconds=1)
        return bool(self._connector.now_there() - cursor.get("swept", -every) >= every)

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the marks of what was deleted, the rows of what was brought back, and *cursor* behind them."""
        now, before, newest = self._connector.now_there(), set(cursor.get("archived", ())), list[tuple[int, str]]()
        try:
            for records in self._listed():
                gone = {str(each["id"]): _deleted_at(each) for each in parted(records)[0]}
                before -= gone.keys()
                newest = heapq.nlargest(REMEMBERED, chain(newest, ((_seconds(at), key) for key, at in gone.items())))
                yield self._marks(gone)
        except (NotOffered, Refused) as refusal:
            before = set()
            yield Page(warnings=(self._not_listed(refusal),))
        yield from self._brought_back(sorted(before))
        yield Page(cursor={**cursor, "swept": now, "archived": [key for _at, key in newest]})

    def _listed(self) -> Iterator[list[JsonObject]]:
        path = self._connector.paths.objects(self._stream.object_type)
        return self._stream.listed(path, {"archived": "true", "properties": "hs_object_id"})

    def _marks(self, gone: dict[str, datetime | None]) -> Page:
        entity, key = self._stream.entities[0], self._stream.key
        return Page(deleted={entity: {key(each): at for each, at in gone.items()}})

    def _brought_back(self, ids: Sequence[str]) -> Iterator[Page]:
        """Yield those of *ids* that are live again; what was purged is in neither place."""
        if ids and (records := self._stream.read(ids)):
            yield self._stream.normal_page(records, None)

    def _not_listed(self, refusal: NotOffered | Refused) -> Any:
        return _("{stream}: archived records cannot be listed ({why}).", stream=self._stream.name, why=refusal.message)


def _deleted_at(record: JsonObject) -> datetime | None:
    """Return when *record* was deleted; that it was is certain, however its time is spelled."""
    try:
        return instant(record.get("archivedAt"))
    except ValueError:
        return None


def _seconds(at: datetime | None) -> int:
    return 0 if at is None else int(at.timestamp())
