"""What was deleted for good: the recycle bin's contents come with the records, what left it stands in a log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from latido.connect import Refused
from latido_salesforce.describe import MAY_NOT, NOT_HERE
from latido_salesforce.quota import said
from latido_salesforce.soql import long_id
from latido_salesforce.window import instant

if TYPE_CHECKING:
    from latido.connect import Http

REACH = timedelta(days=15)
RESERVE = timedelta(hours=1)
SHORTEST = timedelta(minutes=1)
UNREADABLE = frozenset({"EXCEEDED_ID_LIMIT", "INVALID_REPLICATION_DATE", *MAY_NOT, *NOT_HERE})


def deleted(
    http: Http, root: str, sobject: str, since: datetime, now: datetime
) -> tuple[dict[str, datetime | None], bool]:
    """Return what was deleted since then, by id with the time, and whether the log says all of it.

    The log reaches back 15 days, less under load.
    """
    earliest = now - REACH + RESERVE
    begin = max(since, earliest)
    # Seconds are ignored, and the stretch has to be longer than a minute.
    begin = min(begin, now - 2 * SHORTEST)
    try:
        body = http.get(f"{root}/sobjects/{sobject}/deleted/", {"start": _minute(begin), "end": _minute(now)}).json()
    except Refused as refusal:
        if said(refusal.body)[0] not in UNREADABLE:
            raise
        return {}, False
    return _ids(body), since >= earliest and _reaches(body, begin)


def _ids(body: Any) -> dict[str, datetime | None]:
    found = body.get("deletedRecords") if isinstance(body, dict) else None
    return {long_id(each["id"]): instant(each.get("deletedDate")) for each in found or ()}


def _reaches(body: Any, begin: datetime) -> bool:
    """Whether the log begins early enough."""
    available = instant(body.get("earliestDateAvailable")) if isinstance(body, dict) else None
    return available is None or available <= begin


def _minute(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(second=0, microsecond=0).isoformat()
