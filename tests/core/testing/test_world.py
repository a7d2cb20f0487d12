"""The imaginary business is the same for everybody who imagines it with the same seed."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, date, datetime

from latido.testing import World
from latido.testing.world import DAY, Ticket

END = date(2026, 11, 1)


def moments(ticket: Ticket) -> list[int]:
    """Return every instant that *ticket* names, but for those that lie ahead on purpose."""
    named = [ticket.gone_at, ticket.erased_at, ticket.touched_at, ticket.written_at]
    said, became = [each.at for each in ticket.comments], [each.at for each in ticket.steps]
    given = [each.at for each in ticket.assignments]
    return [*said, *became, *given, *(at for at in named if at is not None)]


def test_the_seed_and_the_end_determine_everything() -> None:
    one, other = (World("acme", end=END, tickets=150) for _ in range(2))

    assert list(one.tickets()) == list(other.tickets())
    assert list(one.people()) == list(other.people())
    assert list(one.customers()) == list(other.customers())
    assert list(one.agents()) == list(other.agents())


def test_another_seed_is_another_business() -> None:
    one, other = (World(seed, end=END, tickets=20) for seed in ("acme", "globex"))

    assert [each.subject for each in one.tickets()] != [each.subject for each in other.tickets()]


def test_any_ticket_can_be_made_alone() -> None:
    """So that whoever needs ticket 999,999 does not make the others first."""
    world = World("acme", end=END, tickets=1_000_000)

    last = world.ticket(999_999)

    assert last == World("acme", end=END, tickets=1_000_000).ticket(999_999)
    assert world.end - DAY < last.created_at < world.end


def test_walking_over_more_tickets_takes_no_more_memory() -> None:
    def peak(tickets: int) -> int:
        tracemalloc.start()
        for _ in World("acme", end=END, tickets=tickets).tickets():
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)

    assert peak(3_000) - peak(300) < 400_000, "2,700 tickets that were held would take 10 MB"


def test_nothing_happens_after_the_end() -> None:
    world = World("acme", end=END, tickets=1_500)

    latest = max(at for ticket in world.tickets() for at in moments(ticket))

    assert latest < datetime(2026, 11, 1, tzinfo=UTC).timestamp()


def test_tickets_arrive_in_the_order_of_their_numbers() -> None:
    opened = [ticket.created_at for ticket in World("acme", end=END, tickets=1_000).tickets()]

    assert sorted(opened) == opened


def test_the_business_grows_and_rests_at_weekends() -> None:
    world = World("acme", end=END, tickets=4_000)
    days = [datetime.fromtimestamp(world.opened_at(number), UTC) for number in range(4_000)]
    middle = datetime(2025, 11, 1, tzinfo=UTC)

    assert sum(day < middle for day in days) < 0.48 * len(days)
    assert sum(day.weekday() >= 5 for day in days) < 0.12 * len(days)


def test_nobody_asks_before_being_known_nor_works_for_a_customer_to_come() -> None:
    world = World("acme", end=END, tickets=600)

    for ticket in world.tickets():
        person = world.person(ticket.requester)
        assert person.created_at <= ticket.created_at
        if person.customer is not None:
            assert world.customer(person.customer).created_at <= person.created_at


def test_conversations_go_forward() -> None:
    for ticket in World("acme", end=END, tickets=600).tickets():
        for happened in (ticket.comments, ticket.steps, ticket.assignments):
            assert sorted(each.at for each in happened) == [each.at for each in happened]
        assert all(step.status != after.status for step, after in zip(ticket.steps, ticket.steps[1:], strict=False))


def test_a_merged_ticket_has_a_survivor_of_the_same_requester() -> None:
    world = World("acme", end=END, tickets=600)
    merged = [ticket for ticket in world.tickets() if ticket.fate == "merged"]

    assert merged
    for ticket in merged:
        assert ticket.merged_into is not None
        assert ("live", ticket.requester) == ((survivor := world.ticket(ticket.merged_into)).fate, survivor.requester)


def test_everything_that_can_go_differently_does() -> None:
    """What a connector or a figure must get right occurs even in a world that fits into a demo."""
    tickets = list(World("acme", end=END, tickets=3_000).tickets())

    assert {"live", "merged", "spam", "deleted"} == {each.fate for each in tickets}
    assert {"new", "open", "pending", "on_hold", "solved", "closed"} == {each.status for each in tickets}
    assert {"email", "web", "chat", "phone", "api"} == {each.channel for each in tickets}
    assert {0, 1, 2} <= {each.reopens for each in tickets}
    assert {0, 1, 2, 3} <= {len(each.replies) for each in tickets}
    assert {"requester", "agent"} == {each.opened_by.role for each in tickets}
    assert any(each.bots_only for each in tickets)
    assert any(each.erased_at for each in tickets)
    assert any(each.touched_at for each in tickets)
    assert any(each.customer is None for each in tickets)
    assert any(not comment.public for each in tickets for comment in each.comments)


def test_opinions_are_asked_for_and_given_in_every_way() -> None:
    """Thumbs first, questionnaires since; good, bad, unanswered, half answered, changed, commented."""
    tickets = list(World("acme", end=END, tickets=3_000).tickets())
    ratings = [each.rating for each in tickets if each.rating]
    surveys = [each.survey for each in tickets if each.survey]

    assert {True, False, None} == {each.good for each in ratings}
    assert {1, 2, 3, 4, 5, None} == {each.satisfaction for each in surveys}
    assert {1, 2, 3, 4, 5, 6, 7, None} == {each.ease for each in surveys}
    assert any(each.changed_at for each in surveys)
    assert any(each.answered_at is None for each in surveys)
    assert max(each.offered_at for each in ratings) < min(each.offered_at for each in surveys)


def test_a_ticket_can_come_on_top_of_the_world() -> None:
    """A sandbox opens tickets while a sync runs."""
    world = World("acme", end=END, tickets=100)

    fresh = world.ticket(100, world.end + 60)

    assert (world.end + 60, 100) == (fresh.created_at, fresh.number)
    assert 1 == len(fresh.comments)
