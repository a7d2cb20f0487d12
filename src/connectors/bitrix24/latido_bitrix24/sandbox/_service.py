"""What every part of the sandbox works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threading import RLock

    from latido.connect import Clock
    from latido.testing import World
    from latido.testing.world import Instant
    from latido_bitrix24.sandbox._book import Book
    from latido_bitrix24.sandbox._records import Records
    from latido_bitrix24.sandbox._stamps import PortalTime
    from latido_bitrix24.sandbox._switches import BitrixSwitches


@dataclass(frozen=True, slots=True)
class Service:
    """The records, the moods, the time here and at the portal, the lock under which records are read and written."""

    records: Records
    switches: BitrixSwitches
    clock: Clock
    lock: RLock

    @property
    def world(self) -> World:
        return self.records.world

    @property
    def time(self) -> PortalTime:
        return self.records.time

    def book(self, kind: str) -> Book:
        return self.records.book(kind)

    @property
    def seconds(self) -> float:
        """Seconds since 1970."""
        return self.clock.now().timestamp()

    @property
    def now(self) -> Instant:
        return int(self.seconds)
