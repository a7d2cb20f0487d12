"""Who works with customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.connect import Mapping, Page, computed, lookup
from latido.schema import User
from latido_bitrix24.people import full_name
from latido_bitrix24.reading import BitrixStream
from latido_bitrix24.transforms import flag, moment, text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from latido.connect import Cursor

ROLES = {"employee": "employee", "extranet": "extranet", "email": "email"}
ORDER = {"sort": "ID", "order": "ASC"}


class Users(BitrixStream):
    """All users, every time, those who have left included: Bitrix24 does not tell reliably which have changed."""

    name = "users"
    entities = (User,)
    mode = "snapshot"
    mappings = (
        Mapping(
            User,
            source_id="ID",
            created_at=moment("DATE_REGISTER"),
            name=computed("full_name", full_name, "NAME", "LAST_NAME"),
            email=text("EMAIL"),
            role=lookup(text("USER_TYPE"), ROLES),
            active=flag("ACTIVE"),
        ),
    )

    def start(self, since: datetime | None) -> Cursor:
        del since
        return {}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        del cursor
        for users in self.connector.portal.listed("user.get", self.params()):
            yield self.page(users, None)
        yield Page(cursor={})

    def params(self) -> dict[str, Any]:
        return dict(ORDER)

    def probe(self) -> None:
        self.connector.portal.call("user.get", self.params())
