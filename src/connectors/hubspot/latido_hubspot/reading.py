"""How the records of HubSpot's objects are read: whole by lists, then what changed by search.

The list is what is; the search knows of a change some seconds or minutes later, and sometimes much later. So each run
reads the last minutes before the one before it again, and every two hours the last hours: by then the search knows.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from latido.connect import Count, Page, Rejected, Stream, ahead, requested
from latido.messages import marker
from latido_hubspot import lists
from latido_hubspot.archive import Archive
from latido_hubspot.limits import SEARCH
from latido_hubspot.lists import Batch, Part, joined, parts
from latido_hubspot.records import empty_to_null, ids_of, parted, told_by
from latido_hubspot.references import user_defined
from latido_hubspot.search import SIZE, Found, Search, changed_at
from latido_hubspot.transforms import PROPERTIES, members, with_own_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from latido.connect import Cursor, JsonObject, Pace
    from latido.connect import Mapping as FieldMapping
    from latido_hubspot.connector import HubSpot

_ = marker("latido_hubspot")

MINUTE = 60_000
HOUR = 60 * MINUTE

SETTLING = MINUTE
"""Milliseconds before HubSpot's own time up to which a run reads: the last ones are still being written."""

LAG = HOUR
"""How far, in milliseconds, the search may be behind at the worst."""

WORTH_ASKING = 10_000
"""From so many changes on it is worth a request to know how many records there are in all."""

TOO_MANY = 100_000
"""So many changes are read from the list, whatever it takes."""


class HubSpotStream(Stream):
    """Records of one address of HubSpot's. `bucket` is the limit that requests count against."""

    connector: HubSpot
    bucket: ClassVar[str | None] = None

    @property
    def effective_mappings(self) -> tuple[FieldMapping, ...]:
        return with_own_fields(self.mappings, self.connector.settings.fields)

    def listed(self, path: str, params: Mapping[str, str | int]) -> Iterator[list[JsonObject]]:
        """Yield the records of the list at *path*, page by page."""
        for part in parts(self.connector, path, {"limit": lists.SIZE, **params}):
            yield part.records

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        """Return what the mapping makes of *records*."""
        rows, rejected = self.rows(self.entities[0], records)
        return Page((rows,), cursor, len(records), rejected=rejected)

    def probe(self) -> None:
        """Ask for as little as possible; raises NotOffered if this stream cannot be read."""

    def pace(self) -> Pace | None:
        return self.connector.http.pace(self.bucket)


class ObjectStream(HubSpotStream):
    """The records of one object.

    `object_type` names it in addresses, `object_type_id` on pages of HubSpot; `changed` is the property that tells when
    a record changed. `prefix` stands before the ids of what is not the main object of its table. With `history`, the
    records bring the past values of those properties.

    The cursor is {`after`, `started`} while the list is read for the first time, and {`best`, `complete`} from then on:
    up to `best` all was read that the search knew of, up to `complete` all that there is; nothing older than `since` is
    wanted. Instants are milliseconds by HubSpot's clock. The rest is the archive's.
    """

    object_type: ClassVar[str]
    object_type_id: ClassVar[str] = ""
    changed: ClassVar[str] = "hs_lastmodifieddate"
    prefix: ClassVar[str] = ""
    history: ClassVar[tuple[str, ...]] = ()
    together: ClassVar[int] = 1
    """How many answers make a page, for streams that ask further calls about all records of a page at once."""
    losers: ClassVar[tuple[str, ...]] = ("hs_merged_object_ids",)
    """The properties that name the records which were merged into this one."""

    overlap = timedelta(minutes=15)
    deletions: ClassVar[Literal["reported", "census", "none"]] = "census"

    def start(self, since: datetime | None) -> Cursor:
        if since is None:
            return {"after": None, "started": None}
        begin = int(since.timestamp() * 1000)
        return {"best": begin, "complete": begin, "since": begin}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        yield from self._changes(cursor) if "best" in cursor else self._everything(cursor)

    @cached_property
    def properties(self) -> tuple[str, ...]:
        """What to ask for: what is mapped, what users have defined, and what reading itself goes by."""
        mappings = self.effective_mappings
        mapped = {name.removeprefix(PROPERTIES) for name in requested(mappings) if name.startswith(PROPERTIES)}
        return tuple(sorted({*mapped, *self._own_properties(mappings), self.changed, *self.losers}))

    def key(self, record_id: Any) -> str:
        """Return the `source_id` of the record with that id."""
        return f"{self.prefix}{record_id}"

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        """Return what the mapping makes of *records*, and which others were merged into them."""
        entity = self.entities[0]
        rows, rejected = self.rows(entity, records)
        merged = self.merged(records) if self.deletions != "none" else {}
        return Page((rows,), cursor, len(records), merged={entity: merged} if merged else {}, rejected=rejected)

    def merged(self, records: Sequence[JsonObject]) -> dict[str, str]:
        """Return the losers that *records* name, each with its survivor."""
        found: dict[str, str] = {}
        for record in records:
            for name in self.losers:
                told = told_by(record, name)
                if told is not None and told != record["id"]:
                    own = str(record["id"])
                    found.update({self.key(each): self.key(own) for each in members(told) or () if each != own})
        return found

    def read(self, ids: Sequence[str]) -> list[JsonObject]:
        """Return the live records with these ids."""
        return self._batch.read(ids)

    def ids(self) -> Iterator[list[str]]:
        path = self.connector.paths.objects(self.object_type)
        for records in self.listed(path, {"properties": "hs_object_id"}):
            yield [self.key(each) for each in ids_of(records)]

    def count(self) -> Count | None:
        """Return what the search counts, which lags."""
        return None if self.deletions == "none" else Count(self._search.count(), exact=False)

    def estimate(self, cursor: Cursor) -> int | None:
        if "best" in cursor:
            low, high = self._from(cursor), self.connector.now_there()
            return 1 + self._search.count(self._search.between(low, high)) // SIZE
        return 1 + self._search.count() * self._requests_each // self._size

    def probe(self) -> None:
        self.connector.get(self.connector.paths.objects(self.object_type), {"limit": 1})

    @cached_property
    def _search(self) -> Search:
        # What is read by id afterwards need not come along.
        wanted = (self.changed,) if self.history else self.properties
        return Search(self.connector, self.object_type, self.changed, wanted)

    @cached_property
    def _batch(self) -> Batch:
        return Batch(self.connector, self.object_type, self.properties, self.history)

    @property
    def _size(self) -> int:
        return lists.SIZE_WITH_HISTORY if self.history and self._fits else lists.SIZE

    @cached_property
    def _fits(self) -> bool:
        return lists.fits_an_address((*self.properties, *self.history))

    @property
    def _requests_each(self) -> int:
        """How many requests a page of the list takes: what an address cannot name is read by id."""
        if self._fits:
            return 1
        return 1 + (lists.SIZE // lists.SIZE_WITH_HISTORY if self.history else 1)

    def _own_properties(self, mappings: Sequence[FieldMapping]) -> tuple[str, ...]:
        if not any("custom" in each.fields for each in mappings):
            return ()
        context = self.connector.context()
        return user_defined(context.reference.get(f"properties_{self.object_type}"), context.custom)

    def _everything(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the whole list; what changes meanwhile is for the search of the next run."""
        state = cursor
        for part in ahead(joined(self._list(cursor["after"]), self.together)):
            state = {**state, "after": part.after, "started": state["started"] or part.at}
            # Without a cursor the last page waits for what comes behind the list.
            yield self.normal_page(self._wanted(part.records, cursor), state if part.after else None)
        kept = {name: value for name, value in state.items() if name not in {"after", "started"}}
        yield from self._sweep({**kept, "best": state["started"], "complete": state["started"]})

    def _list(self, after: str | None) -> Iterator[Part]:
        path, params = self.connector.paths.objects(self.object_type), self._params()
        for part in parts(self.connector, path, params, after):
            if self._fits:
                yield part
            else:
                yield replace(part, records=self._read_whole(part.records))

    def _params(self) -> dict[str, str | int]:
        if not self._fits:
            return {"limit": lists.SIZE, "properties": "hs_object_id"}
        history = {"propertiesWithHistory": ",".join(self.history)} if self.history else {}
        return {"limit": self._size, "properties": ",".join(self.properties), **history}

    def _changes(self, cursor: Cursor) -> Iterator[Page]:
        """Yield what the search knows of; from the list if that is quicker."""
        low, repairs = self._from(cursor), self._repairs(cursor)
        high, begun = self._begun(low)
        if self._list_is_quicker(begun.total):
            yield from self._everything({**cursor_kept(cursor), "after": None, "started": None})
            return
        yield from self.found(low, high, begun)
        complete = max(cursor["complete"], high - LAG) if repairs else cursor["complete"]
        yield from self._sweep({**cursor, "best": max(high, cursor["best"]), "complete": complete})

    def _from(self, cursor: Cursor) -> int:
        """Return from when on to read: some minutes before what was read last, or some hours."""
        if self._repairs(cursor):
            return int(cursor["complete"])
        begin = int(cursor["best"]) - self.overlap // timedelta(milliseconds=1)
        return max(begin, int(cursor.get("since", 0)), 0)

    def _repairs(self, cursor: Cursor) -> bool:
        return self.connector.now_there() - int(cursor["complete"]) >= 2 * LAG

    def _begun(self, low: int) -> tuple[int, Found]:
        """Return up to when to read, by HubSpot's clock, and the first answer."""
        before, high = self.connector.drift, self.connector.now_there() - SETTLING
        begun = self._search.first(low, max(low, high))
        # The answer tells HubSpot's time. Had we been mistaken about it, that was the wrong window.
        if abs(self.connector.drift - before) > timedelta(milliseconds=SETTLING) / 2:
            high = self.connector.now_there() - SETTLING
            begun = self._search.first(low, max(low, high))
        return max(low, high), begun

    def found(self, low: int, high: int, begun: Found) -> Iterator[Page]:
        """Yield what changed from *low* to *high*; once more if HubSpot counts more than it showed, as rows shift."""
        seen: set[str] = set()
        for attempt in (begun, None):
            first = attempt or self._search.first(low, high)
            for records in ahead(self._with_history(self._search.walk(low, high, first))):
                known, others = parted(records)
                seen.update([*ids_of(known), *map(repr, others)])
                yield self.normal_page(records, None)
            if len(seen) >= first.total:
                return
        missing = first.total - len(seen)
        yield Page(
            warnings=(_("{stream}: HubSpot counts {n:,} more changes than it shows.", stream=self.name, n=missing),)
        )

    def beside(
        self, other: Search, low: int, high: int, ids: Callable[[list[JsonObject]], Iterable[str]]
    ) -> Iterator[Page]:
        """Yield the records, by their *ids*, that belong to what *other* finds to have changed meanwhile."""
        for changed in ahead(other.walk(low, high, other.first(low, high))):
            if wanted := sorted(set(ids(changed))):
                yield self.normal_page(self.read(wanted), None)

    def _with_history(self, found: Iterator[list[JsonObject]]) -> Iterator[list[JsonObject]]:
        for records in found:
            yield self._read_whole(records) if self.history else records

    def _read_whole(self, records: Sequence[JsonObject]) -> list[JsonObject]:
        """Return *records* as they are by their ids; those without one go along, to be put aside."""
        known, others = parted(records)
        return [*self.read(ids_of(known)), *others]

    def _list_is_quicker(self, changes: int) -> bool:
        if changes <= WORTH_ASKING:
            return False
        if changes > TOO_MANY:
            return True
        each = self._requests_each * 60 / self._per_minute(None)
        return changes * 60 / SIZE / self._per_minute(SEARCH) > self._search.count() / self._size * each

    def _per_minute(self, bucket: str | None) -> float:
        pace = self.connector.http.pace(bucket)
        return pace.per_minute if pace else 1.0

    def _wanted(self, records: list[JsonObject], cursor: Cursor) -> list[JsonObject]:
        since = cursor.get("since")
        return records if not since else [each for each in records if changed_at(each, self.changed) >= since]

    def normal_page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        """Return the page of *records*; `page` gets to see those alone that have an id."""
        known, others = parted(records)
        for record in known:
            empty_to_null(record)
        page = self.page(known, cursor)
        if not others:
            return page
        unknown = [Rejected(self.entities[0].table, None, "id: missing", each) for each in others]
        return replace(page, fetched=len(records), rejected=(*page.rejected, *unknown))

    def _sweep(self, state: Cursor) -> Iterator[Page]:
        """Yield what was deleted and what was brought back, if that is due; then where the stream stands."""
        archive = Archive(self)
        if self.deletions == "none" or not archive.is_due(state):
            yield Page(cursor=state)
        else:
            yield from archive.pages(state)


def cursor_kept(cursor: Cursor) -> dict[str, Any]:
    """Return what a cursor keeps when everything is read again."""
    return {name: cursor[name] for name in ("since", "swept", "archived") if name in cursor}
