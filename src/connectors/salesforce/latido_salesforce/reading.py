"""How objects are read: changes by the REST API, a great many by the Bulk API, both with what was deleted."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from latido.connect import Count, Page, Refused, Stream, ahead, requested
from latido.errors import NotOffered
from latido.messages import marker
from latido_salesforce import bulk, jobs, soql
from latido_salesforce.bulk import BulkRefused, JobGone, Short
from latido_salesforce.deletions import deleted
from latido_salesforce.quota import said
from latido_salesforce.rest import TOO_SLOW, Rest
from latido_salesforce.window import LAG, Window, done, instant, kept

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from latido.connect import Cursor, JsonObject
    from latido.schema import Record
    from latido_salesforce.connector import Salesforce
    from latido_salesforce.describe import Description
    from latido_salesforce.values import Layout

_ = marker("latido_salesforce")

SECOND = timedelta(seconds=1)
NARROWEST = timedelta(hours=1)
"""A stretch that the REST API cannot read in time is halved down to this, then the Bulk API reads it."""

FORGOTTEN = "INVALID_QUERY_LOCATOR"

PATIENCE = 5
"""How often in a row a stretch is begun again that brings nothing."""

ROWS = 2_000


class SObjectStream(Stream):
    """The records of `sobject`, those deleted within 15 days included, in the order in which they changed.

    Records are as `values` says: nested where a field is a related record's. A mapping's fields that the org does not
    have, or that the user may not see, are null; `extra` fields are asked for beside those of the mappings. `where`
    limits the records. Ids of the census begin with `prefix`. A stream that `shares_table` with another does not mind
    that the user maps a field which only the other's object has.

    The cursor holds `since`, up to where everything is read, or a window that is being read, or a job of the Bulk API.
    """

    connector: Salesforce
    sobject: ClassVar[str]
    where: ClassVar[str | None] = None
    extra: ClassVar[tuple[str, ...]] = ()
    prefix: ClassVar[str] = ""
    shares_table: ClassVar[bool] = False
    deletions: ClassVar[Literal["reported", "census", "none"]] = "reported"
    overlap = timedelta(minutes=15)

    _read_until: datetime | None = None

    def start(self, since: datetime | None) -> Cursor:
        return {"from": since.astimezone(UTC).isoformat()} if since else {}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        if "end" in cursor:
            yield from self._read(cursor, bulk="job" in cursor)
            cursor = done(cursor)
            yield Page(cursor=cursor)
        window, n = self._next(cursor)
        standing = {**self._kept(cursor, window), **window.cursor}
        if n:
            yield from self._read(standing, bulk=self._is_big(n))
        self._read_until = window.end
        yield self._deletions(cursor, standing, window.end)

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        """Return what the mapping makes of *records*; a stream with several entities says itself what becomes what."""
        return self.page_of(self.entities[0], records, cursor)

    def page_of(self, entity: type[Record], records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        """Return the rows of *entity* that *records* make."""
        rows, rejected = self.rows(entity, records)
        return Page((rows,), cursor, len(records), rejected=rejected)

    @property
    def gone_together(self) -> tuple[type[Record], ...]:
        """The entities of which a record that is gone takes the rows with its id along."""
        return self.entities[:1]

    def count(self) -> Count | None:
        """Return how many live records there are: exactly, if none changed since they were read."""
        n, _now = self.counted(self.conditions, deleted=False)
        return Count(n, exact=self.unchanged())

    def unchanged(self, field: str | None = None) -> bool:
        """Whether no record has changed, as *field* tells, since shortly before they were read: some come late."""
        if self._read_until is None:
            return True
        later = soql.between(field or self.cursor_field, self._read_until - LAG, None)
        return self.counted([*self.conditions, later])[0] == 0

    def estimate(self, cursor: Cursor) -> int | None:
        _window, n = self._next(cursor)
        return 3 + n // (bulk.ROWS if self._is_big(n) else ROWS)

    def ids(self) -> Iterator[list[str]]:
        if self._is_big(self.counted(self.conditions, deleted=False)[0]):
            with suppress(BulkRefused, JobGone, Short):
                for keys in jobs.ids(self):
                    yield [f"{self.prefix}{key}" for key in keys]
                return
        for answer in self.rest.answers(soql.select(["Id"], self.sobject, self.conditions), deleted=False):
            yield [f"{self.prefix}{soql.long_id(each['Id'])}" for each in answer]

    def probe(self) -> None:
        """Ask for as little as possible; raises NotOffered if this object cannot be read."""
        self.connector.described(self.sobject, afresh=True)
        self.rest.ask(f"{soql.select(['Id'], self.sobject, self.conditions)} LIMIT 1")

    def counted(self, conditions: Sequence[str | None], *, deleted: bool = True) -> tuple[int, datetime]:
        """Return how many records meet *conditions*, and the server's time; countless, where that takes too long."""
        return self.rest.counted(conditions, deleted=deleted)

    def fingerprint(self) -> str:
        currency = self.connector.settings.currency
        return super().fingerprint() + (f"+{currency}" if currency else "")

    @property
    def described(self) -> Description:
        """What Salesforce says of this object. Raises NotOffered where there is none, or the user may not see it."""
        return self.connector.described(self.sobject)

    @property
    def conditions(self) -> list[str | None]:
        """What limits the records."""
        return [self.where]

    @property
    def cursor_field(self) -> str:
        """The field by which changes are read. Raises NotOffered where the user may see none."""
        if (found := self.described.cursor) is None:
            raise NotOffered(
                _("Salesforce does not let this user see when {what} changed.", what=self.sobject),
                _("Give the user Read and View All on {what}. Then run: latido check", what=self.sobject),
            )
        return found

    @cached_property
    def rest(self) -> Rest:
        """The way to the records."""
        return Rest(self)

    @property
    def layout(self) -> Layout:
        """The fields to ask for: those of the mappings that there are, and the user's own."""
        return self.rest.layout

    # Which stretch to read

    def _next(self, cursor: Cursor) -> tuple[Window, int]:
        """Return the window behind *cursor*, and how many records changed in it."""
        begin = self._begin(cursor)
        n, now = self.counted([*self.conditions, soql.between(self.cursor_field, begin, None)])
        return Window(begin, now.replace(microsecond=0) + SECOND), n

    def _begin(self, cursor: Cursor) -> datetime | None:
        if "since" not in cursor:
            return instant(cursor.get("from"))
        if self._refresh_is_due(cursor) or self._sees_more(cursor):
            return self._earliest
        return datetime.fromisoformat(cursor["since"]) - self.overlap

    @property
    def _earliest(self) -> datetime | None:
        """From when on everything is read that is read at all."""
        first_day, zone = self.connector.settings.start_date, self.connector.runtime.time_zone
        return None if first_day is None else datetime.combine(first_day, time(), zone)

    def _is_big(self, n: int) -> bool:
        return n > self.connector.settings.bulk_above

    def _refresh_is_due(self, cursor: Cursor) -> bool:
        """Whether formulas were read too long ago: they change without their record changing."""
        if not self._formulas:
            return False
        last = instant(cursor.get("refreshed"))
        return last is None or self.connector.runtime.clock.now() - last >= self.connector.settings.sweep_every

    def _sees_more(self, cursor: Cursor) -> bool:
        """Whether there are fields now that records were read without: that they can be seen stamps no record."""
        return not self.layout.unseen.issuperset(cursor.get("unseen", ()))

    @cached_property
    def _formulas(self) -> bool:
        """Whether the mapping, or the list of fields to keep, names a formula or a roll-up."""
        named = {*requested(self.effective_mappings), *(self.connector.settings.custom or ())}
        return any(each.calculated and each.name in named for each in self.described.own)

    def _kept(self, cursor: Cursor, window: Window) -> dict[str, Any]:
        whole = window.begin == self._earliest
        refreshed = {"refreshed": self.connector.runtime.clock.now().isoformat()}
        unseen = {"unseen": sorted(self.layout.unseen)}
        return {**kept(cursor), **unseen, **(refreshed if whole and self._formulas else {})}

    # Reading a stretch

    def _read(self, standing: Cursor, *, bulk: bool) -> Iterator[Page]:
        """Read the window that *standing* stands in."""
        if bulk:
            try:
                yield from jobs.pages(self, standing)
            except BulkRefused as refusal:
                self.connector.runtime.warn(
                    _("{stream} is read without the Bulk API ({why}).", stream=self.name, why=str(refusal))
                )
            else:
                return
        yield from self._rest(Window.of(standing), kept(standing))

    def _rest(self, window: Window, standing: Mapping[str, Any]) -> Iterator[Page]:
        """Read *window* in stretches that the vendor can answer in time."""
        end, attempts, too_slow = window.end, 0, False
        while True:
            stretch = replace(window, end=end)
            try:
                for records in jobs.records(self, stretch) if too_slow else ahead(self.rest.records(stretch)):
                    # What a job brings has no order.
                    reached = window if too_slow else window.behind(records, self.cursor_field)
                    page = self.page(records, None if too_slow else {**standing, **reached.cursor})
                    window, attempts = reached, 0  # only now: a page may ask for more, and be refused that
                    yield page
            except Refused as refusal:
                attempts += 1
                if too_slow:
                    raise
                end, too_slow = self._remedy(refusal, replace(window, end=end), attempts)
                continue
            if end == window.end:
                return
            window, end, too_slow = Window(end, window.end), window.end, False
            yield Page(cursor={**standing, **window.cursor})

    def _remedy(self, refusal: Refused, stretch: Window, attempts: int) -> tuple[datetime, bool]:
        """Return the end of the stretch to try next, and whether the REST API is too slow for any; raise what stays."""
        code = said(refusal.body)[0]
        if code in TOO_SLOW:
            if stretch.position is None or stretch.end - stretch.position <= NARROWEST:
                return stretch.end, True
            half = stretch.position + (stretch.end - stretch.position) / 2
            return half.replace(microsecond=0), False
        if attempts > PATIENCE or not (code == FORGOTTEN or self.rest.repaired(refusal)):
            raise refusal
        return stretch.end, False

    # What is gone

    def _deletions(self, cursor: Cursor, standing: Mapping[str, Any], now: datetime) -> Page:
        """Return the last page: what was deleted for good, as far as the log tells; the census tells the rest."""
        behind = done(standing)
        if self.deletions == "none":
            return Page(cursor=behind)
        if "since" not in cursor or not self.described.replicateable:
            self._take_census()
            return Page(cursor=behind)
        since = datetime.fromisoformat(cursor["since"]) - self.overlap
        gone, complete = deleted(self.connector.http, self.connector.root, self.sobject, since, now)
        if not complete:
            behind.setdefault("gap", now.isoformat())
        if (missed := instant(behind.get("gap"))) is not None:
            self._take_census()
            if now - missed >= self.connector.settings.sweep_every:
                del behind["gap"]  # a census was due since
        ids = {f"{self.prefix}{key}": at for key, at in gone.items()}
        return Page(cursor=behind, deleted=dict.fromkeys(self.gone_together, ids) if ids else {})

    def _take_census(self) -> None:
        """Let the next sweep compare ids, which it need not do as long as Salesforce's log tells what was deleted."""
        self.deletions = "census"  # type: ignore[misc]  # of this run's instance
