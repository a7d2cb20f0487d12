"""What can be done to the figures, and what a conformance suite has done to them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from latido.testing import Drill
from latido_google_analytics.records import key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from latido_google_analytics.sandbox._figures import Figure, Figures, Place
    from latido_google_analytics.sandbox._switches import GoogleAnalyticsSwitches

DAYS = 10
"""Days that are still read again whatever the settings say, and on which figures change."""

NEW_EVERY = 7


class Deeds:
    """Changes figures of days whose own have settled, each time others."""

    def __init__(self, figures: Figures, switches: GoogleAnalyticsSwitches) -> None:
        self._figures = figures
        self._switches = switches
        self._rows = self._settled()
        self._written = 0
        self._keys: dict[str, Place] = {}

    @property
    def by_name(self) -> dict[str, Callable[..., Any]]:
        return {
            "count_more": self.count_more,
            "vanish": self.vanish,
            "come_back": self.come_back,
            "assign": self.assign,
            "move_zone": self.move_zone,
        }

    def count_more(self, day: str, source: str, medium: str, sessions: int = 1) -> None:
        """Count more visits from a source, which may be new."""
        found = next((each for each in self._on(day) if each.place[1:] == (source, medium)), None)
        some = found or self._on(day)[0]._replace(source=source, medium=medium, sessions=0)
        self._figures.put(some._replace(sessions=int(some.sessions) + sessions))

    def vanish(self, day: str, source: str, medium: str) -> None:
        """Let a row be gone."""
        self._figures.take((date.fromisoformat(day), source, medium))

    def come_back(self, day: str, source: str, medium: str) -> None:
        """Let a row be what it was before anything was done to it."""
        self._figures.put_back((date.fromisoformat(day), source, medium))

    def assign(self, day: str, source: str, medium: str, to_source: str, to_medium: str) -> None:
        """Find out whence visits came that were counted under another source."""
        (found,) = [each for each in self._on(day) if each.place[1:] == (source, medium)]
        self._figures.take(found.place)
        self._figures.put(found._replace(source=to_source, medium=to_medium))

    def move_zone(self, zone: str) -> None:
        """Cut days in another time zone, from now on."""
        self._switches.zone = zone

    def something(self) -> None:
        """Change one figure; now and then a source appears that was not there."""
        self._written += 1
        figure = self._next()
        changed = figure._replace(page_views=figure.page_views + 1)
        if self._written % NEW_EVERY == 0:
            changed = figure._replace(source=f"late-{self._written}.example", medium="referral")
        self._figures.put(changed)

    def drill(self) -> Drill:
        return Drill(self._touch, self._delete, self._restore, spoil=self._spoil)

    def _touch(self, count: int) -> list[str]:
        found = [self._next() for _ in range(count)]
        for each in found:
            self._figures.put(each._replace(page_views=each.page_views + 3))
        return [_key(each) for each in found]

    def _delete(self) -> str:
        found = self._next()
        self._figures.take(found.place)
        self._keys[_key(found)] = found.place
        return _key(found)

    def _restore(self, source_id: str) -> None:
        self._figures.put_back(self._keys[source_id])

    def _spoil(self) -> str:
        found = self._next()
        self._figures.put(found._replace(sessions="a few"))
        return _key(found)

    def _next(self) -> Figure:
        return next(self._rows)

    def _settled(self) -> Iterator[Figure]:
        while True:
            for day in self._figures.settled(DAYS):
                yield from self._figures.on(day)

    def _on(self, day: str) -> list[Figure]:
        return self._figures.on(date.fromisoformat(day))


def _key(figure: Figure) -> str:
    return key(f"{figure.day:%Y%m%d}", figure.source, figure.medium)
