"""The search: an index that lags, ten thousand results at most, two hundred at a time."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson

from latido.testing import body_of, json_bytes
from latido_hubspot.sandbox import _bodies as bodies
from latido_hubspot.sandbox._filters import BOUNDS, FOREVER, Sort, Terms, Wrong
from latido_hubspot.sandbox._kinds import asked_kind, kind_of
from latido_hubspot.sandbox._view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from latido_hubspot.sandbox._book import Book
    from latido_hubspot.sandbox._filters import Filter
    from latido_hubspot.sandbox._links import Links
    from latido_hubspot.sandbox._service import Service

_MOST, _FEW = 200, 10


class Search:
    """`POST .../search`. It never tells of archived records, nor of what was written in the last seconds."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._switches = service.switches

    def search(self, request: Request) -> Response:
        """Answer with one page of what is found; `after` is a number: how many were shown already."""
        try:
            asked = orjson.loads(body_of(request))
            return self._answered(self._service.book(asked_kind(request).name), asked)
        except orjson.JSONDecodeError:
            return bodies.invalid("Invalid input JSON")
        except Wrong as wrong:
            return wrong.answer

    def _answered(self, book: Book, asked: dict[str, Any]) -> Response:
        size, after = self._window(asked)
        terms = Terms(book.kind, self._switches.text_ids)
        book.index.settle(self._service.now - self._switches.lag * 1000)
        finder = Finder(book, self._service.records.links, terms)
        total, numbers = finder.found(terms.groups(asked), terms.sorts(asked))
        size = self._switches.at_most((size + 1) // 2 if self._switches.short_pages else size)
        shown = list(islice(numbers, after, after + size))
        # In this mood the last page, too, has a cursor: to one that has nothing.
        more = after + len(shown) < total or (self._switches.short_pages and bool(shown))
        rows = View.asked(book.kind, self._switches, asked.get("properties") or ()).found(book, shown)
        return json_bytes(bodies.page(rows, str(after + len(shown)) if more else None, total=total))

    def _window(self, asked: dict[str, Any]) -> tuple[int, int]:
        """Return how many results are wanted, and behind how many."""
        size, after, window = asked.get("limit", _FEW), str(asked.get("after") or 0), self._switches.window
        if not isinstance(size, int) or not 1 <= size <= _MOST:
            raise Wrong(bodies.invalid(f"Invalid limit {size}: it must be between 1 and {_MOST}."))
        if not after.isdecimal():
            raise Wrong(bodies.invalid(f"Invalid after {after}: it must be a number."))
        if int(after) + size > window:
            raise Wrong(bodies.invalid(f"You cannot page past {window} results: this search would end later."))
        return size, int(after)


class Finder:
    """Finds records of one type: those last changed in a span of time by their order, all others by looking at each."""

    def __init__(self, book: Book, links: Links, terms: Terms) -> None:
        self._book = book
        self._links = links
        self._terms = terms

    def found(self, groups: Sequence[Sequence[Filter]], sorts: Sequence[Sort]) -> tuple[int, Iterable[int]]:
        """Return how many records fulfil one of *groups*, and their numbers as *sorts* wants them, else by id."""
        index = self._book.index
        if len(groups) == 1 and [Sort(self._book.kind.modified, upwards=True)] == sorts:
            low, high, rest = self._span(groups[0])
            if not rest:
                return index.count(low, high), index.between(low, high)
        numbers = sorted({number for group in groups or [[]] for number in self._matching(group)})
        for sort in reversed(sorts):
            numbers.sort(key=self._key(sort.name), reverse=not sort.upwards)
        return len(numbers), numbers

    def _matching(self, group: Sequence[Filter]) -> Iterator[int]:
        low, high, rest = self._span(group)
        for number in self._book.index.between(low, high):
            if all(self._holds(each, number) for each in rest):
                yield number

    def _span(self, group: Sequence[Filter]) -> tuple[int, int, list[Filter]]:
        """Return between which moments a group's records were changed, and the conditions beside that."""
        low, high, rest = 0, FOREVER, []
        for each in group:
            if each.name != self._book.kind.modified or each.operator not in BOUNDS:
                rest.append(each)
                continue
            least, most = each.span()
            low, high = max(low, least), min(high, most)
        return low, high, rest

    def _holds(self, condition: Filter, number: int) -> bool:
        if condition.linked is None:
            return condition.holds(self._value(number, condition.name))
        other = kind_of(condition.linked)
        linked = () if other is None else self._links.of(self._book.kind.name, number, other.name)
        return other is not None and condition.value in {str(other.identity(each)) for each in linked}

    def _key(self, name: str) -> Callable[[int], Any]:
        def key(number: int) -> Any:
            value = self._value(number, name)
            return (0,) if value is None else (1, value)

        return key

    def _value(self, number: int, name: str) -> Any:
        if name == "hs_object_id":
            return self._terms.comparable(name, self._book.identity(number))
        if name == self._book.kind.modified:
            return self._book.index.updated(number)
        return self._terms.comparable(name, orjson.loads(self._book.indexed(number)[0])[name])
