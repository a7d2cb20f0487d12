"""How long to insist."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from latido.connect._reply import Trouble

if TYPE_CHECKING:
    from latido.connect._clock import Clock

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Retry:
    """How long one request insists.

    `tries` counts attempts that end in a network error or a 5xx, the first included; a host that has never answered
    gets `first_contact`. `patience` is how many seconds one request may wait in total while the vendor asks to slow
    down, before the run ends resumable. `unannounced` is between how many seconds to wait when it does not say how
    long: None waits for the next full minute. `first_backoff` is the most seconds to wait before something is tried for
    the second time; before each further time it is twice as long.
    """

    tries: int = 6
    first_contact: int = 3
    conflicts: int = 3
    broken: int = 2
    patience: float = 3600.0
    unannounced: tuple[float, float] | None = None
    first_backoff: float = 1.0


class Tries:
    """What one request has tried so far, and whether to try once more."""

    def __init__(self, retry: Retry, clock: Clock) -> None:
        self._retry = retry
        self._clock = clock
        self._repeats: Counter[Trouble] = Counter()
        self._waited = 0.0

    def may_renew(self) -> bool:
        """Whether a new credential has not been tried yet."""
        self._repeats[Trouble.UNAUTHORIZED] += 1
        return self._repeats[Trouble.UNAUTHORIZED] == 1

    def wait_after(self, found: Trouble, retry_after: str | None, *, reached: bool) -> float | None:
        """Return the seconds to wait before the next attempt, None when there should be none."""
        if found is Trouble.THROTTLED:
            seconds = asked_wait(retry_after, self._clock.now(), self._retry.unannounced)
            self._waited += seconds
            return seconds if self._waited <= self._retry.patience else None
        self._repeats[found] += 1
        n = self._repeats[found]
        return backoff(n, self._retry.first_backoff) if n <= self._allowed(found, reached=reached) else None

    def _allowed(self, found: Trouble, *, reached: bool) -> int:
        failing = (self._retry.tries if reached else self._retry.first_contact) - 1
        return {
            Trouble.FAILING: failing,
            Trouble.CONFLICT: self._retry.conflicts,
            Trouble.BROKEN: self._retry.broken,
        }.get(found, 0)


def backoff(repeats: int, first: float = 1.0) -> float:
    """Return the seconds to wait before repeating for the *repeats*-th time: exponential, with full jitter."""
    return jitter(min(MINUTE, first * 2.0 ** (repeats - 1)))


def jitter(most: float) -> float:
    """Return a random number of seconds up to *most*, so that several clients do not come back at once."""
    return random.uniform(0, most)  # noqa: S311 - no secret


def asked_wait(retry_after: str | None, now: datetime, unannounced: tuple[float, float] | None = None) -> float:
    """Return the seconds that a vendor asks to wait: at least one; when it does not say, *unannounced* or a minute."""
    if (announced := announced_wait(retry_after, now)) is None:
        if unannounced is not None:
            return random.uniform(*unannounced)  # noqa: S311 - no secret
        return min(MINUTE, max(1.0, MINUTE - now.second - now.microsecond / 1e6) + jitter(1))
    return max(1.0, announced) + jitter(1)


def announced_wait(retry_after: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header means, which holds seconds or an HTTP date; None for neither."""
    text = (retry_after or "").strip()
    try:
        return float(text) if text[:1].isdigit() else (_instant(text) - now).total_seconds()
    except ValueError:
        return None


def _instant(http_date: str) -> datetime:
    found = parsedate_to_datetime(http_date)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
