"""Counting requests against a limit."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from latido.testing._faults import Limit


_HAIR = 1e-6
"""What seconds since 1970 are not exact by."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How a bucket stands after a request: whether it was granted, how many are left, in how many seconds more are."""

    limit: Limit
    granted: bool
    remaining: int
    resets: int


@dataclass(slots=True)
class Bucket:
    """The requests that were granted lately. A refused one costs nothing."""

    granted: deque[float] = field(default_factory=deque)
    level: float = 0
    looked_at: float = 0

    def ask(self, limit: Limit, now: float) -> Allowance:
        """Grant a request at *now* (seconds since 1970), or refuse it."""
        if limit.window == "leaky":
            return self._ask_leaky(limit, now)
        begin = now - now % limit.seconds if limit.window == "fixed" else now - limit.seconds
        self._forget(begin, inclusive=limit.window == "sliding")
        granted = len(self.granted) < limit.requests
        if granted:
            self.granted.append(now)
        frees = begin if limit.window == "fixed" else self.granted[0] if self.granted else now
        return Allowance(limit, granted, limit.requests - len(self.granted), max(1, ceil(frees + limit.seconds - now)))

    def _ask_leaky(self, limit: Limit, now: float) -> Allowance:
        """Each request fills the bucket by one; it drains all the time."""
        a_second = limit.requests / limit.seconds
        self.level = max(0.0, self.level - (now - self.looked_at) * a_second)
        self.looked_at = now
        granted = self.level + 1 <= limit.requests + _HAIR
        if granted:
            self.level += 1
        too_full = self.level + 1 - limit.requests
        return Allowance(limit, granted, int(limit.requests - self.level + _HAIR), max(1, ceil(too_full / a_second)))

    def _forget(self, begin: float, *, inclusive: bool) -> None:
        while self.granted and (self.granted[0] < begin or (inclusive and self.granted[0] == begin)):
            self.granted.popleft()
