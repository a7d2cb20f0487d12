"""What support is really like: how fast, how often at the first contact, how well."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from latido.testing.truth._answers import opinion
from latido.testing.truth._figure import MISSING, UNKNOWN, mean, middle, share
from latido.testing.world import HOUR, promises_kept

if TYPE_CHECKING:
    from latido.testing.truth._book import Book
    from latido.testing.truth._figure import Period, Truths
    from latido.testing.truth._told import Known
    from latido.testing.world import Instant, Ticket

KPIS = (
    "ticket_csat", "first_response_time", "average_resolution_time", "first_contact_resolution", "ticket_reopen_rate",
    "service_quality",
)  # fmt: skip


def of_tickets(book: Book, period: Period) -> Truths:
    """Return the KPIs over the tickets of all desks."""
    if "tickets" not in book.tables:
        return dict.fromkeys(KPIS, UNKNOWN)
    tally = _Tally(period)
    for case in book.cases:
        tally.count(case.ticket, case.known)
    return tally.answers(has_thumbs="thumbs" in book.tables, has_promises="promises" in book.tables)


@dataclass(slots=True)
class _Tally:
    period: Period
    first_replies: list[float] = field(default_factory=list)
    waiting: int = 0
    resolutions: list[float] = field(default_factory=list)
    at_first_contact: list[bool] = field(default_factory=list)
    reopened: list[bool] = field(default_factory=list)
    thumbs: list[bool] = field(default_factory=list)
    promises: list[bool] = field(default_factory=list)

    def count(self, ticket: Ticket, known: Known) -> None:
        self._count_reply(ticket, known)
        if ticket.is_solved and ticket.solves and self.period.holds(ticket.solves[-1]):
            self._count_solved(ticket, known)

    def answers(self, *, has_thumbs: bool, has_promises: bool) -> Truths:
        return {
            "ticket_csat": share(self.thumbs, "zero_denominator") if has_thumbs else MISSING,
            "first_response_time": middle(self.first_replies, self.waiting),
            "average_resolution_time": mean(self.resolutions),
            "first_contact_resolution": share(self.at_first_contact, "zero_denominator"),
            "ticket_reopen_rate": share(self.reopened, "zero_denominator"),
            "service_quality": share(self.promises, "zero_denominator") if has_promises else MISSING,
        }

    def _count_reply(self, ticket: Ticket, known: Known) -> None:
        replied_at = told_first_reply(ticket, known)
        if replied_at is not None and self.period.holds(replied_at):
            self.first_replies.append((replied_at - ticket.created_at) / HOUR)
        answered = replied_at is not None and replied_at < self.period.end
        self.waiting += ticket.created_at < self.period.end and not answered and not is_over(ticket, self.period.end)

    def _count_solved(self, ticket: Ticket, known: Known) -> None:
        self.resolutions.append((ticket.solves[-1] - ticket.created_at) / HOUR)
        self.at_first_contact.append(len(ticket.replies) <= 1 and ticket.reopens == 0)
        self.reopened.append(ticket.reopens > 0)
        if known.thumbs and (thumb := opinion(ticket)) is not None:
            self.thumbs.append(thumb.is_high)
        if known.promises and (kept := promises_kept(ticket)) is not None:
            self.promises.append(kept)


def is_over(ticket: Ticket, at: Instant) -> bool:
    """Whether a ticket that is solved now was solved for the last time before *at*."""
    return ticket.is_solved and bool(ticket.solves) and ticket.solves[-1] < at


def told_first_reply(ticket: Ticket, known: Known) -> Instant | None:
    """Return when the first reply was, as the vendor tells it."""
    if ticket.first_reply_at is None:
        return None
    grain = known.first_reply_in_chat if ticket.channel == "chat" else known.first_reply
    taken = ticket.first_reply_at - ticket.created_at
    return ticket.created_at + taken - taken % grain
