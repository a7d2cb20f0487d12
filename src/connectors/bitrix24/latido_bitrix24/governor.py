"""The other limit: how many seconds of work Bitrix24 does for us, by method, in ten minutes that slide.

Each answer tells how many were used up and when the oldest of them are forgotten; installations of one's own may tell
nothing. The limit itself is not told, and not promised either: a refusal teaches us what it is.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from latido.connect import wait
from latido.errors import RateLimited
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from latido.connect import Runtime

_ = marker("latido_bitrix24")

MARGIN = 0.98
"""The part of the limit to use: what a command will cost is not known beforehand."""

LEARNT = 0.95
"""Once refused, we stay that far below what we had used then."""

STEP = 60.0
"""Seconds until another look where Bitrix24 does not tell when the oldest work is forgotten."""

POLL = 0.2
REFUSALS = 20
"""How often in a row a method is refused before the run ends."""


@dataclass(slots=True)
class _Use:
    """What is known of one method; `spent` is None where it has to be asked for first, with one command."""

    limit: float
    spent: float | None = 0.0
    each: float = 0.0
    under_way: int = 0
    held_until: float = 0.0
    forgets_in: float = STEP
    refusals: int = 0

    def room(self, wanted: int) -> int:
        """Return how many of the *wanted* commands may be asked for now."""
        if self.spent is None:
            return 0 if self.under_way else min(1, wanted)
        if not self.each:
            return wanted
        left = self.limit * MARGIN - self.spent - self.under_way * self.each
        return max(0, min(wanted, int(left / self.each)))


class Governor:
    """Lets each method work only as long as its limit allows, whichever stream asks, while others go on."""

    def __init__(self, runtime: Runtime, limit: float) -> None:
        self._runtime = runtime
        self._limit = limit
        self._uses: dict[str, _Use] = {}
        self._lock = threading.Lock()

    @contextmanager
    def granted(self, method: str, wanted: int) -> Iterator[int]:
        """Wait until *method* may work, and yield how many of the *wanted* commands it may be asked for."""
        n = self._wait_for(method, wanted)
        try:
            yield n
        finally:
            with self._lock:
                self._use(method).under_way -= n

    def learn(self, method: str, time: Any, commands: int = 1) -> None:
        """Take in what an answer tells in *time* of the work for so many *commands*."""
        if not isinstance(time, dict) or not isinstance(time.get("operating"), int | float):
            return
        with self._lock:
            use = self._use(method)
            use.spent, use.refusals = float(time["operating"]), 0
            cost = _number(time.get("duration")) / max(1, commands)
            use.each = cost if not use.each else (use.each + cost) / 2
            if reset := _number(time.get("operating_reset_at")):
                use.forgets_in = reset - _number(time.get("finish"))

    def refused(self, method: str, time: Any) -> None:
        """Let *method* rest until Bitrix24 has forgotten some of its work; its limit was lower than thought.

        Raises RateLimited where that does not help.
        """
        before = self._use(method).refusals
        self.learn(method, time)
        with self._lock:
            use = self._use(method)
            use.refusals = before + 1
            if use.refusals > REFUSALS:
                raise worked_too_much(method, self._runtime.source)
            if use.spent and use.spent < use.limit:
                use.limit = max(use.each, use.spent * LEARNT)
            self._hold(use)

    def _wait_for(self, method: str, wanted: int) -> int:
        while True:
            n, seconds = self._take(method, wanted)
            if n:
                return n
            wait(self._runtime, seconds)

    def _take(self, method: str, wanted: int) -> tuple[int, float]:
        """Return how many commands may go now, or the seconds until another look."""
        with self._lock:
            use, now = self._use(method), self._runtime.clock.monotonic()
            if use.held_until > now:
                return 0, use.held_until - now
            n = use.room(wanted)
            use.under_way += n
            if n or use.under_way:
                return n, POLL
            self._hold(use)
            return 0, use.held_until - now

    def _hold(self, use: _Use) -> None:
        """What is forgotten then may be a part only: one command will ask how much it was."""
        seconds = use.forgets_in if 0 < use.forgets_in <= 10 * STEP else STEP
        use.held_until = self._runtime.clock.monotonic() + max(1.0, seconds)
        use.spent = None

    def _use(self, method: str) -> _Use:
        return self._uses.setdefault(method, _Use(self._limit))


def worked_too_much(method: str, source: str) -> RateLimited:
    return RateLimited(
        _("Bitrix24 does no more work for {method} for now.", method=method),
        _("Later it resumes where it stopped: latido sync {source}", source=source),
    )


def times(result: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what each command of a batch took; an empty one arrives as a list."""
    found = result.get("result_time")
    return found if isinstance(found, dict) else {}


def _number(told: Any) -> float:
    return float(told) if isinstance(told, int | float) else 0.0
