"""The records of one kind: what they say now."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from latido.testing import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.testing.world import Instant
    from latido_bitrix24.sandbox._kinds import Kind

_BITS = 32
_MASK = (1 << _BITS) - 1


class Row(NamedTuple):
    """A record without its id, when it was last changed, and to whom it belongs."""

    told: dict[str, Any]
    changed: Instant = 0
    owner: int = 0


class Book:
    """The records of one kind by number; `hidden` are those that no list shows: deleted, or merged away.

    With *copies* the rows that were there at the beginning come so many times, under other ids: a great portal, at
    the price of a small one.
    """

    def __init__(self, kind: Kind, rows: Iterator[Row], copies: int = 1) -> None:
        self.kind = kind
        self.hidden: set[int] = set()
        self.writes = 0
        self._shelf = Shelf()
        self._written: dict[int, bytes] = {}
        self._changed = array("Q")
        self._owners = array("Q")
        for row in rows:
            self._shelf.append(_tail(row))
            self._changed.append(row.changed)
            self._owners.append(row.owner)
        self._shelf.seal()
        self._model = len(self._changed)
        self._copied = self._model * copies
        self._changed *= copies
        self._owners *= copies
        self._by_change: array[int] | None = None
        self._by_owner: dict[int, list[int]] | None = None

    def __len__(self) -> int:
        return len(self._changed)

    @property
    def live_count(self) -> int:
        return len(self) - len(self.hidden)

    def add(self, row: Row) -> int:
        """Store one more record and return its number."""
        number = len(self)
        self._changed.append(0)
        self._owners.append(row.owner)
        if self._by_owner is not None:
            self._by_owner[row.owner].append(number)
        self.put(number, row)
        return number

    def put(self, number: int, row: Row) -> None:
        """Store what a record says now."""
        self.writes += 1
        self._written[number] = _tail(row)
        self._move(number, row.changed)

    def hide(self, number: int) -> None:
        """Let a record vanish without a trace."""
        self.writes += 1
        self.hidden.add(number)

    def show(self, number: int) -> None:
        self.writes += 1
        self.hidden.discard(number)

    def there(self, number: int) -> bool:
        return 0 <= number < len(self) and number not in self.hidden

    def told(self, number: int) -> dict[str, Any]:
        """Return what a record says, its id first."""
        tail = self._written.get(number) or self._shelf.piece(self.original(number))
        told: dict[str, Any] = orjson.loads(b'{"%s":%d%s' % (self._id_name, self.kind.identity(number), tail))
        return told

    def original(self, number: int) -> int:
        """Return of which record *number* is a copy: itself, without copies."""
        return number % self._model if number < self._copied else number

    def row(self, number: int) -> Row:
        """Return a record as it can be put back."""
        told = self.told(number)
        del told[self.kind.id_name]
        return Row(told, self._changed[number], self._owners[number])

    def changed(self, number: int) -> Instant:
        return self._changed[number]

    def live(self, first: int = 0) -> Iterator[int]:
        """Yield the numbers of what lists show, from *first* on."""
        hidden = self.hidden
        numbers = range(first, len(self))
        return (number for number in numbers if number not in hidden) if hidden else iter(numbers)

    def find(self, identity: int) -> int | None:
        """Return the number of the record with *identity* if it is there."""
        number = self.kind.number(identity)
        return number if number is not None and self.there(number) else None

    def changed_between(self, low: Instant, high: Instant) -> list[int]:
        """Return the numbers of what was changed in [low, high), hidden or not, in the order of their changes."""
        return [self._changes[spot] & _MASK for spot in self._span(low, high)]

    def count_changed(self, low: Instant, high: Instant) -> int:
        """Return how many `changed_between` returns."""
        return len(self._span(low, high))

    def owned(self, owner: int) -> list[int]:
        """Return the numbers of what belongs to *owner*, hidden or not."""
        if self._by_owner is None:
            self._by_owner = defaultdict(list)
            for number, each in enumerate(self._owners):
                self._by_owner[each].append(number)
        return self._by_owner.get(owner, [])

    @property
    def _changes(self) -> array[int]:
        if self._by_change is None:
            self._by_change = array("Q", sorted(at << _BITS | number for number, at in enumerate(self._changed)))
        return self._by_change

    def _span(self, low: Instant, high: Instant) -> range:
        return range(bisect_left(self._changes, low << _BITS), bisect_left(self._changes, high << _BITS))

    @property
    def _id_name(self) -> bytes:
        return self.kind.id_name.encode()

    def _move(self, number: int, changed: Instant) -> None:
        if self._by_change is not None:
            old = self._changed[number] << _BITS | number
            spot = bisect_left(self._by_change, old)
            if spot < len(self._by_change) and self._by_change[spot] == old:
                del self._by_change[spot]
            new = changed << _BITS | number
            self._by_change.insert(bisect_right(self._by_change, new), new)
        self._changed[number] = changed


def _tail(row: Row) -> bytes:
    """Return a record in JSON from behind its id on."""
    return b"," + orjson.dumps(row.told)[1:]
