"""How Zendesk hands out records: exports with a cursor, exports by time, and lists.

Every request is built here, from the configured host, a path and the whole set of parameters. The addresses in answers
(`after_url`, `next_page`) are not used: they may lead to another host, and they forget parameters.
"""

from __future__ import annotations

from abc import abstractmethod
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from latido.connect import Count, Page, Refused, Rejected, Shape, Stream, ahead, requested
from latido.errors import NotOffered, VendorUnavailable
from latido.messages import marker
from latido_zendesk import limits
from latido_zendesk.account import ME, no_account

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from latido.connect import Cursor, Http, JsonObject, Pace
    from latido.schema import Record
    from latido_zendesk.connector import Zendesk

_ = marker("latido_zendesk")

HOUR = 3600
SETTLING = 60
"""Exports refuse a start that is younger, in seconds, and leave out what is."""

MAY_NOT = 403
GONE = (404, 410)
TOO_SLOW = 504
UNUSABLE = (400, 422)

Params = dict[str, str | int]


class ZendeskStream(Stream):
    """Records that stand under `key` in the answers of `path`; `bucket` is the limit that requests count against."""

    connector: Zendesk
    path: ClassVar[str]
    key: ClassVar[str]
    bucket: ClassVar[str | None] = None

    def ask(
        self, params: Mapping[str, str | int], *, give_up_on: tuple[int, ...] = (), shape: Shape | None = None
    ) -> dict[str, Any]:
        """Return one answer of this stream's path; of a *shape*, only that part."""
        return answer(self.connector.http, self.path, params, bucket=self.bucket, give_up_on=give_up_on, shape=shape)

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        """Return what the mapping makes of *records*."""
        rows, rejected = self.rows(self.entities[0], records)
        return Page((rows,), cursor, len(records), rejected=rejected)

    def probe(self) -> None:
        """Ask for as little as possible; raises NotOffered if this stream cannot be read."""
        self.ask({"page[size]": 1})

    def pace(self) -> Pace | None:
        return self.connector.http.pace(self.bucket)

    @property
    def now(self) -> int:
        """Seconds since 1970."""
        return int(self.connector.runtime.clock.now().timestamp())


class PageSize:
    """Rows to ask an export for: halved when Zendesk runs out of time over them, doubled again after some pages."""

    most, least, patience = 1000, 125, 10

    def __init__(self) -> None:
        self.rows = self.most
        self._went_well = 0

    @property
    def impatient(self) -> tuple[int, ...]:
        """The refusals that fewer rows may help against."""
        return (TOO_SLOW,) if self.rows > self.least else ()

    def failed(self) -> None:
        self.rows, self._went_well = max(self.least, self.rows // 2), 0

    def worked(self) -> None:
        self._went_well += 1
        if self._went_well >= self.patience:
            self.rows, self._went_well = min(self.most, self.rows * 2), 0


class CursorExport(ZendeskStream):
    """An export that hands out a cursor with each page.

    Its cursor here is `cursor` (Zendesk's, kept verbatim) or `start_time`, and `high_water`: the latest change that was
    seen, in seconds, from which to begin again should Zendesk no longer accept the cursor. It is `behind` until the end
    of the export is reached.
    """

    extra: ClassVar[Mapping[str, str]] = {}

    def lists(self) -> dict[str, Collection[str]]:
        """Return the lists of an answer, and what is read of their records."""
        return {self.key: {name.partition(".")[0] for name in requested(self.effective_mappings)}}

    @cached_property
    def shape(self) -> Shape:
        return Shape(self.lists(), "after_cursor", "end_of_stream")

    def start(self, since: datetime | None) -> Cursor:
        begin = int(since.timestamp()) if since else 0
        return {"start_time": begin, "high_water": begin}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        for body, reached in ahead(self._answers(cursor)):
            yield self.export_page(body[self.key], body, reached)

    def _answers(self, cursor: Cursor) -> Iterator[tuple[dict[str, Any], Cursor]]:
        """Yield each answer with the cursor behind it."""
        size, begun_again = PageSize(), False
        while True:
            try:
                body = self._asked(cursor, size)
            except Refused as refusal:
                if "cursor" not in cursor:
                    check_recent(refusal, int(cursor["start_time"]), self.now)
                    return
                if refusal.status not in UNUSABLE or begun_again:
                    raise
                cursor, begun_again = self._begun_again(cursor), True
                continue
            cursor = self._moved_on(cursor, body)
            yield body, cursor
            if body.get("end_of_stream"):
                return

    def probe(self) -> None:
        self.ask({"start_time": self.now - 2 * SETTLING, "per_page": 1, **self.extra})

    @abstractmethod
    def changed(self, record: JsonObject) -> int:
        """Return when *record* changed by the clock of the export, in seconds; 0 if it does not tell."""

    def export_page(self, records: Sequence[JsonObject], body: JsonObject, cursor: Cursor) -> Page:
        """Return the page that *records* make; *body* is the whole answer."""
        del body
        return self.page(records, cursor)

    def _asked(self, cursor: Cursor, size: PageSize) -> dict[str, Any]:
        while True:
            try:
                body = self.ask(self._params(cursor, size), give_up_on=size.impatient, shape=self.shape)
            except Refused as refusal:
                if refusal.status != TOO_SLOW:
                    raise
                size.failed()
            else:
                size.worked()
                return body

    def _moved_on(self, cursor: Cursor, body: JsonObject) -> Cursor:
        """Return the cursor behind an answer; where it has none, the stream stays where it is."""
        records, following = records_of(body, self.key), body.get("after_cursor") or cursor.get("cursor")
        if not body.get("end_of_stream") and following == cursor.get("cursor"):
            raise stuck(self.path)
        level = max([int(cursor["high_water"]), *map(self.changed, records)])
        if body.get("end_of_stream"):
            return {"cursor": following, "high_water": level} if following else {**cursor, "high_water": level}
        return {"cursor": following, "high_water": level, "behind": True}

    def _params(self, cursor: Cursor, size: PageSize) -> Params:
        where = {"cursor": cursor["cursor"]} if "cursor" in cursor else {"start_time": cursor["start_time"]}
        return {**where, "per_page": size.rows, **self.extra}

    def _begun_again(self, cursor: Cursor) -> Cursor:
        start = max(0, int(cursor["high_water"]) - HOUR)
        self.connector.runtime.warn(
            _("Zendesk no longer accepts where {stream} stopped; its last hour is read again.", stream=self.name)
        )
        return {"start_time": start, "high_water": cursor["high_water"], "behind": True}


class TimeExport(ZendeskStream):
    """An export that continues at the second in which the page before ended, and repeats that second's rows."""

    overlap = timedelta(hours=1)
    bucket = limits.EXPORTS
    extra: ClassVar[Mapping[str, str]] = {}
    read_until = 0
    """The second up to which, with the page that is being made, all is read that happened."""

    def start(self, since: datetime | None) -> Cursor:
        return {"start_time": int(since.timestamp()) if since else 0}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        begin = max(0, int(cursor["start_time"]) - int(self.overlap.total_seconds()))
        while (body := self._asked(begin)) is not None:
            records = records_of(body, self.key)
            end = body.get("end_time") or begin
            ended = body.get("end_of_stream", len(records) < PageSize.most or end == begin)
            if end <= begin and not ended:
                end = self._past_the_second(begin, records)
            self.read_until = self.now - SETTLING if ended else end
            page = self.page(records, {**cursor, "start_time": max(end, int(cursor["start_time"]))})
            cursor = page.cursor or cursor
            yield page
            if ended:
                return
            begin = end

    def _past_the_second(self, second: int, records: Sequence[JsonObject]) -> int:
        """Return the next second.

        Documentation warns of the same thousand rows without end; in recordings such a page holds the whole second.
        """
        if not records:
            raise stuck(self.path)
        self.connector.runtime.warn(
            _(
                "{stream}: a page ends in the second in which it began ({second}); reading goes on behind it.",
                stream=self.name,
                second=second,
            )
        )
        return second + 1

    def probe(self) -> None:
        self.ask({"start_time": self.now - 2 * SETTLING, **self.extra})

    def _asked(self, begin: int) -> dict[str, Any] | None:
        try:
            return self.ask({"start_time": begin, **self.extra})
        except Refused as refusal:
            check_recent(refusal, begin, self.now)
            return None


def check_recent(refusal: Refused, start: int, now: int) -> None:
    """Pass over a refusal that means *start* is too recent; raise any other."""
    if refusal.status not in UNUSABLE or not ("recent" in refusal.sentence.lower() or start > now - 2 * SETTLING):
        raise refusal


def listed(
    http: Http,
    path: str,
    key: str,
    params: Mapping[str, str | int] | None = None,
    *,
    bucket: str | None = None,
    after: str | None = None,
    begins_again: bool = False,
) -> Iterator[tuple[dict[str, Any], str | None]]:
    """Yield each answer of a list, which has a list under *key*, and the cursor behind it.

    The last page has a cursor too and may be empty: only `has_more` tells the end. Lists without pages have no `meta`.
    Who *begins_again* hears Refused when Zendesk no longer accepts a cursor; for others the list ends there this time.
    """
    while True:
        asked: Params = {"page[size]": 100, **(params or {}), **({"page[after]": after} if after else {})}
        try:
            body = answer(http, path, asked, bucket=bucket)
        except Refused as refusal:
            if begins_again or not after or refusal.status not in UNUSABLE:
                raise
            raise no_cursor(path) from refusal
        meta = body.get("meta") or {}
        following = meta.get("after_cursor")
        records_of(body, key)
        yield body, following
        if not meta.get("has_more"):
            return
        if not following or following == after:
            raise stuck(path)
        after = following


def answer(
    http: Http,
    path: str,
    params: Mapping[str, str | int] | None = None,
    *,
    bucket: str | None = None,
    give_up_on: tuple[int, ...] = (),
    shape: Shape | None = None,
) -> dict[str, Any]:
    """Return an answer. Raises NotOffered for what this account or this credential may not read.

    Raises ConfigurationError where nobody has an account.
    """
    try:
        body = http.get(path, params, bucket=bucket, give_up_on=give_up_on, shape=shape).json()
    except Refused as refusal:
        if refusal.status in GONE:
            check_account(http)
        if refusal.status == MAY_NOT or refusal.status in GONE:
            raise refused(path, refusal) from refusal
        raise
    if not isinstance(body, dict):
        raise nonsense(path)
    return body


def check_account(http: Http) -> None:
    """Raise ConfigurationError when there is no account: whatever is asked of a wrong subdomain is not found."""
    try:
        http.get(ME)
    except Refused as refusal:
        if refusal.status in GONE:
            raise no_account(http.base_url) from refusal


def refused(path: str, refusal: Refused) -> NotOffered:
    """Return what a refusal of *path* means to people."""
    if refusal.status == MAY_NOT:
        return NotOffered(
            _("Zendesk does not let this credential read {path} ({status}).", path=path, status=refusal.status),
            _("It takes an administrator, the scope read, and a plan that has it. Run: latido check"),
        )
    return NotOffered(
        _("This Zendesk account has no {path} ({status}).", path=path, status=refusal.status),
        _("Check subdomain, and whether the plan has it. Run: latido check"),
    )


def records_of(body: Mapping[str, Any], key: str) -> list[JsonObject]:
    found = body.get(key)
    if not isinstance(found, list):
        raise nonsense(key)
    return found


def count_in(body: Mapping[str, Any]) -> Count:
    """Return the count in *body*: Zendesk's search lags by minutes, and its counts of large lists by up to a day."""
    found = body.get("count")
    value = found.get("value") if isinstance(found, dict) else found
    if not isinstance(value, int):
        raise nonsense("count")
    return Count(value, exact=False)


def nonsense(what: str) -> VendorUnavailable:
    return VendorUnavailable(
        _("Zendesk answers without {what}.", what=what), _("Run it again later, it resumes where it stopped.")
    )


def no_cursor(path: str) -> VendorUnavailable:
    return VendorUnavailable(
        _("{path}: Zendesk does not accept the cursor that it gave.", path=path),
        _("Run it again later, it resumes where it stopped."),
    )


def stuck(path: str) -> VendorUnavailable:
    return VendorUnavailable(
        _("{path}: Zendesk keeps pointing at the same page.", path=path),
        _("Run it again later, it resumes where it stopped."),
    )


def embed_metrics(tickets: Sequence[Any], metric_sets: Any) -> None:
    """Put each metric set into its ticket: Zendesk sends them there, or in a list beside the tickets."""
    if not metric_sets:
        return
    by_ticket = {each.get("ticket_id"): each for each in metric_sets if isinstance(each, dict)}
    for ticket in tickets:
        if isinstance(ticket, dict) and ticket.get("metric_set") is None:
            ticket["metric_set"] = by_ticket.get(ticket.get("id"))


def each_of(
    entity: type[Record], records: Sequence[Any], use: Callable[[Any], object], private: Collection[str] = ()
) -> list[Rejected]:
    """Let *use* take each of *records*; return those that it fails on, without what is *private* in them."""
    rejected: list[Rejected] = []
    for record in records:
        try:
            use(record)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            known = record if isinstance(record, dict) else {}
            payload = {name: value for name, value in known.items() if name not in private} or record
            key = known.get("id")
            reason = f"{type(error).__name__}: {error}"
            rejected.append(Rejected(entity.table, None if key is None else str(key), reason, payload))
    return rejected


def instant(stamp: Any) -> datetime | None:
    """Return the instant that *stamp* names, None if it is none."""
    try:
        return datetime.fromisoformat(stamp)
    except (TypeError, ValueError):
        return None
