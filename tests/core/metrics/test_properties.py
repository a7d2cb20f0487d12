"""What holds for any rows: facts fold to the figure, and neither order nor chunks nor repetition changes anything."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latido.config import Schedule
from latido.metrics import Classes, Engine, EngineSettings, Formula, Mean, Nps, Quantile, Ratio, Share, Survival
from latido.metrics._kpi import SCALES
from latido.schema import Account, Cart, Milestone, SurveyResponse, Ticket, WebSession
from latido.warehouse import Warehouse
from tests.core.metrics.loading import MADRID, poured
from tests.core.metrics.test_catalogue import every_ask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from latido.metrics import Answer, Fact, Unit

DESK = {
    "desk": Schedule("desk", MADRID, dict.fromkeys(range(6), ((540, 840), (900, 1080))), frozenset({date(2024, 1, 6)}))
}
START = datetime(2023, 12, 29, tzinfo=UTC)
PERIOD = "2024-01"
FEW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def perhaps(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


instants = st.integers(0, 40 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
mostly_instants = st.one_of(instants, instants, st.none())
counts = perhaps(st.integers(0, 3))
ticket_rows = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["new", "open", "solved", "closed", "solved", "closed"]),
        "created_at": mostly_instants,
        "first_reply_at": perhaps(instants),
        "first_solved_at": perhaps(instants),
        "solved_at": perhaps(instants),
        "agent_replies": counts,
        "reopens": counts,
        "csat": st.sampled_from(["good", "bad", "offered", "none", None]),
        "sla_met": perhaps(st.booleans()),
        "team": st.sampled_from(["A", "B", None]),
        "is_spam": perhaps(st.booleans()),
        "is_deleted": st.sampled_from([False, False, False, True]),
        "merged_into": st.sampled_from([None, None, None, "unknown"]),
    }
)
answer_rows = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["csat", "csat", "ces", "nps", "nps", "other"]),
        "score": perhaps(st.integers(-1, 11)),
        "scale_min": st.sampled_from([0, 1, None]),
        "scale_max": st.sampled_from([1, 5, 7, 10, None]),
        "higher_is_better": perhaps(st.booleans()),
        "survey_id": st.sampled_from(["rating", "survey", None]),
        "ticket_id": st.sampled_from(["t00", "t01", None]),
        "respondent_email": st.sampled_from(["ana@a.example", " Ana@a.example", "luis@a.example", None]),
        "comment": st.sampled_from(["bien", " ", None]),
        "answered_at": st.one_of(instants, instants, st.just(START + timedelta(days=9))),
    }
)
visit_rows = st.fixed_dictionaries(
    {
        "visitor_id": st.sampled_from(["v1", "v2", None]),
        "started_at": mostly_instants,
        "conversions": counts,
        "pageviews": counts,
        "sessions": st.sampled_from([None, None, None, 3]),
        "traffic_source": st.sampled_from(["(direct)", "search", None]),
        "traffic_medium": st.sampled_from(["(none)", "(not set)", "cpc", None]),
    }
)
cart_rows = st.fixed_dictionaries(
    {"created_at": mostly_instants, "completed_at": perhaps(instants), "item_count": counts}
)
milestone_rows = st.fixed_dictionaries(
    {
        "account_id": st.sampled_from(["a1", "a2", "a3", "nobody"]),
        "milestone": st.sampled_from(["signup", "first_value", "login"]),
        "occurred_at": mostly_instants,
    }
)


def numbered(prefix: str, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"source_id": f"{prefix}{n:02}", **row} for n, row in enumerate(rows)]


business = st.builds(
    lambda tickets, answers, visits, carts, milestones: {
        Account: [{"source_id": name} for name in ("a1", "a2", "a3")],
        Ticket: numbered("t", tickets),
        SurveyResponse: numbered("r", answers),
        WebSession: numbered("w", visits),
        Cart: numbered("c", carts),
        Milestone: numbered("m", milestones),
    },
    st.lists(ticket_rows, max_size=25),
    st.lists(answer_rows, max_size=15),
    st.lists(visit_rows, max_size=8),
    st.lists(cart_rows, max_size=8),
    st.lists(milestone_rows, max_size=12),
)


NOWHERE = Engine(Warehouse(Path("nowhere.duckdb")), EngineSettings((), schedules=DESK))
ASKS = tuple(every_ask(NOWHERE))
OF_FACTS = tuple(ask for ask in ASKS if not isinstance(NOWHERE.ask(ask).kpi.fold, Formula | Survival))
some_asks = st.lists(st.sampled_from(OF_FACTS), min_size=3, max_size=6, unique=True)


def values(facts: Sequence[Fact], unit: Unit) -> list[Fraction]:
    """Return the values of facts, times to the microsecond that they were measured in."""
    scale = SCALES.get(unit, 1)
    return [
        Fraction(f.value) if not isinstance(f.value, float) else Fraction(round(f.value * scale), scale)
        for f in facts
        if f.value is not None
    ]


def folded(figures: Engine, answer: Answer, facts: Sequence[Fact]) -> float | None:
    """Return the figure of *facts*, by the book."""
    fold = figures.ask(answer.kpi, "" if answer.variant == "default" else answer.variant).kpi.fold
    n, sides, below = len(facts), Counter(fact.class_ for fact in facts), total(facts, "denominator")
    if not n or any(fact.blocked for fact in facts):
        return None
    match fold:
        case Share():
            return float(total(facts, "numerator") / n)
        case Ratio():
            return float(total(facts, "numerator") / below) if below else None
        case Nps():
            return float(Fraction(100 * (sides["promoters"] - sides["detractors"]), n))
        case Classes():
            return n
    return float(middling(fold, values(facts, answer.unit)))


def middling(fold: Any, found: Sequence[Fraction]) -> Fraction:
    if isinstance(fold, Mean):
        return sum(found, Fraction()) / len(found)
    assert isinstance(fold, Quantile)
    ordered, place = sorted(found), (len(found) - 1) * fold.share
    low = int(place)
    above = ordered[min(low + 1, len(ordered) - 1)]
    return ordered[low] + (above - ordered[low]) * (place - low)


def total(facts: Sequence[Fact], column: Literal["numerator", "denominator"]) -> Fraction:
    return sum((Fraction(getattr(fact, column) or 0) for fact in facts), Fraction())


def asked(answer: Answer) -> str:
    return answer.kpi if answer.variant == "default" else f"{answer.kpi}({answer.variant})"


@FEW
@given(rows=business, asks=some_asks)
def test_listed_facts_fold_to_exactly_the_figure(rows: dict[Any, list[dict[str, Any]]], asks: list[str]) -> None:
    with TemporaryDirectory() as folder:
        figures = poured(Path(folder), rows, schedules=DESK)
        for answer in figures.answers(asks, PERIOD):
            listed = list(figures.facts(asked(answer), PERIOD))
            counted = [fact for fact in listed if fact.excluded is None]
            left_out = Counter(fact.excluded for fact in listed if fact.excluded is not None)
            waiting = left_out.pop("waiting", 0)

            assert folded(figures, answer, counted) == answer.value, asked(answer)
            assert len(counted) == (answer.n or 0), asked(answer)
            assert left_out == answer.excluded, asked(answer)
            assert waiting == answer.parts.get("waiting", 0), asked(answer)


def delivered(rows: dict[Any, list[dict[str, Any]]], order: Any) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    for entity, each in rows.items():
        twice = [*each, *each[::2]]
        order.shuffle(twice)
        yield entity, twice


@FEW
@given(rows=business, order=st.randoms(use_true_random=False), chunk=st.integers(1, 7))
def test_order_chunks_and_repetition_change_nothing(
    rows: dict[Any, list[dict[str, Any]]], order: Any, chunk: int
) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        straight = poured(Path(one), rows, schedules=DESK)
        mixed = poured(Path(other), dict(delivered(rows, order)), chunk=chunk, schedules=DESK)

        found, again = ([each.json() for each in figures.answers(ASKS, PERIOD)] for figures in (straight, mixed))
        assert found == again


@FEW
@given(rows=business)
def test_promoters_passives_and_detractors_are_all_who_answered(rows: dict[Any, list[dict[str, Any]]]) -> None:
    with TemporaryDirectory() as folder:
        figures = poured(Path(folder), rows)
        score, people, every = figures.answers(["nps", "nps_segments", "nps(dedupe=none)"], PERIOD)

        for found in (score, people, every):
            sides = [found.parts.get(name, 0) for name in ("promoters", "passives", "detractors")]
            assert sum(sides) == (found.n or 0)
        assert (score.n or 0) == (people.value or 0) == (every.n or 0) - score.excluded.get("superseded", 0)
