"""The search, as far as a reader of tickets needs it: export and count, with an index that lags."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from latido.testing import json, place
from latido_zendesk.sandbox import _bodies as bodies
from latido_zendesk.sandbox import _cbp as cbp
from latido_zendesk.sandbox._account import zendesk_status
from latido_zendesk.sandbox._records import DELETED, MERGED
from latido_zendesk.sandbox._tickets import MERGED_TAG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.requests import Request

    from latido_zendesk.sandbox._service import Service


_MOST = 1000
_TERM = re.compile(r'(-?)(\w+)(:|>=|<=|>|<)"?([^\s"]+)"?')
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ":": operator.eq, ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip
_STATUS_ORDER = ("new", "open", "pending", "hold", "solved", "closed")


@dataclass(frozen=True, slots=True)
class Term:
    """One condition of a query."""

    negated: bool
    name: str
    compare: str
    value: str


class Search:
    """Finds tickets, archived ones too, but not deleted ones."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._records = service.records
        self._switches = service.switches

    def export(self, request: Request) -> Response:
        """Answer with what is found, created last first, up to a thousand at a time. A cursor lives for an hour."""
        if request.query_params.get("filter[type]") != "ticket":
            return _unprocessable("filter[type] must be ticket here")
        terms = _terms(request.query_params.get("query", ""))
        asked = cbp.asked_page(request, self._switches, most=_MOST)
        if isinstance(asked, Response) or isinstance(terms, Response):
            return asked if isinstance(asked, Response) else terms  # type: ignore[return-value]  # one of them is
        issued, top = self._service.now, self._records.ticket_count
        if asked.mark is not None:
            issued, top = asked.mark >> 32, asked.mark & 0xFFFFFFFF
            if issued + self._switches.search_cursor_life < self._service.now:
                return _unprocessable("The cursor has expired")
        rows = ((place(issued, number), number) for number in self._found(terms, top))
        return cbp.page(
            self._service.url("search/export.json"),
            request,
            asked,
            cbp.Lists(rows, self._results, {"facets": None}),
        )

    def count(self, request: Request) -> Response:
        """Answer with how many tickets are found."""
        terms = _terms(request.query_params.get("query", ""))
        if isinstance(terms, Response):
            return terms
        return json({"count": sum(1 for _ in self._found(terms, self._records.ticket_count))})

    def _found(self, terms: list[Term], top: int) -> Iterator[int]:
        """Yield the numbers of tickets below *top* that fulfil *terms*, created last first."""
        limit, flags = self._service.now - self._switches.search_lag, self._records.flags
        for number in range(top - 1, -1, -1):
            if flags[number] & DELETED or (number in self._records.changed and self._records.written[number] > limit):
                continue
            if all(self._fulfils(number, term) for term in terms):
                yield number

    def _fulfils(self, number: int, term: Term) -> bool:
        match term.name:
            case "type":
                held = term.value == "ticket"
            case "status":
                ours = _STATUS_ORDER.index(zendesk_status(self._records.status(number)))
                held = _COMPARE[term.compare](ours, _STATUS_ORDER.index(term.value))
            case "tags" if term.value == MERGED_TAG:
                held = bool(self._records.flags[number] & MERGED)
            case "tags":
                held = term.value in self._records.ticket(number).tags
            case "created":
                held = _COMPARE[term.compare](self._created(number), _instant(term.value))
            case _:
                held = _COMPARE[term.compare](self._records.updated[number], _instant(term.value))
        return held != term.negated

    def _created(self, number: int) -> int:
        added = number >= self._records.world.ticket_count
        return self._records.ticket(number).created_at if added else self._records.world.opened_at(number)

    def _results(self, numbers: list[int]) -> list[bytes]:
        shown = (self._records.tickets.piece(each)[:-1] + b',"result_type":"ticket"}' for each in numbers)
        return [bodies.listed("results", shown)]


def _terms(query: str) -> list[Term] | Response:
    terms = []
    for word in query.split():
        found = _TERM.fullmatch(word)
        if found is None or found[2] not in {"type", "status", "tags", "created", "updated"}:
            return _unprocessable(f"Invalid search: {word}")
        terms.append(Term(found[1] == "-", found[2], found[3], found[4]))
    return terms


def _unprocessable(description: str) -> Response:
    return json({"error": "unprocessable", "description": description}, 422)


def _instant(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
