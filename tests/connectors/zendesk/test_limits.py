"""Zendesk's limits: what its headers say is believed, and what they do not say is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from latido.connect import ACCOUNT
from latido.schema import Ticket
from latido_zendesk.limits import announced
from tests.connectors.zendesk.builders import cursor_page, ticket
from tests.connectors.zendesk.desk import Office, recorded
from tests.desk import Desk, Says, rows

if TYPE_CHECKING:
    from latido.testing import ManualClock

EXPORT = "incremental/tickets/cursor"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"x-rate-limit": "700", "x-rate-limit-remaining": "694"}, [(ACCOUNT, 700, 694, None)]),
        (
            {"RateLimit-Limit": "400", "RateLimit-Remaining": "0", "RateLimit-Reset": "43"},
            [(ACCOUNT, 400, 0, 43)],
        ),
        ({"rate-limit": "700", "rate-limit-remaining": "7"}, [(ACCOUNT, 700, 7, None)]),
        (
            {"zendesk-ratelimit-incremental-exports": "total=10; remaining=9; resets=6"},
            [("incremental-exports", 10, 9, 6)],
        ),
        (
            {"Zendesk-RateLimit-Incremental-Exports-Cursor": "total=20;remaining=3"},
            [("incremental-exports-cursor", 20, 3, None)],
        ),
        (
            {"zendesk-ratelimit-tickets-index": "nonsense", "x-rate-limit": "many"},
            [("tickets-index", None, None, None)],
        ),
        ({}, []),
    ],
)
def test_headers_are_read_leniently(headers: dict[str, str], expected: list[object]) -> None:
    assert expected == list(announced(headers))


def test_recorded_headers_tell_the_limit_of_the_account() -> None:
    (first, *_rest) = recorded("node-zendesk/organizations_test_list_all.json")

    assert [(ACCOUNT, 700, 694, 43)] == list(announced(first["response"]["headers"]))


def minutes_for(desk: Desk, office: Office, clock: ManualClock, requests: int, headers: dict[str, str]) -> float:
    pages = [cursor_page("tickets", ticket(n), after=f"c{n}", end=n == requests) for n in range(1, requests + 1)]
    desk.on(EXPORT, *[Says(200, page, headers) for page in pages])
    began = clock.monotonic()
    assert requests == len(rows(office.pages("tickets"), Ticket))
    return (clock.monotonic() - began) / 60


def test_exports_keep_to_ten_a_minute_where_no_header_says_otherwise(
    desk: Desk, office: Office, clock: ManualClock
) -> None:
    """Recordings of incremental calls carry no header of the endpoint at all."""
    assert 2 <= minutes_for(desk, office, clock, 21, {}) <= 2.1


def test_an_add_on_is_used_as_soon_as_a_header_tells_of_it(desk: Desk, office: Office, clock: ManualClock) -> None:
    told = {"zendesk-ratelimit-incremental-exports": "total=30; remaining=29; resets=60"}

    assert minutes_for(desk, office, clock, 21, told) < 0.1


@pytest.mark.parametrize(
    ("headers", "between"),
    [({"Retry-After": "0"}, (1, 3)), ({"Retry-After": "30"}, (30, 32)), ({}, (1, 61))],
)
@pytest.mark.parametrize("said", ["429", "429_edge"])
def test_a_refused_request_waits_as_long_as_it_is_told(
    desk: Desk, office: Office, clock: ManualClock, said: str, headers: dict[str, str], between: tuple[int, int]
) -> None:
    """`Retry-After` may be zero, or missing: then the next full minute is the limit."""
    desk.on(EXPORT, Says(429, recorded("synthetic/errors.json")[said], headers), cursor_page("tickets", ticket()))

    office.pages("tickets")

    assert between[0] <= clock.passed <= between[1]


def test_the_pace_of_a_stream_is_that_of_its_narrowest_limit(office: Office) -> None:
    paces = {each.name: pace.per_minute for each in office.connector().streams() if (pace := each.pace())}

    assert (10, 20, 10) == (paces["tickets"], paces["users"], paces["organizations"])
    assert paces["survey_responses"] == paces["deleted_users"]
