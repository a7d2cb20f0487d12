"""Lists: what a filter finds, in some order, 50 at a time."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from latido_bitrix24.sandbox._filters import Filters, Wanted, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from latido_bitrix24.sandbox._book import Book
    from latido_bitrix24.sandbox._service import Service

PAGE = 50
UNCOUNTED = -1
_FEW = 5_000
"""Of so many changed records it is faster to take them by their changes than to go through all."""


class Found(NamedTuple):
    """A page of a list: which records, how many there are in all (None: not counted), where the next page begins."""

    numbers: list[int]
    total: int | None
    next: int | None
    seconds: float


class Lists:
    """Finds the records of *book*; a *strict* list refuses fields that it does not know."""

    def __init__(self, service: Service, book: Book, *, strict: bool = True) -> None:
        self._service = service
        self._switches = service.switches
        self._book = book
        self._filters = Filters(book.kind, service.time, iso_dates=service.switches.iso_dates, strict=strict)

    def page(self, params: Mapping[str, Any], *, counts: bool = True) -> Found:
        """Return the page that *params* (filter, order, start) ask for; one that *counts* does, unless start is -1."""
        wanted = self._filters.read(params.get("filter"))
        start = number(params.get("start", 0))
        size = self._switches.at_most(PAGE)
        if start == UNCOUNTED:
            return Found(list(islice(self._ordered(wanted, params), size)), None, None, self._switches.page_seconds)
        start = 0 if self._switches.ignore_start else start
        numbers = list(islice(self._ordered(wanted, params), start, start + size))
        total = self._count(wanted) if counts else None
        more = total is not None and (start + size < total or (self._switches.next_after_last and len(numbers) == size))
        seconds = self._switches.page_seconds + (self._switches.count_seconds if counts else 0)
        return Found(numbers, self._said(total), start + size if more else None, seconds)

    def matching(self, wanted: Wanted, *, downwards: bool = False) -> Iterator[int]:
        """Yield what a filter finds, by id."""
        book, found = self._book, self._candidates(wanted)
        for each in reversed(found) if downwards else found:
            if book.there(each) and wanted.since <= book.changed(each) < wanted.until and self._passes(wanted, each):
                yield each

    def _candidates(self, wanted: Wanted) -> Sequence[int]:
        book, kind = self._book, self._book.kind
        span = range(kind.at_least(wanted.low), min(len(book), kind.at_least(wanted.high)))
        if wanted.nothing:
            return ()
        if wanted.owners is not None:
            return sorted(each for owner in wanted.owners for each in book.owned(owner) if each in span)
        if wanted.is_dated and book.count_changed(wanted.since, wanted.until) <= _FEW:
            return sorted({each for each in book.changed_between(wanted.since, wanted.until) if each in span})
        return span

    def _passes(self, wanted: Wanted, each: int) -> bool:
        if not wanted.tests:
            return True
        told = self._book.told(each)
        return all(test(told) for test in wanted.tests)

    def _count(self, wanted: Wanted) -> int:
        book = self._book
        if wanted == Wanted():
            return book.live_count
        return sum(1 for _ in self.matching(wanted))

    def _ordered(self, wanted: Wanted, params: Mapping[str, Any]) -> Iterator[int]:
        """Without an order records come as they lie about: the last written first."""
        order = params.get("order") or {}
        names = [(name, str(way).upper()) for name, way in order.items()] if isinstance(order, dict) else []
        names = [(name, way) for name, way in names if name in self._book.kind.fields]
        if not names:
            return iter(sorted(self.matching(wanted), key=lambda each: (-self._book.changed(each), each * 7919 % 97)))
        if names[0][0] == self._book.kind.id_name:
            return self.matching(wanted, downwards=names[0][1] == "DESC")
        found = list(self.matching(wanted))
        for name, way in reversed(names):
            found.sort(key=lambda each: _sortable(self._value(each, name)), reverse=way == "DESC")
        return iter(found)

    def _value(self, each: int, name: str) -> Any:
        return each if name == self._book.kind.id_name else self._book.told(each).get(name)

    def _said(self, total: int | None) -> int | None:
        if total is None:
            return None
        return {"right": total, "zero": 0, "fifty": min(total, PAGE)}[self._switches.totals]


def _sortable(value: Any) -> tuple[bool, bool, Any]:
    return value is not None, isinstance(value, str), value if isinstance(value, str | int | float) else str(value)
