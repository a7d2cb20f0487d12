"""What was deleted or changed in a while, and how much of everything there is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from latido.testing import json, place_before
from latido.testing.world import DAY, MINUTE
from latido_salesforce.sandbox import _errors as errors
from latido_salesforce.sandbox._switches import API_LIMIT
from latido_salesforce.sandbox._values import instant

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from latido_salesforce.sandbox._bulk import Jobs
    from latido_salesforce.sandbox._org import Org
    from latido_salesforce.sandbox._table import Table

_CHANGES_KEPT = 30 * DAY


class Replication:
    """Answers getDeleted, getUpdated, and the counts and limits of the org."""

    def __init__(self, org: Org, jobs: Jobs) -> None:
        self._org = org
        self._jobs = jobs
        self.used = 0

    def deleted(self, request: Request) -> Response:
        """Answer with what was deleted in [start, end), as far as the log goes back; it knows the destroyed, too."""
        table, start, end = self._asked(request, 15 * DAY)
        earliest = self._org.now - self._org.switches.deletion_log
        found = sorted((at, number) for at, number in table.deletions() if max(start, earliest) <= at < end)
        self._refuse_too_many(len(found))
        return json(
            {
                "deletedRecords": [{"id": table.identity(number), "deletedDate": instant(at)} for at, number in found],
                "earliestDateAvailable": instant(earliest),
                "latestDateCovered": instant(min(end, self._org.now)),
            }
        )

    def updated(self, request: Request) -> Response:
        """Answer with what was changed in [start, end)."""
        table, start, end = self._asked(request, _CHANGES_KEPT)
        found = []
        for at, number in table.feed.after(place_before(start)):
            if at >= end:
                break
            if not table.deleted(number):
                found.append(table.identity(number))
        self._refuse_too_many(len(found))
        return json({"ids": found, "latestDateCovered": instant(min(end, self._org.now))})

    def counts(self, request: Request) -> Response:
        """Answer how many records there are, roughly: those in the recycle bin count too."""
        names = [name for name in request.query_params.get("sObjects", "").split(",") if name]
        tables = [self._org.table(name) for name in names] if names else self._org.tables()
        return json({"sObjects": [self._count(each) for each in tables if each is not None]})

    def limits(self, request: Request) -> Response:
        """Answer what the org grants, and what is left of it."""
        del request
        limit = self._org.switches.limits.get("api")
        most = API_LIMIT if limit is None else limit.requests
        jobs = self._org.switches.bulk_jobs
        left = {
            "DailyApiRequests": (most, max(0, most - self.used)),
            "DailyBulkV2QueryJobs": (jobs, self._jobs.left_today),
            "DailyBulkV2QueryFileStorageMB": (976_562, 976_562),
            "DataStorageMB": (10_240, 9_000),
        }
        return json({name: {"Max": most, "Remaining": rest} for name, (most, rest) in left.items()})

    def _count(self, table: Table) -> dict[str, int | str]:
        return {"count": table.count - len(list(table.hidden(self._org.now))), "name": table.sobject.name}

    def _asked(self, request: Request, reach: int) -> tuple[Table, int, int]:
        table = self._org.table(request.path_params["sobject"])
        if table is None:
            raise errors.Refused(404, "NOT_FOUND", "The requested resource does not exist")
        if not table.sobject.replicated:
            name = table.sobject.name
            raise errors.Refused(400, "INVALID_TYPE", f"entity type {name} does not support replication")
        start, end = (_minute(request.query_params.get(name)) for name in ("start", "end"))
        if start is None or end is None:
            raise errors.Refused(400, "INVALID_REPLICATION_DATE", "startDate and endDate are required")
        if end - start < MINUTE:
            told = "endDate must be at least one minute greater than the startDate"
            raise errors.Refused(400, "INVALID_REPLICATION_DATE", told)
        if start < self._org.now - reach:
            told = f"startDate before org replication enabled date or more than {reach // DAY} days ago"
            raise errors.Refused(400, "INVALID_REPLICATION_DATE", told)
        return table, start, end

    def _refuse_too_many(self, count: int) -> None:
        if count > self._org.switches.most_ids:
            raise errors.Refused(400, "EXCEEDED_ID_LIMIT", "exceeded maximum number of ids; narrow the date range")


def _minute(text: str | None) -> int | None:
    """Return an instant in whole minutes: the seconds are ignored."""
    try:
        at = datetime.fromisoformat((text or "").replace(" ", "+"))
    except ValueError:
        return None
    return int(at.replace(tzinfo=at.tzinfo or UTC).timestamp()) // MINUTE * MINUTE
