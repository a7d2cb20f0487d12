"""What a user should know about the figures, in plain words, once a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from latido.messages import marker
from latido_google_analytics.days import listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from decimal import Decimal

    from latido.messages import Message
    from latido_google_analytics.reading import Portion

_ = marker("latido_google_analytics")


@dataclass(slots=True)
class Remarks:
    """Collects what answers say about themselves, and says it at the end."""

    source: str
    _sampled: dict[date, float] = field(default_factory=dict)
    _overflowing: list[tuple[date, date]] = field(default_factory=list)
    _thresholded: bool = False
    _truncated: set[str] = field(default_factory=set)
    _restricted: set[str] = field(default_factory=set)
    _reasons: dict[str, list[date]] = field(default_factory=dict)
    _kept: list[date] = field(default_factory=list)
    _sums: list[Message] = field(default_factory=list)
    _zones: list[tuple[str, str, date]] = field(default_factory=list)

    def note(self, portion: Portion) -> None:
        """Take note of what an answer says about itself."""
        report = portion.report
        if report.sampling is not None:
            read, space = report.sampling
            self._sampled[portion.first] = read / space if space else 0.0
        if report.overflows:
            self._overflowing.append((portion.first, portion.through))
        self._thresholded = self._thresholded or report.thresholded
        self._truncated |= {str(each.get("dataTruncationDate") or "?") for each in report.truncations}
        self._restricted |= set(report.restricted)
        if portion.total is not None:
            self._add_up(portion, *portion.total)

    def unexplained(self, reason: str, first: date, last: date) -> None:
        """Take note that Google gave no figures for a *reason* of its own."""
        self._reasons.setdefault(reason, []).extend((first, last))

    def kept(self, days: list[date]) -> None:
        """Take note of *days* that suddenly read empty."""
        self._kept += days

    def zone_changed(self, before: str, now: str, since: date) -> None:
        self._zones.append((before, now, since))

    def said(self) -> Iterator[Message]:
        """Yield what there is to say."""
        yield from self._about_zones()
        yield from self._about_quality()
        yield from self._about_what_is_missing()
        yield from self._sums

    def _about_zones(self) -> Iterator[Message]:
        for before, now, since in self._zones:
            yield _(
                "{source}: the property's time zone is {now}, was {before}. Days before {since} stay as they were cut; "
                "around it one day is shorter or longer.",
                source=self.source,
                now=now,
                before=before,
                since=since,
            )

    def _about_quality(self) -> Iterator[Message]:
        if self._sampled:
            yield _(
                "{source}: Google estimates these days from a sample (of {share:.0%} of the events at worst): {days}.",
                source=self.source,
                share=min(self._sampled.values()),
                days=listed(list(self._sampled)),
            )
        if self._overflowing:
            first, last = min(self._overflowing)[0], max(each for _first, each in self._overflowing)
            yield _(
                "{source}: from {first} to {last} the property has more combinations than Google keeps. What it puts "
                "together as (other) counts as visits of no known source.",
                source=self.source,
                first=first,
                last=last,
            )
        if self._thresholded:
            yield _(
                "{source}: Google hides small groups in this property (thresholding): sums may be too low.",
                source=self.source,
            )
        if self._restricted:
            yield _(
                "{source}: this credential may not see {metrics}: they are left empty.",
                source=self.source,
                metrics=", ".join(sorted(self._restricted)),
            )

    def _about_what_is_missing(self) -> Iterator[Message]:
        for date_ in sorted(self._truncated):
            yield _(
                "{source}: Google no longer has figures before {date}. What is stored of earlier days is kept.",
                source=self.source,
                date=date_,
            )
        for reason, days in self._reasons.items():
            yield _(
                "{source}: Google gives no figures from {first} to {last} ({reason}). That is not taken for no visits.",
                source=self.source,
                first=min(days),
                last=max(days),
                reason=reason,
            )
        if self._kept:
            yield _(
                "{source}: Google has suddenly no figures for {days}. What is stored of them is kept.",
                source=self.source,
                days=listed(self._kept),
            )

    def _add_up(self, portion: Portion, theirs: Decimal, ours: Decimal) -> None:
        if theirs != ours:
            self._sums.append(
                _(
                    "{source}: up to {last} Google counts {theirs:,} page views, and its rows add up to {ours:,}.",
                    source=self.source,
                    last=portion.through,
                    theirs=theirs,
                    ours=ours,
                )
            )
