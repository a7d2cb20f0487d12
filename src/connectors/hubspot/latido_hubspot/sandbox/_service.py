"""What every part of the sandbox works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from latido_hubspot.sandbox._stamps import stamp

if TYPE_CHECKING:
    from threading import RLock

    from latido.connect import Clock
    from latido.testing import World
    from latido_hubspot.sandbox._book import Book
    from latido_hubspot.sandbox._records import Records
    from latido_hubspot.sandbox._switches import HubSpotSwitches

HOST = "https://api.hubapi.com"


@dataclass(frozen=True, slots=True)
class Service:
    """The records, the moods, the time, and the lock under which records are read and written."""

    records: Records
    switches: HubSpotSwitches
    clock: Clock
    lock: RLock

    @property
    def world(self) -> World:
        return self.records.world

    def book(self, kind: str) -> Book:
        return self.records.books[kind]

    @property
    def now(self) -> int:
        """Milliseconds since 1970."""
        return int(self.clock.now().timestamp() * 1000)

    @property
    def stamp(self) -> str:
        return stamp(self.now)
