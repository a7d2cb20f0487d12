"""What people really answer when they are asked."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from latido.testing.truth._figure import UNKNOWN, Truth, share

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping

    from latido.testing.truth._book import Book
    from latido.testing.truth._figure import Period, Truths
    from latido.testing.truth._told import Known
    from latido.testing.world import Instant, Ticket

Kind: TypeAlias = str

_PROMOTER, _PASSIVE = 9, 7
NPS = (0, 10)
STARS, EASE, THUMB = (1, 5), (1, 7), (0, 1)


class Score(NamedTuple):
    """A score on its scale; greater is better."""

    given: int
    scale: tuple[int, int]

    @property
    def is_high(self) -> bool:
        """Whether it lies in the top quarter of the scale."""
        low, high = self.scale
        return 4 * (self.given - low) >= 3 * (high - low)

    @property
    def place(self) -> Fraction:
        """Where it lies on the scale, from 0 to 100."""
        low, high = self.scale
        return Fraction(100 * (self.given - low), high - low)


class Opinion(NamedTuple):
    """One answer to one question; `owner` is the customer that whoever answered belongs to, as far as it is told."""

    kind: Kind
    at: Instant
    score: Score
    person: Hashable
    owner: int | None
    is_said: bool


def of_answers(book: Book, period: Period) -> Truths:
    """Return the KPIs over all answers."""
    if "answers" not in book.tables:
        names = ("nps", "nps_segments", "csat", "ces", "cx_score", "comment_rate")
        return {**dict.fromkeys(names, UNKNOWN), "survey_response_rate": _response_rate(book, period)}
    told = [each for each in book.opinions if period.holds(each.at)]
    found = {
        "nps": _nps(told),
        "nps_segments": _segments(told),
        "csat": _high(told, "csat"),
        "ces": _high(told, "ces"),
        "comment_rate": share([each.is_said for each in told], "zero_denominator"),
        "survey_response_rate": _response_rate(book, period),
    }
    return {**found, "cx_score": _experience(found)}


def last_answers(told: Iterable[Opinion]) -> Iterator[Opinion]:
    """Yield what each person last said of recommending."""
    latest = {each.person: each for each in sorted(told, key=lambda each: each.at) if each.kind == "nps"}
    yield from latest.values()


def class_of(score: Score) -> str:
    """Return what a score from 0 to 10 makes of a person."""
    return "promoters" if score.given >= _PROMOTER else "passives" if score.given >= _PASSIVE else "detractors"


def opinion(ticket: Ticket) -> Score | None:
    """Return how satisfied the requester of a ticket is now."""
    if ticket.survey is not None and ticket.survey.satisfaction is not None:
        return Score(ticket.survey.satisfaction, STARS)
    if ticket.rating is not None and ticket.rating.good is not None:
        return Score(int(ticket.rating.good), THUMB)
    return None


def said_of(ticket: Ticket, known: Known, owner: int | None) -> Iterator[Opinion]:
    """Yield what the requester of a ticket answered when it was solved, each with its remark where that stands."""
    asked = ticket.survey or ticket.rating
    if asked is None or asked.answered_at is None:
        return
    scores = {"csat": opinion(ticket), "ces": _ease(ticket)}
    told = {kind: score for kind, score in scores.items() if score is not None}
    for turn, (kind, score) in enumerate(told.items()):
        stands = {"first": turn == 0, "each": True, "satisfaction": kind == "csat"}[known.remarks]
        yield Opinion(kind, asked.answered_at, score, ticket.requester, owner, stands and is_text(asked.remark))


def is_text(remark: str | None) -> bool:
    """Whether something was said: spaces are nothing."""
    return bool(remark and remark.strip())


def _ease(ticket: Ticket) -> Score | None:
    ease = None if ticket.survey is None else ticket.survey.ease
    return None if ease is None else Score(ease, EASE)


def _nps(told: Iterable[Opinion]) -> Truth:
    sizes = _sizes(told)
    if not (n := sum(sizes.values())):
        return Truth(None, 0, reason="no_rows_in_period")
    above, below = sizes["promoters"] / n, sizes["detractors"] / n
    error = {} if n == 1 else {"standard_error": 100 * sqrt((above + below - (above - below) ** 2) / n)}
    return Truth(100 * (above - below), n, sizes["promoters"] - sizes["detractors"], n, parts={**sizes, **error})


def _segments(told: Iterable[Opinion]) -> Truth:
    sizes = _sizes(told)
    n = sum(sizes.values())
    return Truth(n, n, parts=sizes) if n else Truth(None, 0, reason="no_rows_in_period")


def _sizes(told: Iterable[Opinion]) -> dict[str, int]:
    classes = [class_of(each.score) for each in last_answers(told)]
    return {name: classes.count(name) for name in ("promoters", "passives", "detractors")}


def _high(told: Iterable[Opinion], kind: Kind) -> Truth:
    return share([each.score.is_high for each in told if each.kind == kind], "no_rows_in_period")


def _experience(found: Mapping[str, Truth]) -> Truth:
    values = [found[name].value for name in ("nps", "csat", "ces")]
    if None in values:
        return Truth(None, 0, reason="missing_component")
    nps, csat, ces = (float(each or 0) for each in values)
    return Truth(((nps + 100) / 2 + 100 * csat + 100 * ces) / 3, 0)


def _response_rate(book: Book, period: Period) -> Truth:
    if "invitations" not in book.tables:
        return UNKNOWN
    return share([each.is_answered for each in book.invitations if period.holds(each.sent_at)], "no_rows_in_period")
