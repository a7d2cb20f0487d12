"""A vendor's limits, kept before they are hit."""

from __future__ import annotations

import math
import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from latido.connect._page import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from latido.connect._clock import Clock

ACCOUNT = "account"
"""The name of the bucket that every request takes from; the vendor shares it among all programs of the account."""

POLL = 0.05
"""Seconds until another look where somebody else's request has to end first."""

SCARCE = 0.1
"""The part of a shared limit that is left to others: with less than that remaining we slow down."""

SLIVER = 1e-6
"""The part of a request that no clock tells from nothing."""

DRIFT = 1.001
"""The vendor's clock may run slower than ours."""

Announced: TypeAlias = "tuple[str, int | None, int | None, float | None]"
"""What headers say of a bucket: its name, the limit, what remains of it, in how many seconds it is full again."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A vendor's limit: so many requests in so many seconds, whether its windows are fixed or slide.

    A `leaky` one holds up to `limit` requests at once and drains evenly, all of them in `per_seconds`. `share` is the
    part of it to use: by default 0.7 of the account's, all of an endpoint's own.
    """

    limit: int
    per_seconds: float = 60.0
    share: float | None = None
    leaky: bool = False


class Limiter:
    """Keeps the requests of all streams of a source within the vendor's limits, first come first served.

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
        self._windows = {name: _counter(bucket, _share(name, bucket, share)) for name, bucket in buckets.items()}
        self._lock = threading.Lock()
        self._queue: list[Turn] = []

    def pace(self, bucket: str | None = None) -> Pace | None:
        """Return how fast requests on *bucket* may follow each other, as far as is known now; None without limits."""
        with self._lock:
            windows, account = self._needed(bucket), self._windows.get(ACCOUNT)
            if not windows:
                return None
            slowest = min(window.per_minute for window in windows.values())
            return Pace(slowest, account.limit_per_minute if account else None)

    @contextmanager
    def turn(self, bucket: str | None, pause: Callable[[float], None]) -> Iterator[Turn]:
        """Wait for the turn of a request on *bucket*; it lasts from its start until its answer begins.

        *pause* lets time pass, no more than the seconds that it is given.
        """
        turn = Turn(self._needed(bucket))
        self._wait_for(turn, pause)
        took = math.inf
        began = self._clock.monotonic()
        try:
            yield turn
            took = self._clock.monotonic() - began
        finally:
            with self._lock:
                for window in turn.windows.values():
                    window.end(self._clock.monotonic(), took)

    def learn(self, turn: Turn, headers: Mapping[str, str]) -> None:
        """Adapt to what the *headers* announce that answered the request of *turn*."""
        with self._lock:
            for name, limit, remaining, resets_in in self._read_headers(headers):
                if window := turn.windows.get(name):
                    window.adapt(limit)
                    if remaining is not None and window.limit - remaining > window.begun - turn.gone[name]:
                        window.spare(self._clock.monotonic(), remaining, resets_in)

    def hold(self, bucket: str | None, seconds: float) -> None:
        """Let no request on *bucket* (without one: none at all) begin for that many seconds."""
        with self._lock:
            if window := self._windows.get(bucket or ACCOUNT):
                window.hold(self._clock.monotonic() + seconds)

    def _needed(self, bucket: str | None) -> Mapping[str, _Window]:
        return {name: window for name, window in self._windows.items() if name in {ACCOUNT, bucket}}

    def _wait_for(self, turn: Turn, pause: Callable[[float], None]) -> None:
        with self._lock:
            self._queue.append(turn)
        try:
            while (seconds := self._begin(turn)) > 0:
                pause(seconds)
        except BaseException:
            with self._lock:
                self._queue.remove(turn)
            raise

    def _begin(self, turn: Turn) -> float:
        """Begin *turn* if it may begin now, else return the seconds until it is worth another look."""
        with self._lock:
            now = self._clock.monotonic()
            earlier = self._queue[: self._queue.index(turn)]
            seconds = max((turn.wait(name, now, earlier) for name in turn.windows), default=0.0)
            if seconds <= 0:
                self._queue.remove(turn)
                turn.begin()
            return seconds


class Turn:
    """One request's turn in its windows."""

    def __init__(self, windows: Mapping[str, _Window]) -> None:
        self.windows = windows
        self.gone: Mapping[str, int] = {}

    def begin(self) -> None:
        self.gone = {name: window.gone for name, window in self.windows.items()}
        for window in self.windows.values():
            window.begin()

    def wait(self, name: str, now: float, earlier: Iterable[Turn]) -> float:
        """Return how long window *name* makes this turn wait, behind those *earlier* that wait for it alone."""
        ahead = sum(name in each.windows and not each.waits_elsewhere(name, now) for each in earlier)
        return self.windows[name].wait(now, ahead)

    def waits_elsewhere(self, name: str, now: float) -> bool:
        return any(window.wait(now, 0) > 0 for other, window in self.windows.items() if other != name)


class _Window:
    """A sliding log of one bucket: when its last requests ended.

    The vendor counts a request at some moment between its start and its answer. Timed at the answer, no stretch of
    `per_seconds` holds more than the limit, wherever the vendor's window begins. That costs an answer's time per
    window; half of the fastest is given back, because no request is counted sooner after its start than the way
    there takes, nor any later before its answer than the way back.
    """

    def __init__(self, bucket: Bucket, share: float) -> None:
        self.limit = bucket.limit
        self.begun = 0
        self._seconds = bucket.per_seconds
        self._share = share
        self._ended: deque[float] = deque()
        self._under_way = 0
        self._fastest = math.inf
        self._held_until = -math.inf

    @property
    def gone(self) -> int:
        """How many of the requests that were begun no longer count."""
        return self.begun - self._under_way - len(self._ended)

    @property
    def per_minute(self) -> float:
        return self._usable * 60 / self._seconds

    @property
    def limit_per_minute(self) -> float:
        return self.limit * 60 / self._seconds

    def wait(self, now: float, ahead: int) -> float:
        """Return the seconds until a request may begin that has so many *ahead* of it."""
        self._forget(now)
        held = self._held_until - now
        surplus = self._under_way + len(self._ended) + ahead + 1 - self._usable
        if surplus <= 0:
            return held
        if surplus > len(self._ended):
            return max(held, POLL)
        return max(held, self._ended[surplus - 1] + self._span - now)

    def begin(self) -> None:
        self.begun += 1
        self._under_way += 1

    def end(self, now: float, took: float) -> None:
        self._under_way -= 1
        self._ended.append(now)
        self._fastest = min(self._fastest, took)

    def adapt(self, limit: int | None) -> None:
        self.limit = limit or self.limit

    def spare(self, now: float, remaining: int, resets_in: float | None) -> None:
        """Make *remaining* last, because others take from this bucket too."""
        if remaining == 0 or (self._share < 1 and remaining < SCARCE * self.limit):
            self.hold(now + (self._seconds if resets_in is None else resets_in) / (remaining + 1))

    def hold(self, until: float) -> None:
        self._held_until = max(self._held_until, until)

    @property
    def _usable(self) -> int:
        return max(1, math.floor(round(self.limit * self._share, 6)))  # 0.7 of 700 is a little less than 490

    @property
    def _span(self) -> float:
        credit = self._fastest / 2 if math.isfinite(self._fastest) else 0.0
        return self._seconds * DRIFT - credit

    def _forget(self, now: float) -> None:
        while self._ended and self._ended[0] + self._span <= now:
            self._ended.popleft()


class _Leak(_Window):
    """A bucket that leaks: what it holds drains evenly, and nothing may begin that would make it run over.

    Who is under way counts as held, and drains from its answer on: so the vendor's own never holds more than this one.
    """

    def __init__(self, bucket: Bucket, share: float) -> None:
        super().__init__(bucket, share)
        self._level = 0.0
        self._at = -math.inf

    @property
    def gone(self) -> int:
        return self.begun - self._under_way - math.ceil(self._level)

    def wait(self, now: float, ahead: int) -> float:
        self._drain(now)
        held = self._held_until - now
        surplus = self._level + self._under_way + ahead + 1 - self._usable
        if surplus <= SLIVER:
            return held
        if surplus > self._level:
            return max(held, POLL)
        return max(held, surplus / self._per_second)

    def end(self, now: float, took: float) -> None:
        del took
        self._drain(now)
        self._under_way -= 1
        self._level += 1

    @property
    def _per_second(self) -> float:
        return self.limit * self._share / self._seconds / DRIFT

    def _drain(self, now: float) -> None:
        if now > self._at:
            self._level = max(0.0, self._level - (now - self._at) * self._per_second)
            self._at = now


def _counter(bucket: Bucket, share: float) -> _Window:
    return _Leak(bucket, share) if bucket.leaky else _Window(bucket, share)


def _share(name: str, bucket: Bucket, override: float | None) -> float:
    default = 0.7 if name == ACCOUNT else 1.0
    return next(share for share in (override, bucket.share, default) if share is not None)
