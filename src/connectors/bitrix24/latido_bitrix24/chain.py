"""Reading page after page by id, up to fifty pages in one request.

In a batch a command may take the last id of the page before it. When that page is short there is none, and what the
command then brings is anything: so pages count only as long as each one before them was full and ids go up.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from latido_bitrix24.answers import OPERATING, contained, failure, stuck
from latido_bitrix24.batches import MOST, is_passing, key
from latido_bitrix24.commands import Command, Failed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from latido_bitrix24.portal import Portal

PAGE = 50
"""Records of a page."""

LADDER = (1, 10, MOST)
"""How many pages to ask for at once: most runs find but a few changes."""

PATIENCE = 5


@dataclass(frozen=True, slots=True)
class Listing:
    """A method that lists records by their `id`, in `container` of its result."""

    method: str
    container: tuple[str, ...] = ()
    id: str = "id"

    def page(self, params: Mapping[str, Any], after: Any) -> Command:
        """Return the command for the page behind the id *after*: sorted, or rows get lost; uncounted, which is dear."""
        bounds = {**params.get("filter", {}), f">{self.id}": after}
        return Command(self.method, {**params, "filter": bounds, "order": {self.id: "ASC"}, "start": -1})

    def last_of(self, name: str, rows: int) -> str:
        """Return how a command names the last id of the page that command *name* brings."""
        return f"$result[{name}]{''.join(f'[{each}]' for each in self.container)}[{rows - 1}][{self.id}]"

    def numbers(self, records: Sequence[Any]) -> list[int]:
        """Return the ids of *records*, which come as numbers or as text; those that have none are passed over."""
        ids = [self.id_of(each) for each in records if isinstance(each, dict)]
        return [int(each) for each in ids if isinstance(each, int) or (isinstance(each, str) and each.isdecimal())]

    def id_of(self, record: Mapping[str, Any]) -> Any:
        return record.get(self.id)


class Chain:
    """Pages of *listing* behind an id, in the order of ids."""

    def __init__(self, portal: Portal, listing: Listing, params: Mapping[str, Any]) -> None:
        self._portal = portal
        self._listing = listing
        self._params = params
        self._rows = PAGE
        self._ladder: tuple[int, ...] = LADDER
        self._rung = 0
        self._failures = 0

    def pages(self, after: int) -> Iterator[list[Any]]:
        """Yield pages until an empty one: a page that is cut short must not pass for the last."""
        while True:
            results = self._portal.round(self._commands(after, self._ladder[self._rung]))
            self._rung = min(self._rung + 1, len(self._ladder) - 1)
            first = self._first(results[0])
            if first == []:
                return
            for page in self._fitting(first, results[1:], after):
                after = self._last(page)
                yield page

    def _commands(self, after: int, n: int) -> list[Command]:
        links = (self._listing.last_of(key(at), self._rows) for at in range(n - 1))
        return [self._listing.page(self._params, each) for each in (after, *links)]

    def _first(self, result: Any) -> list[Any] | None:
        """Return the records of the first page, on which no other has a bearing; None where it is to be asked again."""
        if not isinstance(result, Failed):
            self._failures = 0
            return self._records(result)
        self._failures += result.code != OPERATING
        if self._failures >= PATIENCE or not is_passing(result):
            raise failure(result, self._listing.method)
        return None

    def _fitting(self, page: list[Any] | None, others: Sequence[Any], after: int) -> Iterator[list[Any]]:
        """Yield the pages that follow each other without a doubt, from the first *page* on."""
        if page is None:
            return
        if not self._goes_up(page, after):
            raise stuck(self._listing.method)
        yield page
        for result in others:
            if self._is_cut(page) or isinstance(result, Failed):
                return
            after, page = self._last(page), self._records(result)
            if not page:  # Most likely the end; a single page is going to tell.
                self._rung = 0
                return
            if not self._goes_up(page, after):  # Links lead nowhere here.
                self._ladder, self._rung = LADDER[:1], 0
                return
            yield page
        self._is_cut(page)

    def _is_cut(self, page: Sequence[Any]) -> bool:
        """Whether *page* is not as long as pages are: then it is the last, or pages are that long here."""
        if len(page) == self._rows:
            return False
        self._rows, self._rung = len(page), 0
        return True

    def _records(self, result: Any) -> list[Any]:
        return contained(result, self._listing.container, self._listing.method)

    def _goes_up(self, page: Sequence[Any], after: int) -> bool:
        ids = [after, *self._listing.numbers(page)]
        return len(ids) > 1 and all(one < other for one, other in pairwise(ids))

    def _last(self, page: Sequence[Any]) -> int:
        return self._listing.numbers(page)[-1]
