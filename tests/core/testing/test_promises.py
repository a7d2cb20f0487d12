"""Promises are kept, broken, or still open."""

from __future__ import annotations

from latido.testing.world import Promise, promises, promises_kept
from tests.core.testing.builders import AGENT, a_ticket, at, became, said


def replied(stamp: str) -> Promise:
    return promises(a_ticket(said(stamp), priority="high"))[0]


def test_a_first_reply_in_time_keeps_the_promise() -> None:
    promise = replied("2024-01-02T14:00:00Z")

    assert not promise.broken
    assert ("reply_time", at("2024-01-02T14:00:00Z")) == (promise.metric, promise.kept_at)


def test_a_first_reply_a_second_late_breaks_it() -> None:
    assert replied("2024-01-02T14:00:01Z").broken


def test_nothing_is_known_while_nobody_has_replied() -> None:
    assert promises_kept(a_ticket(priority="low")) is None


def test_solving_without_a_reply_keeps_it_too() -> None:
    assert promises_kept(a_ticket(became("2024-01-02T13:00:00Z", "solved"), priority="normal")) is True


def test_nothing_is_promised_without_priority_or_to_agents_themselves() -> None:
    assert [] == promises(a_ticket())
    assert [] == promises(a_ticket(opened_by=AGENT, priority="urgent"))


def test_waiting_pauses_while_the_requester_is_asked() -> None:
    """Twelve hours for urgent tickets: two hours waited, a day of pause, nine hours more."""
    ticket = a_ticket(
        said("2024-01-02T10:30:00Z"),
        became("2024-01-02T12:00:00Z", "pending"),
        became("2024-01-03T12:00:00Z", "open"),
        became("2024-01-03T21:00:00Z", "solved"),
        priority="urgent",
    )

    assert [("requester_wait_time", None)] == [(each.metric, each.due_at) for each in promises(ticket)[1:]]
    assert promises_kept(ticket) is True


def test_waiting_too_long_breaks_the_promise_when_it_is_used_up() -> None:
    ticket = a_ticket(
        said("2024-01-02T10:30:00Z"),
        became("2024-01-02T12:00:00Z", "pending"),
        became("2024-01-03T12:00:00Z", "open"),
        became("2024-01-04T12:00:00Z", "solved"),
        priority="urgent",
    )

    assert [at("2024-01-03T22:00:00Z")] == [each.due_at for each in promises(ticket)[1:]]
    assert promises_kept(ticket) is False


def test_each_opening_is_a_promise_of_its_own() -> None:
    ticket = a_ticket(
        said("2024-01-02T10:30:00Z"),
        became("2024-01-02T11:00:00Z", "solved"),
        became("2024-01-03T11:00:00Z", "open"),
        priority="urgent",
    )

    waits = promises(ticket)[1:]

    assert [(1, at("2024-01-02T11:00:00Z")), (2, None)] == [(each.instance, each.kept_at) for each in waits]
    assert at("2024-01-03T23:00:00Z") == waits[1].due_at
