"""Asking the sandbox as a program with a credential does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from latido.testing import ManualClock, World
from latido_zendesk.sandbox import ZendeskSandbox
from tests.asking import ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

END = date(2026, 11, 1)
NOW = datetime(2026, 11, 1, 12, 0, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
CLIENT = {"client_id": "latido", "client_secret": "sandbox-client-secret"}


class Visitor:
    """A sandbox at noon of the day on which its world ends, and a program that is let in."""

    def __init__(self, tickets: int = 200, scope: str = "read", **more: Any) -> None:
        self.clock = ManualClock(NOW)
        self.world = World("acme", end=END, tickets=tickets, **more)
        self.sandbox = ZendeskSandbox(self.world, self.clock)
        self.switches = self.sandbox.switches
        self.headers: dict[str, str] = {}
        self.enter(scope)

    def enter(self, scope: str = "read") -> None:
        """Get a token for *scope*."""
        granted = self.post("/oauth/tokens", {"grant_type": "client_credentials", "scope": scope, **CLIENT})
        self.headers = {"authorization": f"Bearer {granted.json()['access_token']}"}

    def ask(self, path: str, **params: Any) -> httpx.Response:
        return ask(self.sandbox, "GET", f"/api/v2/{path}", params=params, headers=self.headers)

    def get(self, path: str, **params: Any) -> Any:
        """Return the answer of a request that goes well."""
        answer = self.ask(path, **params)
        assert 200 == answer.status_code, answer.text
        return answer.json()

    def post(self, path: str, body: Any) -> httpx.Response:
        return ask(self.sandbox, "POST", path, json=body)

    def walk(self, path: str, key: str, **params: Any) -> Iterator[Any]:
        """Yield the rows of all cursor-based pages."""
        where: dict[str, Any] = {"page[size]": 100, **params}
        while True:
            body = self.get(path, **where)
            yield from body[key]
            if not body["meta"]["has_more"]:
                return
            where["page[after]"] = body["meta"]["after_cursor"]

    def export(self, name: str, **params: Any) -> list[Any]:
        """Return the rows of a cursor export, to its end."""
        where: dict[str, Any] = {"start_time": 0}
        rows = []
        while True:
            body = self.get(f"incremental/{name}/cursor.json", **where, **params)
            rows += body[name]
            if body["end_of_stream"]:
                return rows
            where = {"cursor": body["after_cursor"]}
