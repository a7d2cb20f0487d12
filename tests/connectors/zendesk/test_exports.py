"""How exports are read: every change once, to the end, from the configured host only."""

from __future__ import annotations

from typing import Any

import pytest

from latido.connect import Refused
from latido.errors import CredentialError, NotOffered, VendorUnavailable
from latido.schema import Account, Contact, Ticket
from tests.connectors.zendesk.builders import (
    NOON_SECONDS,
    cursor_page,
    organization,
    ticket,
    time_page,
    user,
)
from tests.connectors.zendesk.desk import Office, recorded
from tests.desk import Desk, Says, last_cursor, rows

TICKETS = "incremental/tickets/cursor"
USERS = "incremental/users/cursor"
ORGANIZATIONS = "incremental/organizations"
RECENT = Says(422, recorded("synthetic/errors.json")["422_recent"])
JANUARY = {"cursor": "c0", "high_water": NOON_SECONDS}


def test_pages_are_read_to_the_end_and_the_last_cursor_is_kept(desk: Desk, office: Office) -> None:
    """The last page is empty and has no cursor of its own."""
    desk.on(
        TICKETS,
        cursor_page("tickets", ticket(1), after="c1", end=False),
        cursor_page("tickets", ticket(2, generated_timestamp=NOON_SECONDS + 9), after="c2", end=False),
        cursor_page("tickets", after=None),
    )

    pages = office.pages("tickets")

    assert ["1", "2"] == [row.source_id for row in rows(pages, Ticket)]
    assert [None, "c1", "c2"] == desk.params(TICKETS, "cursor")
    assert {"cursor": "c2", "high_water": NOON_SECONDS + 9} == last_cursor(pages)


def test_everything_is_read_from_the_beginning_of_time(desk: Desk, office: Office) -> None:
    desk.on(TICKETS, cursor_page("tickets"))

    office.pages("tickets")

    assert ["0"] == desk.params(TICKETS, "start_time")


def test_the_whole_set_of_parameters_is_sent_with_every_page(desk: Desk, office: Office) -> None:
    """`after_url` forgets some, and without the scope tickets that only an AI agent handled are left out."""
    desk.on(TICKETS, cursor_page("tickets", ticket(), after="c1", end=False), cursor_page("tickets", after="c2"))

    office.pages("tickets")

    assert ["all", "all"] == desk.params(TICKETS, "support_type_scope")
    assert ["metric_sets", "metric_sets"] == desk.params(TICKETS, "include")
    assert ["1000", "1000"] == desk.params(TICKETS, "per_page")


def test_an_address_in_an_answer_is_never_followed(desk: Desk, office: Office) -> None:
    """`after_url` names the account's canonical host: the request, and the credential, go to the configured one."""
    desk.on(
        TICKETS,
        cursor_page("tickets", ticket(), after="c1", end=False, after_url="http://evil.example/steal?cursor=c1"),
        cursor_page("tickets", after="c2"),
    )

    office.pages("tickets")

    assert [None, "c1"] == desk.params(TICKETS, "cursor")
    assert {desk.url.removeprefix("http://")} == {each.headers["host"] for each in desk.asked}


def test_a_row_whose_update_lies_before_the_start_is_kept(desk: Desk, office: Office) -> None:
    """System jobs move `generated_timestamp` alone."""
    desk.on(TICKETS, cursor_page("tickets", ticket(updated_at="2020-01-01T00:00:00Z")))

    assert ["1"] == [row.source_id for row in rows(office.pages("tickets", JANUARY), Ticket)]


@pytest.mark.parametrize("cursor", [{"start_time": NOON_SECONDS, "high_water": NOON_SECONDS}, JANUARY])
def test_nothing_yet_is_no_failure(desk: Desk, office: Office, cursor: Any) -> None:
    """A start that is too recent means that nothing can have changed; the cursor stays."""
    desk.on(TICKETS, cursor_page("tickets", after=None) if "cursor" in cursor else RECENT)

    pages = office.pages("tickets", cursor)

    assert [] == rows(pages, Ticket)
    assert [] == [page.cursor for page in pages if page.cursor != cursor]


def test_a_start_that_is_too_recent_is_known_without_the_wording(desk: Desk, office: Office) -> None:
    desk.on(ORGANIZATIONS, Says(422, {"error": "InvalidValue"}))
    now = int(office.clock.now().timestamp())

    assert [] == office.pages("organizations", {"start_time": now + 3600})


def test_another_refusal_of_a_start_is_a_failure(desk: Desk, office: Office) -> None:
    desk.on(TICKETS, Says(400, {"error": "InvalidPaginationParameter"}))

    with pytest.raises(Refused):
        office.pages("tickets")


def test_the_same_cursor_again_without_an_end_is_a_failure(desk: Desk, office: Office) -> None:
    desk.on(TICKETS, cursor_page("tickets", ticket(), after="c0", end=False))

    with pytest.raises(VendorUnavailable, match="keeps pointing at the same page"):
        office.pages("tickets", JANUARY)

    assert 1 == len(desk.requests(TICKETS))


@pytest.mark.parametrize("status", [400, 422])
def test_a_cursor_that_is_rejected_costs_an_hour(desk: Desk, office: Office, status: int) -> None:
    desk.on(TICKETS, Says(status, {"error": "InvalidValue"}), cursor_page("tickets", ticket(), after="c9"))

    pages = office.pages("tickets", JANUARY)

    assert [None, str(NOON_SECONDS - 3600)] == desk.params(TICKETS, "start_time")
    assert "c9" == last_cursor(pages)["cursor"]
    assert ["Zendesk no longer accepts where tickets stopped; its last hour is read again."] == office.warnings


def test_cursors_that_are_always_rejected_end(desk: Desk, office: Office) -> None:
    refusal = Says(400, {"error": "InvalidValue"})
    desk.on(TICKETS, refusal, cursor_page("tickets", ticket(), after="c9", end=False), refusal)

    with pytest.raises(Refused):
        office.pages("tickets", JANUARY)

    assert 3 == len(desk.requests(TICKETS))


def test_a_heavy_page_is_halved_at_the_same_cursor_and_grows_back(desk: Desk, office: Office) -> None:
    late = Says(504, "upstream request timeout")
    well = [cursor_page("tickets", after=f"c{n}", end=False) for n in range(1, 12)]
    desk.on(TICKETS, late, late, *well, cursor_page("tickets", after="c99"))

    office.pages("tickets", JANUARY)

    assert ["1000", "500", *["250"] * 10, "500", "500"] == desk.params(TICKETS, "per_page")
    assert ["c0", "c0", "c0", "c1"] == desk.params(TICKETS, "cursor")[:4]


def test_a_page_is_not_halved_below_125(desk: Desk, office: Office) -> None:
    desk.on(TICKETS, *[Says(504, "")] * 5, cursor_page("tickets", after="c1"))

    office.pages("tickets", JANUARY)

    assert ["1000", "500", "250", "125", "125", "125"] == desk.params(TICKETS, "per_page")


def test_users_are_read_by_cursor_too(desk: Desk, office: Office) -> None:
    desk.on(USERS, cursor_page("users", user(1), after="u1", end=False), cursor_page("users", user(2), after="u2"))

    pages = office.pages("users")

    assert ["1", "2"] == [row.source_id for row in rows(pages, Contact)]
    assert {"cursor": "u2", "high_water": NOON_SECONDS} == last_cursor(pages)


def test_a_boundary_second_that_comes_again_ends(desk: Desk, office: Office) -> None:
    one, two = organization(1), organization(2)
    desk.on(
        ORGANIZATIONS,
        time_page("organizations", one, two, end_time=NOON_SECONDS, end=False),
        time_page("organizations", two, end_time=NOON_SECONDS + 5),
    )

    pages = office.pages("organizations")

    assert ["1", "2", "2"] == [row.source_id for row in rows(pages, Account)]
    assert ["0", str(NOON_SECONDS)] == desk.params(ORGANIZATIONS, "start_time")
    assert {"start_time": NOON_SECONDS + 5} == last_cursor(pages)


def test_more_rows_in_one_second_than_fit_end(desk: Desk, office: Office) -> None:
    """A page whose end is its beginning would repeat for ever: the next second follows, and it is said."""
    stuck = time_page("organizations", organization(1), end_time=NOON_SECONDS, end=False)
    desk.on(ORGANIZATIONS, stuck, stuck, time_page("organizations", organization(2), end_time=NOON_SECONDS + 8))

    pages = office.pages("organizations")

    assert ["0", str(NOON_SECONDS), str(NOON_SECONDS + 1)] == desk.params(ORGANIZATIONS, "start_time")
    assert {"start_time": NOON_SECONDS + 8} == last_cursor(pages)
    assert [True] == [f"({NOON_SECONDS})" in warning for warning in office.warnings]


def test_an_empty_page_that_goes_nowhere_is_a_failure(desk: Desk, office: Office) -> None:
    desk.on(ORGANIZATIONS, time_page("organizations", end_time=None, end=False))

    with pytest.raises(VendorUnavailable, match="keeps pointing at the same page"):
        office.pages("organizations")


def test_a_later_run_begins_an_hour_before_the_last_end(desk: Desk, office: Office) -> None:
    desk.on(ORGANIZATIONS, time_page("organizations", end_time=None))

    pages = office.pages("organizations", {"start_time": NOON_SECONDS})

    assert [str(NOON_SECONDS - 3600)] == desk.params(ORGANIZATIONS, "start_time")
    assert {"start_time": NOON_SECONDS} == last_cursor(pages)


def test_a_short_page_ends_an_export_that_does_not_say_so(desk: Desk, office: Office) -> None:
    page = time_page("organizations", organization(), end_time=NOON_SECONDS)
    del page["end_of_stream"]
    desk.on(ORGANIZATIONS, page)

    assert 1 == len(office.pages("organizations"))


@pytest.mark.parametrize("body", [{}, {"tickets": None}, {"tickets": {}}, [], "tickets"])
def test_an_answer_without_records_is_nonsense(desk: Desk, office: Office, body: Any) -> None:
    desk.on(TICKETS, Says(200, [body]) if isinstance(body, str) else Says(200, body))

    with pytest.raises(VendorUnavailable, match="answers without"):
        office.pages("tickets")


@pytest.mark.parametrize("said", ["403_ticketing", "403_object"])
def test_what_may_not_be_read_says_who_may(desk: Desk, office: Office, said: str) -> None:
    desk.on(ORGANIZATIONS, Says(403, recorded("synthetic/errors.json")[said]))

    with pytest.raises(NotOffered, match="does not let this credential read") as caught:
        office.pages("organizations")

    assert "administrator" in str(caught.value.hint)
    assert 4 == caught.value.exit_code


def test_a_credential_that_is_rejected_ends_the_stream(desk: Desk, office: Office) -> None:
    desk.on(ORGANIZATIONS, Says(401, recorded("synthetic/errors.json")["401_ticketing"]))

    with pytest.raises(CredentialError):
        office.pages("organizations")
