"""What a stream's sync saw, wrote and could not."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from latido.messages import marker

if TYPE_CHECKING:
    from collections import Counter
    from datetime import datetime

    from latido.connect import Meter
    from latido.errors import LatidoError
    from latido.messages import Message

_ = marker("latido")

_TOLERATED = 0.01
_WRITTEN = ("inserted", "updated", "unchanged", "deleted", "merged", "quarantined")


@dataclass(slots=True)
class Receipt:
    """The account of one stream in one run.

    `counted` is the vendor's own count, None where it was not asked or is not offered; `stored` is what the warehouse
    holds then, and `set_aside` how many more are in quarantine. `mapped` rows were handed to the warehouse; each of
    them must be inserted, updated or unchanged. `deleted` and `merged` count marks, and those of the updated rows that
    came deleted or merged. `swept` says that what is done only every `sweep_every` was done.
    """

    source: str
    stream: str
    tables: tuple[str, ...]
    started_at: datetime
    finished_at: datetime | None = None
    complete: bool = False
    counted: int | None = None
    count_exact: bool | None = None
    stored: int | None = None
    set_aside: int = 0
    fetched: int = 0
    mapped: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    merged: int = 0
    quarantined: int = 0
    requests: int = 0
    retries: int = 0
    seconds: float = 0.0
    swept: bool = False
    problem: LatidoError | None = None
    skipped: LatidoError | None = None

    def add(self, counts: Counter[str]) -> None:
        """Add what a flush wrote."""
        for name in _WRITTEN:
            setattr(self, name, getattr(self, name) + counts[name])

    def spent(self, meter: Meter) -> None:
        """Take over what the stream cost."""
        self.requests, self.retries = meter.requests, meter.retries

    @property
    def gap(self) -> Message | None:
        """What is missing, in a sentence; None when everything adds up."""
        lost = self.mapped - self.inserted - self.updated - self.unchanged
        if lost:
            return _("{source}: {n:,} rows of {stream} are not accounted for.", n=lost, **self._name)
        if not self.count_exact or self.counted is None or self.stored is None:
            return None
        if self.stored <= self.counted <= self.stored + self.set_aside:
            return None
        return _(
            "{source}: {n:,} {stream} are missing. The vendor counts {counted:,} and {stored:,} are stored.",
            n=self.counted - self.stored,
            counted=self.counted,
            stored=self.stored,
            **self._name,
        )

    @property
    def doubt(self) -> Message | None:
        """The warning when an approximate count is off by more than 1%."""
        if self.count_exact or self.counted is None or self.stored is None:
            return None
        if abs(self.counted - self.stored) <= _TOLERATED * max(self.counted, 1):
            return None
        return _(
            "{source}: the vendor counts about {counted:,} {stream}, {stored:,} are stored.",
            counted=self.counted,
            stored=self.stored,
            **self._name,
        )

    def row(self, run_id: str) -> dict[str, Any]:
        """Return the row of `_latido_receipts`."""
        left_out = {"mapped", "stored", "set_aside", "skipped", "swept"}
        row = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in left_out}
        problem = self.problem or self.skipped
        return {"run_id": run_id, **row, "tables": list(self.tables), "problem": str(problem) if problem else None}

    @property
    def _name(self) -> dict[str, str]:
        return {"source": self.source, "stream": self.stream}
