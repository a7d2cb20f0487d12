"""Reading a stream by jobs of the Bulk API: every row of them, or none counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.connect import Page, Refused
from latido.messages import marker
from latido_salesforce import soql
from latido_salesforce.answers import unreadable
from latido_salesforce.bulk import ATTEMPTS, BulkRefused, Job, JobGone, Short
from latido_salesforce.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from latido.connect import Cursor, JsonObject
    from latido_salesforce.reading import SObjectStream

_ = marker("latido_salesforce")

JOB = ("job", "locator", "seen")


def pages(stream: SObjectStream, standing: Cursor) -> Iterator[Page]:
    """Read the window that *standing* stands in. Raises BulkRefused where that does not bring every row.

    A cursor behind a page of the result names the job and the next page, so that a later run goes on there.
    """
    window = {name: value for name, value in standing.items() if name not in JOB}
    where: Mapping[str, Any] = {name: standing[name] for name in JOB if name in standing}
    for _attempt in range(ATTEMPTS):
        if "job" not in where:
            where = {"job": _begun(stream, Window.of(window)).key}
            yield Page(cursor={**window, **where})
        job = Job(stream.connector, where["job"])
        try:
            total, seen = job.rows(), where.get("seen", 0)
            for portion in job.portions(where.get("locator"), seen):
                seen = portion.seen
                if portion.rows:
                    yield stream.page(stream.layout.parsed(portion.names, portion.rows), None)
                elif portion.locator:
                    where = {"job": job.key, "locator": portion.locator, "seen": seen}
                    yield Page(cursor={**window, **where})
        except Short:
            continue
        except JobGone:
            where = {}
            continue
        job.drop()
        if seen == total:
            return
        where = {}
    raise BulkRefused(_("its results are not whole"))


def records(stream: SObjectStream, window: Window) -> Iterator[Sequence[JsonObject]]:
    """Yield what is left of *window*, which no query brings in time."""
    try:
        for portion in _whole(_begun(stream, window)):
            yield stream.layout.parsed(portion.names, portion.rows)
    except (BulkRefused, JobGone, Short) as failure:
        raise unreadable(stream.sobject, str(failure)) from failure


def ids(stream: SObjectStream) -> Iterator[list[str]]:
    """Yield the ids of all live records. Raises BulkRefused, JobGone or Short where it cannot yield them all."""
    query = soql.select(["Id"], stream.sobject, stream.conditions)
    for portion in _whole(Job.begun(stream.connector, query, deleted=False)):
        if portion.rows:
            yield [key for (key,) in portion.rows]


def _whole(job: Job) -> Iterator[Any]:
    """Yield the result of *job*; raises Short at its end if rows are missing."""
    total, seen = job.rows(), 0
    for portion in job.portions(None, 0):
        seen = portion.seen
        yield portion
    job.drop()
    if seen != total:
        raise Short(f"{seen} of {total} rows")


def _begun(stream: SObjectStream, window: Window) -> Job:
    """Return a new job for *window*, without the fields that Salesforce turns out not to know."""
    try:
        return Job.begun(stream.connector, _query(stream, window))
    except Refused as refusal:
        if not stream.rest.repaired(refusal):
            raise
        return Job.begun(stream.connector, _query(stream, window))


def _query(stream: SObjectStream, window: Window) -> str:
    conditions = [*stream.conditions, window.condition(stream.cursor_field)]
    return soql.select(list(stream.layout.types), stream.sobject, conditions)
