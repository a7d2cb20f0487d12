"""A ticket and all that happened to it, and what follows from that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from latido.testing.world._instants import DAY

if TYPE_CHECKING:
    from latido.testing.world._instants import Instant

Status = Literal["new", "open", "pending", "on_hold", "solved", "closed"]
Channel = Literal["email", "web", "chat", "phone", "api"]
Fate = Literal["live", "merged", "spam", "deleted"]

SURVEY_LIFE = 31 * DAY
DONE: tuple[Status, ...] = ("solved", "closed")


class Author(NamedTuple):
    """Who did something: a person by number, an agent by number, a bot, or the system (a rule, a timer)."""

    role: Literal["requester", "agent", "bot", "system"]
    number: int = 0


SYSTEM = Author("system")
BOT = Author("bot")


class Comment(NamedTuple):
    """One message of the conversation; one that is not public is a note among agents."""

    at: Instant
    author: Author
    public: bool


class Step(NamedTuple):
    """The ticket got another status."""

    at: Instant
    status: Status
    by: Author


class Assignment(NamedTuple):
    """The ticket went to a team and, maybe, to one of its agents."""

    at: Instant
    team: int
    agent: int | None


class Rating(NamedTuple):
    """Good or bad, asked a day after the solve; `answered_at` is None while nobody has answered."""

    offered_at: Instant
    answered_at: Instant | None = None
    good: bool | None = None
    remark: str | None = None
    reason: int | None = None


class Survey(NamedTuple):
    """A questionnaire sent a day after the solve: satisfaction 1 to 5, ease 1 to 7 (7 is easy), a remark.

    It may be answered, and the answer be changed, until it expires; `changed_at` is the last time, `satisfaction`
    and `ease` what it says since then. None for a question is one left out.
    """

    offered_at: Instant
    answered_at: Instant | None = None
    changed_at: Instant | None = None
    satisfaction: int | None = None
    ease: int | None = None
    remark: str | None = None

    @property
    def expires_at(self) -> Instant:
        return self.offered_at + SURVEY_LIFE


@dataclass(frozen=True, slots=True)
class Details:
    """What a form asked when the ticket was opened, or an agent filled in: nothing that a figure counts."""

    product: str
    order_total: str | None = None
    due_on: str | None = None
    call_back: bool = False
    features: tuple[str, ...] = ()
    effort: int | None = None
    recommendation: int | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A request for help as it stands at the end of the world.

    The first comment is the request itself. `gone_at` is when it was deleted, `erased_at` when its content was
    destroyed too, `touched_at` when a machine last wrote to it without anything having changed for people.
    """

    number: int
    requester: int
    customer: int | None
    channel: Channel
    language: str
    subject: str
    prose: tuple[int, int]
    priority: Literal["low", "normal", "high", "urgent"] | None
    kind: Literal["question", "incident", "problem", "task"] | None
    tags: tuple[str, ...]
    details: Details
    comments: tuple[Comment, ...]
    steps: tuple[Step, ...]
    assignments: tuple[Assignment, ...]
    fate: Fate = "live"
    merged_into: int | None = None
    gone_at: Instant | None = None
    erased_at: Instant | None = None
    touched_at: Instant | None = None
    rating: Rating | None = None
    survey: Survey | None = None
    bots_only: bool = False

    @property
    def created_at(self) -> Instant:
        return self.comments[0].at

    @property
    def opened_by(self) -> Author:
        return self.comments[0].author

    @property
    def status(self) -> Status:
        return self.steps[-1].status

    @property
    def team(self) -> int | None:
        return self.assignments[-1].team if self.assignments else None

    @property
    def agent(self) -> int | None:
        return self.assignments[-1].agent if self.assignments else None

    @property
    def replies(self) -> tuple[Comment, ...]:
        """What agents wrote to the requester after the request; neither notes nor machines."""
        return tuple(each for each in self.comments[1:] if each.public and each.author.role == "agent")

    @property
    def first_reply_at(self) -> Instant | None:
        return next((each.at for each in self.replies), None)

    @property
    def solves(self) -> tuple[Instant, ...]:
        """When the ticket became solved, each time."""
        return tuple(step.at for step in self.steps if step.status == "solved")

    @property
    def reopens(self) -> int:
        """How often a solved ticket became something else than closed."""
        pairs = zip(self.steps, self.steps[1:], strict=False)
        return sum(before.status == "solved" and after.status not in DONE for before, after in pairs)

    @property
    def closed_at(self) -> Instant | None:
        return self.steps[-1].at if self.status == "closed" else None

    @property
    def is_solved(self) -> bool:
        return self.status in DONE

    @property
    def updated_at(self) -> Instant:
        """When something last changed for people; nothing does once the ticket is closed, but its deletion."""
        if self.gone_at is not None:
            return self.gone_at
        return self.closed_at or self._latest()

    @property
    def written_at(self) -> Instant:
        """When anything was last written to the record, by machines included."""
        return max(self._latest(), self.gone_at or 0, self.erased_at or 0, self.touched_at or 0)

    def _latest(self) -> Instant:
        latest = max(self.comments[-1].at, self.steps[-1].at)
        if self.assignments:
            latest = max(latest, self.assignments[-1].at)
        if self.rating is not None:
            latest = max(latest, self.rating.answered_at or self.rating.offered_at)
        if self.survey is not None:
            latest = max(latest, self.survey.changed_at or self.survey.answered_at or self.survey.offered_at)
        return latest
