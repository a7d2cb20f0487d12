"""Durations as people write them."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"^\s*(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[smhdw])\s*$")


def duration(text: str) -> timedelta:
    """Return what `90s`, `10m`, `24h`, `7d` or `2w` lasts; raises ValueError for anything else."""
    found = _DURATION.match(text)
    if found is None:
        raise ValueError(text)
    return timedelta(seconds=float(found["number"]) * _UNITS[found["unit"]])


def spelt(length: timedelta) -> str:
    """Return *length* as `duration` reads it, in the greatest unit that leaves no fraction."""
    seconds = length.total_seconds()
    unit = next((unit for unit in ("h", "m") if seconds % _UNITS[unit] == 0), "s")
    return f"{seconds / _UNITS[unit]:g}{unit}"
