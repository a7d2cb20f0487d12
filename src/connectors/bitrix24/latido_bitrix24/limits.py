"""Bitrix24's limits: how many requests, and how many seconds of work."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from latido.connect import ACCOUNT, Bucket, Limiter, Retry, SystemClock

if TYPE_CHECKING:
    from latido.connect import Clock

STANDARD = Bucket(50, 25.0, leaky=True)
ENTERPRISE = Bucket(250, 50.0, leaky=True)

RETRY = Retry(tries=5, unannounced=(1.0, 5.0))
"""Bitrix24 never says how long to wait for its bucket to drain: two requests a second."""

_shared: WeakValueDictionary[object, Limiter] = WeakValueDictionary()
_sharing = threading.Lock()


def limiter(host: str, clock: Clock, *, enterprise: bool, share: float | None) -> Limiter:
    """Return what paces requests to *host*: one for all its webhooks, since Bitrix24 counts by address."""
    whose = host, SystemClock if isinstance(clock, SystemClock) else id(clock), enterprise, share
    with _sharing:
        found = _shared.get(whose)
        if found is None:
            found = _shared[whose] = Limiter({ACCOUNT: ENTERPRISE if enterprise else STANDARD}, clock, share)
        return found
