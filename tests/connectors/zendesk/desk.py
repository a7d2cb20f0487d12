"""A help desk on this machine that says what a test, or a recording, lets it say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from latido.connect import Runtime
from latido_zendesk.connector import Zendesk
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


class Office:
    """Makes connectors that speak to a desk, by a clock that stands still until somebody waits."""

    def __init__(self, desk: Desk, folder: Path, clock: ManualClock) -> None:
        self.desk = desk
        self.folder = folder
        self.clock = clock
        self.warnings: list[str] = []
        self._connectors: list[Zendesk] = []

    def settings(self, **more: Any) -> Any:
        said = {"connector": "zendesk", "base_url": self.desk.url, "client_id": "latido", "client_secret": "the-secret"}
        return Zendesk.Settings.model_validate({**said, **more})

    def runtime(self, **more: Any) -> Runtime:
        return Runtime("support", clock=self.clock, folder=self.folder, warn=self._note, **more)

    def zendesk(self, **settings: Any) -> Zendesk:
        connector = Zendesk(self.settings(**settings), self.runtime())
        self._connectors.append(connector)
        return connector

    def close(self) -> None:
        for connector in self._connectors:
            connector.close()

    def stream(self, name: str, **settings: Any) -> Stream:
        """Return the stream *name*, which the settings have chosen."""
        connector = self.zendesk(**{"streams": [name], **settings})
        return next(each for each in connector.streams() if each.name == name)

    def pages(self, name: str, cursor: Any = None, **settings: Any) -> list[Page]:
        """Return what the stream *name* reads from *cursor*, by default everything."""
        stream = self.stream(name, **settings)
        return list(stream.pages(stream.start(None) if cursor is None else cursor))

    def _note(self, message: Message) -> None:
        self.warnings.append(str(message))
