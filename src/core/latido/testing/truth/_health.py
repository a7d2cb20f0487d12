"""How customers really are: how well, how far, and who may leave."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from latido.testing.truth._answers import class_of, last_answers
from latido.testing.truth._contracts import segment
from latido.testing.truth._figure import UNKNOWN, Truth
from latido.testing.truth._tickets import is_over
from latido.testing.truth._usage import days_visited, first_values, has_visits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido.testing.truth._answers import Kind, Opinion
    from latido.testing.truth._book import Book, Owner
    from latido.testing.truth._figure import Period, Truths

_WEIGHTS = {
    "nps": Fraction("0.25"),
    "csat": Fraction("0.20"),
    "ces": Fraction("0.15"),
    "support": Fraction("0.20"),
    "usage": Fraction("0.20"),
}
_ENOUGH = Fraction("0.5")
_UNWELL = 50
_PER_TICKET = 25
_ALL = Fraction(100)

Parts = dict[str, dict[int, Fraction]]


def of_health(book: Book, period: Period) -> Truths:
    """Return the KPIs over customers as a whole."""
    if not book.has_customers:
        return dict.fromkeys(("customer_health_score", "at_risk_customers", "lifecycle_stage"), UNKNOWN)
    scores = _scores(book, period)
    asked = {"answers", "tickets"} & book.tables or has_visits(book)
    return {
        "customer_health_score": _health(scores),
        "at_risk_customers": _at_risk(scores, book, period) if asked else UNKNOWN,
        "lifecycle_stage": _lifecycle(book, period) if "milestones" in book.tables else UNKNOWN,
    }


def _health(scores: Mapping[Owner, Fraction | None]) -> Truth:
    known = [each for each in scores.values() if each is not None]
    parts = {"without_score": len(scores) - len(known)}
    if not known:
        return Truth(None, 0, reason="insufficient_coverage", parts=parts)
    return Truth(float(sum(known) / len(known)), len(known), parts=parts)


def _scores(book: Book, period: Period) -> Mapping[Owner, Fraction | None]:
    """Return the health of each customer that is active at the end; None where less than half of it is known."""
    parts = _parts(book, period)
    return {owner: _score(parts, owner) for owner in book.paid_at_the_end_of(period)}


def _score(parts: Parts, owner: Owner) -> Fraction | None:
    known = {name: told[owner] for name, told in parts.items() if isinstance(owner, int) and owner in told}
    if not isinstance(owner, int) and "support" in parts:
        known = {"support": _ALL}  # Nobody asks for what belongs to nobody.
    weight = sum((_WEIGHTS[name] for name in known), Fraction())
    if weight < _ENOUGH:
        return None
    return sum((_WEIGHTS[name] * part for name, part in known.items()), Fraction()) / weight


def _parts(book: Book, period: Period) -> Parts:
    """Return what is known of customers, from 0 to 100."""
    visited = days_visited(book, period)
    parts = {
        "nps": _places(_last_nps(book, period)),
        "csat": _shares(book, period, "csat"),
        "ces": _shares(book, period, "ces"),
        "usage": {customer: Fraction(100 * days, 30) for customer, days in visited.items()},
    }
    if "tickets" not in book.tables:
        return parts
    unsolved = Counter(
        each.owner
        for each in book.cases
        if each.ticket.created_at < period.end and not is_over(each.ticket, period.end)
    )
    active = [owner for owner in book.paid_at_the_end_of(period) if isinstance(owner, int)]
    return {**parts, "support": {owner: max(Fraction(0), _ALL - _PER_TICKET * unsolved[owner]) for owner in active}}


def _last_nps(book: Book, period: Period) -> list[Opinion]:
    year = period.last(365)
    return [
        each for each in last_answers(each for each in book.opinions if year.holds(each.at)) if each.owner is not None
    ]


def _places(told: list[Opinion]) -> dict[int, Fraction]:
    places: dict[int, list[Fraction]] = defaultdict(list)
    for each in told:
        places[each.owner or 0].append(each.score.place)
    return {owner: sum(each) / Fraction(len(each)) for owner, each in places.items()}


def _shares(book: Book, period: Period, kind: Kind) -> dict[int, Fraction]:
    judged: dict[int, list[Fraction]] = defaultdict(list)
    for each in book.opinions:
        if each.kind == kind and each.owner is not None and period.last(90).holds(each.at):
            judged[each.owner].append(_ALL * each.score.is_high)
    return {owner: sum(each) / Fraction(len(each)) for owner, each in judged.items()}


def _at_risk(scores: Mapping[Owner, Fraction | None], book: Book, period: Period) -> Truth:
    detracting = {each.owner for each in _last_nps(book, period) if class_of(each.score) == "detractors"}
    classes = Counter(_risk(owner in detracting, score) for owner, score in scores.items())
    parts = {name: classes[name] for name in ("detractor", "unwell", "both")}
    n = sum(parts.values())
    return Truth(n, n, parts={**parts, "without_score": classes["unknown"]})


def _risk(is_detractor: bool, score: Fraction | None) -> str | None:
    unwell = score is not None and score < _UNWELL
    if is_detractor:
        return "both" if unwell else "detractor"
    if score is None:
        return "unknown"
    return "unwell" if unwell else None


def _lifecycle(book: Book, period: Period) -> Truth:
    paid, valued = book.paid_at_the_end_of(period), first_values(book)
    amounts, stages = list(paid.values()), Counter[str]()
    for owner, amount in paid.items():
        seen = isinstance(owner, int) and valued.get(owner, period.end) < period.end
        high = segment(amount, amounts) == "high"
        stages["onboarding" if not seen else "support" if high else "ongoing"] += 1
    parts = {name: stages[name] for name in ("onboarding", "ongoing", "support")}
    return Truth(len(paid), len(paid), parts=parts)
