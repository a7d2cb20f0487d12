"""What the files of an imaginary business say: what its people keep in sheets because no other system has it."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from latido.testing.world import iso

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from latido.testing import World
    from latido.testing.world import Contract, Deal

Row: TypeAlias = dict[str, Any]


def accounts(world: World) -> Iterator[Row]:
    """Yield all customers: nobody takes those that left out of a list."""
    for each in world.customers():
        yield {
            "source_id": each.number,
            "name": each.name,
            "domain": each.domains[0],
            "tax_id": each.tax_id,
            "country": each.country,
            "industry": each.industry,
            "employees": each.employees,
            "created_at": iso(each.created_at),
        }


def contacts(world: World) -> Iterator[Row]:
    for each in world.people():
        yield {
            "source_id": each.number,
            "name": each.name,
            "email": each.email,
            "phone": each.phone,
            "account_id": each.customer,
            "locale": each.language,
            "created_at": iso(each.created_at),
        }


def deals(world: World) -> Iterator[Row]:
    for each in world.deals():
        if each.gone_at is None:
            yield _deal(each)


def _deal(deal: Deal) -> Row:
    closed_at = deal.closed_at
    return {
        "source_id": deal.number,
        "name": deal.name,
        "account_id": deal.customer,
        "stage": deal.stage,
        "status": deal.status,
        "amount": _money(deal.amount),
        "currency": deal.currency,
        "close_date": deal.planned_close if closed_at is None else iso(closed_at)[: len("2026-01-31")],
        "deal_class": deal.kind,
        "contract_start": deal.starts_on,
        "contract_end": deal.ends_on,
        "supersedes": deal.supersedes,
        "lead_source": deal.lead_source,
        "lost_reason": deal.lost_reason,
        "campaign_id": deal.campaign,
        "created_at": iso(deal.created_at),
    }


def contracts(world: World) -> Iterator[Row]:
    products = [each.name for each in world.products()]
    for each in world.contracts():
        yield {
            "source_id": each.number,
            "account_id": each.customer,
            "deal_id": each.deal,
            "product": products[each.product],
            "status": _status(each, world),
            "recurring_monthly_amount": _money(each.monthly),
            "currency": each.currency,
            "starts_on": each.starts_on,
            "ends_on": each.cancelled_on or each.ends_on,
            "booked_on": each.booked_on,
        }


def _status(contract: Contract, world: World) -> str:
    if contract.cancelled_on is not None:
        return "cancelled"
    ended = contract.ends_on is not None and contract.ends_on.isoformat() <= iso(world.end)
    return "ended" if ended else "active"


def campaigns(world: World) -> Iterator[Row]:
    for each in world.campaigns():
        yield {
            "source_id": each.number,
            "name": each.name,
            "channel": each.channel,
            "started_on": each.starts_on,
            "ended_on": each.ends_on,
            "budget": _money(each.budget),
            "currency": each.currency,
        }


def marketing_spend(world: World) -> Iterator[Row]:
    """Yield what was paid, week by week, without an id: the row is the whole of it."""
    for campaign in world.campaigns():
        for spend in campaign.spend:
            yield {
                "spend_date": iso(spend.at)[: len("2026-01-31")],
                "amount": _money(spend.amount),
                "currency": campaign.currency,
                "category": "marketing",
                "channel": campaign.channel,
                "campaign_id": campaign.number,
                "note": spend.name,
            }


def survey_responses(world: World) -> Iterator[Row]:
    """Yield what people would tell their friends, as an old survey tool has it."""
    for each in world.recommendations():
        if each.answered_at is not None:
            person = world.person(each.person)
            yield {
                "source_id": f"nps-{each.number}",
                "kind": "NPS",
                "survey_id": "recommendation",
                "score": each.score,
                "scale_min": 0,
                "scale_max": 10,
                "comment": each.remark,
                "contact_id": each.person,
                "respondent_email": person.email,
                "account_id": person.customer,
                "answered_at": iso(each.answered_at),
            }


def survey_invitations(world: World) -> Iterator[Row]:
    """Yield whom the old survey tool asked, whether they answered or not."""
    for each in world.recommendations():
        yield {
            "source_id": f"nps-{each.number}",
            "kind": "nps",
            "survey_id": "recommendation",
            "contact_id": each.person,
            "account_id": world.employer(each.person),
            "sent_at": iso(each.offered_at),
            "delivered": True,
            "responded_at": None if each.answered_at is None else iso(each.answered_at),
        }


def web_sessions(world: World) -> Iterator[Row]:
    """Yield what the product itself logs: visits of people whom it knows."""
    for each in world.visits():
        yield {
            "source_id": each.number,
            "visitor_id": each.person,
            "account_id": each.customer,
            "contact_id": each.person,
            "started_at": iso(each.at),
            "traffic_source": "product",
            "traffic_medium": "app",
            "pageviews": each.pages,
            "conversions": each.conversions,
        }


def milestones(world: World) -> Iterator[Row]:
    for each in world.milestones():
        yield {
            "source_id": each.number,
            "account_id": each.customer,
            "contact_id": each.person,
            "milestone": each.kind,
            "occurred_at": iso(each.at),
            "quantity": each.quantity,
        }


def fx_rates(world: World) -> Iterator[Row]:
    for each in world.rates():
        yield {
            "currency": each.currency,
            "base": "EUR",
            "rate_date": each.on,
            "rate": each.rate,
            "provider": "bank",
        }


def _money(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


TOLD: Mapping[str, Callable[[World], Iterator[Row]]] = MappingProxyType(
    {
        each.__name__: each
        for each in (
            accounts, contacts, deals, contracts, campaigns, marketing_spend, survey_responses, survey_invitations,
            milestones, web_sessions, fx_rates,
        )
    }
)  # fmt: skip
"""What each file says, by the table that it fills."""
