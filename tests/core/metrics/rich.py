"""A small business of two sources with a little of everything: every KPI has a figure in it, in most segments."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from latido.schema import (
    Account,
    Cart,
    Contract,
    Deal,
    FxRate,
    MarketingSpend,
    Milestone,
    SurveyInvitation,
    SurveyResponse,
    Ticket,
    User,
    WebSession,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.core.metrics.loading import Rows

NAMES = [f"a{number:02}" for number in range(16)]
OWNERS = ["u1", "u2", None]
DATES = {
    Deal: "close_date",
    SurveyResponse: "answered_at",
    SurveyInvitation: "sent_at",
    WebSession: "started_at",
    Cart: "created_at",
    Milestone: "occurred_at",
}
"""What puts a row into a period; some rows lack it."""
FIRST_DAY = date(2023, 10, 1)
DAYS = 150


def rich_rows(seed: int = 3) -> Rows:
    """Return rows from October 2023 to February 2024; *seed* decides everything."""
    chance = Random(seed)
    made: dict[Any, tuple[int, Callable[[Random], dict[str, Any]]]] = {
        Deal: (90, _deal),
        Contract: (40, _contract),
        MarketingSpend: (24, _spend),
        SurveyResponse: (200, _answer),
        SurveyInvitation: (60, _invitation),
        Ticket: (160, _ticket),
        WebSession: (120, _visit),
        Cart: (60, _cart),
        Milestone: (40, _milestone),
    }
    rows = {
        entity: [
            {**_row(number, make(chance), chance), **({} if entity is MarketingSpend else _account_id(chance))}
            for number in range(n)
        ]
        for entity, (n, make) in made.items()
    }
    for entity, date_column in DATES.items():
        for row in rows[entity][::50]:
            row[date_column] = None
    rows[MarketingSpend][0]["amount"] = None
    users = [{"source_id": f"u{n}", "name": f"Agent {n}", "team": f"Team {n}"} for n in (1, 2)]
    return {
        User: [{**user, "source": source} for user in users for source in ("shop", "desk")],
        Account: [
            {**_account(chance), "source_id": name, "external_id": name, "source": source}
            for name in NAMES
            for source in ("shop", "desk")
        ],
        FxRate: [{"source_id": "1", "currency": "USD", "rate_date": "2022-01-01", "rate": "0.9"}],
        **rows,
    }


def _row(number: int, columns: dict[str, Any], chance: Random) -> dict[str, Any]:
    return {
        "source_id": f"{number:03}",
        "source": chance.choice(["shop", "desk"]),
        **columns,
    }


def _account_id(chance: Random) -> dict[str, Any]:
    return {"account_id": chance.choice([*NAMES, *NAMES, None])}


def _day(chance: Random, first: int = 0, last: int = DAYS) -> str:
    return str(FIRST_DAY + timedelta(days=chance.randint(first, last)))


def _instant(chance: Random, after: str | None = None, hours: int = 24 * DAYS) -> str:
    start = datetime.fromisoformat(after) if after else datetime(2023, 10, 1, tzinfo=UTC)
    return (start + timedelta(minutes=chance.randint(0, hours * 60))).isoformat()


def _account(chance: Random) -> dict[str, Any]:
    return {
        "created_at": _instant(chance),
        "domain": None,
        "country": chance.choice(["ES", "PT", None]),
        "industry": chance.choice(["retail", "health"]),
        "owner_id": chance.choice(OWNERS),
    }


def _deal(chance: Random) -> dict[str, Any]:
    return {
        "status": chance.choice(["won", "won", "won", "lost", "open"]),
        "amount": chance.choice(["10", "99.99", "250", "1000.0001", "-20"]),
        "currency": chance.choice(["EUR", "EUR", "USD"]),
        "close_date": _day(chance),
        "owner_id": chance.choice(OWNERS),
        "pipeline": chance.choice(["new", "renewal"]),
        "deal_class": chance.choice(["new", "expansion"]),
        "lead_source": chance.choice(["web", "fair", None]),
    }


def _contract(chance: Random) -> dict[str, Any]:
    starts = _day(chance, -200, 120)
    ends = str(date.fromisoformat(starts) + timedelta(days=chance.randint(40, 300)))
    return {
        "recurring_monthly_amount": chance.choice(["10", "49.5", "120", "300"]),
        "currency": chance.choice(["EUR", "EUR", "USD"]),
        "starts_on": starts,
        "ends_on": chance.choice([ends, ends, None]),
        "product": chance.choice(["basic", "plus"]),
    }


def _spend(chance: Random) -> dict[str, Any]:
    return {
        "amount": str(chance.randint(10, 900)),
        "currency": "EUR",
        "spend_date": _day(chance),
        "category": chance.choice(["marketing", "sales"]),
    }


def _answer(chance: Random) -> dict[str, Any]:
    low, high = chance.choice([(0, 10), (0, 10), (1, 5), (1, 7)])
    return {
        "kind": chance.choice(["nps", "nps", "csat", "ces"]),
        "score": chance.randint(low, high),
        "scale_min": low,
        "scale_max": chance.choice([high, high, high, None]),
        "respondent_email": chance.choice(["ana@x.example", "luis@x.example", "eva@x.example", None]),
        "answered_at": _instant(chance),
        "touchpoint": chance.choice(["onboarding", "support", None]),
        "channel": chance.choice(["email", "web"]),
        "survey_id": chance.choice(["quarterly", "rating"]),
        "comment": chance.choice(["bien", None]),
        "ticket_id": chance.choice([f"{chance.randrange(160):03}", None]),
    }


def _invitation(chance: Random) -> dict[str, Any]:
    sent = _instant(chance)
    responded = chance.choice([_instant(chance, sent, 300), None])
    return {"kind": "nps", "survey_id": "quarterly", "sent_at": sent, "responded_at": responded}


def _ticket(chance: Random) -> dict[str, Any]:
    created = _instant(chance)
    solved = _instant(chance, created, 400)
    return {
        "status": chance.choice(["open", "solved", "closed"]),
        "created_at": created,
        "first_reply_at": chance.choice([_instant(chance, created, 60), None]),
        "first_solved_at": solved,
        "solved_at": solved,
        "agent_replies": chance.choice([0, 1, 2, 3, None]),
        "reopens": chance.choice([0, 0, 1, None]),
        "csat": chance.choice(["good", "good", "bad", "offered", None]),
        "sla_met": chance.choice([True, True, False, None]),
        "team": chance.choice(["A", "B", None]),
        "channel": chance.choice(["email", "chat"]),
        "priority": chance.choice(["high", "low"]),
        "type": chance.choice(["question", "problem"]),
        "assignee_id": chance.choice(OWNERS),
        "is_spam": chance.random() < 0.1,
    }


def _visit(chance: Random) -> dict[str, Any]:
    return {
        "visitor_id": chance.choice([f"v{number}" for number in range(30)]),
        "started_at": _instant(chance),
        "conversions": chance.choice([0, 0, 1, 2]),
        "pageviews": chance.choice([1, 5, None]),
        "traffic_source": chance.choice(["(direct)", "search"]),
        "traffic_medium": chance.choice(["(none)", "cpc"]),
    }


def _cart(chance: Random) -> dict[str, Any]:
    created = _instant(chance)
    return {
        "created_at": created,
        "completed_at": chance.choice([_instant(chance, created, 40), None]),
        "item_count": 2,
    }


def _milestone(chance: Random) -> dict[str, Any]:
    return {"milestone": chance.choice(["signup", "first_value"]), "occurred_at": _instant(chance)}
