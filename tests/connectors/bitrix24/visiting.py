"""Asking the sandbox as a program with a webhook, or with a token, does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from latido.testing import ManualClock, World
from latido_bitrix24.commands import flat
from latido_bitrix24.sandbox import BitrixSandbox
from latido_bitrix24.sandbox._oauth import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, SECRET
from tests.asking import ask

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import httpx

END = date(2026, 11, 1)
NOW = datetime(2026, 11, 1, 12, 0, 0, tzinfo=UTC)
NOON = "2026-11-01T13:00:00+01:00"
"""Noon in UTC, as a portal in Madrid says it."""

UP = {"id": "ASC"}


class Visitor:
    """A portal at noon of the day on which its world ends, and a program that is let in by a webhook."""

    def __init__(self, tickets: int = 60, *, people: int = 240, **more: Any) -> None:
        self.clock = ManualClock(NOW)
        self.world = World("acme", end=END, tickets=tickets, people=people).branch("bitrix24", tickets=tickets)
        self.sandbox = BitrixSandbox(self.world, self.clock, **more)
        self.switches = self.sandbox.switches
        self.deed = self.sandbox.deed
        self.door = f"/rest/1/{SECRET}/"

    def ask(self, method: str, **params: Any) -> httpx.Response:
        return ask(self.sandbox, "POST", f"{self.door}{method}", json=params)

    def call(self, method: str, **params: Any) -> Any:
        """Return the whole answer of a call that goes well."""
        answer = self.ask(method, **params)
        assert 200 == answer.status_code, answer.text
        return answer.json()

    def result(self, method: str, **params: Any) -> Any:
        return self.call(method, **params)["result"]

    def error(self, method: str, **params: Any) -> tuple[int, Any]:
        """Return the status and the code with which a call fails."""
        answer = self.ask(method, **params)
        return answer.status_code, answer.json()["error"]

    def items(self, type_id: int, **params: Any) -> list[Any]:
        """Return a page of items."""
        found: list[Any] = self.result("crm.item.list", entityTypeId=type_id, **params)["items"]
        return found

    def walk(self, type_id: int, **params: Any) -> list[Any]:
        """Return all items of a type, by id."""
        return list(self.steps("crm.item.list", "items", "id", entityTypeId=type_id, **params))

    def steps(self, method: str, container: str | None, name: str, **params: Any) -> Iterator[Any]:
        """Yield all records of a list, by their ids in the field *name*."""
        last: Any = 0
        while True:
            bounds = {**params.get("filter", {}), f">{name}": last}
            found = self.result(method, **{**params, "filter": bounds, "order": {name: "ASC"}, "start": -1})
            page = found if container is None else found[container]
            yield from page
            if not page:
                return
            last = page[-1][name]

    def batch(self, **commands: tuple[str, dict[str, Any]]) -> Any:
        """Return the result of a batch of commands: a method and its parameters each."""
        return self.result("batch", halt=0, cmd=spelled(commands))

    def halting(self, **commands: tuple[str, dict[str, Any]]) -> Any:
        """Return the result of a batch that ends at the first error."""
        return self.result("batch", halt=1, cmd=spelled(commands))

    def token(self, **asked: Any) -> httpx.Response:
        """Ask the token server, by default for another pair of tokens."""
        told = {
            "grant_type": "refresh_token", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
            "refresh_token": REFRESH_TOKEN, **asked,
        }  # fmt: skip
        return ask(self.sandbox, "POST", "/oauth/token/", data=told)

    def app(self, method: str, *, auth: str | None = None, **params: Any) -> httpx.Response:
        """Call a method as an application, by default with a new token."""
        auth = auth or self.token().json()["access_token"]
        return ask(self.sandbox, "POST", f"/rest/{method}", json={**params, "auth": auth})


def spelled(commands: Mapping[str, tuple[str, dict[str, Any]]]) -> dict[str, str]:
    return {key: f"{method}?{urlencode(list(flat(params)))}" for key, (method, params) in commands.items()}
