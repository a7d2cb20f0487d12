"""What a sync is asked to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from latido.connect import Clock, SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import httpx

    from latido.connect import Connector, ConnectorSettings


@dataclass(frozen=True, slots=True)
class Source:
    """One configured connection: its name in the settings, its connector, and what that connector may use."""

    name: str
    connector: type[Connector]
    settings: ConnectorSettings
    folder: Path = Path(".latido")
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    clock: Clock = field(default_factory=SystemClock)
    transport: httpx.BaseTransport | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """How to sync.

    `streams` narrows the run to some streams. `full` reads everything again, `since` moves every cursor back to that
    day (in the project's time zone). `timeout_seconds` bounds the whole run. A stream is stored every
    `checkpoint_rows` or `checkpoint_seconds`, whichever comes first. `step` is told where a flush stands, see
    `latido.warehouse.flush`.
    """

    streams: tuple[str, ...] = ()
    full: bool = False
    since: date | None = None
    allow_mass_delete: bool = False
    timeout_seconds: float | None = None
    checkpoint_rows: int = 20_000
    checkpoint_seconds: float = 10.0
    step: Callable[[str], None] = lambda _name: None

    @property
    def mode(self) -> str:
        """Return what the history of runs calls this."""
        if self.streams:
            return "partial"
        if self.full:
            return "full"
        return "since" if self.since else "incremental"
