"""What a stream has cost so far."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Meter:
    """Counters of one stream; its thread alone writes them."""

    requests: int = 0
    retries: int = 0
    waited_seconds: float = 0.0
    received_bytes: int = 0


METER: ContextVar[Meter] = ContextVar("latido_meter")
"""The meter of the stream that this thread reads. The engine sets it; the HTTP layer counts on it when it is set."""
