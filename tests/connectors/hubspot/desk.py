"""A HubSpot account on this machine that says what a test, or a recording, lets it say."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from latido_hubspot.connector import HubSpot
from tests import desk, office
from tests.desk import Desk, Says

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


class Office(office.Office[HubSpot]):
    vendor = HubSpot
    source = "sales"
    desks = HubSpotDesk
    credential: ClassVar = {"access_token": "pat-eu1-secret"}
