"""How long each method was busy in the last ten minutes."""

from __future__ import annotations

from collections import Counter, defaultdict

MINUTE, MINUTES = 60, 10


class OperatingTime:
    """Seconds of operating time by method, kept by the minute: each minute is forgotten ten minutes later."""

    def __init__(self) -> None:
        self._minutes: defaultdict[str, Counter[int]] = defaultdict(Counter)

    def used(self, method: str, now: float) -> float:
        """Return what *method* took in the window that ends *now*."""
        minutes = self._minutes[method]
        for minute in [each for each in minutes if each <= now // MINUTE - MINUTES]:
            del minutes[minute]
        return sum(minutes.values())

    def add(self, method: str, seconds: float, now: float) -> None:
        if seconds:
            self._minutes[method][int(now // MINUTE)] += seconds  # type: ignore[assignment]  # a counter of seconds

    def resets_at(self, method: str, now: float) -> int:
        """Return when the oldest minute of the window is forgotten."""
        oldest = min(self._minutes[method], default=int(now // MINUTE))
        return (oldest + MINUTES) * MINUTE
