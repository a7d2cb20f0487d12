"""Where reading stands: between two moments, behind a record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from latido_salesforce import soql

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from latido.connect import Cursor

LAG = timedelta(minutes=5)
"""What changed within it is read, and read again next time: a transaction may end minutes after it stamped its rows."""

KEPT = ("refreshed", "gap", "unseen")
"""What of a cursor outlives a window: when formulas were read, since when deletions are missing, which fields could not
be seen."""


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open stretch of changes, and the last record in it that was handed on."""

    begin: datetime | None
    end: datetime
    at: datetime | None = None
    after: str | None = None

    @classmethod
    def of(cls, cursor: Cursor) -> Window:
        """Return the window that *cursor* stands in."""
        end = datetime.fromisoformat(cursor["end"])
        return cls(instant(cursor.get("begin")), end, instant(cursor.get("at")), cursor.get("after"))

    @property
    def cursor(self) -> dict[str, Any]:
        stamps = {"begin": self.begin, "end": self.end, "at": self.at}
        told = {name: stamp.isoformat() for name, stamp in stamps.items() if stamp is not None}
        return told | ({"after": self.after} if self.after else {})

    @property
    def position(self) -> datetime | None:
        """Up to which moment it is read."""
        return self.at or self.begin

    def condition(self, field: str) -> str | None:
        """Return the condition of what is still to come."""
        if self.at is None or self.after is None:
            return soql.between(field, self.begin, self.end)
        return f"({soql.behind(field, self.at, self.after)}) AND {soql.between(field, None, self.end)}"

    def behind(self, records: Sequence[Any], field: str) -> Window:
        """Return the window as it stands behind *records*, the last that has a place in the order."""
        for record in reversed(records):
            stamp = instant(record.get(field)) if isinstance(record, dict) else None
            if stamp is not None and isinstance(record.get("Id"), str):
                return replace(self, at=stamp, after=record["Id"])
        return self


def kept(cursor: Cursor) -> dict[str, Any]:
    """Return what of *cursor* outlives its window."""
    return {name: cursor[name] for name in KEPT if name in cursor}


def done(cursor: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cursor behind the window that *cursor* stands in."""
    return {**kept(cursor), "since": (Window.of(cursor).end - LAG).isoformat()}


def instant(stamp: Any) -> datetime | None:
    """Return the instant that *stamp* names, None if it is none."""
    try:
        found = datetime.fromisoformat(stamp)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
