"""What holds for any rows: facts fold to the figure, and neither order nor chunks nor repetition changes anything."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latido.config import Schedule
from latido.metrics import Engine, EngineSettings, Mean, Quantile, Share
from latido.schema import SurveyResponse, Ticket
from latido.warehouse import Warehouse
from tests.core.metrics.loading import MADRID, poured
from tests.core.metrics.test_catalogue import every_ask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from latido.metrics import Answer, Fact

DESK = {
    "desk": Schedule("desk", MADRID, dict.fromkeys(range(6), ((540, 840), (900, 1080))), frozenset({date(2024, 1, 6)}))
}
HOUR = 3_600_000_000
START = datetime(2023, 12, 29, tzinfo=UTC)
PERIOD = "2024-01"
FEW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def perhaps(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


instants = st.integers(0, 40 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
counts = perhaps(st.integers(0, 3))
ticket_rows = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["new", "open", "solved", "closed", "solved", "closed"]),
        "created_at": st.one_of(instants, instants, st.none()),
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
        "kind": st.sampled_from(["csat", "csat", "csat", "nps"]),
        "score": perhaps(st.integers(-1, 11)),
        "scale_min": st.sampled_from([0, 1, None]),
        "scale_max": st.sampled_from([1, 5, 7, 10, None]),
        "higher_is_better": perhaps(st.booleans()),
        "survey_id": st.sampled_from(["rating", "survey", None]),
        "ticket_id": st.sampled_from(["t00", "t01", None]),
        "answered_at": instants,
    }
)


def numbered(prefix: str, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"source_id": f"{prefix}{n:02}", **row} for n, row in enumerate(rows)]


business = st.builds(
    lambda tickets, answers: {Ticket: numbered("t", tickets), SurveyResponse: numbered("r", answers)},
    st.lists(ticket_rows, max_size=25),
    st.lists(answer_rows, max_size=15),
)


ASKS = tuple(every_ask(Engine(Warehouse(Path("nowhere.duckdb")), EngineSettings((), schedules=DESK))))
some_asks = st.lists(st.sampled_from(ASKS), min_size=3, max_size=6, unique=True)


def values(facts: Sequence[Fact]) -> list[Fraction]:
    """Return the values of facts, times in hours to the microsecond that they were measured in."""
    return [
        Fraction(f.value) if not isinstance(f.value, float) else Fraction(round(f.value * HOUR), HOUR)
        for f in facts
        if f.value is not None
    ]


def folded(figures: Engine, answer: Answer, facts: Sequence[Fact]) -> float | None:
    """Return the figure of *facts*, by the book."""
    fold = figures.ask(answer.kpi, "" if answer.variant == "default" else answer.variant).kpi.fold
    if not facts:
        return None
    if isinstance(fold, Share):
        return float(sum((Fraction(fact.numerator or 0) for fact in facts), Fraction()) / len(facts))
    if isinstance(fold, Mean):
        return float(sum(values(facts), Fraction()) / len(facts))
    assert isinstance(fold, Quantile)
    ordered, place = sorted(values(facts)), (len(facts) - 1) * fold.share
    low = int(place)
    above = ordered[min(low + 1, len(ordered) - 1)]
    return float(ordered[low] + (above - ordered[low]) * (place - low))


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


@FEW
@given(rows=business)
def test_facts_of_a_segment_fold_to_its_figure(rows: dict[Any, list[dict[str, Any]]]) -> None:
    asks = [
        "csat(variant=mean_normalised)",
        "first_response_time",
        "first_contact_resolution",
        "average_resolution_time",
    ]
    with TemporaryDirectory() as folder:
        figures = poured(Path(folder), rows)
        for answer in figures.answers(asks, PERIOD, segment="team"):
            listed = figures.facts(asked(answer), PERIOD, segment=answer.segment)
            counted = [fact for fact in listed if fact.excluded is None]

            assert folded(figures, answer, counted) == answer.value, (asked(answer), answer.segment)


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
