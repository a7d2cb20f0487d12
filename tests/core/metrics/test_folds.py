"""Folds, through KPIs such as a plugin may bring: facts out of thin air, made into figures."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import ConfigurationError
from latido.metrics import (
    Classes,
    Count,
    Engine,
    Formula,
    Kpi,
    Mean,
    Nps,
    Override,
    Param,
    Quantile,
    Query,
    Ratio,
    Share,
    Sum,
    Survival,
)
from tests.core.metrics.loading import JANUARY, answer, engine, ticket, tickets

if TYPE_CHECKING:
    from latido.metrics import Answer, Number, Situation

COLUMNS = "value, numerator, denominator, class, entity, excluded, blocked, team"


def facts(*rows: str, condition: str = "true") -> Query:
    """Return facts of every period: each row is what stands in SQL for `COLUMNS`."""
    values = ", ".join(f"({row})" for row in rows)
    return Query(
        f"""SELECT p.period_id, CAST(NULL AS VARCHAR) AS customer_id, 'shop' AS source, 'x' AS source_id, {COLUMNS}
            FROM periods AS p CROSS JOIN (VALUES {values}) AS v ({COLUMNS}) WHERE {condition}"""
    )


def row(  # noqa: PLR0913 - a row has its columns
    value: str = "NULL",
    numerator: str = "NULL",
    denominator: str = "NULL",
    *,
    class_: str = "",
    entity: str = "tickets",
    excluded: str = "",
    blocked: str = "",
    team: str = "",
) -> str:
    text = [f"NULLIF({quoted(each)}, '')" for each in (class_, entity, excluded, blocked, team)]
    numbers = [f"CAST({each} AS DECIMAL(28,12))" for each in (value, numerator, denominator)]
    return ", ".join(numbers + text)


def quoted(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def kpi(fold: Any, query: Query | None = None, name: str = "own", **more: Any) -> Kpi:
    known = {"names": {"en": name}, "unit": "count", "better": "higher", "needs": ("tickets",), "dimensions": ("team",)}
    return Kpi(id=name, fold=fold, facts=query, **(known | more))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Return an engine whose warehouse holds one ticket: what these KPIs need so that there are rows at all."""
    return engine(tmp_path_factory.mktemp("folds"), tickets(ticket("1")))


def offering(shop: Engine, *kpis: Kpi) -> Engine:
    """Return an engine over the same warehouse that knows *kpis* besides."""
    return Engine(shop.warehouse, shop.settings, kpis, clock=shop.clock)


def computed(shop: Engine, *kpis: Kpi, ask: str = "own", **more: Any) -> Answer:
    return answer(offering(shop, *kpis), ask, **more)


def test_a_ratio_adds_up_two_kinds_of_facts(shop: Engine) -> None:
    """As the cost of a customer: money here, customers there."""
    query = facts(row(numerator="600.5", denominator="0"), row(numerator="90", denominator="0"), row("0", "0", "2"))

    found = computed(shop, kpi(Ratio(), query))

    assert (345.25, Decimal("690.5"), 2) == (found.value, found.numerator, found.denominator)


def test_a_ratio_over_nothing_is_null(shop: Engine) -> None:
    found = computed(shop, kpi(Ratio(), facts(row(numerator="600", denominator="0"))))

    assert (None, "zero_denominator", 600) == (found.value, found.reason, found.numerator)


def test_sums_of_money_keep_every_digit(shop: Engine) -> None:
    query = facts(*[row("0.1")] * 10, row("123456789012.000000000001"))

    assert Decimal("123456789013.000000000001") == computed(shop, kpi(Sum(), query, unit="money")).value


def test_count_and_mean_look_only_at_what_was_not_left_out(shop: Engine) -> None:
    query = facts(row("1"), row("2"), row("900", excluded="duplicate"))

    assert (2, {"duplicate": 1}) == (computed(shop, kpi(Count(), query)).value, {"duplicate": 1})
    assert 1.5 == computed(shop, kpi(Mean(), query)).value


@pytest.mark.parametrize(
    ("share", "values", "expected"),
    [
        (Fraction(1, 2), [7], 7.0),
        (Fraction(1, 2), [1, 2], 1.5),
        (Fraction(1, 2), [3, 1, 2], 2.0),
        (Fraction(9, 10), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 10.0),
        (Fraction(9, 10), [0, 10], 9.0),
        (Fraction(0), [5, 4], 4.0),
        (Fraction(1), [5, 4], 5.0),
    ],
)
def test_a_quantile_is_interpolated(shop: Engine, share: Fraction, values: list[int], expected: float) -> None:
    query = facts(*(row(str(value)) for value in values), row("-5", excluded="duplicate"))

    assert expected == computed(shop, kpi(Quantile(share), query)).value


@pytest.mark.parametrize(("n", "k"), [(5, None), (6, 1), (9, 2), (10, 2), (17, 5), (20, 6), (71, 27), (400, 180)])
def test_the_interval_of_a_median_is_exact(shop: Engine, n: int, k: int | None) -> None:
    """The usual closed form is off by one for some of these."""
    query = facts(*(row(str(value)) for value in range(1, n + 1)))

    found = computed(shop, kpi(Quantile(Fraction(1, 2), enclosed=True), query))

    assert (k, k and n + 1 - k) == (found.lower, found.upper)


def score(class_: str) -> str:
    return row(class_=class_)


TREATED = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
CONTROLS = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


@pytest.mark.parametrize(("weeks", "median"), [(TREATED, 23), (CONTROLS, 8), ("1 2 3 4", 2), ("1 2+ 2", 2)])
def test_the_median_of_survival_is_that_of_the_textbook(shop: Engine, weeks: str, median: float) -> None:
    """Weeks of remission of Freireich et al. (1963), whose medians are published; + was still in it when last seen."""
    seen = [(each.rstrip("+"), "waiting" if each.endswith("+") else "") for each in weeks.split()]
    query = facts(
        *(row(value, excluded=reason) for value, reason in seen),
        row("0", excluded="duplicate"),
    )

    found = computed(shop, kpi(Survival(), query, promote={"waiting": "waiting"}))

    assert (median, weeks.count("+"), {"duplicate": 1}) == (found.value, found.parts["waiting"], found.excluded)


def test_survival_is_told_apart_by_segment_and_null_while_most_wait(shop: Engine) -> None:
    waiting = [row("9", team="B", excluded="waiting")] * 2
    figures = offering(shop, kpi(Survival(), facts(row("1", team="A"), row("2", team="B"), *waiting)))

    whole, *segments = figures.answers(["own"], JANUARY, segment="team")

    assert (2, 2) == (whole.value, whole.n)
    assert [(1, None), (None, "not_mature")] == [(each.value, each.reason) for each in segments]


def test_nps_is_in_points_with_its_error(shop: Engine) -> None:
    query = facts(*[score("promoters")] * 3, *[score("passives")] * 2, *[score("detractors")] * 2)

    found = computed(shop, kpi(Nps(), query))

    assert (7, 3, 2, 2) == (found.n, *(found.parts[name] for name in ("promoters", "passives", "detractors")))
    assert pytest.approx((14.285714, 31.484181, -47.422146, 75.993575), abs=1e-6) == (
        found.value,
        found.parts["standard_error"],
        found.lower,
        found.upper,
    )


def test_one_answer_has_no_error_and_equal_ones_a_degenerate_one(shop: Engine) -> None:
    one = computed(shop, kpi(Nps(), facts(score("promoters"))))
    equal = computed(shop, kpi(Nps(), facts(*[score("detractors")] * 3)))

    assert (100.0, None, None) == (one.value, one.lower, one.parts.get("standard_error"))
    assert (-100.0, -100.0, -100.0, 1) == (equal.value, equal.lower, equal.upper, equal.parts["degenerate"])


def test_classes_are_counted(shop: Engine) -> None:
    query = facts(score("high"), score("volume"), score("volume"))

    found = computed(shop, kpi(Classes(("high", "middle", "volume")), query))

    assert (3, {"high": 1, "middle": 0, "volume": 2}) == (found.value, found.parts)


def net(parts: Any) -> Number:
    found: Number = parts["new"] - parts["churn"]
    return found


def test_or_added_up_and_combined(shop: Engine) -> None:
    """As the movements of recurring revenue, exact to the last digit."""
    query = facts(row("0.1", class_="new"), row("0.2", class_="new"), row("0.3", class_="churn"))

    found = computed(shop, kpi(Classes(("new", "churn"), net), query))

    assert (0, {"new": Decimal("0.3"), "churn": Decimal("0.3")}) == (found.value, found.parts)


def test_a_missing_rate_makes_the_whole_null_but_not_every_segment(shop: Engine) -> None:
    query = facts(row("1", team="A"), row("2", team="B", blocked="missing_fx_rate"))
    figures = offering(shop, kpi(Sum(), query, blockable=True))

    found = figures.answers(["own"], "2024-01", segment="team")

    assert [(None, "missing_fx_rate"), (1, None), (None, "missing_fx_rate")] == [(a.value, a.reason) for a in found]


def test_with_both_reasons_the_currency_is_what_is_missing(shop: Engine) -> None:
    query = facts(row("1", blocked="missing_fx_rate"), row("2", blocked="missing_currency"))

    assert "missing_currency" == computed(shop, kpi(Sum(), query, blockable=True)).reason


def test_what_is_left_out_blocks_nothing(shop: Engine) -> None:
    query = facts(row("1"), row("2", blocked="missing_currency", excluded="duplicate"))

    assert 1 == computed(shop, kpi(Sum(), query, blockable=True)).value


def test_an_entity_that_must_occur_goes_before_a_zero_denominator(shop: Engine) -> None:
    """No spend in the period is something else than no new customer."""
    customers, spend = row(numerator="0", denominator="1"), row("0", "600", "0", entity="marketing_spend")
    more: dict[str, Any] = {"requires": ("marketing_spend",)}

    assert "no_rows_in_period" == computed(shop, kpi(Ratio(), facts(customers), **more)).reason
    assert "zero_denominator" == computed(shop, kpi(Ratio(), facts(spend), **more)).reason
    assert 600.0 == computed(shop, kpi(Ratio(), facts(customers, spend), **more)).value


def test_nothing_may_be_a_true_zero(shop: Engine) -> None:
    query = facts(row("1"), condition="false")

    assert (0, None) == (
        computed(shop, kpi(Sum(), query, on_empty=0)).value,
        computed(shop, kpi(Sum(), query, on_empty=0)).reason,
    )


def test_a_reason_for_leaving_out_can_be_a_part_of_the_answer(shop: Engine) -> None:
    query = facts(row("1"), row("NULL", excluded="insufficient_coverage"), row("NULL", excluded="spam"))

    found = computed(shop, kpi(Mean(), query, promote={"insufficient_coverage": "without_score"}))

    assert ({"without_score": 1}, {"spam": 1}) == (found.parts, found.excluded)


def test_no_number_that_is_none_leaves(shop: Engine) -> None:
    """The sum of two finite doubles may be infinite; it is not handed out."""
    query = Query(
        """SELECT period_id, NULL AS customer_id, 'tickets' AS entity, 'shop' AS source, 'x' AS source_id,
                  CAST(NULL AS VARCHAR) AS excluded, CAST(1.7e308 AS DOUBLE) AS value
           FROM periods CROSS JOIN (VALUES (1), (2)) AS twice (n)"""
    )

    found = computed(shop, kpi(Mean(), query, dimensions=()))

    assert (None, "unbounded") == (found.value, found.reason)


def difference(parts: Any, _situation: Situation) -> Number:
    found: Number = parts["one"] - parts["two"]
    return found


PARTS = (
    kpi(Sum(), facts(row("5")), "five", hidden=True),
    kpi(Sum(), facts(row("3"), condition="p.starts_on >= DATE '2024-01-01'"), "three"),
)


def test_a_formula_is_computed_from_its_parts(shop: Engine) -> None:
    whole = kpi(Formula({"one": "five", "two": "three"}, difference))

    found = computed(shop, *PARTS, whole)

    assert (2, {"one": 5, "two": 3}, ("shop",)) == (found.value, found.parts, found.sources)


def test_a_formula_without_a_part_has_the_reason_of_that_part_or_its_own(shop: Engine) -> None:
    parts = {"one": "five", "two": "three"}
    plain, said = kpi(Formula(parts, difference)), kpi(Formula(parts, difference, "missing_component"), name="said")
    figures = offering(shop, *PARTS, plain, said)

    found = answer(figures, "own", "2023-12")

    assert ("no_rows_in_period", {"one": 5}) == (found.reason, found.parts)
    assert "missing_component" == answer(figures, "said", "2023-12").reason


def test_a_formula_may_have_a_reason_of_its_own(shop: Engine) -> None:
    whole = kpi(Formula({"one": "five"}, lambda _parts, _situation: "unbounded"))

    assert (None, "unbounded") == (
        computed(shop, *PARTS, whole).value,
        computed(shop, *PARTS, whole).reason,
    )


def test_the_parts_of_a_formula_follow_its_parameters(shop: Engine) -> None:
    """As `arr(fx_policy=spot)` follows into `mrr`."""
    policy = {"policy": Param(("frozen", "spot"))}
    part = kpi(
        Sum(),
        facts(row("1"), row("20", team="spot"), condition="team IS NULL OR team = $policy"),
        "part",
        params=policy,
    )
    whole = kpi(Formula({"part": "part"}, lambda parts, _situation: parts["part"] * 12), params=policy)

    assert 12 == computed(shop, part, whole).value
    assert 252 == computed(shop, part, whole, ask="own(policy=spot)").value


def test_a_parameter_may_be_a_list_or_a_number_and_is_bound(shop: Engine) -> None:
    params = {"teams": Param(("all",), "list"), "least": Param(("0",), "number")}
    query = facts(
        row("1", team="A"),
        row("2", team="B"),
        row("3", team="C'; DROP TABLE tickets"),
        condition="value >= $least AND (team IN (SELECT UNNEST($teams)) OR 'all' IN (SELECT UNNEST($teams)))",
    )
    figures = offering(shop, kpi(Sum(), query, params=params))

    asks = ["own", "own(teams=A+B)", "own(least=2.5)", "own(least=1.5,teams=A+B)", "own(teams=C'; DROP TABLE tickets)"]
    found = figures.answers(asks, "2024-01")

    assert [6, 3, 3, 2, 3] == [each.value for each in found]
    assert "least=1.5,teams=A+B" == found[3].variant


def test_a_parameter_may_change_facts_fold_and_unit(shop: Engine) -> None:
    override = Override(fold=Mean(), facts=facts(row("10"), row("30")), unit="hours", better="lower")
    own = kpi(Count(), facts(row()), params={"of": Param(("count", "time"), overrides={"time": override})})
    hour = 3_600_000_000

    found = computed(shop, own, ask="own(of=time)")

    assert (20 / hour, "hours") == (found.value, found.unit)


def test_facts_know_when_their_sources_were_read(shop: Engine) -> None:
    query = facts(row("1"), condition="CAST($as_of AS TIMESTAMP) > TIMESTAMP '2026-02-28 12:00:00'")

    assert 1 == computed(shop, kpi(Sum(), query)).value


def test_a_dense_kpi_is_computed_few_periods_at_a_time(shop: Engine) -> None:
    figures = offering(shop, kpi(Sum(), facts(row("1")), periods_at_once=2))

    assert [1] * 5 == [each.value for each in figures.answers(["own"], figures.series("2024-01", "2024-05"))]


@pytest.mark.parametrize("taken", ["csat", "own"])
def test_an_id_cannot_be_taken_twice(shop: Engine, taken: str) -> None:
    own = [kpi(Count(), facts(row())), kpi(Share(), facts(row()), taken)]

    with pytest.raises(ConfigurationError, match=f"Two KPIs are called {taken}"):
        offering(shop, *own)


def test_another_name_leads_to_the_same_kpi(shop: Engine) -> None:
    found = computed(shop, kpi(Count(), facts(row()), aliases=("mine",)), ask="mine")

    assert "own" == found.kpi
