"""Exports by time: pages that begin at a second and end in one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from latido.testing import json_bytes, place_before
from latido_zendesk.sandbox import _bodies as bodies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.requests import Request
    from starlette.responses import Response

    from latido_zendesk.sandbox._service import Service

_PAGE = 1000
_TOO_RECENT = 60


class Ordered(Protocol):
    """Something that knows what happened when."""

    def after(self, mark: int) -> Iterator[tuple[int, int]]:
        """Yield (time, number) of what lies behind *mark*."""


@dataclass(frozen=True, slots=True)
class TimedExport:
    """What an export shows: entries in an order, the rows that each brings, and how many seconds it stays behind."""

    name: str
    order: Ordered
    rows: Callable[[int, int], list[bytes]]
    lag: int


def timed_page(request: Request, service: Service, export: TimedExport) -> Response:
    """Answer with what happened at or after `start_time`.

    The last second of a page comes again with the next one; a page whose rows share one second is stretched to hold
    all of that second, and ends after it.
    """
    start = start_time(request.query_params.get("start_time"))
    if start is None:
        return bodies.bad_start_time()
    if start > service.now - _TOO_RECENT:
        return bodies.recent()
    asked = request.query_params.get("per_page", "")
    size = service.switches.at_most(min(_PAGE, max(1, int(asked))) if asked.isdecimal() else _PAGE)
    stretch = not service.switches.stuck_seconds
    entries, more = _cut(export.order, place_before(start), service.now - export.lag, size, stretch=stretch)
    end = entries[-1][0] if entries else None
    if end is not None and more and entries[0][0] == end and stretch:
        end += 1
    shown = [row for time, number in entries for row in export.rows(time, number)]
    url = service.url(f"incremental/{export.name}.json")
    rest = {
        "count": len(shown),
        "end_of_stream": not more,
        "end_time": end,
        "next_page": f"{url}?{bodies.query(start_time=end)}" if end else None,
    }
    return json_bytes(bodies.envelope([bodies.listed(export.name, shown)], rest))


def start_time(text: str | None) -> int | None:
    """Return the seconds in a parameter, None if it has none."""
    return int(text) if text is not None and text.isdecimal() else None


def _cut(order: Ordered, mark: int, until: int, size: int, *, stretch: bool) -> tuple[list[tuple[int, int]], bool]:
    """Return the entries of a page, and whether more lie behind it."""
    ready = (entry for entry in order.after(mark) if entry[0] <= until)
    entries = list(islice(ready, size))
    more = len(entries) == size
    if more and stretch and entries[0][0] == entries[-1][0]:
        second = entries[0][0]
        for entry in ready:
            if entry[0] != second:
                break
            entries.append(entry)
    return entries, more
