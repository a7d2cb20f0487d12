"""Big reads: a job of the Bulk API 2.0, whose result is fetched page by page as CSV.

A result is unordered, so what it brings counts only once all of it was read. It is kept for seven days, so a run that
was interrupted goes on where it stopped.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from latido.connect import Refused, ahead
from latido.errors import VendorUnavailable
from latido.messages import marker
from latido_salesforce.answers import body_of, nonsense
from latido_salesforce.quota import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latido.connect import Reply
    from latido_salesforce.connector import Salesforce

_ = marker("latido_salesforce")

CSV = "text/csv"
ROWS = 10_000
"""Rows of a result to ask for at once: a few megabytes, of which several are in memory together."""

PORTION = 2_000
"""Rows that become records at once."""

RUNNING = frozenset({"UploadComplete", "InProgress", "Queued", "Open"})
COMPLETE = "JobComplete"
POLLS = (1.0, 2.0, 3.0, 5.0, 8.0, 10.0)
"""Seconds between looks at a job, each of which counts as a request; the last for as long as it takes."""

LONGEST_JOB = 4 * 3600.0
ATTEMPTS = 3
FIELD_SIZE = 2**31 - 1


class BulkRefused(Exception):
    """The Bulk API does not read this, or not whole; the REST API may."""


class Short(Exception):
    """A page of a result is not whole."""


class JobGone(Exception):
    """The job, or its result, is no longer there."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Rows of a result with the names of their columns; behind each page none, and the `locator` of the next page.

    `seen` counts the rows up to here.
    """

    names: Sequence[str]
    rows: Sequence[Sequence[str]]
    seen: int
    locator: str | None = None


class Job:
    """A job that reads; its id survives the run."""

    def __init__(self, connector: Salesforce, key: str) -> None:
        self._connector = connector
        self.key = key
        self._path = f"{connector.root}/jobs/query/{key}"

    @classmethod
    def begun(cls, connector: Salesforce, query: str, *, deleted: bool = True) -> Job:
        """Return a new job for *query*. Raises BulkRefused, or Refused for a field that there is not."""
        asked = {
            "operation": "queryAll" if deleted else "query",
            "query": query,
            "contentType": "CSV",
            "columnDelimiter": "COMMA",
            "lineEnding": "LF",
        }
        try:
            body = body_of(connector.http.post(f"{connector.root}/jobs/query", json=asked))
        except Refused as refusal:
            code, sentence = said(refusal.body)
            if code == "INVALID_FIELD":
                raise
            raise BulkRefused(f"{code}: {sentence}") from refusal
        if not isinstance(body.get("id"), str):
            raise nonsense("id")
        return cls(connector, body["id"])

    def rows(self) -> int:
        """Return how many rows the result has, once it is complete. Raises BulkRefused when the job fails."""
        clock = self._connector.runtime.clock
        begun, looks = clock.monotonic(), 0
        while True:
            body = body_of(self._asked(""))
            state = body.get("state")
            if state == COMPLETE:
                return int(body.get("numberRecordsProcessed") or 0)
            if state not in RUNNING:
                raise BulkRefused(f"{state}: {body.get('errorMessage') or ''}")
            if clock.monotonic() - begun > LONGEST_JOB:
                raise still_running(self.key)
            self._connector.wait(POLLS[min(looks, len(POLLS) - 1)])
            looks += 1

    def portions(self, locator: str | None, seen: int) -> Iterator[Portion]:
        """Yield the result from *locator* on; *seen* rows came before. Raises Short, JobGone."""
        for reply in ahead(self._pages(locator)):
            announced, before = reply.headers.get("sforce-numberofrecords"), seen
            for names, rows in _parsed(reply.body):
                seen += len(rows)
                yield Portion(names, rows, seen)
            if announced is not None and str(seen - before) != announced.strip():
                raise Short(f"{seen - before} rows instead of {announced}")
            yield Portion((), (), seen, _locator(reply))

    def drop(self) -> None:
        """Let Salesforce forget the result, which counts against the org's storage."""
        try:
            self._connector.http.delete(self._path)
        except (Refused, VendorUnavailable):
            return

    def _pages(self, locator: str | None) -> Iterator[Reply]:
        while True:
            where: dict[str, str | int] = {"locator": locator} if locator else {}
            reply = self._asked("/results", {"maxRecords": ROWS, **where}, CSV)
            yield reply
            if (following := _locator(reply)) is None:
                return
            if following == locator:
                raise Short("the same page again")
            locator = following

    def _asked(self, path: str, params: dict[str, str | int] | None = None, accepts: str = "application/json") -> Reply:
        try:
            return self._connector.http.get(f"{self._path}{path}", params, accepts=accepts)
        except Refused as refusal:
            raise JobGone(self.key) from refusal


def _locator(reply: Reply) -> str | None:
    """Return where the next page begins; after the last one Salesforce sends the word null."""
    found = reply.headers.get("sforce-locator")
    return None if not found or found == "null" else found


def _parsed(body: bytes) -> Iterator[tuple[Sequence[str], list[list[str]]]]:
    """Yield the column names and some rows of a CSV file at a time. Raises Short."""
    import csv

    csv.field_size_limit(FIELD_SIZE)
    clean = body.replace(b"\0", b"") if b"\0" in body else body
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(clean), "utf-8", "replace", newline=""), strict=True)
    try:
        names = next(reader, [])
        while rows := list(islice(reader, PORTION)):
            if any(len(row) != len(names) for row in rows):
                raise Short("a row with other columns")
            yield names, rows
    except csv.Error as error:  # a quote that is never closed: the file was cut
        raise Short(str(error)) from error


def still_running(key: str) -> VendorUnavailable:
    return VendorUnavailable(
        _("Salesforce's job {key} takes hours.", key=key), _("Run it again later, it goes on with the same job.")
    )
