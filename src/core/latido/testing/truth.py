"""What the figures must be, computed from an imaginary business itself.

Plain Python over the tickets, after part B of the KPI catalogue, and nothing of what it is there to check: neither
sync nor warehouse nor identity nor metrics. What a vendor cannot tell, nobody who reads that vendor can know; so the
truth is told as far as the vendor is `Known` to tell it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from statistics import fmean, median
from typing import TYPE_CHECKING, NamedTuple

from latido.testing.world import HOUR, promises_kept

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from latido.testing.world import Instant, Ticket

_CONTENT = 4
"""Of five points: 3/4 of the way from 1 to 5, and the least that is mirrored as a thumb up."""


@dataclass(frozen=True, slots=True)
class Known:
    """How finely a vendor tells a ticket's times, in seconds, and whether it tells about promises, thumbs and answers.

    A time that is told as so many whole minutes since the creation lies up to 59 seconds too early. Without `thumbs`
    an answer is told, but not on the ticket itself; without `answers` nobody is asked anything, about tickets or else.
    """

    first_reply: int = 1
    first_reply_in_chat: int = 1
    promises: bool = True
    thumbs: bool = True
    answers: bool = True


class Desk(NamedTuple):
    """What one vendor holds, and how finely it tells that."""

    tickets: Iterable[Ticket]
    known: Known = Known()


@dataclass(frozen=True, slots=True)
class Truth:
    """The true answer of one KPI for one period; `waiting` only where the KPI has it."""

    value: float | None
    n: int
    numerator: float | None = None
    denominator: float | None = None
    waiting: int | None = None
    reason: str | None = None


UNKNOWN = Truth(None, 0, reason="no_rows")
MISSING = Truth(None, 0, reason="missing_field")
OF_TICKETS = (
    "ticket_csat", "first_response_time", "average_resolution_time", "first_contact_resolution", "ticket_reopen_rate",
    "service_quality",
)  # fmt: skip


class Period(NamedTuple):
    """From the midnight that begins a day to the one that begins another, on the clocks of a place."""

    start: Instant
    end: Instant

    @classmethod
    def of(cls, start: date, end: date, zone: ZoneInfo) -> Period:
        """Return the period of the dates [*start*, *end*) in *zone*."""
        return cls(_midnight(start, zone), _midnight(end, zone))

    def holds(self, at: Instant | None) -> bool:
        return at is not None and self.start <= at < self.end


def truth(desks: Iterable[Desk], period: Period) -> dict[str, Truth]:
    """Return the true answers of the support KPIs over all *desks*, by id, each in its default variant."""
    tally = _Tally(period)
    for desk in desks:
        tally.has_answers |= desk.known.answers
        for ticket in desk.tickets:
            tally.meet(desk.known)
            if ticket.fate == "live":
                tally.count(ticket, desk.known)
    return tally.answers()


@dataclass(slots=True)
class _Tally:
    period: Period
    has_tickets: bool = False
    has_thumbs: bool = False
    has_promises: bool = False
    has_answers: bool = False
    first_replies: list[float] = field(default_factory=list)
    waiting: int = 0
    resolutions: list[float] = field(default_factory=list)
    at_first_contact: list[bool] = field(default_factory=list)
    reopened: list[bool] = field(default_factory=list)
    thumbs: list[bool] = field(default_factory=list)
    promises: list[bool] = field(default_factory=list)
    opinions: list[bool] = field(default_factory=list)

    def meet(self, known: Known) -> None:
        """Note what can be known of a ticket, whatever became of it."""
        self.has_tickets = True
        self.has_thumbs |= known.thumbs
        self.has_promises |= known.promises

    def count(self, ticket: Ticket, known: Known) -> None:
        self._count_reply(ticket, known)
        self.opinions.extend(good for at, good in _opinions(ticket) if self.period.holds(at))
        if ticket.is_solved and ticket.solves and self.period.holds(ticket.solves[-1]):
            self._count_solved(ticket, known)

    def answers(self) -> dict[str, Truth]:
        opinions = _share(self.opinions, "no_rows_in_period") if self.has_answers else UNKNOWN
        return {"csat": opinions} | (self._of_tickets() if self.has_tickets else dict.fromkeys(OF_TICKETS, UNKNOWN))

    def _of_tickets(self) -> dict[str, Truth]:
        return {
            "ticket_csat": _share(self.thumbs, "zero_denominator") if self.has_thumbs else MISSING,
            "first_response_time": self._first_response_time(),
            "average_resolution_time": _mean(self.resolutions),
            "first_contact_resolution": _share(self.at_first_contact, "zero_denominator"),
            "ticket_reopen_rate": _share(self.reopened, "zero_denominator"),
            "service_quality": _share(self.promises, "zero_denominator") if self.has_promises else MISSING,
        }

    def _count_reply(self, ticket: Ticket, known: Known) -> None:
        replied_at = told_first_reply(ticket, known)
        if replied_at is not None and self.period.holds(replied_at):
            self.first_replies.append((replied_at - ticket.created_at) / HOUR)
        answered = replied_at is not None and replied_at < self.period.end
        solved = ticket.is_solved and bool(ticket.solves) and ticket.solves[-1] < self.period.end
        self.waiting += ticket.created_at < self.period.end and not answered and not solved

    def _count_solved(self, ticket: Ticket, known: Known) -> None:
        self.resolutions.append((ticket.solves[-1] - ticket.created_at) / HOUR)
        self.at_first_contact.append(len(ticket.replies) <= 1 and ticket.reopens == 0)
        self.reopened.append(ticket.reopens > 0)
        if known.thumbs and (good := _thumb(ticket)) is not None:
            self.thumbs.append(good)
        if known.promises and (kept := promises_kept(ticket)) is not None:
            self.promises.append(kept)

    def _first_response_time(self) -> Truth:
        replies = self.first_replies
        if not replies:
            return Truth(None, 0, waiting=self.waiting, reason="no_rows_in_period")
        return Truth(median(replies), len(replies), waiting=self.waiting)


def told_first_reply(ticket: Ticket, known: Known) -> Instant | None:
    """Return when the first reply was, as the vendor tells it."""
    if ticket.first_reply_at is None:
        return None
    grain = known.first_reply_in_chat if ticket.channel == "chat" else known.first_reply
    taken = ticket.first_reply_at - ticket.created_at
    return ticket.created_at + taken - taken % grain


def _opinions(ticket: Ticket) -> Iterable[tuple[Instant | None, bool]]:
    """Yield when satisfaction was first told and whether it is good now. Ease is another question's answer."""
    if ticket.survey is not None and ticket.survey.satisfaction is not None:
        yield ticket.survey.answered_at, ticket.survey.satisfaction >= _CONTENT
    elif ticket.rating is not None and ticket.rating.good is not None:
        yield ticket.rating.answered_at, ticket.rating.good


def _thumb(ticket: Ticket) -> bool | None:
    """Return whether the ticket's own thumb is up; None if it was never given."""
    return next((good for _, good in _opinions(ticket)), None)


def _share(judged: list[bool], reason: str) -> Truth:
    if not judged:
        return Truth(None, 0, 0, 0, reason=reason)
    return Truth(sum(judged) / len(judged), len(judged), sum(judged), len(judged))


def _mean(values: list[float]) -> Truth:
    return Truth(fmean(values), len(values)) if values else Truth(None, 0, reason="no_rows_in_period")


def _midnight(day: date, zone: ZoneInfo) -> Instant:
    return int(datetime.combine(day, time(), zone).astimezone(UTC).timestamp())
