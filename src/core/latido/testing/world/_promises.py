"""What customers were promised: how soon a first reply comes, how long they wait at most."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from latido.testing.world._instants import HOUR
from latido.testing.world._tickets import DONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.testing.world._instants import Instant
    from latido.testing.world._tickets import Step, Ticket

FIRST_REPLY = {"urgent": HOUR, "high": 4 * HOUR, "normal": 8 * HOUR, "low": 24 * HOUR}
WAIT = {"urgent": 12 * HOUR, "high": 24 * HOUR}
"""Targets by priority, in seconds of the calendar. A ticket without priority is promised nothing."""

_WAITING = ("new", "open", "on_hold")


class Promise(NamedTuple):
    """One target of one ticket: kept once `kept_at` is known, broken from `due_at` on if nothing happened before."""

    metric: str
    instance: int
    given_at: Instant
    target: int
    due_at: Instant | None
    kept_at: Instant | None

    @property
    def broken(self) -> bool:
        """Whether it was kept too late. One that is still open is neither broken nor kept."""
        return self.kept_at is not None and self.due_at is not None and self.due_at < self.kept_at


def promises(ticket: Ticket) -> list[Promise]:
    """Return what was promised about a ticket, the first reply first."""
    if ticket.priority is None or ticket.fate != "live" or ticket.opened_by.role != "requester":
        return []
    return [_first_reply(ticket, FIRST_REPLY[ticket.priority]), *_waits(ticket)]


def promises_kept(ticket: Ticket) -> bool | None:
    """Return False if any promise was broken, True if one was kept and none broken, None if nothing is known."""
    settled = [each.broken for each in promises(ticket) if each.kept_at is not None]
    return not any(settled) if settled else None


def _first_reply(ticket: Ticket, target: int) -> Promise:
    """A ticket that is solved without a reply needs none."""
    solves = ticket.solves
    kept = min((at for at in (ticket.first_reply_at, solves[0] if solves else None) if at), default=None)
    return Promise("reply_time", 1, ticket.created_at, target, ticket.created_at + target, kept)


def _waits(ticket: Ticket) -> Iterator[Promise]:
    """From each opening to the next solve: the time in which the requester waits, pauses left out."""
    if ticket.priority not in WAIT:
        return
    target = WAIT[ticket.priority]
    for instance, (steps, solved_at) in enumerate(_stretches(ticket.steps), 1):
        due_at = _used_up(steps, solved_at, target)
        yield Promise("requester_wait_time", instance, steps[0].at, target, due_at, solved_at)


def _stretches(steps: tuple[Step, ...]) -> Iterator[tuple[list[Step], Instant | None]]:
    """Yield the statuses from each opening to the solve that ended it, which is None for the one still open."""
    stretch: list[Step] = []
    for step in steps:
        if step.status not in DONE:
            stretch.append(step)
        elif stretch:
            yield stretch, step.at
            stretch = []
    if stretch:
        yield stretch, None


def _used_up(steps: list[Step], solved_at: Instant | None, target: int) -> Instant | None:
    """Return when the requester had waited, or will have waited if nothing happens, for *target* seconds."""
    waited = 0
    for step, until in zip(steps, [*(after.at for after in steps[1:]), solved_at], strict=True):
        if step.status not in _WAITING:
            continue
        if until is None or waited + until - step.at > target:
            return step.at + target - waited
        waited += until - step.at
    return None
