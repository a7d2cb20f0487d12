"""A help desk: what is asked of the business, how it is answered and what is thought of that."""

# ruff: noqa: PLR2004 - the odds of an imaginary business

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from latido.testing.world import _opinions as opinions
from latido.testing.world import _stories as stories
from latido.testing.world import _words as words
from latido.testing.world._business import FIRST_STOCK
from latido.testing.world._chance import dice, share, weighted
from latido.testing.world._instants import DAY, HOUR, Instant, iso
from latido.testing.world._tickets import Author, Details, Ticket

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from latido.testing.world._business import Business
    from latido.testing.world._stories import Story
    from latido.testing.world._tickets import Channel, Fate, Rating, Survey

CHANNELS: tuple[tuple[float, Channel], ...] = (
    (0.52, "email"), (0.24, "web"), (0.12, "chat"), (0.06, "phone"), (0.06, "api"),
)  # fmt: skip
ONLY_EMAIL: tuple[tuple[float, Channel], ...] = ((1.0, "email"),)

_PLOTS: tuple[tuple[float, str], ...] = (
    (0.865, "asked"), (0.05, "written"), (0.03, "bot"), (0.02, "merged"), (0.02, "spam"), (0.015, "deleted"),
)  # fmt: skip
_TELL: dict[str, Callable[[Story, Channel], None]] = {
    "asked": stories.opened_by_requester,
    "written": stories.opened_by_agent,
    "bot": stories.answered_by_bot,
    "merged": stories.merged_away,
    "spam": stories.unwanted,
    "deleted": stories.opened_by_requester,
}
_ERASED_AFTER = 30 * DAY


@dataclass(frozen=True, slots=True)
class HelpDesk:
    """*ticket_count* tickets of a business, with thumbs until `surveys_since` and questionnaires from then on."""

    business: Business
    seed: str
    ticket_count: int
    channels: tuple[tuple[float, Channel], ...]
    bots: bool
    surveys_since: Instant

    def ticket(self, number: int, at: Instant | None = None) -> Ticket:
        """Return a ticket as it stands at the end, or, opened at *at*, one that comes on top of the world's own."""
        throw = dice(self.seed, "ticket", number)
        plot = self._plot(number)
        channel = weighted(throw.random(), self.channels)
        survivor = self._survivor(number) if plot == "merged" else None
        requester = self.requester(number if survivor is None else survivor)
        story = stories.Story(
            dice=throw,
            desk=self.business,
            end=self.business.end if at is None else at + 1,
            requester=Author("requester", requester),
            team=throw.randrange(self.business.team_count),
            now=self.opened_at(number) if at is None else at,
        )
        _TELL[plot](story, channel)
        return self._told(number, plot, channel, story, survivor)

    def opened_at(self, number: int) -> Instant:
        return self.business.arrivals.at((number + share(self.seed, "opened", number)) / self.ticket_count)

    def requester(self, number: int) -> int:
        """Return who asked: some ask often, and nobody before they were known."""
        known = FIRST_STOCK + (1 - FIRST_STOCK) * min(number, self.ticket_count) / self.ticket_count
        return int(share(self.seed, "requester", number) ** 1.6 * max(1.0, known * self.business.person_count - 1))

    def _plot(self, number: int) -> str:
        plot = weighted(share(self.seed, "plot", number), _PLOTS)
        impossible = (plot == "merged" and number == 0) or (plot == "bot" and not self.bots)
        return "asked" if impossible else plot

    def _survivor(self, number: int) -> int:
        """Return the ticket that swallowed this one: the nearest before it that was asked and stayed."""
        return next((each for each in range(number - 1, -1, -1) if self._plot(each) == "asked"), 0)

    def _told(self, number: int, plot: str, channel: Channel, story: Story, survivor: int | None) -> Ticket:
        throw, requester = story.dice, story.requester.number
        solves = tuple(step.at for step in story.steps if step.status == "solved")
        fate, gone_at, erased_at = self._fate(plot, story)
        rating, survey = self._opinion(plot, solves, throw)
        latest = max(story.comments[-1].at, story.steps[-1].at)
        return Ticket(
            number=number,
            requester=requester,
            customer=self.business.employer(requester),
            channel=channel,
            language=throw.choice(("es", "es", "es", "en", "de")),
            subject=throw.choice(words.AWKWARD_SUBJECTS if throw.random() < 0.04 else words.SUBJECTS),
            prose=(throw.randrange(1 << 16), throw.randint(4, 12)),
            priority=throw.choices(("low", "normal", "high", "urgent", None), (20, 45, 15, 5, 15))[0],
            kind=throw.choices(("question", "incident", "problem", "task", None), (45, 25, 5, 5, 20))[0],
            tags=self._tags(plot, channel, throw),
            details=_details(throw, story.comments[0].at),
            comments=tuple(story.comments),
            steps=tuple(story.steps),
            assignments=tuple(story.assignments),
            fate=fate,
            merged_into=survivor if fate == "merged" else None,
            gone_at=gone_at,
            erased_at=erased_at,
            touched_at=self.business.later(latest, throw) if throw.random() < 0.03 else None,
            rating=rating,
            survey=survey,
            bots_only=plot == "bot",
        )

    def _fate(self, plot: str, story: Story) -> tuple[Fate, Instant | None, Instant | None]:
        if plot == "merged" and story.steps[-1].status == "closed":
            return "merged", None, None
        if plot not in {"spam", "deleted"}:
            return "live", None, None
        patience = 2 * DAY if plot == "spam" else 60 * DAY
        gone = max(story.now, story.comments[-1].at) + HOUR + story.dice.randrange(patience)
        if gone >= self.business.end:
            return "live", None, None
        erased = gone + _ERASED_AFTER
        return ("spam" if plot == "spam" else "deleted"), gone, erased if erased < self.business.end else None

    def _opinion(self, plot: str, solves: tuple[Instant, ...], throw: Random) -> tuple[Rating | None, Survey | None]:
        offered_at, end = opinions.asked_at(solves), self.business.end
        if offered_at is None or offered_at >= end or plot not in {"asked", "written"} or throw.random() < 0.1:
            return None, None
        if offered_at < self.surveys_since:
            return opinions.rating(throw, offered_at, end), None
        return None, opinions.survey(throw, offered_at, end)

    def _tags(self, plot: str, channel: Channel, throw: Random) -> tuple[str, ...]:
        chosen = [channel, *throw.sample(words.PRODUCTS, throw.randint(0, 2))]
        return tuple(sorted([*chosen, "outbound"] if plot == "written" else chosen))


def _details(throw: Random, at: Instant) -> Details:
    return Details(
        product=throw.choice(words.PRODUCTS),
        order_total=f"{throw.randrange(100, 999_999) / 100:.2f}" if throw.random() < 0.3 else None,
        due_on=iso(at + throw.randrange(1, 30) * DAY)[:10] if throw.random() < 0.2 else None,
        call_back=throw.random() < 0.1,
        features=tuple(throw.sample(words.FEATURES, throw.randint(0, 3))),
        effort=throw.randint(1, 5) if throw.random() < 0.15 else None,
        recommendation=throw.randint(0, 10) if throw.random() < 0.1 else None,
    )
