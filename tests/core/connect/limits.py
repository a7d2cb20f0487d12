"""Vendors that limit, and what the best client could reach."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from math import floor
from typing import TYPE_CHECKING, Literal

import httpx

from tests.core.connect.vendors import NOON, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from latido.testing import ManualClock


ROUNDING = 1e-9


@dataclass
class Allowance:
    """So many requests in so many seconds; fixed windows begin *phase* seconds into the test, and again and again."""

    window: Literal["fixed", "sliding"]
    limit: int
    seconds: float
    phase: float = 0.0
    counted: list[float] = field(default_factory=list)

    def full(self, now: float) -> bool:
        return sum(self._counts(at, now) for at in self.counted[-self.limit :]) == self.limit

    def frees(self, now: float) -> float:
        """Return when the next request is granted, if *full*."""
        if self.window == "sliding":
            return self.counted[-self.limit] + self.seconds
        return self.phase + (self._number(now) + 1) * self.seconds

    def _counts(self, at: float, now: float) -> bool:
        if self.window == "sliding":
            return at > now - self.seconds + ROUNDING
        return self._number(at) == self._number(now)

    def _number(self, at: float) -> int:
        return floor((at - self.phase) / self.seconds + ROUNDING)


@dataclass
class LimitingVendor(httpx.BaseTransport):
    """Counts a request when *counted_after* of its latency has passed, and refuses what is too much."""

    clock: ManualClock | SharedClock
    allowance: Allowance
    latencies: Sequence[float]
    counted_after: float = 0.5
    announce: Callable[[int], dict[str, str]] = lambda _remaining: {}
    granted: Counter[str] = field(default_factory=Counter)
    refused: int = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        latency = self.latencies[self.granted.total() % len(self.latencies)]
        self.clock.sleep(latency * self.counted_after)
        status = self._counted(request.url.path)
        remaining = self.allowance.limit - sum(
            at > self.clock.monotonic() - self.allowance.seconds for at in self.allowance.counted
        )
        self.clock.sleep(latency * (1 - self.counted_after))
        return answer(status, Retry_After="1", **self.announce(remaining))

    def _counted(self, path: str) -> int:
        now = self.clock.monotonic()
        if self.allowance.full(now):
            self.refused += 1
            return 429
        self.allowance.counted.append(now)
        self.granted[path] += 1
        return 200


def least_seconds(allowance: Allowance, latencies: Sequence[float], counted_after: float, requests: int) -> float:
    """Return how long the best client takes, which knows all and asks one at a time."""
    now = 0.0
    for n in range(requests):
        latency = latencies[n % len(latencies)]
        arrives = now + latency * counted_after
        if allowance.full(arrives):
            arrives = allowance.frees(arrives)
        allowance.counted.append(arrives)
        now = arrives + latency * (1 - counted_after)
    return now


class SharedClock:
    """Time stands still while any of its threads works, and jumps to the next one's waking when all sleep."""

    def __init__(self) -> None:
        self._now = 0.0
        self._working = 0
        self._asleep: list[float] = []
        self._changed = threading.Condition()

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self._now)

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        with self._changed:
            until = self._now + seconds
            self._asleep.append(until)
            self._end_work()
            while self._now < until:
                self._changed.wait()
            self._asleep.remove(until)
            self._working += 1

    @contextmanager
    def working(self, threads: Sequence[threading.Thread]) -> Iterator[None]:
        """Let *threads* live by this clock until they end."""
        self._working = len(threads)
        for thread in threads:
            thread.start()
        yield
        for thread in threads:
            thread.join()

    def end(self) -> None:
        with self._changed:
            self._end_work()

    def _end_work(self) -> None:
        self._working -= 1
        if self._working == 0 and self._asleep:
            self._now = min(self._asleep)
            self._changed.notify_all()
