"""What customers buy and what winning them costs. Ends of intervals are exclusive; money has its currency beside it."""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

from latido.schema._columns import Day, Double, Instant, Money, MonthlyMoney, Rate, Text, Whole
from latido.schema._record import Record

DealStatus: TypeAlias = Literal["open", "won", "lost", "unknown"]


class Deal(Record):
    """A sale, won, lost or open. `close_date` of a won or lost deal is the actual day."""

    table: ClassVar[str] = "deals"

    name: Text | None = None
    account_id: Text | None = None
    contact_id: Text | None = None
    owner_id: Text | None = None
    pipeline: Text | None = None
    stage: Text | None = None
    stage_raw: Text | None = None
    status: DealStatus | None = None
    lost_reason: Text | None = None
    amount: Money | None = None
    currency: Text | None = None
    recurring_monthly_amount: MonthlyMoney | None = None
    contract_start: Day | None = None
    contract_end: Day | None = None
    close_date: Day | None = None
    probability: Double | None = None
    deal_class: Literal["new", "expansion", "renewal", "reactivation", "unknown"] | None = None
    supersedes: Text | None = None
    lead_source: Text | None = None
    campaign_id: Text | None = None


class Contract(Record):
    """Something that recurs: a subscription, a recurring line item, an asset, a recurring template."""

    table: ClassVar[str] = "contracts"

    account_id: Text | None = None
    deal_id: Text | None = None
    product: Text | None = None
    status: Literal["active", "ended", "cancelled", "unknown"] | None = None
    recurring_monthly_amount: MonthlyMoney | None = None
    currency: Text | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    booked_on: Day | None = None
    supersedes: Text | None = None


class DealStage(Record):
    """A stage that a deal went through."""

    table: ClassVar[str] = "deal_stages"

    deal_id: Text | None = None
    stage: Text | None = None
    status: DealStatus | None = None
    entered_at: Instant | None = None
    left_at: Instant | None = None


class Campaign(Record):
    """A marketing campaign."""

    table: ClassVar[str] = "campaigns"

    name: Text | None = None
    channel: Text | None = None
    status: Text | None = None
    started_on: Day | None = None
    ended_on: Day | None = None
    budget: Money | None = None
    currency: Text | None = None


class MarketingSpend(Record):
    """Money spent on winning customers, spread evenly over [`spend_date`, `spend_end`); no end means one day."""

    table: ClassVar[str] = "marketing_spend"

    spend_date: Day | None = None
    spend_end: Day | None = None
    amount: Money | None = None
    currency: Text | None = None
    category: Text | None = None
    channel: Text | None = None
    campaign_id: Text | None = None


class Cart(Record):
    """A shopping cart; `completed_at` is empty while it is abandoned."""

    table: ClassVar[str] = "carts"

    account_id: Text | None = None
    contact_id: Text | None = None
    completed_at: Instant | None = None
    item_count: Whole | None = None
    amount: Money | None = None
    currency: Text | None = None


class FxRate(Record):
    """1 `currency` = `rate` `base` from `rate_date` on; a null base is the project's reporting currency."""

    table: ClassVar[str] = "fx_rates"

    currency: Text | None = None
    base: Text | None = None
    rate_date: Day | None = None
    rate: Rate | None = None
    provider: Text | None = None
