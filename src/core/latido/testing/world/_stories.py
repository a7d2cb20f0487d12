"""How tickets go: told forwards from the moment they are opened, and broken off where the world ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from latido.testing.world._arrivals import when_open
from latido.testing.world._instants import DAY, HOUR, MINUTE
from latido.testing.world._tickets import BOT, SYSTEM, Assignment, Author, Comment, Step

if TYPE_CHECKING:
    from random import Random

    from latido.testing.world._instants import Instant
    from latido.testing.world._tickets import Channel, Status


class Desk(Protocol):
    """Who is there to answer."""

    def somebody(self, team: int, throw: float) -> int:
        """Return the agent of *team* on whom *throw* falls."""


@dataclass(slots=True)
class Story:
    """A ticket while it is told. `now` only goes forward."""

    dice: Random
    desk: Desk
    end: Instant
    requester: Author
    team: int
    now: Instant
    comments: list[Comment] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)

    def wait(self, median: float, spread: float = 1.0, *, office: bool = False) -> None:
        """Let about *median* seconds pass; in *office* hours it ends when somebody is there."""
        self.now += 1 + int(self.dice.lognormvariate(0, spread) * median)
        if office:
            self.now = when_open(self.now)

    def say(self, author: Author, *, public: bool = True) -> None:
        if self.now < self.end:
            self.comments.append(Comment(self.now, author, public))

    def become(self, status: Status, by: Author = SYSTEM) -> None:
        if self.now < self.end and not (self.steps and self.steps[-1].status == status):
            self.steps.append(Step(self.now, status, by))

    def give(self, agent: int | None) -> None:
        if self.now < self.end:
            self.assignments.append(Assignment(self.now, self.team, agent))

    def happens(self, chance: float) -> bool:
        return self.dice.random() < chance

    def anybody(self) -> Author:
        return Author("agent", self.desk.somebody(self.team, self.dice.random()))


_PATIENCE: dict[Channel, float] = {
    "email": 2 * HOUR, "web": 3 * HOUR, "chat": 3 * MINUTE, "phone": 20 * MINUTE, "api": 5 * HOUR,
}  # fmt: skip
_CLOSING = 4 * DAY
_MOST_REOPENINGS = 3


def opened_by_requester(story: Story, channel: Channel) -> None:
    """The common one: asked, passed on, answered, solved, maybe opened again, closed."""
    story.say(story.requester)
    story.become("new")
    _passed_on(story, channel)
    if story.happens(0.02):
        return  # forgotten: nobody ever answers
    agent = _answered(story, channel)
    _talked(story, agent)
    _solved(story, agent)


def opened_by_agent(story: Story, channel: Channel) -> None:
    """An agent writes first; the opening is no reply."""
    del channel
    agent = story.anybody()
    story.say(agent)
    story.become("open", agent)
    story.give(agent.number)
    if story.happens(0.7):
        story.wait(6 * HOUR)
        story.say(story.requester)
        story.wait(2 * HOUR, office=True)
        story.say(agent)
    _talked(story, agent)
    _solved(story, agent)


def answered_by_bot(story: Story, channel: Channel) -> None:
    """No human ever sees it."""
    del channel
    story.say(story.requester)
    story.become("new")
    for _ in range(story.dice.randint(1, 3)):
        story.wait(8)
        story.say(BOT)
        story.wait(MINUTE)
    story.become("solved", BOT)
    _closed(story)


def merged_away(story: Story, channel: Channel) -> None:
    """Asked twice: closed at once in favour of the other ticket."""
    del channel
    story.say(story.requester)
    story.become("new")
    story.wait(HOUR, office=True)
    agent = story.anybody()
    story.give(agent.number)
    story.say(agent)
    story.become("closed", agent)


def unwanted(story: Story, channel: Channel) -> None:
    """Nobody answers spam."""
    del channel
    story.say(story.requester)
    story.become("new")
    story.give(None)


def _passed_on(story: Story, channel: Channel) -> None:
    story.wait(5, 0.5)
    if channel == "chat" and story.happens(0.5):
        story.say(BOT)
    story.give(None)


def _answered(story: Story, channel: Channel) -> Author:
    agent = story.anybody()
    if story.happens(0.2):
        story.wait(20 * MINUTE, office=channel != "chat")
        story.give(agent.number)
        story.say(agent, public=False)
    story.wait(_PATIENCE[channel], 1.2, office=channel != "chat")
    story.give(agent.number)
    story.become("open", agent)
    if story.happens(0.95):
        story.say(agent)
    return agent


def _talked(story: Story, agent: Author) -> None:
    """Some more rounds of question and answer; half of the tickets need none."""
    while story.happens(0.4):
        story.become("on_hold" if story.happens(0.12) else "pending", agent)
        story.wait(5 * HOUR, 1.3)
        story.say(story.requester)
        story.become("open", story.requester)
        if story.happens(0.08):
            agent = _handed_over(story)
        story.wait(3 * HOUR, office=True)
        if story.happens(0.15):
            story.say(agent, public=False)
        story.say(agent)


def _handed_over(story: Story) -> Author:
    story.wait(30 * MINUTE, office=True)
    story.team = story.dice.randrange(4)
    agent = story.anybody()
    story.give(agent.number)
    return agent


def _solved(story: Story, agent: Author) -> None:
    """Solved, in one of eleven cases opened again, up to three times, and closed when it stays quiet."""
    if story.happens(0.01):
        story.become("pending" if story.happens(0.6) else "on_hold", agent)
        return  # the requester, or the supplier, never comes back
    if story.happens(0.15):
        story.wait(HOUR, office=True)
    story.become("solved", agent)
    for _ in range(_MOST_REOPENINGS):
        if not story.happens(0.09):
            break
        _reopened(story, agent)
    _closed(story)


def _reopened(story: Story, agent: Author) -> None:
    story.now += story.dice.randrange(HOUR, _CLOSING - HOUR)
    story.say(story.requester)
    story.become("open", story.requester)
    story.wait(3 * HOUR, office=True)
    if story.happens(0.8):
        story.say(agent)
    story.become("solved", agent)


def _closed(story: Story) -> None:
    story.now += _CLOSING + HOUR - story.now % HOUR  # A timer runs at every full hour.
    story.become("closed")
