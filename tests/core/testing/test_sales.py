"""What the imaginary business sells hangs together, whoever looks at it and however much there is."""

from __future__ import annotations

import sys
import tracemalloc
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from latido.testing import World
from latido.testing.world import CLOSED, HOME, Deal, midnight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import FrameType

END = date(2026, 11, 1)
WORLD = World("acme", end=END, tickets=12_000)
DEALS = list(WORLD.deals())


def of_each_customer() -> list[list[Deal]]:
    """Return the deals of each customer, in the order in which they were made."""
    found: defaultdict[int, list[Deal]] = defaultdict(list)
    for deal in DEALS:
        found[deal.customer].append(deal)
    return list(found.values())


def lines(work: Callable[[], object]) -> int:
    """Return how many lines of Python run for *work*."""
    ran = 0

    def count(_frame: FrameType, event: str, _arg: object) -> Callable[..., Any]:
        nonlocal ran
        ran += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        work()
    finally:
        sys.settrace(before)
    return ran


def test_the_seed_and_the_end_determine_every_sale() -> None:
    one, other = (World("acme", end=END, tickets=300) for _ in range(2))

    assert list(one.deals()) == list(other.deals())
    assert list(one.contracts()) == list(other.contracts())
    assert list(one.campaigns()) == list(other.campaigns())
    assert list(one.carts()) == list(other.carts())
    assert list(one.recommendations()) == list(other.recommendations())
    assert list(one.rates()) == list(other.rates())
    assert list(one.leads()) == list(other.leads())


def test_deals_are_numbered_without_a_gap_and_can_be_made_alone() -> None:
    assert list(range(WORLD.deal_count)) == [deal.number for deal in DEALS]
    assert DEALS[::97] == [WORLD.deal(number) for number in range(0, WORLD.deal_count, 97)]


def test_the_last_of_many_deals_costs_what_the_first_one_costs() -> None:
    """Each is told with those of its own customer, at most six, never with all that came before."""
    world = World("acme", end=END, tickets=10, people=400_000)
    world.deal(0)

    def tell(numbers: Iterable[int]) -> None:
        for number in numbers:
            world.deal(number)

    first = lines(lambda: tell(range(100)))
    last = lines(lambda: tell(range(world.deal_count - 100, world.deal_count)))

    assert last < 2 * first


def test_walking_over_more_deals_takes_no_more_memory() -> None:
    def peak(people: int) -> int:
        world = World("acme", end=END, tickets=10, people=people)
        world.deal(0)
        tracemalloc.start()
        for _ in world.contracts():
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(100)

    assert peak(4_000) - peak(400) < 400_000, "1,800 deals that were held would take 2 MB"


def test_a_deal_goes_forward_from_its_creation_and_never_beyond_the_end() -> None:
    for deal in DEALS:
        assert all(before.at < after.at for before, after in pairwise(deal.moves))
        assert all(before.stage != after.stage for before, after in pairwise(deal.moves))
        assert deal.created_at <= deal.updated_at < WORLD.end
        assert deal.closed_at is None or deal.created_at < deal.closed_at


def test_a_deal_belongs_to_a_customer_and_a_contact_that_are_there() -> None:
    for deal in DEALS:
        customer = WORLD.customer(deal.customer)
        assert customer.created_at <= deal.created_at < (customer.gone_at or WORLD.end)
        if deal.person is not None:
            person = WORLD.person(deal.person)
            assert (deal.customer, True) == (person.customer, person.created_at <= deal.created_at)
        assert 0 <= deal.owner < WORLD.agent_count


def test_a_renewal_follows_the_term_that_it_supersedes() -> None:
    """From the day on which that ends, or a month early."""
    renewals = [deal for deal in DEALS if deal.kind == "renewal"]

    assert renewals
    for renewal in renewals:
        assert renewal.supersedes is not None
        base = WORLD.deal(renewal.supersedes)
        assert ("won", renewal.customer, None) == (base.status, base.customer, base.gone_at)
        assert base.ends_on is not None
        assert renewal.starts_on is not None
        assert timedelta(0) <= base.ends_on - renewal.starts_on <= timedelta(days=31)
        assert base.closed_at is not None
        assert base.closed_at < renewal.created_at


def test_only_renewals_supersede_and_nothing_is_superseded_twice() -> None:
    superseded = [deal.supersedes for deal in DEALS if deal.supersedes is not None]

    assert len(superseded) == len(set(superseded)) == sum(deal.kind == "renewal" for deal in DEALS)


def test_who_refused_to_renew_or_cancelled_is_not_asked_again() -> None:
    """What comes later is a new sale, which begins no earlier than the old term ended."""
    for deals in of_each_customer():
        ended = None
        for deal in deals:
            if deal.kind == "renewal" and deal.status == "lost":
                ended = WORLD.deal(deal.supersedes or 0).ends_on
            elif deal.status == "won" and deal.cancelled_on is not None:
                ended = deal.cancelled_on
            elif ended is not None and deal.starts_on is not None:
                assert ("new", True) == (deal.kind, ended <= deal.starts_on)
                ended = None


def test_an_extension_ends_with_what_it_extends() -> None:
    for deals in of_each_customer():
        base = None
        for deal in deals:
            if deal.kind == "expansion" and deal.starts_on is not None:
                assert base is not None
                assert base.ends_on == deal.ends_on
            elif deal.contracts:
                base = deal


def test_amounts_follow_from_lines_and_terms() -> None:
    for deal in DEALS:
        assert deal.amount == sum(line.quantity * line.unit_price * (line.months or 1) for line in deal.lines)
        assert (deal.monthly > 0) == (deal.starts_on is not None)
        assert deal.amount > 0
        assert {deal.currency} == {contract.currency for contract in deal.contracts} | {deal.currency}


def test_great_companies_pay_more() -> None:
    def mean(deals: list[Deal]) -> float:
        return sum(deal.monthly for deal in deals) / len(deals)

    sold = [deal for deal in DEALS if deal.kind == "new" and deal.monthly]
    great = [deal for deal in sold if WORLD.customer(deal.customer).employees > 200]

    assert mean(great) > 5 * mean([deal for deal in sold if deal not in great])


def test_a_contract_is_a_recurring_line_of_a_won_deal() -> None:
    contracts = list(WORLD.contracts())
    won = [deal for deal in DEALS if deal.status == "won" and deal.gone_at is None]

    assert sum(line.months is not None for deal in won for line in deal.lines) == len(contracts)
    assert len(contracts) == len({each.number for each in contracts})
    for each in contracts:
        assert each.ends_on is None or each.starts_on < each.ends_on
        assert each.cancelled_on is None or each.starts_on < each.cancelled_on < (each.ends_on or END)
        assert midnight(each.booked_on) < WORLD.end


def test_everything_that_can_happen_to_a_sale_does() -> None:
    """What a connector or a figure must get right occurs even in a world that fits into a demo."""
    world = World("latido", end=END)
    deals = list(world.deals())
    contracts = list(world.contracts())

    kinds = {(deal.kind, deal.status) for deal in deals}
    assert {(kind, status) for kind in ("new", "expansion", "renewal") for status in ("open", "won", "lost")} == kinds
    assert {"EUR", "USD", "GBP"} == {deal.currency for deal in deals}
    assert {"lead_in", "qualified", "proposal", "negotiation", "won", "lost"} == {
        move.stage for deal in deals for move in deal.moves
    }
    assert all((deal.lost_reason is None) == (deal.status != "lost") for deal in deals)
    assert any(move.stage in CLOSED for deal in deals for move in deal.moves[:-1]), "opened again"
    assert any(deal.gone_at for deal in deals)
    assert any(deal.person is None for deal in deals)
    assert any(deal.campaign is not None for deal in deals)
    assert any(deal.starts_on is None for deal in deals), "paid once"
    assert any(each.ends_on is None for each in contracts), "until cancelled"
    assert any(each.cancelled_on for each in contracts)


def test_campaigns_spend_while_they_run_and_bring_deals() -> None:
    campaigns = list(WORLD.campaigns())

    assert list(range(len(campaigns))) == [each.number for each in campaigns]
    for each in campaigns:
        days = [midnight(each.starts_on) <= spend.at < midnight(each.ends_on) for spend in each.spend]
        assert all(days)
    for deal in DEALS:
        if deal.campaign is not None:
            campaign = campaigns[deal.campaign]
            assert midnight(campaign.starts_on) <= deal.created_at < midnight(campaign.ends_on)


def test_carts_are_paid_for_left_behind_or_empty() -> None:
    carts = list(WORLD.carts())
    waits = [each.completed_at - each.created_at for each in carts if each.completed_at]

    assert 0 < min(waits) < 86_400 < max(waits)
    assert 0.3 < sum(each.completed_at is None for each in carts) / len(carts) < 0.6
    assert any(each.items == each.amount == 0 for each in carts)
    assert list(range(len(carts))) == [each.number for each in carts]
    for each in carts[::50]:
        assert WORLD.person(each.person).created_at <= each.created_at < WORLD.end


def test_content_customers_recommend_and_stay() -> None:
    def mean(values: list[int]) -> float:
        return sum(values) / len(values)

    given = [each for each in WORLD.recommendations() if each.score is not None]
    moods = {each.number: WORLD.mood(WORLD.person(each.person).customer or 0) for each in given}
    content = [each.score or 0 for each in given if moods[each.number] > 0.7]
    cross = [each.score or 0 for each in given if moods[each.number] < 0.3]

    assert mean(content) > mean(cross) + 1
    assert set(range(1, 11)) <= {each.score for each in given}
    assert all(each.answered_at and each.offered_at < each.answered_at < WORLD.end for each in given)


def test_a_converted_lead_is_a_person_from_then_on() -> None:
    leads = list(WORLD.leads())
    converted = [each for each in leads if each.person is not None]

    assert 0.3 < len(converted) / len(leads) < 0.5
    for each in converted:
        person = WORLD.person(each.person or 0)
        assert (each.first_name, each.last_name) == (person.first_name, person.last_name)
        assert person.email in {None, each.email}
        assert (True, person.created_at) == (each.created_at < person.created_at, each.converted_at)
    assert {None} == {each.converted_at for each in leads if each.person is None}


def test_every_month_with_a_sale_has_a_rate() -> None:
    rates = {(each.currency, each.on) for each in WORLD.rates()}
    used = {(deal.currency, datetime.fromtimestamp(deal.created_at, UTC).date().replace(day=1)) for deal in DEALS}

    assert set() == {each for each in used if each[0] != HOME} - rates
    assert all(each.rate > 0 for each in WORLD.rates())


@pytest.mark.parametrize("vendors", [2, 3])
def test_what_stands_in_the_books_of_one_territory_stands_in_no_other(vendors: int) -> None:
    branches = [WORLD.branch(f"desk-{k}", tickets=10, territory=(k, vendors)) for k in range(vendors)]

    def told(deals: Iterable[Deal]) -> list[tuple[int, str, int, int]]:
        return sorted((deal.customer, deal.name, deal.amount, deal.created_at) for deal in deals)

    assert told(DEALS) == told(deal for branch in branches for deal in branch.deals())
    for k, branch in enumerate(branches):
        assert {k} == {deal.customer % vendors for deal in branch.deals()}
        assert {k} == {each.person % vendors for each in branch.carts()}
        assert {k} == {each.person % vendors for each in branch.recommendations()}
        assert list(range(branch.deal_count)) == [deal.number for deal in branch.deals()]


def test_a_branch_is_another_desk_of_the_same_business() -> None:
    branch = WORLD.branch("second", tickets=400)

    same: list[Callable[[World], object]] = [
        lambda world: (world.person_count, world.customer_count, world.agent_count, world.start, world.end),
        lambda world: [world.person(number) for number in range(0, world.person_count, 40)],
        lambda world: [world.customer(number) for number in range(0, world.customer_count, 10)],
        lambda world: list(world.agents()),
    ]
    assert [look(WORLD) for look in same] == [look(branch) for look in same]
    assert (400, 12_000) == (branch.ticket_count, WORLD.ticket_count)
    assert [each.subject for each in branch.tickets()][:20] != [WORLD.ticket(number).subject for number in range(20)]


def test_people_write_to_a_branch_by_mail_and_are_sent_questionnaires() -> None:
    tickets = list(WORLD.branch("second", tickets=1_000).tickets())

    assert {"email"} == {each.channel for each in tickets}
    assert {"requester", "agent"} == {comment.author.role for each in tickets for comment in each.comments}
    assert {False} == {each.bots_only for each in tickets}
    assert {None} == {each.rating for each in tickets}
    asked = [each.survey.offered_at for each in tickets if each.survey]
    assert min(asked) < WORLD.start + (WORLD.end - WORLD.start) / 4
    assert {"live", "merged", "spam", "deleted"} == {each.fate for each in tickets}
