"""Answers as the vendor's server does."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from latido.testing import Drill, Limit, Sandbox, json
from latido_template.sandbox._records import records, stamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from latido.connect import Clock
    from latido.testing import Fault, Handler, World
    from latido_template.sandbox._records import Record

TOKEN = "token-of-the-sandbox"  # noqa: S105 - opens nothing but this


class TemplateSandbox(Sandbox):
    """Lists of records by (when they last changed, id). Its deeds are `change`, `delete`, `restore` and `spoil`."""

    def __init__(self, world: World, clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.records = records(world.ticket_count, datetime.fromtimestamp(world.end, UTC))
        self.scopes = list(self.records)
        self._untouched = {kind: iter(self._live(kind)) for kind in self.records}

    def routes(self) -> Sequence[tuple[str, str, Handler]]:
        return [
            ("GET", "/v1/account", self._account),
            *(("GET", f"/v1/{kind}", partial(self._listed, kind)) for kind in self.records),
            *(("GET", f"/v1/{kind}/count", partial(self._counted, kind)) for kind in self.records),
        ]

    def settings(self) -> dict[str, Any]:
        return {"connector": "template", "base_url": self.url, "token": TOKEN}

    def refusal(self, fault: Fault) -> Response:
        del fault
        return json({"error": "too many requests"}, 429)

    def authorized(self, request: Request, route: str) -> Response | None:
        del route
        known = request.headers.get("authorization") == f"Bearer {TOKEN}"
        return None if known else json({"error": "unknown token"}, 401)

    def documented_limits(self) -> Mapping[str, Limit]:
        return {"all": Limit(requests=120, window="sliding")}

    def write_something(self) -> None:
        for kind in self.records:
            self.change(kind, min(self._live(kind), key=lambda key: str(self.records[kind][key]["updated_at"])))

    def deeds(self) -> dict[str, Any]:
        return {"change": self.change, "delete": self.delete, "restore": self.restore, "spoil": self.spoil}

    def drills(self) -> Mapping[str, Drill]:
        return {kind: self._drill(kind) for kind in self.records}

    def change(self, kind: str, key: str, **more: Any) -> str:
        """Change a record now; returns its id."""
        self.records[kind][key].update({"updated_at": stamp(self.clock.now()), **more})
        return key

    def delete(self, kind: str, key: str) -> str:
        return self.change(kind, key, deleted_at=stamp(self.clock.now()))

    def restore(self, kind: str, key: str) -> None:
        self.change(kind, key, deleted_at=None)

    def spoil(self, kind: str, key: str) -> str:
        """Give a record a date that is none."""
        return self.change(kind, key, created_at="the day before", answered_at="the day before")

    def _drill(self, kind: str) -> Drill:
        return Drill(
            touch=lambda count: [self.change(kind, key) for key in self._live(kind)[:count]],
            delete=lambda: self.delete(kind, next(self._untouched[kind])),
            restore=lambda key: self.restore(kind, key),
            spoil=lambda: self.spoil(kind, next(self._untouched[kind])),
        )

    def _live(self, kind: str) -> list[str]:
        return [key for key, record in self.records[kind].items() if record["deleted_at"] is None]

    def _account(self, request: Request) -> Response:
        del request
        return json({"name": "Bluefin SL", "scopes": self.scopes})

    def _listed(self, kind: str, request: Request) -> Response:
        asked = request.query_params
        behind = asked.get("updated_since", ""), asked.get("after", "")
        ready = sorted(filter(lambda each: _place(each) > behind, self.records[kind].values()), key=_place)
        size = self.switches.at_most(int(asked.get("limit", 100)))
        return json({"items": ready[:size], "more": len(ready) > size})

    def _counted(self, kind: str, request: Request) -> Response:
        del request
        return json({"count": len(self._live(kind))})


def _place(record: Record) -> tuple[str, str]:
    return record["updated_at"], record["id"]
