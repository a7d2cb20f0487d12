"""Bulk API 2.0: jobs that read, and their results as CSV."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response

from latido.testing import body_of, json
from latido.testing.world import DAY
from latido_salesforce.sandbox import _errors as errors
from latido_salesforce.sandbox import _ids as ids
from latido_salesforce.sandbox._select import Search, understood
from latido_salesforce.sandbox._shape import CsvShape
from latido_salesforce.sandbox._values import instant

if TYPE_CHECKING:
    from array import array

    from starlette.requests import Request

    from latido_salesforce.sandbox._org import Org
    from latido_salesforce.sandbox._select import Asked

_PAGE = 50_000
_KEPT = 7 * DAY
_DONE = {"JobComplete", "Failed", "Aborted"}
_COMPOUND = "Selecting compound data not supported in Bulk Query"


@dataclass(frozen=True, slots=True)
class Job:
    """A job: what it is to read, how often somebody has looked, and what it found once it is complete."""

    key: str
    asked: Asked
    deleted: bool
    version: str
    began: float
    state: str = "UploadComplete"
    polls: int = 0
    numbers: array[int] | None = None
    failure: str | None = None


class Jobs:
    """Answers `jobs/query`."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._jobs: dict[str, Job] = {}
        self._begun: list[float] = []
        self._numbers = count(1)

    @property
    def left_today(self) -> int:
        """How many more jobs the org grants."""
        since = self._now - DAY
        self._begun = [each for each in self._begun if each > since]
        return max(0, self._org.switches.bulk_jobs - len(self._begun))

    def begin(self, request: Request) -> Response:
        """Answer a request for a new job."""
        try:
            body = orjson.loads(body_of(request))
        except orjson.JSONDecodeError:
            return errors.refusal(400, "JSON_PARSER_ERROR", "The request body is not JSON")
        if body.get("operation") not in {"query", "queryAll"} or not isinstance(body.get("query"), str):
            return errors.refusal(400, "INVALIDJOB", "InvalidJob : operation and query are required")
        asked = understood(self._org, body["query"])
        if (refused := self._refused(asked)) is not None:
            return refused
        if self.left_today == 0:
            most = f"Max bulk v2 query jobs ({self._org.switches.bulk_jobs}) per 24 hrs has been reached"
            return errors.refusal(400, "LIMIT_EXCEEDED", most)
        self._begun.append(self._now)
        key = ids.identity("750", next(self._numbers))
        job = Job(key, asked, body["operation"] == "queryAll", request.path_params["version"], self._now)
        self._jobs[key] = job
        return json(self._told(job))

    def listed(self, request: Request) -> Response:
        """Answer with all jobs."""
        del request
        return json({"done": True, "records": [self._told(job) for job in self._jobs.values()], "nextRecordsUrl": None})

    def look(self, request: Request) -> Response:
        """Answer how a job stands; it gets on by being looked at, and with time."""
        job = self._job(request)
        if job is None:
            return errors.not_found()
        if job.state not in _DONE:
            job = self._advanced(job)
            self._jobs[job.key] = job
        return json(self._told(job))

    def abort(self, request: Request) -> Response:
        job = self._job(request)
        if job is None:
            return errors.not_found()
        self._jobs[job.key] = replace(job, state="Aborted", numbers=None)
        return json(self._told(self._jobs[job.key]))

    def delete(self, request: Request) -> Response:
        """Forget a job that has ended."""
        job = self._job(request)
        if job is None:
            return errors.not_found()
        if job.state not in _DONE:
            return errors.refusal(400, "API_ERROR", "Job can be deleted only when it is complete, aborted or failed")
        del self._jobs[job.key]
        return Response(status_code=204)

    def results(self, request: Request) -> Response:
        """Answer with a page of what a job found, behind the locator."""
        job = self._job(request)
        if job is None or self._now >= job.began + _KEPT:
            return errors.not_found()
        if job.numbers is None:
            return errors.refusal(400, "INVALIDJOBSTATE", "Results are available only for a completed job")
        first = _opened(request.query_params.get("locator"))
        if first is None or first > len(job.numbers):
            return errors.refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        most = request.query_params.get("maxRecords", "")
        size = self._org.switches.at_most(int(most) if most.isdecimal() and int(most) else _PAGE)
        return self._page(job, job.numbers, first, size)

    def _page(self, job: Job, numbers: array[int], first: int, size: int) -> Response:
        table, paths = job.asked.table, job.asked.selection.paths
        shape = CsvShape(self._org, table.sobject, paths)
        shown = numbers[first : first + size]
        rows = [shape.row(table, number) for number in shown[: max(0, len(shown) - self._org.switches.lost_rows)]]
        behind = first + size
        headers = {
            "content-type": "text/csv",
            "Sforce-Locator": "null" if behind >= len(numbers) else _sealed(behind),
            "Sforce-NumberOfRecords": str(len(shown)),
        }
        return Response(shape.header + b"".join(rows), 200, headers)

    def _advanced(self, job: Job) -> Job:
        """Return the job one look later."""
        switches = self._org.switches
        job = replace(job, state="InProgress", polls=job.polls + 1)
        if job.polls <= switches.job_polls or self._now < job.began + switches.job_seconds:
            return job
        if switches.failing_jobs:
            switches.failing_jobs -= 1
            return replace(job, state="Failed", failure="InvalidBatch : Failed to process query: QUERY_TIMEOUT")
        found = Search(self._org, job.asked, deleted=job.deleted).numbers()
        return replace(job, state="JobComplete", numbers=found)

    def _refused(self, asked: Asked) -> Response | None:
        query, sobject = asked.query, asked.table.sobject
        if not sobject.bulk:
            return errors.refusal(400, "INVALIDENTITY", f"Entity '{sobject.name}' is not supported by the Bulk API.")
        if query.counts or query.offset is not None:
            return errors.refusal(400, "API_ERROR", "Aggregate queries and OFFSET are not supported in Bulk Query")
        if asked.selection.compound:
            return errors.refusal(400, "FUNCTIONALITY_NOT_ENABLED", _COMPOUND)
        return None

    def _told(self, job: Job) -> dict[str, Any]:
        began = instant(int(job.began))
        told: dict[str, Any] = {
            "id": job.key,
            "operation": "queryAll" if job.deleted else "query",
            "object": job.asked.table.sobject.name,
            "createdDate": began,
            "systemModstamp": began,
            "state": job.state,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(job.version),
            "lineEnding": "LF",
            "columnDelimiter": "COMMA",
        }
        if job.state == "UploadComplete":
            return told
        told |= {"numberRecordsProcessed": len(job.numbers or ()), "retries": 0}
        if job.state == "JobComplete":
            told["totalProcessingTime"] = 1_200
        return told | ({} if job.failure is None else {"errorMessage": job.failure})

    def _job(self, request: Request) -> Job | None:
        return self._jobs.get(request.path_params["job"])

    @property
    def _now(self) -> float:
        return self._org.clock.now().timestamp()


def _sealed(first: int) -> str:
    return base64.b64encode(str(first).encode()).decode()


def _opened(locator: str | None) -> int | None:
    if locator is None:
        return 0
    try:
        return int(base64.b64decode(locator, validate=True))
    except (binascii.Error, ValueError):
        return None
