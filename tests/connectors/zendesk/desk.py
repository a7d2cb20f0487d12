"""A help desk on this machine that says what a test, or a recording, lets it say."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from latido_zendesk.connector import Zendesk
from tests import desk, office
from tests.desk import Desk, Says

RECORDED = Path(__file__).parent / "recorded"


def recorded(name: str) -> Any:
    """Return a recorded answer."""
    return desk.recorded(RECORDED / name)


class ZendeskDesk(Desk):
    """An account in which everybody may read everything, and nothing is."""

    below = "/api/v2/"

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.on("/oauth/tokens", {"access_token": "secret-access", "token_type": "bearer", "expires_in": None})
        self.on("users/me", {"user": {"id": 7001, "name": "Zoe", "role": "admin", "active": True}})
        for table in ("groups", "custom_statuses", "users", "ticket_fields", "user_fields", "organization_fields"):
            self.on(table, {table: []})

    def spelled(self, path: str) -> str:
        return path.removesuffix(".json")

    def unknown(self) -> Says:
        return Says(404, {"error": "InvalidEndpoint", "description": "Not found"})


class Office(office.Office[Zendesk]):
    vendor = Zendesk
    source = "support"
    desks = ZendeskDesk
    credential: ClassVar = {"client_id": "latido", "client_secret": "the-secret"}
