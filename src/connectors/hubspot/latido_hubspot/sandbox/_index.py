"""What the search knows: everything there is, as it stood a while ago."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections import deque
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Pieces: TypeAlias = "tuple[bytes, ...]"
_BITS = 32
_MASK = (1 << _BITS) - 1


class Change(NamedTuple):
    """What the search has yet to learn: since when, about which record, what it shows and when that was changed."""

    at: int
    number: int
    pieces: Pieces | None
    updated: int


class Index:
    """Records in the order of (the millisecond of their last change, their number).

    `kept` holds what it shows of records that were written to since it began; None stands for nothing.
    """

    def __init__(self) -> None:
        self.kept: dict[int, Pieces | None] = {}
        self._keys: list[int] = []
        self._times = array("Q")
        self._queue: deque[Change] = deque()

    def begin(self, entries: Sequence[tuple[int, int]], count: int) -> None:
        """Know *entries* (ms, number) of *count* records."""
        self._times = array("Q", bytes(8 * count))
        for ms, number in entries:
            self._times[number] = ms
        self._keys = sorted(ms << _BITS | number for ms, number in entries)

    def keep(self, number: int, pieces: Pieces | None) -> None:
        """Go on showing *pieces*, unless something older is shown still."""
        self.kept.setdefault(number, pieces)

    def learn(self, at: int, number: int, pieces: Pieces | None, updated: int) -> None:
        """Remember to show *pieces*, None for nothing, of what was written at *at*."""
        self._queue.append(Change(at, number, pieces, updated))

    def settle(self, until: float) -> None:
        """Take in what was written up to *until* (ms)."""
        while self._queue and self._queue[0].at <= until:
            self._take(self._queue.popleft())

    def between(self, low: int, high: int) -> Iterator[int]:
        """Yield the numbers of what was changed from *low* to *high* (ms, both included), in this order."""
        begin, end = self._span(low, high)
        return (self._keys[spot] & _MASK for spot in range(begin, end))

    def count(self, low: int, high: int) -> int:
        begin, end = self._span(low, high)
        return end - begin

    def updated(self, number: int) -> int:
        """Return when a record was changed, as far as is known here."""
        return self._times[number]

    def _span(self, low: int, high: int) -> tuple[int, int]:
        return bisect_left(self._keys, low << _BITS), bisect_right(self._keys, (high << _BITS) | _MASK)

    def _take(self, change: Change) -> None:
        number = change.number
        self._times.extend([0] * (number + 1 - len(self._times)))
        if self._times[number]:
            del self._keys[bisect_left(self._keys, self._times[number] << _BITS | number)]
        self._times[number] = 0 if change.pieces is None else change.updated
        if change.pieces is not None:
            insort(self._keys, change.updated << _BITS | number)
        self.kept[number] = change.pieces
