"""A Bitrix24 on this machine that says what a test lets it say, also inside a batch."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qsl

from latido_bitrix24.connector import Bitrix24
from tests import office
from tests.desk import Desk, Says

if TYPE_CHECKING:
    from collections.abc import Sequence

SECRET = "s3cr3tw3bh00k1234"
WEBHOOK = f"https://acme.bitrix24.com/rest/1/{SECRET}/"
CLIENT = {
    "webhook_url": None,
    "portal": "acme.bitrix24.com",
    "client_id": "local.1",
    "client_secret": "client-secret-1",
}
NOON = "2026-01-10T15:00:00+03:00"
"""What the portal's clock says when the test's says noon in UTC."""

Answering = Callable[[dict[str, Any]], Any]
REFERENCE = re.compile(r"\$result((?:\[\w+\])+)")


class BitrixDesk(Desk):
    """A portal in which everybody may read everything, and nothing is. It answers methods by name.

    An agreed answer may be a function of the parameters. A batch is answered by what is agreed for its commands, unless
    something is agreed for the batch itself.
    """

    below = f"/rest/1/{SECRET}/"

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.commands: list[tuple[str, dict[str, Any]]] = []
        self.links = True
        for method, result in EMPTY.items():
            self.on(method, {"result": result})

    def spelled(self, path: str) -> str:
        """A webhook's secret is a part of the path, an app's token is not."""
        return f"{self.below}{path.rpartition('/')[2]}" if path.startswith("/rest/") else path

    def holds(self, records: Sequence[Any], method: str = "crm.item.list", *, rows: int = 50) -> None:
        """Let *method* list *records* by their ids, so many *rows* a page."""
        self.on(method, shelf(records, method, rows))

    def called(self, method: str) -> list[dict[str, Any]]:
        """Return the parameters with which *method* was called, also in batches."""
        return [params for name, params in self.commands if name == method]

    def unknown(self) -> Says:
        return Says(404, {"error": "ERROR_METHOD_NOT_FOUND", "error_description": "Method not found!"})

    def _answer(self, path: str) -> Says:
        method, params = path.rpartition("/")[2], self.asked[-1].body or {}
        if method == "batch" and not self._answers[path]:
            return Says(200, {"result": self.batch(params["cmd"])})
        return self._said(path, method, params)

    def _said(self, path: str, method: str, params: dict[str, Any]) -> Says:
        self.commands.append((method, params))
        says = super()._answer(path)
        if callable(says.body):
            says = Says(says.status, says.body(params), says.headers)
        return says.body if isinstance(says.body, Says) else says

    def batch(self, commands: dict[str, str]) -> dict[str, Any]:
        """Return what a batch of *commands* brings."""
        told: dict[str, Any] = {name: {} for name in ("result", "result_error", "result_time")}
        for key, command in commands.items():
            method, _, query = command.partition("?")
            said = self._said(
                self._whole(method), method, resolved(nested(query), told["result"] if self.links else {})
            )
            if "error" in said.body:
                told["result_error"][key] = {name: said.body[name] for name in ("error", "error_description")}
            else:
                told["result"][key] = said.body["result"]
                told["result_time"][key] = said.body.get("time", {})
        return {name: each or [] for name, each in told.items()}


EMPTY: dict[str, Any] = {
    "server.time": NOON, "profile": {"ID": "1", "ADMIN": True, "NAME": "Ada", "LAST_NAME": "Alba"}, "scope": ["crm"],
    "crm.category.list": {"categories": [{"id": 0, "name": "Sales"}]}, "crm.status.list": [], "crm.currency.list": [],
    "crm.item.list": {"items": []}, "crm.item.fields": {"fields": {}}, "crm.stagehistory.list": {"items": []},
    "user.get": [],
}  # fmt: skip


class Office(office.Office[Bitrix24]):
    vendor = Bitrix24
    source = "sales"
    desks = BitrixDesk
    credential: ClassVar = {"webhook_url": WEBHOOK}


def shelf(records: Sequence[Any], method: str = "crm.item.list", rows: int = 50) -> Answering:
    """Return what lists *records* by id as Bitrix24 does, with its filters of ids and moments."""
    name = "id" if records and "id" in records[0] else "ID"

    def listed(params: dict[str, Any]) -> Any:
        fitting = [each for each in records if fits(each, params.get("filter") or {})]
        ((_field, way),) = (params.get("order") or {name: "ASC"}).items()
        page = sorted(fitting, key=lambda each: int(each[name]), reverse=way == "DESC")[:rows]
        return {"result": {"items": page} if method.startswith(("crm.item", "crm.stage")) else page}

    return listed


def fits(record: dict[str, Any], filters: dict[str, Any]) -> bool:
    return all(_fits(record, name, value) for name, value in filters.items())


def _fits(record: dict[str, Any], condition: str, value: Any) -> bool:
    name = condition.lstrip("<>=@")
    sign, found = condition.removesuffix(name), record.get(name)
    if sign == "@":
        return str(found) in map(str, value.values() if isinstance(value, dict) else value)
    if name.lower() == "id":
        own, bound = int(found or 0), int(value or 0)  # An empty bound is none.
    elif sign in {"", "="}:
        return str(found) == str(value)
    else:
        own, bound = (int(datetime.fromisoformat(str(each)).timestamp()) for each in (found, value))
    return {">": own > bound, ">=": own >= bound, "<": own < bound, "=": own == bound, "": own == bound}[sign]


def nested(query: str) -> dict[str, Any]:
    """Return the parameters in a query, as PHP reads it."""
    params: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        outer, *inner = re.findall(r"[^\[\]]+", name)
        where = params
        for key in inner:
            where = where.setdefault(outer, {})
            outer = key
        where[outer] = value
    return params


def resolved(params: Any, results: dict[str, Any]) -> Any:
    """Return *params* with what they take from earlier *results*; what is not there is empty."""
    if isinstance(params, dict):
        return {name: resolved(value, results) for name, value in params.items()}
    found = REFERENCE.fullmatch(params)
    if not found:
        return params
    where: Any = results
    for key in re.findall(r"\w+", found[1]):
        try:
            where = where[int(key)] if isinstance(where, list) else where[key]
        except (KeyError, IndexError, TypeError):
            return ""
    return where
