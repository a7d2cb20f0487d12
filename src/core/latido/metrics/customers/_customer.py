"""What there is to know of one customer."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from latido.metrics._answer import Answer, utc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido.metrics._periods import Period

Risk: TypeAlias = Literal["detractor", "unwell"]
"""Why a customer may leave: somebody there last answered as a detractor, or its health is below the bar."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account that is this customer; `rule` and `evidence` say what joined it to the others."""

    source: str
    source_id: str
    name: str | None
    domain: str | None
    tax_id: str | None
    rule: str
    evidence: str | None
    since: datetime | None
    excluded: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works there."""

    person_id: str
    name: str | None
    email: str | None
    title: str | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contract:
    """What recurs: `monthly` in its own currency, `amount` in the reporting one. `ends_on` is exclusive, None: open."""

    entity: str
    source: str
    source_id: str
    product: str | None
    starts_on: date | None
    ends_on: date | None
    monthly: Decimal
    currency: str | None
    amount: Decimal | None
    blocked: str | None
    excluded: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Purchase:
    """A won deal: `amount` in its own currency, `value` in the reporting one."""

    source: str
    source_id: str
    name: str | None
    closed_on: date
    amount: Decimal
    currency: str | None
    value: Decimal | None
    blocked: str | None
    excluded: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Ticket:
    """Something that it asked for help with."""

    source: str
    source_id: str
    subject: str | None
    status: str | None
    priority: str | None
    created_at: datetime | None
    first_reply_at: datetime | None
    solved_at: datetime | None
    is_solved: bool
    reopens: int | None
    csat: str | None
    excluded: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Opinion:
    """An answer of somebody there, as it was given; where it counts nowhere, `excluded` says why."""

    source: str
    source_id: str
    kind: str | None
    score: float | None
    scale_min: float | None
    scale_max: float | None
    person: str | None
    comment: str | None
    touchpoint: str | None
    answered_at: datetime | None
    excluded: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Milestone:
    """A kind of moment that matters: how often there was one, and between when; where it counts nowhere, why."""

    milestone: str | None
    times: int
    first_at: datetime
    last_at: datetime
    excluded: str | None


@dataclass(frozen=True, slots=True)
class HealthPart:
    """A part of health: its `value` from 0 to 100, what it weighs, and the points that it adds. Unknown is None."""

    name: str
    value: float | None
    weight: float
    contribution: float | None


@dataclass(frozen=True, slots=True)
class Health:
    """The score, what it is made of, and how much of it is known; too little of that, and there is no score."""

    score: float | None
    coverage: float | None
    parts: tuple[HealthPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """One customer over all sources.

    `figures` are KPIs over its facts alone in `period`, `mrr_by_month` what it paid at the end of each month of it.
    Health, segment, stage and risk are those of its last day; each is None where it cannot be told, and `lacking` says
    for each why: a customer who pays nothing has no health and is in no segment, since it is `inactive`. Of tickets,
    opinions and purchases the latest are listed, `counts` says how many there are.
    """

    customer_id: str
    name: str | None
    domain: str | None
    country: str | None
    industry: str | None
    is_test: bool
    sources: tuple[str, ...]
    first_seen: datetime | None
    acquired_on: date | None
    period: Period
    currency: str
    time_zone: str
    accounts: tuple[Account, ...] = ()
    people: tuple[Person, ...] = ()
    figures: Mapping[str, Answer] = field(default_factory=dict)
    mrr_by_month: tuple[Answer, ...] = ()
    health: Health | None = None
    segment: str | None = None
    stage: str | None = None
    at_risk: bool | None = None
    risks: tuple[Risk, ...] = ()
    last_visit_at: datetime | None = None
    contracts: tuple[Contract, ...] = ()
    purchases: tuple[Purchase, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    counts: Mapping[str, int | None] = field(default_factory=dict)
    lacking: Mapping[str, str] = field(default_factory=dict)
    fresh: Mapping[str, datetime | None] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """Return it as `--format json` prints it: JSON numbers, unrounded, absent is null."""
        shown = {each.name: plain(getattr(self, each.name)) for each in fields(self) if each.name != "period"}
        span = {"period_start": self.period.starts_on.isoformat(), "period_end": self.period.ends_on.isoformat()}
        return {**shown, **span}


def plain(value: Any) -> Any:  # noqa: PLR0911 - a table
    """Return *value* as JSON carries it."""
    match value:
        case Answer():
            return value.json()
        case datetime():
            return utc(value)
        case date():
            return value.isoformat()
        case Decimal():
            return float(value)
        case tuple():
            return [plain(each) for each in value]
        case dict():
            return {name: plain(each) for name, each in value.items()}
        case _ if is_dataclass(value):
            return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
        case _:
            return value
