"""What `latido check` says of a portal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from latido.errors import ConfigurationError
from tests.connectors.bitrix24.builders import failing
from tests.connectors.bitrix24.desk import SECRET
from tests.desk import Says

if TYPE_CHECKING:
    from latido.connect import Finding
    from tests.connectors.bitrix24.desk import BitrixDesk, Office

STREAMS = ("companies", "deals", "leads", "users")


def findings(office: Office, **settings: object) -> list[Finding]:
    return list(office.connector(**{"streams": STREAMS, **settings}).check())


def wrong(found: list[Finding]) -> list[tuple[str | None, str]]:
    return [(each.wrong, str(each.text)) for each in found if each.wrong]


def test_all_is_well(office: Office) -> None:
    """Who we are, what we were granted, and what can be read."""
    found = findings(office)

    assert [] == wrong(found)
    assert "Signed in at 127.0.0.1 as Ada Alba; scopes: crm." == str(found[0].text)
    assert [f"{name} can be read." for name in STREAMS] == [str(each.text) for each in found[1:]]


def test_somebody_who_is_no_administrator_is_warned(desk: BitrixDesk, office: Office) -> None:
    """What the role may not read is left out without a word."""
    desk.on("profile", {"result": {"ID": "7", "ADMIN": False, "NAME": "Eva", "LAST_NAME": ""}})

    ((kind, text),) = wrong(findings(office))

    assert "warning" == kind
    assert "no administrator" in text


def test_a_clock_that_differs_is_said(desk: BitrixDesk, office: Office) -> None:
    """Windows go by the portal's."""
    desk.on("server.time", {"result": "2026-01-10T15:10:00+03:00"})

    assert [("warning", "The portal's clock is 600 s ahead of this machine's.")] == wrong(findings(office))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Says(403, failing("INVALID_CREDENTIALS", "Invalid request credentials")), "credential"),
        (Says(401, failing("AUTHORIZATION_ERROR")), "credential"),
        (Says(403, failing("ACCESS_DENIED", "REST API is available only on commercial plans.")), "credential"),
        (Says(402, failing("PAYMENT_REQUIRED")), "credential"),
        (Says(302, "", {"location": "https://new.bitrix24.com/"}), "setting"),
        (Says(400, failing("INVALID_REQUEST", "Https required.")), "setting"),
        (Says(410, failing("PORTAL_DELETED")), "setting"),
        (Says(503, failing("OVERLOAD_LIMIT")), "outage"),
        (Says(500, "<html>"), "outage"),
    ],
)
def test_a_portal_that_answers_nothing_is_one_finding(
    desk: BitrixDesk, office: Office, answer: Says, kind: str
) -> None:
    """With what to do about it."""
    desk.on("profile", answer)

    (found,) = findings(office)

    assert kind == found.wrong
    assert found.fix
    assert SECRET not in f"{found.text}{found.fix}"


def test_what_may_not_be_read_is_named(desk: BitrixDesk, office: Office) -> None:
    """A portal may do without leads; without a scope there is nothing to read."""
    desk.on("user.get", Says(401, failing("insufficient_scope", "The request requires higher privileges")))
    desk.on("crm.item.list", lambda asked: failing("ACCESS_DENIED") if asked["entityTypeId"] == 1 else EMPTY)

    told = wrong(findings(office))

    assert ["warning", "credential"] == [kind for kind, _text in told]
    assert told[0][1].startswith("leads: ")
    assert "user.get" in told[1][1]


EMPTY = {"result": {"items": []}, "total": 3}


def test_fewer_records_than_expected_are_a_warning(desk: BitrixDesk, office: Office) -> None:
    """Rights filter silently, so that only who knows better notices."""
    desk.on("crm.item.list", EMPTY)

    told = wrong(findings(office, expect={"companies": 3, "deals": 4}))

    assert [("warning", "deals: 3 records are shown, and 4 were expected.")] == told


@pytest.mark.parametrize("table", ["deals", "contacts"])
def test_the_users_own_mapping_is_tried(desk: BitrixDesk, office: Office, table: str) -> None:
    """A field that is not there is a setting to be mended."""
    desk.on("crm.item.fields", {"result": {"fields": {"title": {"type": "string"}}}})

    told = wrong(findings(office, streams=("deals", "contacts"), fields={table: {"name": "titel"}}))

    assert [("setting", f"{table}: name is to come from titel, which Bitrix24 does not have.")] == told
    with pytest.raises(ConfigurationError):
        office.connector(streams=("deals", "contacts"), fields={table: {"name": "titel"}}).context()


TYPES = [{"entityTypeId": 130, "title": "Requests"}, {"entityTypeId": 134, "title": "Surveys"}]


@pytest.mark.parametrize(
    ("tickets", "place"), [(None, "spa:130"), ("spa:134", "spa:134"), ("openlines", "openlines"), ("tasks", "tasks")]
)
def test_where_tickets_are_and_might_be_is_said(
    desk: BitrixDesk, office: Office, tickets: str | None, place: str
) -> None:
    """Whoever sets tickets, or surveys, needs the numbers of the smart processes."""
    desk.on("crm.type.list", {"result": {"types": TYPES}})

    told = [str(each.text) for each in findings(office, tickets=tickets)]

    assert f"Tickets are read from {place}; smart processes: spa:130 (Requests), spa:134 (Surveys)." in told


def test_where_nobody_knows_where_tickets_are_it_is_asked(desk: BitrixDesk, office: Office) -> None:
    """Two may hold them."""
    desk.on("crm.type.list", {"result": {"types": [*TYPES, {"entityTypeId": 138, "title": "Incidents"}]}})

    told = [str(each.text) for each in findings(office)]

    named = "spa:130 (Requests), spa:134 (Surveys), spa:138 (Incidents)"
    assert f"Smart processes, one of which may hold tickets: {named}." in told


@pytest.mark.parametrize("name", ["compnies", "users", "tasks"])
def test_an_expectation_of_nothing_that_is_counted_is_a_warning(office: Office, name: str) -> None:
    """Else it would seem to be met."""
    assert [("warning", f"expect names {name}, of which no records are counted here.")] == wrong(
        findings(office, expect={name: 3})
    )
