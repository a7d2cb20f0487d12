"""The vendor's reference tables in one run: what was read within the hour is used again."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

LIFE = timedelta(hours=1)


class References:
    """Reference tables by name. `read_now` holds those of this run, to be stored when it ends."""

    def __init__(self, stored: Mapping[str, tuple[Any, datetime]], now: datetime, *, afresh: bool) -> None:
        self._stored = stored
        self._now = now
        self._afresh = afresh
        self._reading = threading.Lock()
        self.read_now: dict[str, Any] = {}

    def last(self, name: str) -> Any:
        """Return what was stored under *name* by an earlier run, however old; None if nothing was."""
        return self._stored[name][0] if name in self._stored else None

    def remembered(self, name: str, read: Callable[[], Any]) -> Any:
        """Return the table *name*: as stored if that is young enough, else as *read* brings it."""
        with self._reading:
            if name in self.read_now:
                return self.read_now[name]
            if name in self._stored and not self._afresh and self._now - self._stored[name][1] < LIFE:
                return self._stored[name][0]
            self.read_now[name] = read()
            return self.read_now[name]
