"""The worked examples of the KPI catalogue that concern support, to six decimals.

The default period is January 2024, the time zone Europe/Madrid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from latido.config import Schedule
from tests.core.metrics.loading import MADRID, answer, engine, replies, reply, solved, ticket, tickets

if TYPE_CHECKING:
    from pathlib import Path

    from latido.metrics import Answer, Engine


def rounded(found: Answer, *names: str) -> list[Any]:
    """Return fields or parts of an answer to six decimals."""
    values = [getattr(found, name) if hasattr(found, name) else found.parts.get(name) for name in names]
    return [round(value, 6) if isinstance(value, float) else value for value in values]


def desk(opens: int, closes: int) -> dict[str, Schedule]:
    """Return a schedule, open every day between two hours of Madrid."""
    hours = dict.fromkeys(range(7), ((opens * 60, closes * 60),))
    return {"desk": Schedule("desk", MADRID, hours, frozenset())}


def test_e02_nobody_answered_in_the_period(tmp_path: Path) -> None:
    figures = engine(tmp_path, replies(reply("1", 9, (0, 10), kind="nps", answered_at="2024-02-03T12:00Z")))

    assert [None, "no_rows_in_period"] == rounded(answer(figures, "csat"), "value", "reason")


def test_e08_csat_on_one_to_five(tmp_path: Path) -> None:
    figures = engine(tmp_path, replies(*(reply(str(n), score) for n, score in enumerate((5, 4, 4, 2, 1, 1)))))

    assert [0.5, 6, 0.187616, 0.812384] == rounded(answer(figures, "csat"), "value", "n", "lower", "upper")
    assert [0.566667] == rounded(answer(figures, "csat(variant=mean_of_max)"), "value")
    assert [0.458333] == rounded(answer(figures, "csat(variant=mean_normalised)"), "value")


def test_e09_csat_on_five_scales(tmp_path: Path) -> None:
    given = [(4, (1, 5)), (5, (1, 7)), (6, (1, 7)), (1, (0, 1)), (2, (1, 3))]
    figures = engine(tmp_path, replies(*(reply(str(n), *each) for n, each in enumerate(given))))

    assert [0.6, 3, 5] == rounded(answer(figures, "csat"), "value", "numerator", "n")


@pytest.fixture
def e28(tmp_path: Path) -> Engine:
    second = {"created_at": "2024-01-05T10:00Z", "first_reply_at": "2024-01-05T11:30Z", "agent_replies": 1}
    return engine(
        tmp_path,
        tickets(
            solved(
                "t1",
                "2024-01-04T10:00Z",
                first_reply_at="2024-01-02T10:30Z",
                first_solved_at="2024-01-02T12:00Z",
                agent_replies=2,
                reopens=1,
            ),
            solved("t2", "2024-01-05T14:00Z", first_solved_at="2024-01-05T14:00Z", reopens=0, **second),
            ticket("t3", agent_replies=0, reopens=0),
            ticket("t4", first_reply_at="2024-01-02T13:00Z", solved_at="2024-01-02T15:00Z", reopens=1),
            solved("t5", first_reply_at="2024-01-02T11:00Z", reopens=0, is_spam=True),
            solved("t6", "2024-01-09T09:00Z", created_at="2024-01-09T10:00Z", agent_replies=0, reopens=0),
        ),
    )


def test_e28_resolution_of_a_ticket_that_was_reopened(e28: Engine) -> None:
    assert [26.0, 2] == rounded(answer(e28, "average_resolution_time"), "value", "n")
    assert [3.0] == rounded(answer(e28, "average_resolution_time(which=first)"), "value")
    assert [43.6] == rounded(answer(e28, "average_resolution_time(stat=p90)"), "value")


def test_e28_first_response_and_who_still_waits(e28: Engine) -> None:
    assert [1.5, 3, None, 1] == rounded(answer(e28, "first_response_time"), "value", "n", "lower", "waiting")
    assert [1.666667] == rounded(answer(e28, "first_response_time(stat=mean)"), "value")
    assert [0.333333] == rounded(answer(e28, "ticket_reopen_rate"), "value")


def test_e29_first_contact_resolution(tmp_path: Path) -> None:
    known = [("t1", 1, 0), ("t2", 0, 0), ("t3", 1, 1), ("t4", 3, 0), ("t5", None, 0), ("t6", 0, 0)]
    done = [solved(name, agent_replies=replied, reopens=reopens) for name, replied, reopens in known]
    figures = engine(tmp_path, tickets(*done, ticket("t7", agent_replies=1, reopens=0)))

    assert [0.6, 3, 5] == rounded(answer(figures, "first_contact_resolution"), "value", "numerator", "denominator")
    assert [0.4] == rounded(answer(figures, "first_contact_resolution(variant=strict_one_reply)"), "value")
    received = answer(figures, "first_contact_resolution(variant=over_received)")
    assert [0.5, 6] == rounded(received, "value", "denominator")


def test_e30_business_hours_over_the_spring_clock_change(tmp_path: Path) -> None:
    given = ticket("1", "2024-03-30T12:00Z", first_reply_at="2024-03-31T12:00Z")
    figures = engine(tmp_path, tickets(given), schedules=desk(9, 18))

    assert [24.0] == rounded(answer(figures, "first_response_time", "2024-03"), "value")
    assert [10.0] == rounded(answer(figures, "first_response_time(schedule=desk)", "2024-03"), "value")


def test_e31_night_desk_on_both_clock_changes(tmp_path: Path) -> None:
    spring = ticket("1", "2024-03-30T23:00Z", first_reply_at="2024-03-31T10:00Z")
    autumn = ticket("2", "2024-10-26T22:00Z", first_reply_at="2024-10-27T10:00Z")
    figures = engine(tmp_path, tickets(spring, autumn), schedules=desk(0, 8))

    assert [8.0] == rounded(answer(figures, "first_response_time(schedule=desk, stat=mean)", "2024"), "value")
    assert [11.5] == rounded(answer(figures, "first_response_time(stat=mean)", "2024"), "value")


def test_e32_median_and_its_interval(tmp_path: Path) -> None:
    hours = (1, 2, 3, 4, 5, 6, 7, 8, 9, 100)
    replied = [f"2024-01-{2 + (10 + each) // 24:02}T{(10 + each) % 24:02}:00Z" for each in hours]
    figures = engine(tmp_path, tickets(*(ticket(at, first_reply_at=at) for at in replied)))

    assert [5.5, 2.0, 9.0] == rounded(answer(figures, "first_response_time"), "value", "lower", "upper")
    assert [18.1] == rounded(answer(figures, "first_response_time(stat=p90)"), "value")
    assert [14.5] == rounded(answer(figures, "first_response_time(stat=mean)"), "value")


def test_e42_ticket_satisfaction(tmp_path: Path) -> None:
    rated = ("good", "good", "bad", "offered", "none")
    figures = engine(tmp_path, tickets(*(solved(str(n), csat=csat) for n, csat in enumerate(rated))))

    found = rounded(answer(figures, "ticket_csat"), "value", "denominator", "lower", "upper")
    assert [0.666667, 3, 0.20766, 0.938508] == found


def test_period_begins_and_ends_at_local_midnight(tmp_path: Path) -> None:
    """The edges of E07, for answers and for tickets."""
    first, last, out = "2023-12-31T23:00:00Z", "2024-01-31T22:59:59Z", "2024-01-31T23:30:00Z"
    given = replies(*(reply(str(n), 5, answered_at=at) for n, at in enumerate((first, last, out))))
    done = tickets(*(solved(at, at, created_at=first, csat="good", reopens=0) for at in (first, last, out)))
    figures = engine(tmp_path, {**given, **done})

    assert 2 == answer(figures, "csat").n
    assert 2 == answer(figures, "ticket_csat").n
    assert 2 == answer(figures, "average_resolution_time").n
