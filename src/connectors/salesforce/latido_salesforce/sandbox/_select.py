"""Which records a query is about, in its order."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from latido.testing import place_before
from latido_salesforce.sandbox import _errors as errors
from latido_salesforce.sandbox import _ids as ids
from latido_salesforce.sandbox._conditions import Conditions, seconds
from latido_salesforce.sandbox._shape import Selection
from latido_salesforce.sandbox._soql import All, Comparison, Malformed, parse
from latido_salesforce.sandbox._spans import Axis, certain, possible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido_salesforce.sandbox._org import Org
    from latido_salesforce.sandbox._soql import Literal, Order, Query
    from latido_salesforce.sandbox._spans import Span
    from latido_salesforce.sandbox._table import Table

_DEEPEST = 2000
_LONGEST = 100_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A query that was understood: of which table, and which fields."""

    query: Query
    table: Table
    selection: Selection


def understood(org: Org, text: str) -> Asked:
    """Return what *text* asks for; `Refused` if that cannot be answered."""
    if len(text) > _LONGEST:
        raise errors.Refused(400, "MALFORMED_QUERY", "SOQL statements cannot be longer than 100000 characters.")
    try:
        query = parse(text)
    except Malformed as error:
        raise errors.Refused(400, "MALFORMED_QUERY", str(error)) from None
    table = org.table(query.sobject)
    if table is None:
        raise errors.no_type(query, query.sobject)
    if query.offset is not None and query.offset > _DEEPEST:
        raise errors.Refused(400, "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000")
    return Asked(query, table, Selection(org, query, table.sobject))


class Search:
    """The records that a query is about: looked up by time or by id where its conditions allow it."""

    def __init__(self, org: Org, asked: Asked, *, deleted: bool) -> None:
        self._query, self._table = asked.query, asked.table
        self._conditions = Conditions(org, asked.query)
        self._orders = [self._key(order) for order in asked.query.orders]
        where = asked.query.where
        self._fits = None if where is None else self._conditions.predicate(where, asked.table.sobject)
        self._hidden = set(asked.table.hidden(org.now))
        self._deleted = deleted

    def numbers(self) -> array[int]:
        """Return the numbers of the records, in order, within the query's limits."""
        found = self._found()
        first = self._query.offset or 0
        last = None if self._query.limit is None else first + self._query.limit
        return array("I", islice(found, first, last))

    def examined(self) -> int:
        """Return how many records the database has to look at."""
        return sum(1 for _ in self._candidates()[0])

    def _found(self) -> Iterator[int]:
        candidates, ordered = self._candidates()
        numbers = (number for number, sure in candidates if self._shown(number) and (sure or self._matches(number)))
        if ordered:
            return numbers
        held = list(numbers)
        for key, descending, nulls_last in reversed(self._orders):
            keys = {number: key(self._table.json(number)) for number in held}
            held.sort(key=lambda number: _sortable(keys[number]), reverse=descending)
            held.sort(key=lambda number: (keys[number] is None) == nulls_last)
        return iter(held)

    def _candidates(self) -> tuple[Iterator[tuple[int, bool]], bool]:
        """Return (number, whether it fits for sure) of what may fit, and whether that is in the query's order."""
        times = Axis(self._table.sobject.stamp, _instant)
        window = possible(self._query.where, times)
        names = [(order.path.lower(), order.descending) for order in self._query.orders]
        stamp = (times.name.lower(), False)
        if window.narrow or names[:1] == [stamp]:
            ordered = names in ([], [stamp], [stamp, ("id", False)])
            return self._by_time(window, certain(self._query.where, times)), ordered
        if (kin := self._related()) is not None:
            return ((number, False) for number in kin), names in ([], [("id", False)])
        axis = Axis("Id", self._number)
        spans = possible(self._query.where, axis), certain(self._query.where, axis)
        return self._by_id(*spans), names in ([], [("id", False)])

    def _related(self) -> list[int] | None:
        """Return the records whose parent is named by a condition that has to hold; None if there is none."""
        where = self._query.where
        for part in where.parts if isinstance(where, All) else (where,):
            if not isinstance(part, Comparison) or part.operator not in {"=", "in"}:
                continue
            place, field = self._table.sobject.by_name.get(part.path.lower(), (0, None))
            if field is not None and field.type == "reference" and all(each.kind == "text" for each in part.literals):
                parents = {ids.long(each.value) for each in part.literals}
                return sorted(number for each in parents for number in self._table.children(place, each))
        return None

    def _by_time(self, window: Span, sure: Span) -> Iterator[tuple[int, bool]]:
        for time, number in self._table.feed.after(place_before(window.low)):
            if time >= window.high:
                return
            yield number, time in sure

    def _by_id(self, window: Span, sure: Span) -> Iterator[tuple[int, bool]]:
        for number in range(window.low, min(window.high, self._table.count)):
            yield number, number in sure

    def _shown(self, number: int) -> bool:
        if number in self._hidden:
            return False
        return self._deleted or not self._table.deleted(number)

    def _matches(self, number: int) -> bool:
        return self._fits is None or self._fits(self._table.json(number))

    def _number(self, literal: Literal) -> int | None:
        mine = literal.kind == "text" and literal.value.startswith(self._table.sobject.prefix)
        return ids.number(literal.value) if mine else None

    def _key(self, order: Order) -> tuple[Any, bool, bool]:
        read, field = self._conditions.reader(self._table.sobject, order.path, order.at)
        if field.type in {"textarea", "address"}:
            raise errors.not_filterable(self._query, order.at, field.name)
        return read, order.descending, order.nulls_last


def _instant(literal: Literal) -> float | None:
    return seconds(literal.value).timestamp() if literal.kind == "instant" else None


def _sortable(value: Any) -> tuple[bool, Any]:
    return (value is not None, value.casefold() if isinstance(value, str) else value or 0)
