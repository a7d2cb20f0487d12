"""Records as Bitrix24 sends them; a test states only the fields that it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

PORTAL_ZONE = timezone(timedelta(hours=3))
CREATED = "2026-01-02T11:00:00+03:00"
CHANGED = "2026-01-05T15:00:00+03:00"


def item(key: int, changed: str = CHANGED, **fields: Any) -> dict[str, Any]:
    return {"id": key, "createdTime": CREATED, "updatedTime": changed, "title": f"Item {key}", **fields}


def deal(key: int, stage: str = "NEW", semantics: str = "P", **fields: Any) -> dict[str, Any]:
    """Return a deal that is open, unless its *stage* says something else."""
    usual = {
        "stageId": stage, "stageSemanticId": semantics, "categoryId": 0, "opportunity": 1000, "currencyId": "EUR",
        "isRecurring": "N", "companyId": 0, "contactId": 0, "assignedById": 1, "movedTime": CHANGED,
    }  # fmt: skip
    return item(key, **{**usual, **fields})


def step(key: int, deal: int = 1, stage: str = "NEW", semantics: str = "P", at: str = CHANGED) -> dict[str, Any]:
    """Return a row of a deal's history."""
    return {
        "ID": key, "TYPE_ID": 1, "OWNER_ID": deal, "CREATED_TIME": at, "CATEGORY_ID": 0, "STAGE_ID": stage,
        "STAGE_SEMANTIC_ID": semantics,
    }  # fmt: skip


def there(moment: datetime) -> str:
    """Return *moment* as the portal tells it."""
    return moment.astimezone(PORTAL_ZONE).isoformat(timespec="seconds")


def at(hour: int, minute: int = 0, second: int = 0) -> str:
    """Return that time of the tests' day, in UTC, as the portal tells it."""
    return there(datetime(2026, 1, 10, hour, minute, second, tzinfo=UTC))


def status(key: str, name: str, semantics: str | None = None, extra: str | None = None, sort: int = 10) -> Any:
    """Return an entry of a dictionary."""
    found = {"STATUS_ID": key, "NAME": name, "SORT": str(sort), "SEMANTICS": semantics}
    return found if extra is None else {**found, "EXTRA": {"SEMANTICS": extra, "COLOR": "#fff"}}


def fields(**types: str) -> dict[str, Any]:
    """Return the answer that tells the fields of a type."""
    return {
        "result": {"fields": {name: {"type": kind, "title": name, "upperName": name} for name, kind in types.items()}}
    }


def failing(code: Any, description: str = "") -> dict[str, Any]:
    return {"error": code, "error_description": description}
