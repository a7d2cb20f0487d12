"""Who works with customers: the owners that records name, those who have left included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.connect import Mapping, Page, computed, lookup
from latido.schema import User
from latido_hubspot.people import full_name
from latido_hubspot.reading import HubSpotStream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from latido.connect import Cursor, JsonObject

ROLES = {"PERSON": "owner", "QUEUE": "queue"}


def own_team(teams: Sequence[JsonObject] | None) -> Any:
    """Return the name of the primary one of *teams*, else of the first."""
    ranked = sorted(teams or (), key=lambda team: not team.get("primary"))
    return ranked[0].get("name") if ranked else None


class Owners(HubSpotStream):
    """All owners, every time: HubSpot does not tell which have changed.

    They are listed twice. Without the archived ones, records of former colleagues would name nobody.
    """

    name = "owners"
    entities = (User,)
    mode = "snapshot"
    mappings = (
        Mapping(
            User,
            source_id="id",
            created_at="createdAt",
            updated_at="updatedAt",
            name=computed("full_name", full_name, "firstName", "lastName"),
            email="email",
            role=lookup("type", ROLES),
            team=computed("own_team", own_team, "teams"),
            active=computed("not", lambda archived: not archived, "archived"),
        ),
    )

    def start(self, since: datetime | None) -> Cursor:
        del since
        return {}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        del cursor
        for archived in ("false", "true"):
            for owners in self.listed(self.connector.paths.owners, {"archived": archived}):
                yield self.page(owners, None)
        yield Page(cursor={})

    def probe(self) -> None:
        self.connector.get(self.connector.paths.owners, {"limit": 1})
