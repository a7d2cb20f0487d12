"""Waiting that a run which is asked to stop can end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.connect._meter import METER
from latido.errors import Stopped
from latido.messages import marker

if TYPE_CHECKING:
    from latido.connect._connector import Runtime

_ = marker("latido")

SLICE = 0.2
"""Seconds that may pass until a waiting thread notices that it is asked to stop."""


def pause(runtime: Runtime, seconds: float) -> None:
    """Let *seconds* pass, but no more than a slice. Raises Stopped when the run is asked to end."""
    if runtime.stopping.is_set():
        raise Stopped(_("Stopped while waiting for the vendor."))
    nap = min(seconds, SLICE)
    runtime.clock.sleep(nap)
    if meter := METER.get(None):
        meter.count(waited_seconds=nap)


def wait(runtime: Runtime, seconds: float) -> None:
    """Let *seconds* pass. Raises Stopped when the run is asked to end."""
    until = runtime.clock.monotonic() + seconds
    while (left := until - runtime.clock.monotonic()) > 0:
        pause(runtime, left)
