"""One valid record of each kind as Salesforce sends it; a test states only the fields that it is about."""

from __future__ import annotations

from typing import Any

NOON = "2026-01-05T12:00:00.000+0000"


def key(prefix: str, n: int) -> str:
    """Return the id of a record: what its first three characters are tells its object."""
    return f"{prefix}{n:012d}AAA"


def record(sobject: str, prefix: str, n: int, **more: Any) -> dict[str, Any]:
    return {
        "attributes": {"type": sobject, "url": f"/services/data/v64.0/sobjects/{sobject}/{key(prefix, n)}"},
        "Id": key(prefix, n),
        "IsDeleted": False,
        "CreatedDate": "2026-01-05T09:00:00.000+0000",
        "SystemModstamp": NOON,
        **more,
    }


def account(n: int = 1, **more: Any) -> dict[str, Any]:
    return record("Account", "001", n, **{"Name": "Rebel Alliance", "MasterRecordId": None, **more})
