"""What customers do with the product and on the web site."""

from __future__ import annotations

from typing import ClassVar

from latido.schema._columns import Instant, Money, Text, Whole
from latido.schema._record import Record


class WebSession(Record):
    """A visit, or the total of many.

    `sessions` is null for one visit and a count (1 included) where only totals exist; one grain per source.
    """

    table: ClassVar[str] = "web_sessions"

    visitor_id: Text | None = None
    account_id: Text | None = None
    contact_id: Text | None = None
    started_at: Instant | None = None
    traffic_source: Text | None = None
    traffic_medium: Text | None = None
    pageviews: Whole | None = None
    conversions: Money | None = None
    sessions: Whole | None = None


class Milestone(Record):
    """A moment that matters: signup, first_value, login, churn_notice … Each is a moment in time."""

    table: ClassVar[str] = "milestones"

    account_id: Text | None = None
    contact_id: Text | None = None
    milestone: Text | None = None
    occurred_at: Instant | None = None
    quantity: Money | None = None
