"""HubSpot's limits: what its headers say is believed, and what they do not say is known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.connect import ACCOUNT, Refused
from latido.errors import RateLimited
from latido.schema import Contact
from latido_hubspot.limits import announced, daily, date_in
from tests.connectors.hubspot.builders import contact, found, listed
from tests.connectors.hubspot.desk import recorded
from tests.desk import Desk, Says, rows

if TYPE_CHECKING:
    from latido.testing import ManualClock
    from tests.connectors.hubspot.desk import Office


def too_many(policy: str, **headers: str) -> Says:
    said = {"status": "error", "message": f"You have reached your {policy.lower()} limit.", "policyName": policy}
    return Says(429, said, headers)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            {
                "x-hubspot-ratelimit-max": "190",
                "x-hubspot-ratelimit-interval-milliseconds": "10000",
                "x-hubspot-ratelimit-remaining": "12",
            },
            [(ACCOUNT, 190, 12, 10.0)],
        ),
        (
            {"x-hubspot-ratelimit-max": "19", "x-hubspot-ratelimit-interval-milliseconds": "1000"},
            [(ACCOUNT, 190, None, 1.0)],
        ),
        ({"x-hubspot-ratelimit-max": "110"}, [(ACCOUNT, 110, None, 10.0)]),
        ({"x-hubspot-ratelimit-max": "many"}, []),
        ({"x-hubspot-ratelimit-daily": "250000"}, []),
        ({}, []),
    ],
)
def test_headers_are_read_leniently(headers: dict[str, str], expected: list[object]) -> None:
    assert expected == list(announced(headers))


def test_recorded_headers_tell_the_limit_of_the_app() -> None:
    headers = recorded("contacts_list_page_v3.json")["response"]["headers"]

    assert [(ACCOUNT, 100, 99, 10.0)] == list(announced(headers))
    assert (250_000, 249_981) == daily(headers)


def test_recorded_answers_of_the_search_tell_only_of_the_day() -> None:
    headers = recorded("meetings_search_v3.json")["response"]["headers"]

    assert ([], (250_000, 249_973)) == (list(announced(headers)), daily(headers))


def test_the_time_of_an_answer_is_hubspots() -> None:
    assert datetime(2026, 11, 1, 6, tzinfo=UTC) == date_in({"date": "Sun, 01 Nov 2026 06:00:00 GMT"})
    assert date_in({"date": "yesterday"}) is None
    assert date_in({}) is None


def seconds_for(desk: Desk, office: Office, clock: ManualClock, requests: int, headers: dict[str, str]) -> float:
    pages = [listed(contact(n), after=n if n < requests else None) for n in range(1, requests + 1)]
    desk.on("contacts", *[Says(200, page, headers) for page in pages], listed())
    began = clock.monotonic()
    assert requests == len(rows(office.pages("contacts"), Contact))
    return clock.monotonic() - began


def test_an_app_asks_a_hundred_times_in_ten_seconds(desk: Desk, office: Office, clock: ManualClock) -> None:
    """All of it: the limit is this app's alone."""
    assert 20 <= seconds_for(desk, office, clock, 201, {}) <= 21


def test_a_greater_limit_is_used_as_soon_as_a_header_tells_of_it(
    desk: Desk, office: Office, clock: ManualClock
) -> None:
    told = {"X-HubSpot-RateLimit-Max": "190", "X-HubSpot-RateLimit-Interval-Milliseconds": "10000"}

    assert 10 <= seconds_for(desk, office, clock, 201, told) <= 11


def test_the_search_leaves_one_request_a_second_to_others(desk: Desk, office: Office, clock: ManualClock) -> None:
    """Its five are shared by all apps of the account, and no header tells how many they take."""
    stream = office.stream("contacts")
    now = int(clock.now().timestamp() * 1000)
    pages = [found(contact(n), total=20, after=n if n < 20 else None) for n in range(1, 21)]
    desk.on("contacts/search", *pages)
    began = clock.monotonic()

    list(stream.pages({"best": now, "complete": now, "swept": now}))

    assert 4 <= clock.monotonic() - began <= 5


@pytest.mark.parametrize("policy", ["SECONDLY", "TEN_SECONDLY_ROLLING", ""])
def test_a_short_limit_is_waited_for(desk: Desk, office: Office, clock: ManualClock, policy: str) -> None:
    """HubSpot says seldom how long."""
    desk.on("contacts", too_many(policy), listed(contact(1)), listed())
    began = clock.monotonic()

    assert 1 == len(rows(office.pages("contacts"), Contact))
    assert 2 <= clock.monotonic() - began <= 12


def test_a_wait_that_is_announced_is_kept(desk: Desk, office: Office, clock: ManualClock) -> None:
    desk.on("contacts", too_many("TEN_SECONDLY_ROLLING", **{"Retry-After": "30"}), listed(contact(1)), listed())
    began = clock.monotonic()

    office.pages("contacts")

    assert 30 <= clock.monotonic() - began <= 32


def test_the_limit_of_the_day_ends_the_run(desk: Desk, office: Office, clock: ManualClock) -> None:
    """It is renewed at midnight: nobody waits for that in a process."""
    desk.on("contacts", too_many("DAILY"))
    began = clock.monotonic()

    with pytest.raises(RateLimited, match="daily limit"):
        office.pages("contacts")

    assert (1, 0) == (len(desk.requests("contacts")), clock.monotonic() - began)


def test_what_is_locked_is_waited_for(desk: Desk, office: Office, clock: ManualClock) -> None:
    desk.on("contacts", Says(423, {"message": "locked"}), listed(contact(1)), listed())
    began = clock.monotonic()

    assert 1 == len(rows(office.pages("contacts"), Contact))
    assert 2 <= clock.monotonic() - began


def test_an_account_that_moves_ends_the_run(desk: Desk, office: Office) -> None:
    """To another data centre, for up to a day."""
    desk.on("contacts", Says(477, {"message": "account is being migrated"}, {"Retry-After": "86400"}))

    with pytest.raises(RateLimited):
        office.pages("contacts")

    assert 1 == len(desk.requests("contacts"))


@pytest.mark.parametrize("status", [500, 502, 503, 504, 521, 522, 523, 524])
def test_a_failing_edge_is_asked_again(desk: Desk, office: Office, status: int) -> None:
    desk.on("contacts", Says(status, "<html>bad gateway</html>"), listed(contact(1)), listed())

    assert 1 == len(rows(office.pages("contacts"), Contact))


def test_an_address_that_is_too_long_is_not_asked_again(desk: Desk, office: Office) -> None:
    desk.on("contacts", Says(414, "<html>URI too long</html>"))

    with pytest.raises(Refused, match="414"):
        office.pages("contacts")

    assert 1 == len(desk.requests("contacts"))


def test_a_page_that_was_throttled_without_json_is_waited_for(desk: Desk, office: Office) -> None:
    answers: list[Any] = [Says(429, "<html>slow down</html>"), listed(contact(1)), listed()]
    desk.on("contacts", *answers)

    assert 1 == len(rows(office.pages("contacts"), Contact))
