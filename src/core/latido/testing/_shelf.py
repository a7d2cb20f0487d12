"""Rendered records on disk, and orders in which to read them."""

from __future__ import annotations

import os
import tempfile
import weakref
from array import array
from bisect import bisect_left, bisect_right, insort
from heapq import merge
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FEW = 1 << 15
"""Bytes for which a file would take longer than to write them."""

_BITS = 32
_MASK = (1 << _BITS) - 1


class Shelf:
    """Records by number, each in *pieces* pieces of JSON.

    Unless they are few, they lie in a file that has no name; only their places, and what was changed since, are in
    memory. The file is read and not mapped, so that a reader of our memory does not count it in.
    """

    def __init__(self, pieces: int = 1) -> None:
        self._pieces = pieces
        self._file: BinaryIO | None = None
        self._few = bytearray()
        self._places = array("Q", [0])
        self._changed: dict[int, tuple[bytes, ...]] = {}
        self._is_written = True

    def append(self, *pieces: bytes) -> None:
        """Add the next record; only before `seal`."""
        self._is_written = False
        for piece in pieces:
            self._places.append(self._places[-1] + len(piece))
            self._few += piece
        if len(self._few) > _FEW:
            self._write()

    def seal(self) -> None:
        if self._file is not None:
            self._write()
            self._file.flush()
        self._is_written = True

    def put(self, number: int, *pieces: bytes) -> None:
        self._changed[number] = pieces

    def pieces(self, number: int) -> tuple[bytes, ...]:
        """Return all pieces of a record."""
        if number in self._changed:
            return self._changed[number]
        if not self._is_written:
            self.seal()
        first = number * self._pieces
        places = self._places[first : first + self._pieces + 1]
        whole = self._read(places[0], places[-1])
        cuts = [each - places[0] for each in places]
        return tuple(whole[start:end] for start, end in pairwise(cuts))

    def piece(self, number: int) -> bytes:
        """Return the first piece of a record."""
        return self.pieces(number)[0]

    def _write(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the shelf
            weakref.finalize(self, self._file.close)
        self._file.write(self._few)
        self._few.clear()

    def _read(self, start: int, end: int) -> bytes:
        return bytes(self._few[start:end]) if self._file is None else os.pread(self._file.fileno(), end - start, start)


class Feed:
    """Numbers of records in the order of (a time, the number), each once."""

    def __init__(self, times: Iterable[tuple[int, int]]) -> None:
        self._base = array("Q", sorted(place(time, number) for time, number in times))
        self._tail: list[int] = []
        self._moved: dict[int, int] = {}

    def move(self, number: int, time: int) -> None:
        """Put a record, known or new, where *time* belongs."""
        self._moved[number] = place(time, number)
        insort(self._tail, self._moved[number])

    def after(self, mark: int) -> Iterator[tuple[int, int]]:
        """Yield (time, number) of what lies behind *mark*, a `place`, the earliest first."""
        base = (self._base[spot] for spot in range(bisect_right(self._base, mark), len(self._base)))
        tail = iter(self._tail[bisect_right(self._tail, mark) :])
        return self._current(merge(base, tail) if self._tail else base)

    def before(self, mark: int) -> Iterator[tuple[int, int]]:
        """Yield (time, number) of what lies before *mark*, the latest first."""
        base = (self._base[spot] for spot in range(bisect_left(self._base, mark) - 1, -1, -1))
        tail = iter(self._tail[: bisect_left(self._tail, mark)][::-1])
        return self._current(merge(base, tail, reverse=True) if self._tail else base)

    def _current(self, keys: Iterator[int]) -> Iterator[tuple[int, int]]:
        moved = self._moved
        for key in keys:
            time, number = key >> _BITS, key & _MASK
            if number not in moved or moved[number] == key:
                yield time, number


class Log:
    """Entries (time, number) in order; a number may have many, and none ever goes."""

    def __init__(self, entries: Iterable[tuple[int, int]]) -> None:
        self._base = array("Q", sorted({place(time, number) for time, number in entries}))
        self._tail: list[int] = []

    def add(self, time: int, number: int) -> None:
        insort(self._tail, place(time, number))

    def after(self, mark: int) -> Iterator[tuple[int, int]]:
        """Yield (time, number) of what lies behind *mark*, a `place`."""
        base = (self._base[spot] for spot in range(bisect_right(self._base, mark), len(self._base)))
        tail = iter(self._tail[bisect_right(self._tail, mark) :])
        last = -1
        for key in merge(base, tail) if self._tail else base:
            if key != last:
                yield key >> _BITS, key & _MASK
            last = key


def place(time: int, number: int) -> int:
    """Return where record *number* stands at *time*."""
    return time << _BITS | number


def place_before(time: int) -> int:
    """Return the place just before all that has *time*."""
    return max(0, place(time, 0) - 1)
