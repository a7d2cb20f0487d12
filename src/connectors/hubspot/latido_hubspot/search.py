"""What changed since, by HubSpot's search: quick to ask, late to know, and blind beyond its 10,000th result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from latido_hubspot.answers import following, records_in, stuck
from latido_hubspot.limits import SEARCH
from latido_hubspot.records import ids_of
from latido_hubspot.transforms import millis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.connect import JsonObject
    from latido_hubspot.connector import HubSpot

SIZE = 200
MOST = 10_000
"""How many results of one search can be seen."""

EARLIEST = 1000
"""HubSpot's search fails at the beginning of time itself, 1970."""

VALUES = 100
"""How many values one search compares with."""

Filter = dict[str, Any]
Groups = Sequence[Sequence[Filter]]
"""All filters of one group, or all of another."""


@dataclass(frozen=True, slots=True)
class Found:
    """One answer: how many there are in all, some of them, and the offset at which the next begin (None: the end)."""

    total: int
    records: list[JsonObject]
    after: str | None

    @property
    def is_last_that_can_be_seen(self) -> bool:
        return self.after is not None and int(self.after) + SIZE > MOST


class Search:
    """The records of one object by when they changed, with some of their properties."""

    def __init__(self, connector: HubSpot, object_type: str, changed: str, properties: Sequence[str]) -> None:
        self._connector = connector
        self._path = connector.paths.search(object_type)
        self._changed = changed
        self._properties = list(properties)

    def count(self, groups: Groups = ()) -> int:
        """Return how many records match."""
        return self._ask(groups, self._changed, size=1).total

    def having(self, names: Sequence[str], values: Sequence[str]) -> Iterator[JsonObject]:
        """Yield the records of which one of the properties *names* is one of *values*, in small letters or capitals."""
        for at in range(0, len(values), VALUES):
            # The search itself compares in any case, but only with small letters.
            wanted = [each.lower() for each in values[at : at + VALUES]]
            groups = [[{"propertyName": name, "operator": "IN", "values": wanted}] for name in names]
            for found in self._pages(groups, self._ask(groups, self._changed)):
                yield from found.records

    def between(self, low: int, high: int) -> Groups:
        """Return what finds the changes from *low* to *high*, both included, in milliseconds."""
        limits = {"value": str(max(low, EARLIEST)), "highValue": str(max(high, EARLIEST))}
        return [[{"propertyName": self._changed, "operator": "BETWEEN", **limits}]]

    def first(self, low: int, high: int) -> Found:
        return self._ask(self.between(low, high), self._changed)

    def walk(self, low: int, high: int, begun: Found) -> Iterator[list[JsonObject]]:
        """Yield what changed from *low* to *high*, of which *begun* is the first answer, the oldest change first.

        Where the search goes blind another one begins, at the oldest change of the last answer: rows come out of order
        there. Some records may come twice.
        """
        found: Found | None = begun
        while low <= high:
            oldest = low
            for each in self._pages(self.between(low, high), found or self.first(low, high)):
                found = each
                oldest = min(filter(None, map(self.when, each.records)), default=oldest)
                yield each.records
            if found is None or found.after is None:
                return
            if oldest <= low:
                yield from self._of_one_millisecond(low)
            low, found = (oldest if oldest > low else low + 1), None

    def when(self, record: JsonObject) -> int:
        """Return when *record* changed; 0 if it does not tell."""
        return changed_at(record, self._changed)

    def _pages(self, groups: Groups, found: Found) -> Iterator[Found]:
        seen: set[str] = set()
        while True:
            yield found
            if found.after is None or found.is_last_that_can_be_seen:
                return
            if found.after in seen:
                raise stuck(self._path)
            seen.add(found.after)
            found = self._ask(groups, self._changed, found.after)

    def _of_one_millisecond(self, when: int) -> Iterator[list[JsonObject]]:
        """Yield all that changed in that millisecond, in the order of HubSpot's ids, which is nobody's business."""
        at = {"propertyName": self._changed, "operator": "EQ", "value": str(max(when, EARLIEST))}
        behind: list[Filter] = []
        after: str | None = None
        seen: set[tuple[str, str | None]] = set()
        while True:
            found = self._ask([[at, *behind]], "hs_object_id", after)
            yield found.records
            if found.after is None:
                return
            if ids := ids_of(found.records):
                # Compared as they came: as numbers, ids that are ordered as texts would be left out.
                behind, after = [{"propertyName": "hs_object_id", "operator": "GT", "value": ids[-1]}], None
            else:
                after = found.after
            place = (str(behind), after)
            if place in seen:
                raise stuck(self._path)
            seen.add(place)

    def _ask(self, groups: Groups, sort: str, after: str | None = None, size: int = SIZE) -> Found:
        asked: dict[str, Any] = {
            "filterGroups": [{"filters": list(filters)} for filters in groups],
            "sorts": [{"propertyName": sort, "direction": "ASCENDING"}],
            "properties": self._properties,
            "limit": size,
            **({"after": after} if after else {}),
        }
        body = self._connector.post(self._path, asked, bucket=SEARCH)
        records, after_it = records_in(body, self._path), following(body)
        total = body.get("total")
        if after_it is not None and not after_it.isdecimal():
            raise stuck(self._path)
        return Found(total if isinstance(total, int) else len(records), records, after_it)


def changed_at(record: Any, changed: str) -> int:
    """Return when *record* changed, in milliseconds; 0 if it does not tell."""
    try:
        return millis(record["properties"].get(changed) or record.get("updatedAt")) or 0
    except (AttributeError, KeyError, TypeError, ValueError):
        return 0
