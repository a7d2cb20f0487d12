"""Objects of any type: lists by id, single records, batches by id."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson

from latido.testing import body_of, json_bytes
from latido_hubspot.sandbox import _bodies as bodies
from latido_hubspot.sandbox._kinds import asked_kind, kind_of
from latido_hubspot.sandbox._pages import Pages
from latido_hubspot.sandbox._service import HOST
from latido_hubspot.sandbox._view import View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response

    from latido_hubspot.sandbox._book import Book
    from latido_hubspot.sandbox._kinds import Kind
    from latido_hubspot.sandbox._service import Service

_MOST, _MOST_WITH_HISTORY, _FEW = 100, 50, 10
_HALF, _NONE = 1, 2
"""Every third page is short, every third has nothing at all."""


class Objects:
    """`/crm/v3/objects/{type}` and the same by date."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._switches = service.switches
        self._turns = 0
        self._known = {name: Pages(book) for name, book in service.records.books.items()}

    def listed(self, request: Request) -> Response:
        """Answer with live, or archived, records by id. `after` is one more than the last id of the page."""
        kind, view, size = self._asked(request)
        archived = request.query_params.get("archived") == "true"
        most = _MOST_WITH_HISTORY if view.versions else _MOST
        if size is None or not 1 <= size <= most:
            return bodies.invalid(f"Requested limit is not supported. Valid limits are between 1 and {most}.")
        if archived and kind.name in self._switches.archives_refused:
            return self._no_archive(kind)
        after = request.query_params.get("after", "0")
        if not after.isdecimal():
            return bodies.invalid(f"Invalid after: {after}")
        if archived or view.linked or self._switches.short_pages:
            return json_bytes(self._rendered(request, kind, view, size))
        key = request.url.query, self._switches.at_most(size), view.blank
        return json_bytes(self._known[kind.name].page(key, lambda: self._rendered(request, kind, view, size)))

    def _rendered(self, request: Request, kind: Kind, view: View, size: int) -> bytes:
        book, after = self._service.book(kind.name), int(request.query_params.get("after", "0"))
        first = max(0, -((kind.first - after) // kind.step))
        archived = request.query_params.get("archived") == "true"
        numbers = book.bin(first, self._service.now) if archived else book.live(first)
        chosen, ending = self._page(kind, numbers, self._switches.at_most(size), after)
        rows = view.shown(book, chosen, self._service.records.links)
        link = None if ending is None else _link(kind, request, ending)
        return bodies.page(rows, None if ending is None else str(ending), link)

    def read(self, request: Request) -> Response:
        """Answer with one record; one that is not there is a page for people."""
        kind, view, _ = self._asked(request)
        book = self._service.book(kind.name)
        archived = request.query_params.get("archived") == "true"
        number = book.find(request.path_params["id"], archived=archived)
        if number is None:
            return bodies.not_found()
        return json_bytes(view.shown(book, [number], self._service.records.links)[0])

    def batch(self, request: Request) -> Response:
        """Answer with the records among at most a hundred ids, by id; 207 if one of them is not there."""
        kind = asked_kind(request)
        body = orjson.loads(body_of(request))
        view = View.asked(kind, self._switches, body.get("properties", ()), body.get("propertiesWithHistory") or ())
        ids = [str(each["id"]) for each in body.get("inputs", ())]
        most = _MOST_WITH_HISTORY if view.versions else _MOST
        if len(ids) > most:
            return bodies.invalid(f"The maximum number of inputs supported in a batch request for this is {most}.")
        archived = request.query_params.get("archived") == "true"
        return self._batch(self._service.book(kind.name), view, ids, archived=archived)

    def _batch(self, book: Book, view: View, ids: list[str], *, archived: bool) -> Response:
        found = {each: book.find(each, archived=archived) for each in dict.fromkeys(ids)}
        missing = [each for each, number in found.items() if number is None]
        wrong: list[dict[str, Any]] = []
        if missing:
            message = f"Could not get some {book.kind.singular.upper()} objects, they may be deleted or not exist."
            context = {"ids": missing}
            wrong = [{"status": "error", "category": "OBJECT_NOT_FOUND", "message": message, "context": context}]
        rows = view.shown(book, sorted(number for number in found.values() if number is not None))
        return json_bytes(*bodies.batch(rows, wrong, self._service.stamp))

    def _asked(self, request: Request) -> tuple[Kind, View, int | None]:
        kind, params = asked_kind(request), request.query_params
        view = View.asked(kind, self._switches, _names(request, "properties"), _names(request, "propertiesWithHistory"))
        linked = [other.name for name in _names(request, "associations") if (other := kind_of(name))]
        known = tuple(other for other in linked if self._service.records.links.known(kind.name, other))
        view = View(view.properties, view.versions, known, view.blank)
        limit = params.get("limit", str(_FEW))
        return kind, view, int(limit) if limit.isdecimal() else None

    def _page(self, kind: Kind, numbers: Iterator[int], size: int, after: int) -> tuple[list[int], int | None]:
        """Return the numbers of a page, and where the next one begins."""
        chosen = list(islice(numbers, size + 1))
        mood = self._mood()
        if mood == _NONE and chosen and kind.identity(chosen[0]) > after:
            # Nothing between here and the next record, which is there all the same.
            return [], kind.identity(chosen[0])
        if mood == _HALF and len(chosen) > 1:
            size = min(size, len(chosen) // 2)
        shown = chosen[:size]
        return shown, kind.identity(shown[-1]) + 1 if len(chosen) > len(shown) else None

    def _mood(self) -> int:
        if not self._switches.short_pages:
            return 0
        self._turns += 1
        return self._turns % 3

    def _no_archive(self, kind: Kind) -> Response:
        message = f"Archived {kind.name} cannot be listed."
        refused = bodies.invalid if self._switches.archives_refused_with == 400 else bodies.no_object  # noqa: PLR2004
        return refused(message)


def _names(request: Request, parameter: str) -> list[str]:
    """Return the names in a parameter that may stand several times, and hold several with commas."""
    given = request.query_params.getlist(parameter)
    return [name for each in given for name in each.split(",") if name]


def _link(kind: Kind, request: Request, after: int) -> str:
    """Return where the next page is said to be: at HubSpot's own host, and by another path than was asked."""
    params = {"offset_param": "after", **request.query_params, "after": str(after)}
    return f"{HOST}/crm/objects/v3/{kind.name}?{urlencode(params)}"
