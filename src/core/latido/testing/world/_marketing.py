"""How customers are won: campaigns, leads, carts, and what people would tell their friends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from datetime import date

    from latido.testing.world._instants import Instant
    from latido.testing.world._money import Currency

CampaignChannel = Literal["search", "social", "email", "event", "partner"]


class Spend(NamedTuple):
    """Money that went out for a campaign, in cents of the campaign's currency."""

    name: str
    amount: int
    at: Instant


@dataclass(frozen=True, slots=True)
class Campaign:
    """A month's effort, over [starts_on, ends_on); budget in cents."""

    number: int
    name: str
    channel: CampaignChannel
    starts_on: date
    ends_on: date
    budget: int
    currency: Currency
    spend: tuple[Spend, ...]


class Cart(NamedTuple):
    """A shop's cart, paid for at `completed_at` or left behind; amount in cents."""

    number: int
    customer: int | None
    person: int
    created_at: Instant
    completed_at: Instant | None
    items: int
    amount: int
    currency: Currency


class Recommendation(NamedTuple):
    """Whether a person would recommend us, 0 to 10; asked at `offered_at`, and not answered by most."""

    number: int
    person: int
    offered_at: Instant
    answered_at: Instant | None = None
    score: int | None = None
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Lead:
    """Somebody who may become a person that we know; from `converted_at` on that is `person`."""

    number: int
    first_name: str
    last_name: str
    email: str
    company: str
    created_at: Instant
    converted_at: Instant | None
    person: int | None
