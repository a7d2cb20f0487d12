"""The truth, checked by hand: what is counted here was added up on paper, or stands in the KPI catalogue."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

import latido.testing
from latido.testing import Desk, Known, Period, Truth, World, truth
from latido.testing.truth import Held
from latido.testing.world import Rating, Survey, Ticket
from tests.core.testing.builders import a_ticket, at, became, said

MADRID = ZoneInfo("Europe/Madrid")
JANUARY = Period.of(date(2024, 1, 1), date(2024, 2, 1), MADRID)
TO_THE_SECOND = Known()
TO_THE_MINUTE = Known(first_reply=60)
ROOM = Path(latido.testing.__file__).parent
MODULES = [*sorted((ROOM / "truth").glob("*.py")), *sorted((ROOM / "world").glob("*.py"))]


def figure(kpi: str, *tickets: Ticket, known: Known = TO_THE_SECOND) -> Truth:
    return truth([Desk(tickets, known)], JANUARY)[kpi]


def test_resolution_and_first_response_as_in_example_28() -> None:
    """Reopened after the solve, plain, unanswered, reopened and still open, spam; the sixth needs a broken clock."""
    tickets = (
        a_ticket(
            said("2024-01-02T10:30:00Z"),
            became("2024-01-02T12:00:00Z", "solved"),
            became("2024-01-03T12:00:00Z", "open"),
            became("2024-01-04T10:00:00Z", "solved"),
        ),
        a_ticket(
            said("2024-01-05T11:30:00Z"), became("2024-01-05T14:00:00Z", "solved"), created="2024-01-05T10:00:00Z"
        ),
        a_ticket(),
        a_ticket(
            said("2024-01-02T13:00:00Z"),
            became("2024-01-03T10:00:00Z", "solved"),
            became("2024-01-04T10:00:00Z", "open"),
        ),
        a_ticket(said("2024-01-02T10:01:00Z"), fate="spam"),
    )

    assert Truth(26.0, 2) == figure("average_resolution_time", *tickets)
    assert Truth(1.5, 3, waiting=1) == figure("first_response_time", *tickets)
    assert Truth(0.5, 2, 1, 2) == figure("ticket_reopen_rate", *tickets)


def test_first_contact_resolution_as_in_example_29() -> None:
    """One reply, none, one and reopened, four, none: three of five. Unknown counts exist only in other vendors."""
    day = "2024-01-03T10:00:00Z"
    tickets = (
        a_ticket(said("2024-01-02T11:00:00Z"), became(day, "solved")),
        a_ticket(became(day, "solved")),
        a_ticket(
            said("2024-01-02T11:00:00Z"),
            became("2024-01-02T12:00:00Z", "solved"),
            became("2024-01-02T13:00:00Z", "open"),
            became(day, "solved"),
        ),
        a_ticket(*(said(f"2024-01-02T1{hour}:00:00Z") for hour in range(1, 5)), became(day, "solved")),
        a_ticket(became(day, "closed"), became(day, "solved")),
        a_ticket(said("2024-01-02T11:00:00Z")),
    )

    assert Truth(0.6, 5, 3, 5) == figure("first_contact_resolution", *tickets)


def test_thumbs_of_solved_tickets_as_in_example_42() -> None:
    asked = at("2024-01-04T10:00:00Z")
    thumbs = [Rating(asked, asked + 60, good=good) for good in (True, True, False)]
    tickets = [
        a_ticket(became("2024-01-03T10:00:00Z", "solved"), rating=each) for each in (*thumbs, Rating(asked), None)
    ]

    assert Truth(2 / 3, 3, 2, 3) == figure("ticket_csat", *tickets)


def test_opinions_count_when_they_are_given_not_when_the_ticket_is_solved() -> None:
    asked = at("2024-01-04T10:00:00Z")
    in_time, too_late = asked + 60, at("2024-02-01T00:00:00Z")
    tickets = (
        a_ticket(rating=Rating(asked, in_time, good=True)),
        a_ticket(rating=Rating(asked, too_late, good=True)),
        a_ticket(survey=Survey(asked, in_time, satisfaction=3)),
        a_ticket(survey=Survey(asked, in_time, satisfaction=4)),
        a_ticket(survey=Survey(asked, in_time, satisfaction=None, ease=7)),
    )

    assert Truth(2 / 3, 3, 2, 3) == figure("csat", *tickets)
    assert Truth(None, 0, 0, 0, reason="zero_denominator") == figure("ticket_csat", *tickets)


def test_a_changed_answer_counts_once_as_it_is_now_when_it_was_first_given() -> None:
    asked = at("2024-01-20T10:00:00Z")
    changed = Survey(asked, asked + 60, at("2024-02-03T10:00:00Z"), satisfaction=1)

    assert Truth(0.0, 1, 0, 1) == figure("csat", a_ticket(survey=changed))


def test_a_period_begins_at_midnight_where_it_is_reported() -> None:
    """In Madrid January begins at 23:00 UTC of the last day of the year."""
    first = a_ticket(became("2023-12-31T23:00:00Z", "solved"), created="2023-12-31T10:00:00Z")
    late = a_ticket(became("2024-01-31T23:00:00Z", "solved"))

    assert 1 == figure("average_resolution_time", first, late).n
    assert Truth(13.0, 1) == figure("average_resolution_time", first)


def test_a_vendor_that_tells_whole_minutes_tells_40_seconds_as_none() -> None:
    ticket = a_ticket(said("2024-01-02T10:00:40Z"))
    chat = replace(ticket, channel="chat")

    assert 0.0 == figure("first_response_time", ticket, known=TO_THE_MINUTE).value
    assert 40 / 3600 == figure("first_response_time", ticket, known=TO_THE_SECOND).value
    assert 40 / 3600 == figure("first_response_time", chat, known=TO_THE_MINUTE).value


def test_a_reply_told_in_whole_minutes_may_fall_into_the_month_before() -> None:
    ticket = a_ticket(said("2024-01-31T23:00:10Z"), created="2024-01-31T20:30:20Z")

    assert 1 == figure("first_response_time", ticket, known=TO_THE_MINUTE).n
    assert 0 == figure("first_response_time", ticket, known=TO_THE_SECOND).n


@pytest.mark.parametrize(
    ("waiting", "ticket"),
    [
        (1, a_ticket()),
        (1, a_ticket(said("2024-02-05T10:00:00Z"))),
        (1, a_ticket(became("2024-01-03T10:00:00Z", "solved"), became("2024-01-04T10:00:00Z", "open"))),
        (0, a_ticket(became("2024-01-03T10:00:00Z", "solved"))),
        (0, a_ticket(said("2024-01-03T10:00:00Z"))),
        (0, a_ticket(created="2024-02-02T10:00:00Z")),
    ],
    ids=["unanswered", "answered later", "reopened", "solved", "answered", "opened later"],
)
def test_waiting_are_those_unanswered_and_unsolved_at_the_end(waiting: int, ticket: Ticket) -> None:
    assert waiting == figure("first_response_time", ticket).waiting


def test_service_quality_is_missing_where_promises_are_not_told() -> None:
    kept = a_ticket(said("2024-01-02T11:00:00Z"), became("2024-01-02T12:00:00Z", "solved"), priority="high")
    broken = a_ticket(said("2024-01-02T18:00:00Z"), became("2024-01-02T19:00:00Z", "solved"), priority="high")

    assert Truth(0.5, 2, 1, 2) == figure("service_quality", kept, broken)
    assert "missing_field" == figure("service_quality", kept, broken, known=Known(promises=False)).reason


def test_a_thumb_that_a_vendor_keeps_off_its_tickets_is_an_answer_still() -> None:
    asked = at("2024-01-04T10:00:00Z")
    ticket = a_ticket(became("2024-01-03T10:00:00Z", "solved"), survey=Survey(asked, asked + 60, satisfaction=5))

    assert Truth(1.0, 1, 1, 1) == figure("csat", ticket, known=Known(thumbs=False))
    assert "missing_field" == figure("ticket_csat", ticket, known=Known(thumbs=False)).reason


def test_several_desks_are_one_business_each_told_as_finely_as_its_vendor_does() -> None:
    """40 seconds to the minute are none; a promise counts where its vendor tells of it."""
    ticket = a_ticket(said("2024-01-02T10:00:40Z"), became("2024-01-02T12:00:00Z", "solved"), priority="high", number=7)
    desks = [Desk([ticket], Known(first_reply=60, promises=False)), Desk([ticket, ticket], Known(thumbs=False))]

    answers = truth(desks, JANUARY)

    assert Truth(40 / 3600, 3, waiting=0) == answers["first_response_time"]
    assert Truth(1.0, 2, 2, 2) == answers["service_quality"]
    assert 3 == answers["average_resolution_time"].n


def test_nothing_happened_is_not_nought() -> None:
    before = a_ticket(created="2023-05-01T10:00:00Z", fate="deleted")
    answers = truth([Desk([before])], JANUARY)

    assert {
        "nps": "no_rows_in_period",
        "comment_rate": "zero_denominator",
        "ticket_csat": "zero_denominator",
        "csat": "no_rows_in_period",
        "first_response_time": "no_rows_in_period",
        "average_resolution_time": "no_rows_in_period",
        "first_contact_resolution": "zero_denominator",
        "ticket_reopen_rate": "zero_denominator",
        "service_quality": "zero_denominator",
    }.items() <= {kpi: each.reason for kpi, each in answers.items()}.items()


def test_who_has_no_tickets_and_asks_nobody_knows_nothing() -> None:
    reasons = {each.reason for each in truth([Desk([], Known(answers=False))], JANUARY).values()}

    assert {"no_rows"} == reasons
    assert "no_rows_in_period" == truth([Desk([])], JANUARY)["csat"].reason


@pytest.mark.parametrize("fate", ["merged", "spam", "deleted"])
def test_what_is_gone_counts_nowhere(fate: str) -> None:
    gone = a_ticket(said("2024-01-02T11:00:00Z"), became("2024-01-02T12:00:00Z", "solved"), fate=fate)

    assert {0} == {each.n for each in truth([Desk([gone])], JANUARY).values()}


def test_a_world_has_an_answer_to_every_question() -> None:
    world = World("acme", end=date(2024, 2, 1), tickets=1_000)

    year = Period.of(date(2023, 2, 1), date(2024, 2, 1), MADRID)

    answers = truth([Desk(world.tickets(), Known(holds=frozenset(get_args(Held))), world)], year)

    assert {"conversion_rate": "missing_field"} == {kpi: each.reason for kpi, each in answers.items() if each.reason}


@pytest.mark.parametrize(
    "module",
    [*sorted((ROOM / "truth").glob("*.py")), *sorted((ROOM / "world").glob("*.py"))],
    ids=lambda path: path.stem,
)
def test_the_truth_knows_nothing_of_what_it_is_there_to_check(module: Path) -> None:
    tree = ast.parse(module.read_text())
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    ours = {name for name in imported if name.split(".")[0] == "latido"}

    assert set() == {name for name in ours if not name.startswith(("latido.testing.world", "latido.testing.truth"))}
