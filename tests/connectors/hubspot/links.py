"""Associations as HubSpot tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.desk import Desk


def between(from_type: str, to_type: str) -> str:
    """Return where the associations of two objects are asked for."""
    return f"/crm/v4/associations/{from_type}/{to_type}/batch/read"


def to(key: Any, *types: tuple[int, str | None]) -> dict[str, Any]:
    """Return one end of an association, of those *types* (id and label)."""
    kinds = [
        {"category": "HUBSPOT_DEFINED", "typeId": number, "label": label} for number, label in types or ((1, None),)
    ]
    return {"toObjectId": key, "associationTypes": kinds}


def linked(key: Any, *ends: Any, after: str | None = None) -> dict[str, Any]:
    """Return what a record is associated with: ends, or ids alone."""
    told = [each if isinstance(each, dict) else to(each) for each in ends]
    following = {} if after is None else {"paging": {"next": {"after": after}}}
    return {"from": {"id": str(key)}, "to": told, **following}


def links(*results: dict[str, Any], errors: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"status": "COMPLETE", "results": list(results), "numErrors": len(errors), "errors": list(errors)}


def asked_for(desk: Desk, from_type: str, to_type: str) -> list[list[dict[str, str]]]:
    """Return the inputs of each request for those associations."""
    return [each.body["inputs"] for each in desk.requests(between(from_type, to_type))]
