"""Clocks for tests: one that stands still until somebody waits, and one that runs faster."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta


class ManualClock:
    """Time passes only when somebody sleeps or the test says so; sleeping takes no time at all."""

    def __init__(self, now: datetime) -> None:
        self._start = now
        self._passed = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        return self._passed

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._passed += max(0.0, seconds)

    @property
    def passed(self) -> float:
        """Seconds since the clock was made."""
        return self._passed


class FastClock:
    """The clock of this machine, *speed* times as fast: ten minutes of rate limits in ten seconds."""

    def __init__(self, speed: float, now: datetime | None = None) -> None:
        self._speed = speed
        self._began = time.monotonic()
        self._start = now or datetime.now(UTC)

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return (time.monotonic() - self._began) * self._speed

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / self._speed)
