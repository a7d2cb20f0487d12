"""What came to the site, as it is known today."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from latido.connect import Clock
    from latido.testing import World
    from latido_google_analytics.sandbox._switches import GoogleAnalyticsSwitches

DAY = timedelta(days=1)
NOT_SET = "(not set)"
LATE = {"cpc", "email"}
"""The mediums of campaigns, which Google works out last."""

AGE_PER_TICKET = 12 * 3600
"""Seconds."""

Place = tuple[date, str, str]


class Figure(NamedTuple):
    """The visits of one day from one source, as figures or, where somebody spoilt them, as any text."""

    day: date
    source: str
    medium: str
    sessions: int | str
    page_views: int
    key_events: Decimal
    visitors: int

    @property
    def place(self) -> Place:
        return self.day, self.source, self.medium

    def __add__(self, other: Figure) -> Figure:  # type: ignore[override]
        """Return both as one, under our name."""
        return self._replace(
            sessions=int(self.sessions) + int(other.sessions),
            page_views=self.page_views + other.page_views,
            key_events=self.key_events + other.key_events,
            visitors=self.visitors + other.visitors,
        )


class Figures:
    """The figures of *world*'s days. What a test changes stays changed."""

    def __init__(self, world: World, clock: Clock, switches: GoogleAnalyticsSwitches) -> None:
        self._world = world
        self._clock = clock
        self._switches = switches
        self._changed: dict[Place, Figure | None] = {}
        self._final: dict[date, list[Figure]] = {}

    @property
    def today(self) -> date:
        """The day that it is where the property is."""
        return self._clock.now().astimezone(ZoneInfo(self._switches.zone)).date()

    @property
    def hour(self) -> int:
        """Which hour it is, of those whose tokens are counted together."""
        return int(self._clock.now().timestamp()) // 3600

    @property
    def made_at(self) -> datetime:
        """When the property was made: within the two years, so that a small business has a young site."""
        age = self._world.ticket_count * AGE_PER_TICKET
        return max(datetime.fromtimestamp(each, UTC) for each in (self._world.start, self._world.end - age))

    def between(self, first: date, last: date) -> Iterator[Figure]:
        """Yield what is known of each day, today included, which has only begun."""
        day = max(first, self.made_at.date(), self._switches.truncated_before or first)
        while day <= min(last, self.today):
            yield from self.on(day)
            day += DAY

    def on(self, day: date) -> list[Figure]:
        found = {each.place: each for each in self._known(day)}
        found |= {place: each for place, each in self._changed.items() if place[0] == day and each is not None}
        gone = {place for place, each in self._changed.items() if each is None}
        return [each for place, each in found.items() if place not in gone]

    def settled(self, most: int) -> list[date]:
        """Return days that nobody but a test changes any more, the latest first; at *most* so many."""
        last = self.today - DAY * (self._switches.restating + 2)
        return [last - DAY * n for n in range(most)]

    def put(self, figure: Figure) -> None:
        self._changed[figure.place] = figure

    def take(self, place: Place) -> None:
        """Let a row be gone."""
        self._changed[place] = None

    def put_back(self, place: Place) -> None:
        """Let a row be what it was before any change."""
        del self._changed[place]

    def _known(self, day: date) -> list[Figure]:
        if day not in self._final:
            self._final[day] = [Figure(*each) for each in self._world.traffic(day)]
        final = self._final[day]
        if (self.today - day).days > self._switches.restating:
            return final
        known: dict[Place, Figure] = {}
        for each in final:
            said = each._replace(source=NOT_SET, medium=NOT_SET) if each.medium in LATE else each
            known[said.place] = known[said.place] + said if said.place in known else said
        return list(known.values())
