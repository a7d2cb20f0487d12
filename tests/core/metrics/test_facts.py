"""The facts that are listed fold to exactly the figure: of every KPI in every variant, and of every segment."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pytest

from latido.metrics import Classes, Count, Formula, Mean, Nps, Quantile, Ratio, Share, Situation, Sum, Survival
from tests.core.metrics.loading import poured
from tests.core.metrics.rich import rich_rows
from tests.core.metrics.test_properties import ASKS, DESK, asked, total, values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from latido.metrics import Answer, Ask, Engine, Fact, Kpi

PERIOD = "2023-12"
OF_CUSTOMERS = ("country", "industry", "team")
"""They come from the same place as the owner: a few KPIs will do."""


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    figures = poured(tmp_path_factory.mktemp("rich"), rich_rows(), by_hand=("shop",), schedules=DESK)
    figures.answers(["csat"], PERIOD)
    with figures.warehouse.reading():
        yield figures


@pytest.fixture(scope="module")
def listed(rich: Engine) -> dict[str, list[Fact]]:
    return {rich.ask(ask).text: list(rich.facts(ask, PERIOD)) for ask in ASKS}


def figure(rich: Engine, ask: Ask, facts: Sequence[Fact], answer: Answer, name: str | None = None) -> Any:
    """Return the figure of *facts* by the book, None where there is none; of a formula, by its parts."""
    if not isinstance(ask.kpi.fold, Formula):
        return folded(ask.kpi, [fact for fact in facts if fact.part == name and fact.excluded is None], facts)
    parts = {
        part: figure(rich, each, facts, answer, f"{name}.{part}" if name else part)
        for part, each in rich.catalogue.parts(ask).items()
    }
    if any(part is None for part in parts.values()):
        return None
    found = ask.kpi.fold.combine(parts, Situation(answer.period, rich.settings))
    return None if isinstance(found, str) else getattr(found, "value", found)


def folded(kpi: Kpi, counted: Sequence[Fact], facts: Sequence[Fact]) -> Any:
    entities = {fact.entity for fact in counted}
    if any(fact.blocked for fact in counted) or not entities.issuperset(kpi.requires):
        return None
    if not counted and kpi.on_empty != 0:
        return None
    return by_the_book(kpi, counted, facts)


def by_the_book(kpi: Kpi, counted: Sequence[Fact], facts: Sequence[Fact]) -> Any:
    fold, n, below = kpi.fold, len(counted), total(counted, "denominator")
    sides, money = Counter(fact.class_ for fact in counted), values(counted, kpi.unit)
    found: Any = None
    match fold:
        case Share():
            found = float(total(counted, "numerator") / n)
        case Ratio():
            found = float(total(counted, "numerator") / below) if below else None
        case Nps():
            found = float(Fraction(100 * (sides["promoters"] - sides["detractors"]), n))
        case Count() | Classes(combine=None):
            found = n
        case Sum():
            found = sum(money, Fraction())
        case Mean():
            found = float(sum(money, Fraction()) / n)
        case Quantile():
            found = float(middling(sorted(money), fold.share))
        case Survival():
            found = survived(kpi, facts)
        case Classes():
            found = moved(counted)
    return found


def moved(counted: Sequence[Fact]) -> Fraction:
    signs = {"closing": 1, "opening": -1}
    return sum((signs.get(str(fact.class_), 0) * Fraction(fact.value or 0) for fact in counted), Fraction())


def middling(ordered: Sequence[Fraction], share: Fraction) -> Fraction:
    place = (len(ordered) - 1) * share
    low = int(place)
    return ordered[low] + (ordered[min(low + 1, len(ordered) - 1)] - ordered[low]) * (place - low)


def survived(kpi: Kpi, facts: Sequence[Fact]) -> float | None:
    """Return when half of all have seen value, after Kaplan and Meier."""
    waited = values([fact for fact in facts if fact.excluded in {None, "waiting"}], kpi.unit)
    reached, still = sorted(values([fact for fact in facts if fact.excluded is None], kpi.unit)), Fraction(1)
    for moment, same in groupby(reached):
        still *= 1 - Fraction(len(list(same)), sum(each >= moment for each in waited))
        if still <= Fraction(1, 2):
            return float(moment)
    return None


def assert_folds(rich: Engine, answer: Answer, facts: Sequence[Fact]) -> None:
    about = asked(answer), answer.segment
    ask = rich.ask(asked(answer))
    expected = figure(rich, ask, facts, answer)
    if isinstance(ask.kpi.fold, Formula):
        found = None if answer.value is None else float(answer.value)
        assert found == (expected if expected is None else pytest.approx(float(expected), rel=1e-12)), about
        return
    counted = [fact for fact in facts if fact.excluded is None]
    left_out = Counter(fact.excluded for fact in facts if fact.excluded not in {None, *ask.kpi.promote})
    assert (expected, len(counted)) == (answer.value, answer.n or 0), about
    assert left_out == answer.excluded, about


def is_of(fact: Fact, answer: Answer) -> bool:
    known = {"source": fact.source, **fact.dimensions}
    return all(known[name] == value for name, value in (answer.segment or {}).items())


def splitting(rich: Engine, asks: Iterable[str], dimension: str) -> list[str]:
    return [ask for ask in asks if dimension in rich.dimensions(ask)]


def test_every_variant_is_the_fold_of_its_facts(rich: Engine, listed: dict[str, list[Fact]]) -> None:
    for answer in rich.answers(ASKS, PERIOD):
        assert_folds(rich, answer, listed[asked(answer)])


def test_every_segment_is_the_fold_of_its_facts(rich: Engine, listed: dict[str, list[Fact]]) -> None:
    every = dict.fromkeys(name for ask in ASKS for name in rich.dimensions(ask) if name != "segment")
    for dimension in every:
        asks = splitting(rich, ASKS[::4] if dimension in OF_CUSTOMERS else ASKS, dimension)
        for answer in rich.answers(asks, PERIOD, segment=dimension):
            assert_folds(rich, answer, [fact for fact in listed[asked(answer)] if is_of(fact, answer)])


def test_segments_of_value_are_those_of_their_customers(rich: Engine) -> None:
    for ask in ("csat", "customer_churn_rate", "mrr", "first_response_time(stat=mean)"):
        for answer in rich.answers([ask], PERIOD, segment="segment"):
            assert_folds(rich, answer, list(rich.facts(ask, PERIOD, segment=answer.segment)))
