"""The bundled records, as many times over as there are to be tickets."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from math import ceil
from typing import Any, TypeAlias

Record: TypeAlias = dict[str, Any]
Records: TypeAlias = dict[str, dict[str, Record]]

UNTIL = datetime(2026, 1, 1, tzinfo=UTC)
"""When the bundled records were written down. All their times move with the end of the world that asks for them."""

EACH_COPY = timedelta(hours=7, seconds=1)
"""How much older each further copy is."""


def records(tickets: int, end: datetime) -> Records:
    """Return at least so many *tickets*, and the other records with them: by kind, then by id."""
    bundle: dict[str, list[Record]] = json.loads((files(__package__) / "records.json").read_bytes())
    copies = ceil(tickets / len(bundle["tickets"]))
    return {
        kind: {
            record["id"]: record
            for number in range(copies)
            for record in (_copied(each, number, end - UNTIL - number * EACH_COPY) for each in bundled)
        }
        for kind, bundled in bundle.items()
    }


def stamp(at: datetime) -> str:
    """Return an instant as the vendor writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _copied(record: Record, number: int, moved: timedelta) -> Record:
    return {name: _field(name, value, number, moved) for name, value in record.items()}


def _field(name: str, value: Any, number: int, moved: timedelta) -> Any:
    if value is None:
        return None
    if name.endswith("_at"):
        return stamp(datetime.fromisoformat(value) + moved)
    return f"{value}-{number}" if name == "id" or name.endswith("_id") else value
