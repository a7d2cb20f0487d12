"""Asking the sandbox as a program with a session does."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from latido.testing import ManualClock, World
from latido_salesforce.sandbox import SalesforceSandbox
from tests.asking import ask

if TYPE_CHECKING:
    import httpx

END = date(2026, 11, 1)
NOW = datetime(2026, 11, 1, 12, 0, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
CLIENT = {"client_id": "3MVG9latidoSandboxConsumerKey", "client_secret": "sandbox-consumer-secret"}
ROOT = "/services/data/v64.0"
TOKEN = "/services/oauth2/token"


class Visitor:
    """A sandbox at noon of the day on which its world ends, and a program that is let in."""

    def __init__(self, tickets: int = 200, *, person_accounts: bool = False, **more: Any) -> None:
        self.clock = ManualClock(NOW)
        self.world = World("acme", end=END, tickets=tickets, **more)
        self.sandbox = SalesforceSandbox(self.world, self.clock, person_accounts=person_accounts)
        self.switches = self.sandbox.switches
        self.deed = self.sandbox.deed
        self.headers: dict[str, str] = {}
        self.enter()

    def enter(self) -> None:
        """Get a session."""
        granted = self.token(grant_type="client_credentials", **CLIENT)
        self.headers = {"authorization": f"Bearer {granted.json()['access_token']}"}

    def token(self, *, basic: str = "", **form: str) -> httpx.Response:
        """Ask for a token, with a *basic* credential maybe."""
        headers = {"authorization": f"Basic {basic}"} if basic else {}
        return ask(self.sandbox, "POST", TOKEN, data=form, headers=headers)

    def ask(
        self, path: str, method: str = "GET", *, headers: dict[str, str] | None = None, json: Any = None, **params: Any
    ) -> httpx.Response:
        where = path if path.startswith("/") else f"{ROOT}/{path}"
        return ask(
            self.sandbox, method, where, params=params or None, json=json, headers={**self.headers, **(headers or {})}
        )

    def get(self, path: str, **params: Any) -> Any:
        """Return the answer of a request that goes well."""
        answer = self.ask(path, **params)
        assert 200 == answer.status_code, answer.text
        return answer.json()

    def code(self, path: str, **params: Any) -> tuple[int, str]:
        """Return status and error code of a request that is refused."""
        answer = self.ask(path, **params)
        return answer.status_code, answer.json()[0]["errorCode"]

    def query(self, soql: str, *, deleted: bool = False) -> list[Any]:
        """Return the records of all batches."""
        body = self.get("queryAll" if deleted else "query", q=soql)
        records = body["records"]
        while not body["done"]:
            body = self.get(body["nextRecordsUrl"])
            records += body["records"]
        assert body["totalSize"] == len(records)
        return list(records)

    def ids(self, soql: str, *, deleted: bool = False) -> list[str]:
        return [each["Id"] for each in self.query(soql, deleted=deleted)]

    def count(self, sobject: str, *, deleted: bool = False) -> int:
        counted = self.get("queryAll" if deleted else "query", q=f"SELECT COUNT() FROM {sobject}")
        return int(counted["totalSize"])

    def record(self, sobject: str, number: int) -> Any:
        """Return a record of the world's number."""
        return self.get(f"sobjects/{sobject}/{self.identity(sobject, number)}")

    def identity(self, sobject: str, number: int) -> str:
        return self.sandbox.records.tables[sobject].identity(number)

    def begin(self, soql: str, *, deleted: bool = True) -> str:
        """Begin a job and return its id."""
        asked = {"operation": "queryAll" if deleted else "query", "query": soql}
        answer = self.ask("jobs/query", "POST", json=asked)
        assert 200 == answer.status_code, answer.text
        return str(answer.json()["id"])

    def finish(self, job: str) -> Any:
        """Look at a job until it has ended."""
        while (told := self.get(f"jobs/query/{job}"))["state"] in {"UploadComplete", "InProgress"}:
            self.clock.sleep(1)
        return told

    def bulk(self, soql: str, *, deleted: bool = True, size: int = 50_000) -> list[dict[str, str]]:
        """Return the rows of a job."""
        job = self.begin(soql, deleted=deleted)
        self.finish(job)
        rows: list[dict[str, str]] = []
        where: dict[str, Any] = {}
        while True:
            answer = self.ask(f"jobs/query/{job}/results", maxRecords=size, **where)
            rows += table(answer)
            if answer.headers["sforce-locator"] == "null":
                return rows
            where = {"locator": answer.headers["sforce-locator"]}


def table(answer: httpx.Response) -> list[dict[str, str]]:
    """Return the rows of a page of results."""
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))
