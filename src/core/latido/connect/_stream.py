"""A stream yields records of one or more entities in pages."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Mapping as Map
    from datetime import datetime

    from latido.connect._connector import Connector
    from latido.connect._mapping import BoundMapping, JsonObject, Mapping
    from latido.connect._page import Count, Cursor, Pace, Page
    from latido.connect._rows import Rejected, Rows
    from latido.schema import Record


class Stream(ABC):
    """What is particular to one kind of record of one vendor.

    An *incremental* stream resumes at its cursor; a *snapshot* is read whole each time, and a row that it no longer
    brings is deleted. `deletions` says how the vendor's deletions arrive: in the pages (`reported`), by comparing
    `ids()` with what is stored (`census`), or not at all (`none`). A `sweep` is read only when `sweep_every` has
    passed. Ids that begin with `content_ids` are made of what the record says: an edited one is another, so the guard
    against mass deletion lets as many go as came. Only ids that begin with `compared` take part in a census or
    snapshot. An `optional` stream that the vendor refuses is left out with a warning. `reference` names the connector's
    reference tables that must be read first.
    """

    name: ClassVar[str]
    entities: ClassVar[tuple[type[Record], ...]]
    mappings: ClassVar[tuple[Mapping, ...]] = ()
    mode: ClassVar[Literal["incremental", "snapshot"]] = "incremental"
    overlap: ClassVar[timedelta] = timedelta()
    deletions: ClassVar[Literal["reported", "census", "none"]] = "none"
    content_ids: ClassVar[str] = ""
    compared: ClassVar[str] = ""
    reference: ClassVar[tuple[str, ...]] = ()
    sweep: ClassVar[bool] = False
    optional: ClassVar[bool] = False
    on_by_default: ClassVar[bool] = True

    def __init__(self, connector: Connector) -> None:
        self.connector = connector
        self._bound: dict[type[Record], BoundMapping] = {}

    @abstractmethod
    def start(self, since: datetime | None) -> Cursor:
        """Return the cursor that reads everything, or everything changed at or after *since*. No request is made."""

    @abstractmethod
    def pages(self, cursor: Cursor) -> Iterator[Page]:
        """Yield what changed at or after *cursor*; the stream applies its own `overlap`."""

    def count(self) -> Count | None:
        """Return how many live records the vendor counts, or None where it does not offer that."""
        return None

    def estimate(self, cursor: Cursor) -> int | None:
        """Return about how many requests reading from *cursor* takes; None when that cannot be known beforehand."""
        del cursor
        return None

    def pace(self) -> Pace | None:
        """Return how fast the vendor lets this stream read; None where it has no such limit."""
        return None

    def sweep_now(self, cursor: Cursor) -> bool:
        """Return whether, of what there is beside *cursor*, the sweep is due before its time; no request is made."""
        del cursor
        return False

    def ids(self) -> Iterator[list[str]]:
        """Yield the ids of all live records of the first entity: the census."""
        raise TypeError(f"{self.name} takes no census")

    @property
    def effective_mappings(self) -> tuple[Mapping, ...]:
        """The stream's mappings with the user's own fields on top."""
        fields: Map[str, Map[str, str]] = self.connector.settings.fields
        return tuple(each.overridden(fields.get(each.entity.table, {})) for each in self.mappings)

    def fingerprint(self) -> str:
        """Return a text that changes when stored rows would come out differently; the stream is then read again."""
        custom, zone = self.connector.settings.custom, self.connector.runtime.time_zone
        parts = [each.fingerprint(custom, zone) for each in self.effective_mappings]
        return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]

    def rows(self, entity: type[Record], records: Sequence[JsonObject]) -> tuple[Rows, list[Rejected]]:
        """Return what *entity*'s mapping makes of vendor *records*, and those that do not fit."""
        if not self._bound:
            context = self.connector.context()
            self._bound = {each.entity: each.bound(context) for each in self.effective_mappings}
        return self._bound[entity].rows(records)


def requested(mappings: Sequence[Mapping]) -> tuple[str, ...]:
    """Return the vendor's fields that *mappings* read, sorted: what a request has to ask for."""
    return tuple(sorted({name for each in mappings for name in each.paths}))
