"""What every part of the sandbox works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threading import RLock

    from latido.connect import Clock
    from latido_zendesk.sandbox._account import Account
    from latido_zendesk.sandbox._records import Records
    from latido_zendesk.sandbox._switches import ZendeskSwitches


@dataclass(frozen=True, slots=True)
class Service:
    """The records, the moods, the time, and the lock under which records are read and written."""

    records: Records
    switches: ZendeskSwitches
    clock: Clock
    lock: RLock

    @property
    def account(self) -> Account:
        return self.records.account

    @property
    def now(self) -> int:
        """Seconds since 1970."""
        return int(self.clock.now().timestamp())

    def url(self, path: str) -> str:
        return self.account.url(path)
