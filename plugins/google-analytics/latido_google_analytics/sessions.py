"""Visits per day, source and medium: whole days at a time, read again as long as their figures may change."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from latido.connect import Mapping, Stream, computed, requested
from latido.schema import WebSession
from latido_google_analytics.days import EARLIEST, midnight, yesterday
from latido_google_analytics.query import DIMENSIONS, KEY_EVENTS, PAGE_VIEWS, ROWS, VISITS
from latido_google_analytics.query import query as ask_for
from latido_google_analytics.reading import Reader
from latido_google_analytics.records import day_id, key, source
from latido_google_analytics.standing import Standing
from latido_google_analytics.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from latido.connect import Cursor, Page
    from latido_google_analytics.connector import GoogleAnalytics
    from latido_google_analytics.query import Metrics, Query

ROWS_A_DAY, DAYS_KEPT = 150, 800
"""For an estimate: the combinations of source and medium on a day, and for how many days a property has figures."""

OWN_NAMES = {*DIMENSIONS, VISITS, PAGE_VIEWS, KEY_EVENTS, "timeZone", "custom"}
"""What a record has anyway."""

ALSO_KEPT = ("engagedSessions",)
"""The metrics that are kept in `custom` where the settings name none."""


class WebSessions(Stream):
    """Daily totals per source and medium. Nothing tells what changed, so that the last days are read each time.

    The rows of a day are replaced as a whole: those that it no longer has are deleted. Only of days older than two
    that suddenly read empty all are kept.
    """

    name = "web_sessions"
    entities = (WebSession,)
    deletions = "reported"
    reference = ("metrics",)
    connector: GoogleAnalytics

    mappings: ClassVar = (
        Mapping(
            WebSession,
            source_id=computed("row_id", key, *DIMENSIONS),
            external_id=computed("day_id", day_id, "date"),
            started_at=computed("midnight", midnight, "date", "timeZone"),
            traffic_source=computed("unless_untold", source, "sessionSource"),
            traffic_medium="sessionMedium",
            sessions=VISITS,
            pageviews=PAGE_VIEWS,
            conversions=KEY_EVENTS,
            custom="custom",
        ),
    )

    def start(self, since: datetime | None) -> Cursor:
        return Standing(EARLIEST if since is None else max(EARLIEST, since.date())).cursor()

    def fingerprint(self) -> str:
        settings = self.connector.settings
        told = [super().fingerprint(), settings.property_id, *sorted(settings.key_events)]
        return hashlib.sha256("|".join(told).encode()).hexdigest()[:16]

    def estimate(self, cursor: Cursor) -> int:
        standing = Standing.of(cursor)
        last = yesterday(self.connector.runtime.clock.now(), standing.zone)
        read = min(DAYS_KEPT, (last - self.first(standing, last)).days + 1)
        return max(1, -(-read * ROWS_A_DAY // ROWS))

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        standing, asked = Standing.of(cursor), self.connector.property
        query = self._query(self.connector.context().reference["metrics"])
        reader = Reader(asked, query, lambda: self._query(asked.metrics()), self.connector.runtime.clock, standing.zone)
        return Walk(self, reader, standing).pages()

    def first(self, standing: Standing, last: date) -> date:
        """Return the day from which on to read up to *last*: all that is unread, and the days that may still change."""
        begin = self.connector.settings.start_date or EARLIEST
        again = last - timedelta(days=self.restated(standing, last))
        return max(begin, EARLIEST, min(standing.unread, again))

    def restated(self, standing: Standing, last: date) -> int:
        """Return how many days before *last* are read again."""
        settings = self.connector.settings
        weekly = settings.weekly_restate_days if standing.is_sweep_due(last) else None
        return max(settings.restate_days, weekly or 0)

    def kept(self) -> tuple[str, ...]:
        """Return the metrics that go to `custom`."""
        named = self.connector.settings.custom
        return ALSO_KEPT if named is None else named

    def _query(self, known: Metrics) -> Query:
        """Return what to ask for; raises ConfigurationError for a field that is not among the *known*."""
        own = [name for name in requested(self.effective_mappings) if name not in OWN_NAMES]
        return ask_for(known, self.connector.settings.key_events, tuple(dict.fromkeys((*self.kept(), *own))))
