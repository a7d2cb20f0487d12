"""Who works with customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.schema import User
from tests.connectors.hubspot.builders import CHANGED, CREATED, listed
from tests.desk import Desk, rows

if TYPE_CHECKING:
    from tests.connectors.hubspot.desk import Office

OWNERS = "/crm/v3/owners"


def owner(key: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": str(key), "email": "zoe@acme.example", "type": "PERSON", "firstName": "Zoe", "lastName": "Paz",
        "userId": 2_506_672, "userIdIncludingInactive": 2_506_672, "createdAt": CREATED, "updatedAt": CHANGED,
        "archived": False, **more,
    }  # fmt: skip


def users(desk: Desk, office: Office, here: tuple[Any, ...], left: tuple[Any, ...] = ()) -> list[Any]:
    desk.on(OWNERS, listed(*here), listed(*left))
    return rows(office.pages("owners"), User)


def test_an_owner_is_known_by_the_id_that_records_name(desk: Desk, office: Office) -> None:
    """The id of the user is another one."""
    (row,) = users(desk, office, (owner(7),))

    assert ("7", "Zoe Paz", "zoe@acme.example", "owner", True) == (
        row.source_id, row.name, row.email, row.role, row.active,
    )  # fmt: skip


def test_owners_who_have_left_are_listed_apart_and_kept(desk: Desk, office: Office) -> None:
    here, left = users(desk, office, (owner(7),), (owner(8, archived=True, userId=None),))

    assert [("7", True), ("8", False)] == [(row.source_id, row.active) for row in (here, left)]
    assert [False, False] == [row.is_deleted for row in (here, left)]
    assert ["false", "true"] == desk.params(OWNERS, "archived")


def test_a_queue_is_no_person(desk: Desk, office: Office) -> None:
    (row,) = users(desk, office, (owner(7, type="QUEUE", firstName=None, lastName=""),))

    assert ("queue", None) == (row.role, row.name)


def test_the_team_is_the_primary_one(desk: Desk, office: Office) -> None:
    teams = [{"id": "1", "name": "Sales", "primary": False}, {"id": "2", "name": "Support", "primary": True}]

    first, second, third = users(desk, office, (owner(7, teams=teams), owner(8, teams=teams[:1]), owner(9)))

    assert ["Support", "Sales", None] == [row.team for row in (first, second, third)]


def test_owners_are_read_page_by_page(desk: Desk, office: Office) -> None:
    desk.on(OWNERS, listed(owner(7), after="NTI1"), listed(owner(8)), listed())

    assert ["7", "8"] == [row.source_id for row in rows(office.pages("owners"), User)]
    assert [None, "NTI1", None] == desk.params(OWNERS, "after")
