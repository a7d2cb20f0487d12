"""What a stream has cost so far."""

from __future__ import annotations

import threading
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(slots=True)
class Meter:
    """Counters of one stream. Its thread counts, and the one that fetches the next page meanwhile."""

    requests: int = 0
    retries: int = 0
    waited_seconds: float = 0.0
    received_bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def count(self, *, requests: int = 0, retries: int = 0, received_bytes: int = 0, waited_seconds: float = 0) -> None:
        """Add what a request has cost."""
        with self._lock:
            self.requests += requests
            self.retries += retries
            self.received_bytes += received_bytes
            self.waited_seconds += waited_seconds


METER: ContextVar[Meter] = ContextVar("latido_meter")
"""The meter of the stream that this thread reads. The engine sets it; the HTTP layer counts on it when it is set."""
