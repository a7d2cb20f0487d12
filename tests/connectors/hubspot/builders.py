"""Records as HubSpot sends them; a test states only the properties that it is about."""

from __future__ import annotations

from typing import Any

CREATED = "2026-01-02T08:00:00.000Z"
CHANGED = "2026-01-05T12:00:00.000Z"


def record(key: Any, changed: str = CHANGED, **properties: Any) -> dict[str, Any]:
    """Return a record with what HubSpot always tells, and *properties*."""
    always = {"createdate": CREATED, "hs_lastmodifieddate": changed, "hs_object_id": str(key)}
    return {
        "id": str(key),
        "properties": {**always, **properties},
        "createdAt": CREATED,
        "updatedAt": changed,
        "archived": False,
    }


def contact(key: Any, changed: str = CHANGED, **properties: Any) -> dict[str, Any]:
    return record(key, changed, lastmodifieddate=changed, **properties)


def gone(key: Any, at: str = CHANGED) -> dict[str, Any]:
    """Return a record of the archived list."""
    return {**record(key), "archived": True, "archivedAt": at}


def listed(*records: Any, after: Any = None, **more: Any) -> dict[str, Any]:
    """Return a page of a list, of a search with `total`; its link leads elsewhere, as HubSpot's does."""
    following = {"next": {"after": str(after), "link": "https://api.hubapi.com/crm/objects/v3/elsewhere"}}
    return {"results": list(records), **more, **({} if after is None else {"paging": following})}


def found(*records: Any, total: int | None = None, after: Any = None) -> dict[str, Any]:
    return listed(*records, after=after, total=len(records) if total is None else total)


def properties(**kinds: str) -> dict[str, Any]:
    """Return the property list of an object, with user-defined properties of those types."""
    return {"results": [{"name": name, "type": kind, "hubspotDefined": False} for name, kind in kinds.items()]}
