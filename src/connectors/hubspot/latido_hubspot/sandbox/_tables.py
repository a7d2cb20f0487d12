"""The account, its owners, properties and pipelines: small tables, most of them without pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from latido.testing import json, json_bytes
from latido.testing.world import iso
from latido_hubspot.sandbox import _bodies as bodies
from latido_hubspot.sandbox._book import PORTAL
from latido_hubspot.sandbox._definitions import DEFINITIONS, definition_json
from latido_hubspot.sandbox._kinds import asked_kind
from latido_hubspot.sandbox._people import owner_json, queue_json
from latido_hubspot.sandbox._pipelines import pipelines_json
from latido_hubspot.sandbox._service import HOST
from latido_hubspot.sandbox._switches import DAILY

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from latido_hubspot.sandbox._service import Service

_MOST_OWNERS = 500


class Tables:
    """What is read once per sync."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def owners(self, request: Request) -> Response:
        """Answer with active owners, or with archived ones: never both."""
        params = request.query_params
        size, after = params.get("limit", "100"), params.get("after", "0")
        if not size.isdecimal() or not 1 <= int(size) <= _MOST_OWNERS or not after.isdecimal():
            return bodies.invalid(f"Invalid limit or after: the limit must be between 1 and {_MOST_OWNERS}.")
        wanted = [each for each in self._everybody() if each["archived"] == (params.get("archived") == "true")]
        rest = [each for each in sorted(wanted, key=lambda each: int(each["id"])) if int(each["id"]) >= int(after)]
        most = self._service.switches.at_most(int(size))
        shown, more = rest[:most], rest[most:]
        ending = more[0]["id"] if more else None
        link = None if ending is None else f"{HOST}/crm/v3/owners/?limit={size}&after={ending}"
        return json_bytes(bodies.page(map(orjson.dumps, shown), ending, link))

    def properties(self, request: Request) -> Response:
        """Answer with all properties of a type."""
        kind = asked_kind(request)
        born = iso(self._service.world.start)
        names = () if request.query_params.get("archived") == "true" else sorted(DEFINITIONS[kind.name])
        return json({"results": [definition_json(kind.name, name, born) for name in names]})

    def pipelines(self, request: Request) -> Response:
        kind = asked_kind(request)
        return json({"results": pipelines_json(kind.name, iso(self._service.world.start))})

    def account(self, request: Request) -> Response:
        del request
        single = self._service.switches.single_currency
        return json(
            {
                "portalId": PORTAL,
                "timeZone": "Europe/Madrid",
                "accountType": "STANDARD",
                "companyCurrency": "EUR",
                "additionalCurrencies": [] if single else ["GBP", "USD"],
                "utcOffset": "+01:00",
                "utcOffsetMilliseconds": 3_600_000,
                "uiDomain": "app-eu1.hubspot.com",
                "dataHostingLocation": "eu1",
            }
        )

    def usage(self, request: Request) -> Response:
        """Answer how many of the day's calls are used up."""
        del request
        midnight = self._service.now // 86_400_000 * 86_400 + 86_400
        shown = {
            "name": "private-apps-api-calls-daily",
            "usageLimit": DAILY,
            "currentUsage": 0,
            "collectedAt": self._service.stamp,
            "fetchStatus": "SUCCESS",
            "resetsAt": iso(midnight),
        }
        return json({"results": [shown]})

    def _everybody(self) -> list[dict[str, Any]]:
        world = self._service.world
        teams = list(world.teams())
        return [
            *(owner_json(agent, teams[agent.team]) for agent in world.agents()),
            queue_json(teams[0]),
        ]
