"""Asking the sandbox as a program with a token does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from latido.testing import ManualClock, World
from latido_hubspot.sandbox import HubSpotSandbox
from tests.asking import ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

END = date(2026, 11, 1)
NOW = datetime(2026, 11, 1, 12, 0, 0, tzinfo=UTC)
MS = int(NOW.timestamp()) * 1000
CLIENT = {"client_id": "0a1b2c3d-sandbox", "client_secret": "sandbox-client-secret"}
OBJECTS = "crm/v3/objects"


class Visitor:
    """A sandbox at noon of the day on which its world ends, and a program that is let in."""

    def __init__(self, tickets: int = 200, **more: Any) -> None:
        self.clock = ManualClock(NOW)
        self.world = World("acme", end=END, tickets=tickets, **more).branch("hubspot", tickets=tickets)
        self.sandbox = HubSpotSandbox(self.world, self.clock)
        self.switches = self.sandbox.switches
        self.deed = self.sandbox.deed
        self.headers = {"authorization": f"Bearer {self.sandbox.settings()['access_token']}"}

    def ask(self, path: str, **params: Any) -> httpx.Response:
        return ask(self.sandbox, "GET", f"/{path}", params=params, headers=self.headers)

    def get(self, path: str, **params: Any) -> Any:
        """Return the answer of a request that goes well."""
        answer = self.ask(path, **params)
        assert 200 == answer.status_code, answer.text
        return answer.json()

    def tell(self, path: str, body: Any) -> httpx.Response:
        return ask(self.sandbox, "POST", f"/{path}", json=body, headers=self.headers)

    def post(self, path: str, body: Any, status: int = 200) -> Any:
        answer = self.tell(path, body)
        assert status == answer.status_code, answer.text
        return answer.json()

    def pages(self, path: str, **params: Any) -> Iterator[Any]:
        """Yield the pages of a list, to the one without cursor."""
        where = dict(params)
        while True:
            page = self.get(path, **where)
            yield page
            if "paging" not in page:
                return
            where["after"] = page["paging"]["next"]["after"]

    def walk(self, kind: str, **params: Any) -> list[Any]:
        """Return all records of a type."""
        most = 50 if "propertiesWithHistory" in params else 100
        pages = self.pages(f"{OBJECTS}/{kind}", **{"limit": most, **params})
        return [record for page in pages for record in page["results"]]

    def search(self, kind: str, *filters: Any, **more: Any) -> Any:
        """Return one page of a search: filters are (property, operator, value), or a whole one."""
        told = [
            each if isinstance(each, dict) else dict(zip(("propertyName", "operator", "value"), each, strict=True))
            for each in filters
        ]
        return self.post(f"{OBJECTS}/{kind}/search", {"filterGroups": [{"filters": told}], **more})

    def found(self, kind: str, *filters: Any, **more: Any) -> list[Any]:
        """Return everything that a search finds."""
        rows: list[Any] = []
        while True:
            page = self.search(kind, *filters, **{"limit": 200, **more, "after": str(len(rows))})
            rows += page["results"]
            if len(rows) == page["total"]:
                return rows

    def linked(self, one: str, other: str, *ids: str, status: int = 200) -> Any:
        """Return the associations of records."""
        path = f"crm/v4/associations/{one}/{other}/batch/read"
        return self.post(path, {"inputs": [{"id": each} for each in ids]}, status)

    def identity(self, kind: str, number: int) -> str:
        return self.sandbox.records.books[kind].identity(number)

    def record(self, kind: str, number: int, **params: Any) -> Any:
        """Return a record by its number."""
        return self.get(f"{OBJECTS}/{kind}/{self.identity(kind, number)}", **params)
