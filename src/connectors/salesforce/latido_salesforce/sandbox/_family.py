"""Records that come from one thing: what hangs on a case, what a deal is made of."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from latido_salesforce.sandbox._table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from latido_salesforce.sandbox._fields import SObject

T = TypeVar("T")
Rows: TypeAlias = "Mapping[str, Iterable[Mapping[str, Any]]]"


class Family(Generic[T]):
    """Tables that are made together, from one *thing* after the other; *rows* makes a thing's records, by object.

    A record is known by its thing's place and its own turn among the thing's. When a thing changes, its records are
    written again, and those that it has no more are destroyed.
    """

    def __init__(
        self,
        sobjects: Iterable[SObject],
        things: Callable[[], Iterable[T]],
        rows: Callable[[T, int, Family[T]], Rows],
    ) -> None:
        self.tables = {each.name: Table(each, self._fill_all) for each in sobjects}
        self._things = things
        self._rows = rows
        self._filled = False
        self._firsts = {name: array("I") for name in self.tables}
        self._more: dict[tuple[str, int, int], int] = {}
        self._turns: dict[tuple[str, int], int] = {}

    def identity(self, name: str, place: int, turn: int = 0) -> str:
        """Return the id of a record, or the one that it is about to get."""
        return self.tables[name].identity(self.number(name, place, turn))

    def number(self, name: str, place: int, turn: int = 0) -> int:
        """Return the number of a record, or the one that it is about to get."""
        firsts = self._firsts[name]
        if place < len(firsts) and (not self._filled or turn < self._first_turns(name, place)):
            return firsts[place] + turn
        return self._more.setdefault((name, place, turn), self.tables[name].length)

    def put(self, place: int, thing: T, now: int) -> None:
        """Write the records of a thing that has changed, or is new, unless nobody has asked for any yet."""
        if not self._filled:
            return
        for name, rows in self._rows(thing, place, self).items():
            turn = -1
            for turn, row in enumerate(rows):
                self.tables[name].put(self.number(name, place, turn), row)
            former = self._turns.get((name, place), self._first_turns(name, place))
            for gone in range(turn + 1, former):
                self.tables[name].destroy(self.number(name, place, gone), now)
            self._turns[name, place] = max(former, turn + 1)

    def _first_turns(self, name: str, place: int) -> int:
        """Return how many records a thing had at first."""
        firsts = self._firsts[name]
        return firsts[place + 1] - firsts[place] if place + 1 < len(firsts) else 0

    def _fill_all(self) -> Iterable[Mapping[str, Any]]:
        if self._filled:
            return ()
        for place, thing in enumerate(self._things()):
            self._begin()
            for name, rows in self._rows(thing, place, self).items():
                for row in rows:
                    self.tables[name].append(row)
        self._begin()
        self._filled = True
        for table in self.tables.values():
            table.seal()
        return ()

    def _begin(self) -> None:
        for name, table in self.tables.items():
            self._firsts[name].append(table.length)
