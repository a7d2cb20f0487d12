"""A vendor's limits, kept before they are hit."""

from __future__ import annotations

import math
import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from latido.connect._clock import Clock

ACCOUNT = "account"
"""The name of the bucket that every request takes from; the vendor shares it among all programs of the account."""

POLL = 0.05
"""Seconds until another look, where the end of somebody else's request is what counts."""

SCARCE = 0.1
"""The part of a shared limit that is left to others: below it we slow down."""

Announced: TypeAlias = "tuple[str, int | None, int | None, float | None]"
"""What headers say of a bucket: its name, the limit, what remains of it, seconds until it is full again."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A vendor's limit: so many requests in so many seconds, whether its windows are fixed or slide.

    `share` is the part of it to use: by default 0.7 of the account's, all of an endpoint's own.
    """

    limit: int
    per_seconds: float = 60.0
    share: float | None = None


class Limiter:
    """Keeps the requests of all streams of a source within the vendor's limits.

    *share* overrides the share of every bucket. *read_headers* tells what an answer's headers announce.
    """

    def __init__(
        self,
        buckets: Mapping[str, Bucket],
        clock: Clock,
        share: float | None = None,
        read_headers: Callable[[Mapping[str, str]], Iterable[Announced]] = lambda _headers: (),
    ) -> None:
        self._clock = clock
        self._read_headers = read_headers
        self._windows = {name: _Window(bucket, _share(name, bucket, share)) for name, bucket in buckets.items()}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, bucket: str | None, pause: Callable[[float], None]) -> Iterator[None]:
        """Wait for the turn of a request on *bucket*, which lasts from its start to the first sign of an answer.

        *pause* lets up to that many seconds pass.
        """
        windows = [window for name, window in self._windows.items() if name in {ACCOUNT, bucket}]
        self._wait(windows, pause)
        began = self._clock.monotonic()
        try:
            yield
        finally:
            with self._lock:
                for window in windows:
                    window.end(began, self._clock.monotonic())

    def learn(self, headers: Mapping[str, str]) -> None:
        """Adapt to what an answer's *headers* announce."""
        with self._lock:
            for name, limit, remaining, resets_in in self._read_headers(headers):
                if window := self._windows.get(name):
                    window.learn(self._clock.monotonic(), limit, remaining, resets_in)

    def hold(self, bucket: str | None, seconds: float) -> None:
        """Let no request on *bucket* begin for that many seconds."""
        with self._lock:
            if window := self._windows.get(bucket or ACCOUNT):
                window.hold(self._clock.monotonic() + seconds)

    def _wait(self, windows: list[_Window], pause: Callable[[float], None]) -> None:
        while (seconds := self._try(windows)) > 0:
            pause(seconds)

    def _try(self, windows: list[_Window]) -> float:
        """Begin a request if it may begin now, else return the seconds until it is worth another look."""
        with self._lock:
            now = self._clock.monotonic()
            seconds = max((window.wait(now) for window in windows), default=0.0)
            if seconds <= 0:
                for window in windows:
                    window.begin()
            return seconds


class _Window:
    """A sliding log of one bucket: when each of its last requests was counted at the latest.

    The vendor counts a request at some moment between its start and its answer. Timed at the answer, no window of
    `per_seconds`, wherever the vendor lets it begin, holds more than the limit.
    """

    def __init__(self, bucket: Bucket, share: float) -> None:
        self._limit = bucket.limit
        self._seconds = bucket.per_seconds
        self._share = share
        self._ended: deque[float] = deque()
        self._under_way = 0
        self._held_until = -math.inf

    def wait(self, now: float) -> float:
        self._forget(now)
        held = self._held_until - now
        surplus = self._under_way + len(self._ended) + 1 - max(1, int(self._limit * self._share))
        if surplus <= 0:
            return held
        if surplus > len(self._ended):
            return max(held, POLL)
        return max(held, self._ended[surplus - 1] + self._seconds - now)

    def begin(self) -> None:
        self._under_way += 1

    def end(self, began: float, ended: float) -> None:
        del began
        self._under_way -= 1
        self._ended.append(ended)

    def hold(self, until: float) -> None:
        self._held_until = max(self._held_until, until)

    def learn(self, now: float, limit: int | None, remaining: int | None, resets_in: float | None) -> None:
        self._limit = limit or self._limit
        self._forget(now)
        if remaining is None or self._limit - remaining <= self._under_way + len(self._ended):
            return
        if remaining == 0 or (self._share < 1 and remaining < SCARCE * self._limit):
            self.hold(now + (self._seconds if resets_in is None else resets_in) / (remaining + 1))

    def _forget(self, now: float) -> None:
        while self._ended and self._ended[0] + self._seconds <= now:
            self._ended.popleft()


def _share(name: str, bucket: Bucket, override: float | None) -> float:
    default = 0.7 if name == ACCOUNT else 1.0
    return next(share for share in (override, bucket.share, default) if share is not None)
