"""The truth about customers, checked against the worked examples of the KPI catalogue."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest

from latido.testing import Period, Truth
from latido.testing.truth import Book, Invitation, Opinion, Payment, Sale, Score, Stretch, figures
from latido.testing.world import Cart, Milestone, Traffic, Visit
from tests.core.testing.builders import at

MADRID = ZoneInfo("Europe/Madrid")
NEVER = date(9999, 1, 1)
STEPS: tuple[Literal["signup", "first_value"], ...] = ("signup", "first_value")
TELLS = ("answers", "deals", "contracts", "spend", "carts", "milestones", "visits", "traffic", "invitations")


def over(start: str, end: str) -> Period:
    return Period.of(date.fromisoformat(start), date.fromisoformat(end), MADRID)


JANUARY = over("2024-01-01", "2024-02-01")


def told(period: Period = JANUARY, tables: tuple[str, ...] = TELLS, **rows: Any) -> dict[str, Truth]:
    """Return the truth about *rows*; of everything else there was something once."""
    return figures(Book(tables=set(tables), **rows), period)


def pays(owner: int, monthly: int, since: str, until: str | None = None) -> Stretch:
    begins = date.fromisoformat(since)
    return Stretch(owner, Decimal(monthly), begins, NEVER if until is None else date.fromisoformat(until), begins)


def bought(owner: int, value: int, on: str, status: str = "won") -> Sale:
    return Sale(owner, status, Decimal(value), date.fromisoformat(on))


def spent(value: int, since: str, until: str) -> Payment:
    return Payment(Decimal(value), date.fromisoformat(since), date.fromisoformat(until))


def said(kind: str, score: int, on: str, person: int, scale: tuple[int, int] = (0, 10), **more: Any) -> Opinion:
    given = Score(score, scale)
    return Opinion(kind, at(f"{on}T10:00:00Z"), given, person, more.get("owner"), more.get("is_said", False))


def visited(person: int, on: str, pages: int = 1, conversions: int = 0, customer: int = 1) -> Visit:
    return Visit(0, person, customer, at(f"{on}T10:00:00Z"), pages, conversions)


def near(value: float) -> Any:
    return pytest.approx(value, abs=1e-6)


def test_churn_as_in_example_11() -> None:
    """One left for good, one left and came back, one came, one came and left."""
    answers = told(
        stretches=[
            pays(1, 10, "2023-06-01", "2024-01-10"),
            pays(2, 10, "2023-06-01", "2024-01-08"),
            pays(2, 10, "2024-01-20"),
            pays(3, 10, "2024-01-15"),
            pays(4, 10, "2024-01-05", "2024-01-25"),
            pays(5, 10, "2023-06-01"),
            pays(6, 10, "2023-06-01"),
        ]
    )

    assert Truth(0.25, 4, 1, 4) == answers["customer_churn_rate"]
    assert 0.75 == answers["customer_retention_rate"].value
    assert Truth(0.0, 5, 0, 4) == answers["customer_growth_rate"]


def test_movements_as_in_example_12() -> None:
    answers = told(
        stretches=[
            pays(1, 100, "2024-01-12"),
            pays(2, 100, "2023-05-01", "2024-01-10"),
            pays(2, 150, "2024-01-10"),
            pays(3, 200, "2023-05-01", "2024-01-20"),
            pays(3, 120, "2024-01-20"),
            pays(4, 80, "2023-05-01", "2024-01-31"),
            pays(5, 40, "2023-01-01", "2023-07-01"),
            pays(5, 60, "2024-01-05"),
            pays(6, 100, "2023-05-01", "2024-01-08"),
            pays(6, 130, "2024-01-18"),
        ]
    )

    moved = {"new": 100, "reactivation": 60, "expansion": 80, "contraction": 80, "churn": 80}
    assert {"opening": 480, **moved, "closing": 560} == answers["mrr_movements"].parts
    assert {
        "mrr": 560, "arr": 6720, "mrr_movements": 80, "mrr_growth_rate": near(1 / 6), "mrr_churn_rate": near(1 / 3),
        "net_mrr_churn_rate": near(1 / 6), "net_revenue_retention": near(5 / 6),
        "gross_revenue_retention": near(2 / 3), "expansion_mrr": 80, "expansion_mrr_rate": near(1 / 6), "arpa": 112,
    }.items() <= {kpi: each.value for kpi, each in answers.items()}.items()  # fmt: skip


def test_purchases_as_in_examples_19_20_and_40() -> None:
    sold = [bought(1, 50, "2024-01-02"), bought(1, 150, "2024-01-03"), bought(1, 300, "2024-01-04")]
    sold += [bought(2, 100, "2024-01-09"), bought(3, 100, "2023-12-09"), bought(4, 0, "2024-01-31", "lost")]

    answers = told(sales=sold, stretches=[pays(5, 50, "2023-05-01")])

    assert Truth(0.5, 2, 1, 2) == answers["repeat_purchase_rate"]
    assert Truth(0.8, 5, 4, 5) == answers["win_rate"]
    assert Truth(700 / 3, 5, 700, 3) == answers["clv_historical"]
    assert Truth(200.0, 7, 600, 3) == answers["arpu"]


def test_value_by_formula_as_in_example_21() -> None:
    sold = [bought(1, 100, "2023-01-01"), bought(1, 100, "2024-03-01"), bought(1, 200, "2024-09-01")]

    answers = told(
        over("2024-01-01", "2025-01-01"),
        sales=[*sold, bought(2, 300, "2024-07-01")],
        payments=[spent(250, "2024-05-01", "2024-05-02")],
    )

    assert (near(375.0), near(1.252567)) == (
        answers["clv_formula"].value, answers["clv_formula"].parts["lifespan_years"],
    )  # fmt: skip
    assert (250.0, near(1.5)) == (answers["cac"].value, answers["ltv_cac_ratio"].value)


def test_value_by_subscription_as_in_examples_22_and_23() -> None:
    """All of it counts as margin here."""
    three = [pays(owner, 100, "2023-01-01") for owner in range(3)]

    answers = told(stretches=[*three, pays(3, 100, "2023-01-01", "2024-01-10")])

    assert 400.0 == answers["clv_subscription"].value
    assert "unbounded" == told(stretches=three)["clv_subscription"].reason


def test_spend_counts_by_its_days() -> None:
    """A campaign of sixty days, of which January has a half."""
    answers = told(payments=[spent(600, "2024-01-02", "2024-03-02")], sales=[bought(1, 10, "2024-01-05")])

    assert Truth(300.0, 2, 300, 1) == answers["cac"]
    assert "no_rows_in_period" == told()["cac"].reason
    assert "zero_denominator" == told(payments=[spent(600, "2024-01-02", "2024-01-03")])["cac"].reason


def test_visits_as_in_example_26() -> None:
    """Two visits of one person, one of another; of totals nobody can tell how many people they are."""
    visits = [visited(1, "2024-01-03", 3, 1), visited(1, "2024-01-04", 5), visited(2, "2024-01-05", 2)]

    assert Truth(0.5, 2, 1, 2) == told(visits=visits)["conversion_rate"]
    assert Truth(10 / 3, 3, 10, 3) == told(visits=visits)["pages_per_visit"]
    day = date(2024, 1, 5)
    totals = [Traffic(day, "(Direct)", "(not set)", 6, 9, Decimal(1), 5), Traffic(day, "x", "y", 3, 6, Decimal(0), 3)]
    assert Truth(0.5, 5, 6, 12) == told(visits=visits, traffic=totals)["direct_traffic_share"]
    assert "missing_field" == told(visits=visits, traffic=totals)["conversion_rate"].reason


def test_carts_as_in_example_27() -> None:
    """Paid for after ten minutes, never, after thirty hours, in the next month, after 24 hours exactly."""
    begun, late = at("2024-01-05T10:00:00Z"), at("2024-01-31T22:50:00Z")
    times = [(begun, 600), (begun, None), (begun, 30 * 3600), (late, 1800), (begun, 24 * 3600)]
    carts = [
        Cart(number, None, 1, created, None if paid is None else created + paid, 1, 100, "EUR")
        for number, (created, paid) in enumerate(times)
    ]

    assert Truth(0.4, 5, 2, 5) == told(carts=carts)["cart_abandonment_rate"]


def test_time_to_value_as_in_example_33() -> None:
    moments = {1: ("2024-02-28", "2024-03-01"), 2: ("2024-02-20", "2024-03-03"), 3: ("2024-03-05", None)}
    moments |= {4: ("2024-03-20", "2024-03-09"), 5: ("2024-03-05", "2024-03-09")}
    told_of = [
        Milestone(0, kind, customer, None, at(f"{day}T09:00:00Z"))
        for customer, days in moments.items()
        for kind, day in zip(STEPS, days, strict=True)
        if day is not None
    ]

    assert Truth(4.0, 3, waiting=1) == told(over("2024-03-01", "2024-04-01"), milestones=told_of)["ttfv"]


def test_segments_as_in_example_35() -> None:
    amounts = (500, 300, 300, 100, 100, 100, 100, 50, 50, 50)

    answers = told(stretches=[pays(owner, amount, "2023-05-01") for owner, amount in enumerate(amounts)])

    assert Truth(10, 10, parts={"high": 3, "middle": 4, "volume": 3}) == answers["customer_segments"]


def test_health_as_in_example_36() -> None:
    """No answer about effort, and nothing at all of the other customer; here no ticket either."""
    opinions = [
        said("nps", 9, "2023-06-01", 1, owner=1), said("nps", 6, "2023-06-01", 2, owner=1),
        said("csat", 5, "2024-01-10", 1, (1, 5), owner=1), said("csat", 2, "2024-01-10", 1, (1, 5), owner=1),
    ]  # fmt: skip
    visits = [visited(1, f"2024-01-{day}") for day in range(10, 25)]

    answers = told(opinions=opinions, visits=visits, stretches=[pays(1, 100, "2023-01-01"), pays(2, 100, "2023-01-01")])

    score = (0.25 * 75 + 0.2 * 50 + 0.2 * 50) / 0.65
    assert Truth(near(score), 1, parts={"without_score": 1}) == answers["customer_health_score"]
    assert {"detractor": 1, "unwell": 0, "both": 0, "without_score": 1} == answers["at_risk_customers"].parts
    assert Truth(0.5, 1, 15, 30) == answers["usage_frequency"]


def test_answers_as_in_examples_5_and_37() -> None:
    """Of each person the last one counts, of satisfaction and effort every one; spaces are no comment."""
    twice = [said("nps", 3, "2024-01-05", 1), said("nps", 9, "2024-01-20", 1), said("nps", 6, "2024-01-08", 2)]
    best = [said("nps", 9, "2024-01-10", 1, is_said=True), said("csat", 5, "2024-01-10", 1, (1, 5))]
    best.append(said("ces", 7, "2024-01-10", 1, (1, 7)))
    asked = [Invitation(at("2024-01-05T10:00:00Z"), is_answered=each) for each in (True, True, False)]

    answers = told(opinions=best, invitations=asked)

    assert (0.0, 2) == (told(opinions=twice)["nps"].value, told(opinions=twice)["nps"].n)
    assert (100.0, Truth(1 / 3, 3, 1, 3)) == (answers["cx_score"].value, answers["comment_rate"])
    assert Truth(2 / 3, 3, 2, 3) == answers["survey_response_rate"]


def test_who_tells_nothing_of_customers_knows_nothing_of_them() -> None:
    answers = told(tables=("answers",), opinions=[said("nps", 9, "2024-01-10", 1)])

    assert {"no_rows"} == {answers[kpi].reason for kpi in ("mrr", "customer_churn_rate", "win_rate", "cac", "arpu")}
    assert "zero_denominator" == told()["net_revenue_retention"].reason
    assert (0, None) == (told()["mrr"].value, told()["mrr"].reason)
