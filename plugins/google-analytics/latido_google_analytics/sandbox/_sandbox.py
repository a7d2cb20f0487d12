"""The sandbox: Google's routes, who may read what, and what the property's quotas say."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, ClassVar

from latido.testing import Known, Limit, Sandbox, json
from latido_google_analytics.sandbox import _bodies as bodies
from latido_google_analytics.sandbox._deeds import Deeds
from latido_google_analytics.sandbox._door import CLIENT_ID, CLIENT_SECRET, Doorkeeper
from latido_google_analytics.sandbox._figures import Figures
from latido_google_analytics.sandbox._metrics import EVENTS
from latido_google_analytics.sandbox._reports import CURRENCY, Reports
from latido_google_analytics.sandbox._switches import GoogleAnalyticsSwitches

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from latido.connect import Clock
    from latido.testing import Drill, Fault, Handler, World

PROPERTY = "314159265"
_PROJECT = "project per hour"
_HOUR = 3600
_SERVER_ERRORS = 10
_REQUESTS = 1_400
"""The tokens of a Cloud project's hour, at ten a request."""


class GoogleAnalyticsSandbox(Sandbox):
    """A property of Google Analytics 4 whose site people of *world* visit. `deed` changes figures, `doorkeeper` tokens.

    The key of the service account lies in *key_file*; without one, in a file that goes with the sandbox.
    """

    Switches: ClassVar[type[GoogleAnalyticsSwitches]] = GoogleAnalyticsSwitches
    switches: GoogleAnalyticsSwitches
    known = Known(answers=False, holds=frozenset({"traffic"}))

    def __init__(self, world: World, clock: Clock | None = None, *, key_file: Path | None = None) -> None:
        super().__init__(clock)
        self.world = world
        self.figures = Figures(world, self.clock, self.switches)
        self.doorkeeper = Doorkeeper(self.clock, self.switches, key_file)
        self.deed = Deeds(self.figures, self.switches)
        self._reports = Reports(self.figures, self.switches)
        self._failures: deque[float] = deque()

    def settings(self) -> dict[str, Any]:
        return {"connector": "google-analytics", "property_id": PROPERTY, **self.address()}

    def address(self) -> dict[str, Any]:
        return {
            "base_url": self.url,
            "token_url": f"{self.url}/token",
            "service_account_file": str(self.doorkeeper.key_file),
        }

    def settle(self, folder: Path) -> None:
        self.doorkeeper.move(folder)

    def client(self) -> dict[str, Any]:
        """Return the settings of a person who is to log in, in place of the service account's key."""
        return {"service_account_file": None, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}

    def routes(self) -> Sequence[tuple[str, str, Handler]]:
        return (
            ("POST", "/token", self.doorkeeper.token),
            ("GET", "/o/oauth2/v2/auth", self.doorkeeper.authorize),
            ("POST", "/v1beta/properties/{number}:runReport", self._run),
            ("GET", "/v1beta/properties/{number}/metadata", self._reports.metadata),
            ("GET", "/v1beta/properties/{number}", self._property),
            ("GET", "/v1beta/properties/{number}/keyEvents", self._key_events),
        )

    def deeds(self) -> dict[str, Callable[..., Any]]:
        door = {"expire_tokens": self.doorkeeper.expire, "revoke_tokens": self.doorkeeper.revoke}
        return {**self.deed.by_name, **door}

    def drills(self) -> Mapping[str, Drill]:
        return {"web_sessions": self.deed.drill()}

    def documented_limits(self) -> Mapping[str, Limit]:
        return {_PROJECT: Limit(requests=_REQUESTS, seconds=_HOUR, retry_after="absent")}

    def expire_tokens(self) -> None:
        self.doorkeeper.expire()

    def write_something(self) -> None:
        self.deed.something()

    def buckets(self, route: str) -> Sequence[str]:
        return (_PROJECT,) if route.endswith((":runReport", "/metadata")) else ()

    def authorized(self, request: Request, route: str) -> Response | None:
        if not route.startswith("/v1beta/"):
            return None
        if not self.doorkeeper.admits(request):
            return bodies.stranger()
        if route.endswith((":runReport", "/metadata")):
            return self._shut(request)
        return None if self.switches.admin_api else bodies.no_api("admin")

    def refusal(self, fault: Fault) -> Response:
        if fault.kind == "edge":
            return json({"error": "Too Many Requests"}, 429)
        return bodies.quota(fault.path if fault.path in bodies.QUOTAS else "concurrent")

    def unknown(self, request: Request) -> Response:
        del request
        return bodies.refused(404, "Requested entity was not found.")

    def _shut(self, request: Request) -> Response | None:
        """Return the refusal of a report; of a property that is not there Google says the same as of a stranger's."""
        if self.switches.refusing == "api":
            return bodies.no_api("data")
        if self.switches.refusing == "scope":
            return bodies.no_scope()
        if self.switches.refusing == "access" or request.path_params["number"] not in {PROPERTY, "0"}:
            return bodies.no_access()
        if self.switches.exhausted is not None:
            return bodies.quota(self.switches.exhausted)
        return None

    def _run(self, request: Request) -> Response:
        now = self.clock.monotonic()
        while self._failures and self._failures[0] <= now - _HOUR:
            self._failures.popleft()
        if len(self._failures) >= _SERVER_ERRORS:
            return bodies.quota("server errors")
        answer = self._reports.run(request)
        if answer.status_code >= 500:  # noqa: PLR2004 - what counts as an error of the server
            self._failures.append(now)
        return answer

    def _property(self, request: Request) -> Response:
        if request.path_params["number"] != PROPERTY:
            return bodies.no_access()
        return json(
            {
                "name": f"properties/{PROPERTY}",
                "displayName": "Acme",
                "propertyType": self.switches.property_type,
                "serviceLevel": self.switches.service_level,
                "createTime": self.figures.made_at.isoformat().replace("+00:00", "Z"),
                "timeZone": self.switches.zone,
                "currencyCode": CURRENCY,
            }
        )

    def _key_events(self, request: Request) -> Response:
        named = {"keyEvents": [{"eventName": name, "countingMethod": "ONCE_PER_EVENT"} for name in EVENTS]}
        return json(named) if request.path_params["number"] == PROPERTY else bodies.no_access()
