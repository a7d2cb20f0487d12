"""Organizations, and the people in them and behind the desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from latido.connect import Mapping, Page, Source, computed, custom, lookup
from latido.schema import Account, Contact, User
from latido_zendesk import limits
from latido_zendesk.reading import CursorExport, TimeExport, ZendeskStream, answer, count_in, instant, listed
from latido_zendesk.transforms import link

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from latido.connect import Count, Cursor, JsonObject, Rows

STAFF = ("agent", "admin")
ERASED = "Permanently Deleted User"


def original_name() -> Source:
    """The name that an organization had before Zendesk rewrote it on deletion to `<id>_deleted_<name>`."""

    def find(organization: JsonObject) -> Any:
        name = organization.get("name")
        if organization.get("deleted_at") is None or not isinstance(name, str):
            return name
        return name.removeprefix(f"{organization.get('id')}_deleted_")

    return Source("name_before_deletion(name)", ("name", "id", "deleted_at"), lambda _context: find)


def one_later(stamp: str) -> Source:
    """A version that is greater than the one that the same moment gives by default."""

    def find(record: JsonObject) -> int | None:
        at = record.get(stamp)
        return None if at is None else round(datetime.fromisoformat(at).timestamp() * 1_000_000) + 1

    return Source(f"one_later({stamp})", (stamp,), lambda _context: find)


DELETED = computed("not", lambda active: active is False, "active")
"""`active` is the only sign: many live users have no e-mail either."""

DELETED_AT = computed("unless", lambda active, updated: updated if active is False else None, "active", "updated_at")

PERSON: dict[str, Source | str] = {
    "source_id": "id",
    "external_id": "external_id",
    "url": link("users"),
    "created_at": "created_at",
    "updated_at": "updated_at",
    "is_deleted": DELETED,
    "deleted_at": DELETED_AT,
    "custom": custom("user_fields"),
    "name": "name",
    "email": "email",
}

PEOPLE = (
    Mapping(Contact, **PERSON, phone="phone", account_id="organization_id", locale="locale", tags="tags"),
    Mapping(
        User,
        **PERSON,
        role="role",
        team=lookup("default_group_id", "groups"),
        active=computed(
            "active_unless", lambda active, suspended: bool(active and not suspended), "active", "suspended"
        ),
    ),
)


class Organizations(TimeExport):
    """Organizations. A deleted one comes back with `deleted_at`."""

    name = "organizations"
    entities = (Account,)
    mappings = (
        Mapping(
            Account,
            source_id="id",
            external_id="external_id",
            url=link("organizations"),
            created_at="created_at",
            updated_at="updated_at",
            is_deleted=computed("is_set", lambda deleted_at: deleted_at is not None, "deleted_at"),
            deleted_at="deleted_at",
            custom=custom("organization_fields"),
            name=original_name(),
            domain=computed("first_of", lambda names: names[0] if names else None, "domain_names"),
            tags="tags",
        ),
    )
    deletions = "reported"
    path = "/api/v2/incremental/organizations"
    key = "organizations"

    def count(self) -> Count:
        return counted(self, "/api/v2/organizations/count")

    def estimate(self, cursor: Cursor) -> int | None:
        return None if cursor["start_time"] else 1 + self.count().n // 1000


class Users(CursorExport):
    """People: end users are contacts, agents and administrators are users.

    Whoever changes sides is deleted on the side that they leave.
    """

    name = "users"
    entities = (Contact, User)
    mappings = PEOPLE
    reference = ("groups",)
    deletions = "reported"
    path = "/api/v2/incremental/users/cursor"
    key = "users"
    bucket = limits.USERS_EXPORT

    def lists(self) -> dict[str, Collection[str]]:
        return {self.key: {*super().lists()[self.key], "role"}}

    def changed(self, record: JsonObject) -> int:
        stamp = instant(record.get("updated_at")) if isinstance(record, dict) else None
        return int(stamp.timestamp()) if stamp else 0

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        return both_sides(self, records, cursor)

    def count(self) -> Count:
        return counted(self, "/api/v2/users/count")

    def estimate(self, cursor: Cursor) -> int | None:
        return None if cursor.get("start_time") != 0 else 1 + self.count().n // 1000


class DeletedUsers(ZendeskStream):
    """Deleted people, once a day: what remains of those who were deleted for good replaces what was known of them."""

    name = "deleted_users"
    entities = (Contact, User)
    # One later than the state in which the export told of the same deletion, whichever of the two is read first.
    mappings = tuple(Mapping(each.entity, **{**each.fields, "version": one_later("updated_at")}) for each in PEOPLE)
    reference = ("groups",)
    deletions = "reported"
    sweep = True
    optional = True
    path = "/api/v2/deleted_users"
    key = "deleted_users"

    def start(self, since: datetime | None) -> Cursor:
        del since
        return {}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        for body, _after in listed(self.connector.http, self.path, self.key):
            people = [each for each in body[self.key] if isinstance(each, dict)]
            erased = [{**each, "active": False} for each in people if each.get("name") == ERASED]
            gone: dict[str, datetime | None] = dict.fromkeys(str(each.get("id")) for each in people)
            page = both_sides(self, erased, cursor)
            yield replace(page, fetched=len(body[self.key]), deleted={Contact: gone, User: gone})


def both_sides(stream: ZendeskStream, people: Sequence[JsonObject], cursor: Cursor | None) -> Page:
    """Return the page of *people*, each on the side of their role and deleted on the other; the last state counts."""
    latest = {str(each.get("id")) if isinstance(each, dict) else repr(each): each for each in people}
    staff = {key for key, each in latest.items() if isinstance(each, dict) and each.get("role") in STAFF}
    users, bad_users = stream.rows(User, [each for key, each in latest.items() if key in staff])
    contacts, bad_contacts = stream.rows(Contact, [each for key, each in latest.items() if key not in staff])
    return Page(
        (contacts, users),
        cursor,
        len(people),
        deleted={Contact: keys(users), User: keys(contacts)},
        rejected=(*bad_contacts, *bad_users),
    )


def keys(rows: Rows) -> dict[str, datetime | None]:
    return dict.fromkeys(rows.values("source_id"))


def counted(stream: ZendeskStream, path: str) -> Count:
    """Return Zendesk's count, which is up to a day old on large accounts."""
    return count_in(answer(stream.connector.http, path))
