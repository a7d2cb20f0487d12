"""Who owns the n-th of a thing of which everybody has a few, and whoever came early has more."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Territory(NamedTuple):
    """The owners whose number is *which* modulo *of*: each thing stands in the books of one seller only."""

    which: int = 0
    of: int = 1


class Holding(NamedTuple):
    """The things of one owner: numbered from `first` on, `size` of them."""

    owner: int
    first: int
    size: int


class Slots:
    """Numbers the things of the owners of a *territory* from 0 on, without knowing the things.

    *tiers* say, the earliest owners first, up to which share of all owners each has how many.
    """

    def __init__(self, owners: int, territory: Territory, tiers: Sequence[tuple[float, int]]) -> None:
        self._tiers: list[tuple[int, range, int]] = []
        begins, first = territory.which, 0
        for share, each in tiers:
            members = range(begins, round(owners * share), territory.of)
            self._tiers.append((first, members, each))
            first += len(members) * each
            begins += len(members) * territory.of
        self._count = first

    def __len__(self) -> int:
        return self._count

    def holding(self, number: int) -> Holding:
        """Return to whose things *number* belongs."""
        first, members, each = next(tier for tier in reversed(self._tiers) if tier[0] <= number)
        turn = (number - first) // each
        return Holding(members[turn], first + turn * each, each)

    def __iter__(self) -> Iterator[Holding]:
        for first, members, each in self._tiers:
            for turn, owner in enumerate(members):
                yield Holding(owner, first + turn * each, each)
