"""Records as they come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


def parted(records: Iterable[Any]) -> tuple[list[dict[str, Any]], list[Any]]:
    """Return those of *records* that have an id, and what else came in their place."""
    known, others = list[Any](), list[Any]()
    for each in records:
        (known if isinstance(each, dict) and each.get("id") is not None else others).append(each)
    return known, others


def ids_of(records: Iterable[Any]) -> list[str]:
    """Return the ids of those of *records* that have one."""
    return [str(each["id"]) for each in parted(records)[0]]


def empty_to_null(record: dict[str, Any]) -> None:
    """Let an empty text be what it means."""
    told = record.get("properties")
    if isinstance(told, dict) and "" in told.values():
        record["properties"] = {name: None if value == "" else value for name, value in told.items()}


def told_by(record: Any, name: str) -> str | None:
    told = record.get("properties") if isinstance(record, dict) else None
    return told.get(name) if isinstance(told, dict) else None
