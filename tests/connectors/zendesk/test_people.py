"""What becomes of organizations and people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from latido.schema import Account, Contact, User
from tests.connectors.zendesk.builders import cursor_page, list_page, organization, time_page, user
from tests.desk import Desk, rows

if TYPE_CHECKING:
    from latido.connect import Page
    from tests.connectors.zendesk.desk import Office

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def accounts(desk: Desk, office: Office, *organizations: Any) -> list[Any]:
    desk.on("incremental/organizations", time_page("organizations", *organizations, end_time=1))
    return rows(office.pages("organizations"), Account)


def people(desk: Desk, office: Office, *users: Any) -> Page:
    desk.on("incremental/users/cursor", cursor_page("users", *users))
    (page,) = office.pages("users")
    return page


def test_an_organization_is_mapped_field_by_field(desk: Desk, office: Office) -> None:
    known = organization(
        external_id="crm-1", tags=["gold"], organization_fields={"plan": "pro", "seats": None}, details="secret"
    )

    (row,) = accounts(desk, office, known)

    assert ("501", "crm-1", "Rebel Alliance") == (row.source_id, row.external_id, row.name)
    assert "https://acme.zendesk.com/agent/organizations/501" == row.url
    assert ("hoth.example", ("gold",)) == (row.domain, row.tags)
    assert (False, None, NOON) == (row.is_deleted, row.deleted_at, row.updated_at)
    assert {"plan": "pro", "seats": None} == row.custom


def test_an_organization_without_domains_has_none(desk: Desk, office: Office) -> None:
    (row,) = accounts(desk, office, organization(domain_names=[]))

    assert row.domain is None


def test_a_deleted_organization_gets_its_name_back(desk: Desk, office: Office) -> None:
    """Zendesk rewrites it to `<id>_deleted_<name>`."""
    gone = organization(name="501_deleted_Rebel Alliance", deleted_at="2026-01-05T12:00:00Z")

    (row,) = accounts(desk, office, gone)

    assert ("Rebel Alliance", True, NOON) == (row.name, row.is_deleted, row.deleted_at)


def test_an_end_user_is_a_contact(desk: Desk, office: Office) -> None:
    page = people(desk, office, user(phone="+34600000000", external_id="crm-9", tags=["vip"], user_fields={"age": 7}))

    (row,) = rows([page], Contact)
    assert ("9001", "crm-9", "Ana Ruiz", "ana@example.com") == (row.source_id, row.external_id, row.name, row.email)
    assert ("+34600000000", "501", "es", ("vip",)) == (row.phone, row.account_id, row.locale, row.tags)
    assert ({"age": 7}, False, None) == (row.custom, row.is_deleted, row.deleted_at)
    assert "https://acme.zendesk.com/agent/users/9001" == row.url
    assert [] == rows([page], User)


def test_an_agent_is_a_user_with_role_and_team(desk: Desk, office: Office) -> None:
    desk.on("groups", list_page("groups", {"id": 301, "name": "Support"}))

    page = people(desk, office, user(7001, role="agent", default_group_id=301))

    (row,) = rows([page], User)
    assert ("7001", "Ana Ruiz", "agent", "Support", True) == (row.source_id, row.name, row.role, row.team, row.active)
    assert [] == rows([page], Contact)


def test_a_suspended_agent_is_not_active_and_not_deleted(desk: Desk, office: Office) -> None:
    (row,) = rows([people(desk, office, user(7001, role="admin", suspended=True))], User)

    assert (False, False) == (row.active, row.is_deleted)


def test_a_deleted_user_is_told_by_active_alone(desk: Desk, office: Office) -> None:
    """Many live users have no e-mail either."""
    page = people(desk, office, user(1, email=None), user(2, email=None, active=False))

    assert [(False, None), (True, NOON)] == [(row.is_deleted, row.deleted_at) for row in rows([page], Contact)]


def test_who_changes_sides_is_deleted_on_the_side_left(desk: Desk, office: Office) -> None:
    page = people(desk, office, user(1), user(7001, role="agent"))

    assert {Contact: {"7001": None}, User: {"1": None}} == page.deleted


def test_of_two_states_on_one_page_the_later_counts(desk: Desk, office: Office) -> None:
    page = people(desk, office, user(1), user(1, role="agent"))

    assert ([], ["1"]) == (rows([page], Contact), [row.source_id for row in rows([page], User)])


def test_a_user_of_wrong_types_is_put_aside(desk: Desk, office: Office) -> None:
    page = people(desk, office, user(1, created_at="soon"), user(2), None)

    assert ["2"] == [row.source_id for row in rows([page], Contact)]
    assert 2 == len(page.rejected)


def test_who_was_deleted_for_good_leaves_no_personal_data(desk: Desk, office: Office) -> None:
    """What remains replaces what the export said of the same moment, whichever comes first."""
    gone = user(1, active=False)
    erased = user(1, name="Permanently Deleted User", email=None, active=False, user_fields={})
    desk.on("deleted_users", list_page("deleted_users", user(2, active=False), erased))

    (page,) = office.pages("deleted_users")

    (row,) = rows([page], Contact)
    assert ("Permanently Deleted User", None, True) == (row.name, row.email, row.is_deleted)
    assert row.version > rows([people(desk, office, gone)], Contact)[0].version
    assert {Contact: {"2": None, "1": None}, User: {"2": None, "1": None}} == page.deleted
