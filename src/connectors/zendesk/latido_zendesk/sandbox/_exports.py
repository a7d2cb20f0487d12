"""The incremental exports: by cursor for tickets and users, by time for organizations."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import Response

from latido.testing import json_bytes, place, place_before
from latido_zendesk.sandbox import _bodies as bodies
from latido_zendesk.sandbox._records import BOTS_ONLY, DELETED
from latido_zendesk.sandbox._timed import TimedExport, start_time, timed_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from latido.testing import Feed
    from latido_zendesk.sandbox._service import Service

_PAGE = 1000
_TOO_RECENT = 60
_SECOND = 1


class Exports:
    """Everything in the order of its last write, a thousand at a time."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._records = service.records
        self._switches = service.switches

    def tickets(self, request: Request) -> Response:
        """Answer with tickets by `generated_timestamp`, but for those of the last minute.

        Tickets that only bots answered come when `support_type_scope` asks for them.
        """
        asked = request.query_params
        scope, keep_deleted = asked.get("support_type_scope", "agent"), asked.get("exclude_deleted") != "true"

        def wanted(number: int) -> bool:
            flags = self._records.flags[number]
            of_bots = bool(flags & BOTS_ONLY)
            return (scope == "all" or of_bots == (scope == "ai_agent")) and (keep_deleted or not flags & DELETED)

        def shown(numbers: list[int]) -> list[bytes]:
            return self._tickets_shown(numbers, metric_sets="metric_sets" in asked.get("include", "").split(","))

        return self._by_cursor(request, "tickets", self._records.ticket_feed, wanted, self._switches.lag, shown)

    def users(self, request: Request) -> Response:
        """Answer with users by `updated_at`; the running second is held back, since more may come in it."""

        def shown(numbers: list[int]) -> list[bytes]:
            return [bodies.listed("users", (self._records.users.piece(number) for number in numbers))]

        return self._by_cursor(request, "users", self._records.user_feed, lambda _: True, _SECOND, shown)

    def organizations(self, request: Request) -> Response:
        """Answer with organizations changed at or after `start_time`, deleted ones too."""
        shelf, feed = self._records.organizations, self._records.organization_feed
        export = TimedExport("organizations", feed, lambda _time, number: [shelf.piece(number)], _SECOND)
        return timed_page(request, self._service, export)

    def _by_cursor(
        self,
        request: Request,
        name: str,
        feed: Feed,
        wanted: Callable[[int], bool],
        lag: int,
        shown: Callable[[list[int]], list[bytes]],
    ) -> Response:
        mark = self._mark(request)
        if isinstance(mark, Response):
            return mark
        size = self._size(request)
        if self._switches.heavy_above is not None and size > self._switches.heavy_above:
            return Response(b"upstream request timeout", 504, media_type="text/plain")
        page = self._page(feed, mark, wanted, self._service.now - lag, size)
        url = self._service.url(f"incremental/{name}/cursor.json")
        after = None if page.last is None else bodies.opaque(f"{page.last[0]}.0||{page.last[1]}")
        rest = {
            "after_url": f"{url}?{bodies.query(cursor=after, per_page=size)}" if after else None,
            "before_url": None,
            "after_cursor": after,
            "before_cursor": None,
            "end_of_stream": page.ends,
        }
        return json_bytes(bodies.envelope(shown(page.numbers), rest))

    def _page(self, feed: Feed, mark: int, wanted: Callable[[int], bool], until: int, size: int) -> _Page:
        numbers: list[int] = []
        last = None
        for time, number in feed.after(mark):
            if time > until:
                break
            if wanted(number):
                numbers.append(number)
                last = time, number
                if len(numbers) == size:
                    return _Page(numbers, last, ends=False)
        return _Page(numbers, last, ends=True)

    def _mark(self, request: Request) -> int | Response:
        cursor = request.query_params.get("cursor")
        if cursor is not None:
            mark = None if self._switches.bad_cursors else _decoded(cursor)
            return bodies.bad_cursor() if mark is None else mark
        start = start_time(request.query_params.get("start_time"))
        if start is None:
            return bodies.bad_start_time()
        return bodies.recent() if start > self._service.now - _TOO_RECENT else place_before(start)

    def _size(self, request: Request) -> int:
        return self._switches.at_most(min(_PAGE, max(1, int(request.query_params.get("per_page", _PAGE)))))

    def _tickets_shown(self, numbers: list[int], *, metric_sets: bool) -> list[bytes]:
        records, beside = self._records, metric_sets and not self._switches.embedded_metric_sets
        tickets, measured = [], []
        for number in numbers:
            ticket, metrics = records.tickets.pieces(number)
            more = b',"generated_timestamp":%d' % records.written[number]
            if metric_sets and not beside:
                more += b',"metric_set":' + (metrics or b"null")
            tickets.append(b"%b%b}" % (ticket[:-1], more))
            if beside and metrics:
                measured.append(metrics)
        return [bodies.listed("tickets", tickets), *([bodies.listed("metric_sets", measured)] if beside else [])]


@dataclass(frozen=True, slots=True)
class _Page:
    numbers: list[int]
    last: tuple[int, int] | None
    ends: bool


def _decoded(cursor: str) -> int | None:
    try:
        time, number = base64.b64decode(cursor, validate=True).decode().split("||")
        return place(int(float(time)), int(number))
    except (binascii.Error, ValueError):
        return None
