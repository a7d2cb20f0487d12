"""A HubSpot account on this machine that says what a test, or a recording, lets it say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from latido.connect import Runtime
from latido_hubspot.connector import HubSpot
from tests import desk
from tests.desk import Desk, Says

if TYPE_CHECKING:
    from latido.connect import Page, Stream
    from latido.messages import Message
    from latido.testing import ManualClock

RECORDED = Path(__file__).parent / "recorded"


def recorded(name: str) -> Any:
    """Return a recorded answer."""
    return desk.recorded(RECORDED / name)


def stage(key: str, label: str, **metadata: str) -> dict[str, Any]:
    return {"id": key, "label": label, "metadata": metadata}


SALES = {
    "id": "default",
    "label": "Sales",
    "stages": [
        stage("qualifiedtobuy", "Qualified", isClosed="false", probability="0.4"),
        stage("closedwon", "Won", isClosed="true", probability="1.0"),
        stage("closedlost", "Lost", isClosed="true", probability="0.0"),
    ],
}
SUPPORT = {
    "id": "0",
    "label": "Support",
    "stages": [stage("1", "New", ticketState="OPEN"), stage("4", "Closed", ticketState="CLOSED")],
}


class HubSpotDesk(Desk):
    """An account in which everybody may read everything, and nothing is. Paths without a slash are objects."""

    below = "/crm/v3/objects/"

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.on("/account-info/v3/details", {"portalId": 139, "timeZone": "Europe/Madrid", "companyCurrency": "EUR"})
        self.on("/crm/v3/pipelines/deals", {"results": [SALES]})
        self.on("/crm/v3/pipelines/tickets", {"results": [SUPPORT]})
        for each in OBJECTS:
            self.on(f"/crm/v3/properties/{each}", {"results": []})
            self.on(each, {"results": []})
            self.on(f"{each}/search", {"total": 0, "results": []})
            self.on(f"{each}/batch/read", {"status": "COMPLETE", "results": []})

    def unknown(self) -> Says:
        return Says(404, "<html><body><h2>HTTP ERROR 404</h2></body></html>")


OBJECTS = (
    "carts", "companies", "contacts", "deals", "emails", "feedback_submissions", "leads", "line_items", "orders",
    "subscriptions", "tickets",
)  # fmt: skip


class Office:
    """Makes connectors that speak to a desk, by a clock that stands still until somebody waits."""

    def __init__(self, desk: Desk, folder: Path, clock: ManualClock) -> None:
        self.desk = desk
        self.folder = folder
        self.clock = clock
        self.warnings: list[str] = []
        self._connectors: list[HubSpot] = []

    def settings(self, **more: Any) -> Any:
        said = {"connector": "hubspot", "base_url": self.desk.url, "access_token": "pat-eu1-secret", **more}
        return HubSpot.Settings.model_validate({name: value for name, value in said.items() if value is not None})

    def runtime(self, **more: Any) -> Runtime:
        return Runtime("sales", clock=self.clock, folder=self.folder, warn=self._note, **more)

    def hubspot(self, **settings: Any) -> HubSpot:
        connector = HubSpot(self.settings(**settings), self.runtime())
        self._connectors.append(connector)
        return connector

    def close(self) -> None:
        for connector in self._connectors:
            connector.close()

    def stream(self, name: str, **settings: Any) -> Stream:
        """Return the stream *name*, which the settings have chosen."""
        connector = self.hubspot(**{"streams": [name], **settings})
        return next(each for each in connector.streams() if each.name == name)

    def pages(self, name: str, cursor: Any = None, **settings: Any) -> list[Page]:
        """Return what the stream *name* reads from *cursor*, by default everything."""
        stream = self.stream(name, **settings)
        return list(stream.pages(stream.start(None) if cursor is None else cursor))

    def _note(self, message: Message) -> None:
        self.warnings.append(str(message))
