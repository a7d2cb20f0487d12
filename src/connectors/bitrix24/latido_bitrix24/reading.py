"""How records of Bitrix24 are read: all of them by id, then by id what changed since.

A run reads up to a minute before the portal's own time. What changes while it reads leaves the window that is being
read, with its new time, and is in the next run's.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from latido.connect import Page, Rejected, Stream, ahead, requested
from latido.messages import marker
from latido_bitrix24.answers import contained
from latido_bitrix24.batches import MOST
from latido_bitrix24.chain import PAGE, Listing
from latido_bitrix24.dates import UNTRIED, Dates, tried
from latido_bitrix24.own_mapping import with_own_fields
from latido_bitrix24.transforms import fields_of, user_defined

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from latido.connect import Cursor, JsonObject, Pace
    from latido.connect import Mapping as FieldMapping
    from latido_bitrix24.connector import Bitrix24

_ = marker("latido_bitrix24")

SETTLING = timedelta(seconds=60)
"""How long before the portal's own time a run ends: the last changes are still being written."""

OVERLAP = timedelta(minutes=5)


class BitrixStream(Stream):
    """Records of one Bitrix24. `types` are those whose fields it has to know."""

    connector: Bitrix24
    types: ClassVar[tuple[int, ...]] = ()

    @property
    def effective_mappings(self) -> tuple[FieldMapping, ...]:
        return with_own_fields(self.mappings, self.connector.settings.fields, self.types)

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        """Return what the mapping makes of *records*."""
        rows, rejected = self.rows(self.entities[0], records)
        return Page((rows,), cursor, len(records), rejected=rejected)

    def probe(self) -> None:
        """Ask for as little as possible; raises NotOffered if this stream cannot be read."""

    def pace(self) -> Pace | None:
        return self.connector.portal.http.pace()


class KeysetStream(BitrixStream):
    """Records that come by id.

    `changed` is the field that tells when a record last changed; without one records are only ever added, and `created`
    is the field that tells when. `prefix` stands before the ids of what is not the main object of its table.

    The cursor is {`since`, `top`} between runs: all is read that had changed by then, or been added up to that id. In a
    run it is {`since`, `until`, `last`, `top`}: of what changed in between, the ids up to `last` are read. Moments are
    seconds since 1970 by the portal's clock; no `since` means from the beginning, no `top` that it is not known yet.
    """

    listing: ClassVar[Listing]
    changed: ClassVar[str | None] = None
    created: ClassVar[str] = "CREATED"
    prefix: ClassVar[str] = ""
    overlap = OVERLAP

    def params(self) -> dict[str, Any]:
        """Return what each request says beside the ids and moments: `select`, `filter` and the like."""
        return {}

    def wanted(self, record: JsonObject) -> bool:
        """Whether *record* is one of those that this stream is about."""
        del record
        return True

    def key(self, record_id: Any) -> str:
        """Return the `source_id` of the record with that id."""
        return f"{self.prefix}{record_id}"

    def start(self, since: datetime | None) -> Cursor:
        if since is None:
            return {"since": None, "top": 0}
        return {"since": since.timestamp(), "top": None}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        state: Cursor = cursor
        if "until" in state:  # A run was stopped in the middle: that first, then what changed meanwhile.
            for page in self._read(state):
                state = page.cursor or state
                yield page
        yield from self._read(self._begun(state))

    def ids(self) -> Iterator[list[str]]:
        params = {**self.params(), "select": [self.listing.id]}
        for records in self.connector.portal.chain(self.listing, params):
            yield [self.key(each) for each in self.listing.numbers(records)]

    def estimate(self, cursor: Cursor) -> int | None:
        if cursor.get("since") is not None:
            return 2
        rows = self._highest() - int(cursor.get("last") or 0)
        return 3 + max(0, rows) // (PAGE * MOST)

    def probe(self) -> None:
        command = self.listing.page({**self.params(), "select": [self.listing.id]}, 0)
        result = self.connector.portal.call(command.method, command.params)
        contained(result, self.listing.container, self.listing.method)

    def shown(self) -> int:
        """Return how many records Bitrix24 says that it shows us: dear to ask, and wrong at times."""
        command = self.listing.page({**self.params(), "select": [self.listing.id]}, 0)
        total = self.connector.portal.answer(command.method, {**command.params, "start": 0}).get("total")
        return total if isinstance(total, int) else 0

    def normal_page(self, records: Sequence[Any], cursor: Cursor | None) -> Page:
        """Return the page of *records*; `page` gets to see those alone that have an id, and are wanted."""
        known = [each for each in records if isinstance(each, dict) and each.get(self.listing.id) is not None]
        kept = [each for each in known if self.wanted(each)]
        page = replace(self.page(kept, cursor), fetched=len(records))
        if len(kept) < len(known):
            gone = {self.key(each[self.listing.id]): None for each in known if not self.wanted(each)}
            page = replace(page, deleted={**page.deleted, self.entities[0]: gone})
        if len(known) < len(records):
            others = [each for each in records if not isinstance(each, dict) or each.get(self.listing.id) is None]
            unknown = [Rejected(self.entities[0].table, None, f"{self.listing.id}: missing", each) for each in others]
            page = replace(page, rejected=(*page.rejected, *unknown))
        return page

    def _begun(self, cursor: Cursor) -> Cursor:
        until = (self.connector.portal.now() - SETTLING).timestamp()
        return {"since": cursor["since"], "until": until, "last": 0, "top": cursor["top"]}

    def _read(self, state: Cursor) -> Iterator[Page]:
        if self.changed is None:
            yield from self._added(state)
        elif state["since"] is None or self._dates.form is None:
            yield from self._everything(state)
        else:
            yield from self._changes(state)

    def _everything(self, state: Cursor) -> Iterator[Page]:
        """Yield all records by id. What changes meanwhile is in the next run's window, whether it was passed or not."""
        since = self._from(state)
        for records in self._chain(self.params(), int(state["last"])):
            state = self._behind(state, records)
            yield replace(self.normal_page(self._later_ones(records, since), state), fetched=len(records))
        yield Page(cursor={"since": state["until"], "top": state["top"] or 0})

    def _changes(self, state: Cursor) -> Iterator[Page]:
        """Yield what changed in the window, then what was added with an older time than that, as imports may."""
        begun = state["top"]
        since = self._from(state) or 0.0
        bounds = {f">={self.changed}": self._spelled(since), f"<{self.changed}": self._spelled(state["until"])}
        for records in self._chain(self._filtered(bounds), int(state["last"])):
            state = {**self._behind(state, records), "top": begun}
            yield self.normal_page(self._later_ones(records, since), state)
        for records in self._chain(self.params(), int(begun)) if begun is not None else ():
            begun = self._behind(state, records)["last"]
            yield self.normal_page(records, {"since": state["until"], "top": begun})
        yield Page(cursor={"since": state["until"], "top": begun if begun is not None else self._highest()})

    def _added(self, state: Cursor) -> Iterator[Page]:
        """Yield what was added. The cursor stays before what is younger than the overlap: ids may come late."""
        since, top = state["since"], int(state["top"] or 0)
        moves, settled_at = True, float(state["until"]) - self.overlap.total_seconds()
        for records in self._chain(self._since(since) if since and not top else self.params(), top):
            wanted = self._later_ones(records, since)
            settled = list(takewhile(lambda each: not self._is_later(each, settled_at), records)) if moves else []
            moves = moves and len(settled) == len(records)
            top = max([top, *self.listing.numbers(settled)])
            yield replace(self.normal_page(wanted, {"since": since, "top": top}), fetched=len(records))
        yield Page(cursor={"since": since, "top": top})

    def _from(self, state: Cursor) -> float | None:
        """Return from when on changes are wanted: some minutes before the last run ended, never before the first."""
        since, again = state["since"], state["top"] is not None
        margin = self.overlap + self._dates.slack if since is not None and again else timedelta()
        return None if since is None else float(since) - margin.total_seconds()

    def _since(self, since: float) -> dict[str, Any]:
        """Return the parameters that leave out what is older, where moments are understood."""
        if self._dates.form is None:
            return self.params()
        return self._filtered({f">={self.changed or self.created}": self._spelled(since)})

    def _later_ones(self, records: list[Any], since: float | None) -> list[Any]:
        return records if not since else [each for each in records if self._is_later(each, since)]

    def _chain(self, params: Mapping[str, Any], after: int) -> Iterator[list[Any]]:
        return ahead(self.connector.portal.chain(self.listing, params, after))

    def _filtered(self, bounds: Mapping[str, Any]) -> dict[str, Any]:
        params = self.params()
        return {**params, "filter": {**params.get("filter", {}), **bounds}}

    def _behind(self, state: Cursor, records: Sequence[Any]) -> dict[str, Any]:
        last = self.listing.numbers(records)[-1]
        return {**state, "last": last, "top": max(last, state["top"] or 0)}

    def _is_later(self, record: Any, moment: float) -> bool:
        """Whether *record* changed, or was added, at *moment* or later; one that does not tell may have been."""
        told = record.get(self.changed or self.created) if isinstance(record, dict) else None
        try:
            return datetime.fromisoformat(told).timestamp() >= moment  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return True

    def _spelled(self, moment: float) -> str:
        return self._dates.spelled(datetime.fromtimestamp(moment, UTC))

    @cached_property
    def _dates(self) -> Dates:
        told = self._tried()
        if told["form"] is None and told != UNTRIED:
            self.connector.runtime.warn(
                _("{stream}: Bitrix24 understands no moments in filters, so that all is read.", stream=self.name)
            )
        return Dates.of(told)

    def _tried(self) -> Mapping[str, Any]:
        params = {name: value for name, value in self.params().items() if name != "select"}

        def read() -> Mapping[str, Any]:
            return tried(self.connector.portal, self.listing, self.changed or self.created, params)

        told: Mapping[str, Any] = self.connector.runtime.remembered(f"dates_{self.listing.method}", read)
        return read() if told == UNTRIED else told

    def _highest(self) -> int:
        command = self.listing.page({**self.params(), "select": [self.listing.id]}, 0)
        asked = {**command.params, "order": {self.listing.id: "DESC"}}
        result = self.connector.portal.call(command.method, asked)
        numbers = self.listing.numbers(contained(result, self.listing.container, self.listing.method))
        return max(numbers, default=0)


class ItemStream(KeysetStream):
    """Items of one type, by the universal methods: companies, contacts, leads, deals, and what users have made."""

    listing = Listing("crm.item.list", ("items",))
    changed = "updatedTime"
    created = "createdTime"
    deletions: ClassVar[Literal["reported", "census", "none"]] = "census"
    entity_type_id: int
    needs: ClassVar[tuple[str, ...]] = ()
    extra: ClassVar[tuple[str, ...]] = ()
    """Fields that are asked for beside those that are mapped."""

    @property
    def types(self) -> tuple[int, ...]:  # type: ignore[override]
        return (self.entity_type_id,)

    @property
    def reference(self) -> tuple[str, ...]:  # type: ignore[override]
        return (*self.needs, fields_of(self.entity_type_id))

    def params(self) -> dict[str, Any]:
        return {"entityTypeId": self.entity_type_id, "select": list(self.select)}

    def probe(self) -> None:
        command = self.listing.page({"entityTypeId": self.entity_type_id, "select": ["id"]}, 0)
        self.connector.portal.call(command.method, command.params)

    @cached_property
    def select(self) -> tuple[str, ...]:
        """What to ask for: what is mapped and there, what users have defined, and what reading goes by."""
        context = self.connector.context()
        mappings = [each for each in self.effective_mappings if each.entity is self.entities[0]]
        known = context.reference.get(fields_of(self.entity_type_id)) or {}
        mapped = {name.partition(".")[0] for name in (*requested(mappings), *self.extra)}
        own = user_defined(known, context.custom) if any("custom" in each.fields for each in mappings) else ()
        there = {name for name in mapped if name in known or name == "fm"} if known else mapped
        return tuple(sorted({"id", "createdTime", "updatedTime", *there, *own}))


class LegacyStream(KeysetStream):
    """Records of an older method, which names everything in capitals."""

    listing: ClassVar[Listing]
