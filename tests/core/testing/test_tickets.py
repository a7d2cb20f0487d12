"""What follows from a ticket's history."""

from __future__ import annotations

from latido.testing.world import BOT
from tests.core.testing.builders import AGENT, REQUESTER, a_ticket, at, became, said


def test_a_reply_is_public_human_and_after_the_opening() -> None:
    ticket = a_ticket(
        said("2024-01-02T10:00:05Z", BOT),
        said("2024-01-02T10:10:00Z", public=False),
        said("2024-01-02T10:20:00Z", REQUESTER),
        said("2024-01-02T10:30:00Z"),
        said("2024-01-02T11:00:00Z"),
    )

    assert 2 == len(ticket.replies)
    assert at("2024-01-02T10:30:00Z") == ticket.first_reply_at


def test_an_agent_who_opens_a_ticket_has_not_replied_yet() -> None:
    ticket = a_ticket(opened_by=AGENT)

    assert ticket.first_reply_at is None
    assert () == ticket.replies


def test_a_ticket_is_reopened_when_it_leaves_solved_for_anything_but_closed() -> None:
    ticket = a_ticket(
        became("2024-01-02T12:00:00Z", "solved"),
        became("2024-01-03T12:00:00Z", "open"),
        became("2024-01-03T13:00:00Z", "solved"),
        became("2024-01-07T13:00:00Z", "closed"),
    )

    assert 1 == ticket.reopens
    assert (at("2024-01-02T12:00:00Z"), at("2024-01-03T13:00:00Z")) == ticket.solves
    assert at("2024-01-07T13:00:00Z") == ticket.closed_at


def test_a_machine_writes_without_updating() -> None:
    ticket = a_ticket(touched_at=at("2024-02-01T00:00:00Z"))

    assert at("2024-01-02T10:00:00Z") == ticket.updated_at
    assert at("2024-02-01T00:00:00Z") == ticket.written_at


def test_erasing_does_not_move_the_update_of_a_deleted_ticket() -> None:
    ticket = a_ticket(fate="deleted", gone_at=at("2024-01-10T00:00:00Z"), erased_at=at("2024-02-09T00:00:00Z"))

    assert at("2024-01-10T00:00:00Z") == ticket.updated_at
    assert at("2024-02-09T00:00:00Z") == ticket.written_at
