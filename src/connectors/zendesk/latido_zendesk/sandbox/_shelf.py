"""Rendered records on disk, and the order in which they were last written."""

from __future__ import annotations

import mmap
import tempfile
from array import array
from bisect import bisect_right, insort
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BITS = 32
_MASK = (1 << _BITS) - 1


class Shelf:
    """Records by number, each in *pieces* pieces of JSON.

    They lie in a file that has no name; only their places, and what was changed since, are in memory.
    """

    def __init__(self, pieces: int = 1) -> None:
        self._pieces = pieces
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the shelf
        self._places = array("Q", [0])
        self._view: memoryview | None = None
        self._changed: dict[int, tuple[bytes, ...]] = {}

    def append(self, *pieces: bytes) -> None:
        """Add the next record; only before the first one is read."""
        for piece in pieces:
            self._places.append(self._places[-1] + len(piece))
            self._file.write(piece)

    def put(self, number: int, *pieces: bytes) -> None:
        self._changed[number] = pieces

    def piece(self, number: int, which: int = 0) -> bytes | memoryview:
        if number in self._changed:
            return self._changed[number][which]
        place = number * self._pieces + which
        return self._mapped()[self._places[place] : self._places[place + 1]]

    def _mapped(self) -> memoryview:
        if self._view is None:
            self._file.flush()
            self._view = memoryview(mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ))
        return self._view


class Feed:
    """The numbers of records in the order of (time of the last write, number)."""

    def __init__(self, times: Iterator[int]) -> None:
        self._base = array("Q", sorted(place(time, number) for number, time in enumerate(times)))
        self._tail: list[int] = []
        self._moved: dict[int, int] = {}

    def move(self, number: int, time: int) -> None:
        """Put a record, known or new, where a write at *time* belongs: not before any that were there at first."""
        self._moved[number] = place(time, number)
        insort(self._tail, self._moved[number])

    def after(self, mark: int) -> Iterator[tuple[int, int]]:
        """Yield (time, number) of what lies behind *mark*, a `place`."""
        for spot in range(bisect_right(self._base, mark), len(self._base)):
            time, number = divmod(self._base[spot], 1 << _BITS)
            if number not in self._moved:
                yield time, number
        for key in self._tail[bisect_right(self._tail, mark) :]:
            if self._moved[key & _MASK] == key:
                yield divmod(key, 1 << _BITS)


def place(time: int, number: int) -> int:
    """Return where in a feed record *number*, written at *time*, stands."""
    return time << _BITS | number


def before(time: int) -> int:
    """Return the place just before all that was written at *time*."""
    return max(0, place(time, 0) - 1)
