"""Records as they come in."""

from __future__ import annotations

from typing import Any


def empty_to_null(record: Any) -> None:
    """Let an empty text be what it means. What is no record is left for the mapping to complain about."""
    told = record.get("properties") if isinstance(record, dict) else None
    if isinstance(told, dict) and "" in told.values():
        record["properties"] = {name: None if value == "" else value for name, value in told.items()}


def told_by(record: Any, name: str) -> str | None:
    told = record.get("properties") if isinstance(record, dict) else None
    return told.get(name) if isinstance(told, dict) else None
