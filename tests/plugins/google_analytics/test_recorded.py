"""Answers that were recorded, and those made by hand after the documentation: see recorded/SOURCES.md."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from latido.schema import WebSession
from tests.desk import rows
from tests.plugins.google_analytics.desk import METADATA, REPORT, metadata, recorded

if TYPE_CHECKING:
    from latido.testing import ManualClock
    from tests.desk import Desk
    from tests.plugins.google_analytics.desk import Office

ALL = ("activeUsers", "totalUsers", "sessionKeyEventRate", "userKeyEventRate")
TWO_DAYS = recorded("synthetic/source_medium_two_days_then_restated.json")
PAGES = recorded("synthetic/paging_quality_flags_and_empty.json")


@pytest.fixture
def clock() -> ManualClock:
    from latido.testing import ManualClock

    return ManualClock(datetime(2026, 10, 3, 6, 0, tzinfo=UTC))


def read(desk: Desk, office: Office, *answers: Any) -> list[WebSession]:
    desk.on(METADATA, metadata("sessions", "screenPageViews", "keyEvents", *ALL)).on(REPORT, *answers)
    return rows(office.pages("web_sessions", custom=ALL, start_date="2026-10-01"), WebSession)


def test_two_days_by_source_and_medium_field_by_field(desk: Desk, office: Office) -> None:
    found = {each.source_id: each for each in read(desk, office, TWO_DAYS["first_answer"])}

    assert 7 == len(found)
    assert {
        "source_id": "2026-10-01|(direct)|(none)",
        "external_id": "day:2026-10-01",
        "started_at": datetime(2026, 9, 30, 22, tzinfo=UTC),
        "traffic_source": "(direct)",
        "traffic_medium": "(none)",
        "sessions": 40,
        "pageviews": 92,
        "is_deleted": False,
        "conversions": Decimal(3),
        "custom": {
            "activeUsers": 34, "totalUsers": 36, "sessionKeyEventRate": 0.05,
            "userKeyEventRate": 0.0588235294117647,
        },
    } == found["2026-10-01|(direct)|(none)"].model_dump(exclude_none=True)  # fmt: skip
    unassigned = found["2026-10-01|(not set)|(not set)"]
    assert (None, "(not set)", 6, 0) == (
        unassigned.traffic_source, unassigned.traffic_medium, unassigned.sessions, unassigned.pageviews
    )  # fmt: skip
    assert unassigned.custom is not None
    assert "(not set)" == unassigned.custom["sessionSource"]
    expected = TWO_DAYS["expect"]["after_first"]
    assert expected["sessions"] == sum(each.sessions or 0 for each in found.values())
    assert expected["screenPageViews"] == sum(each.pageviews or 0 for each in found.values())
    assert expected["keyEvents"] == sum(each.conversions or 0 for each in found.values())
    assert [] == office.warnings, "visits do not add up to their total, and need not"


def test_the_request_is_the_documented_one(desk: Desk, office: Office) -> None:
    """But for how many rows a page holds, and that Google says which day was yesterday."""
    read(desk, office, TWO_DAYS["first_answer"])

    (asked,) = desk.requests(REPORT)
    expected = TWO_DAYS["request"]
    assert {
        **expected,
        "limit": "50000",
        "dateRanges": [{"startDate": "2026-10-01", "endDate": "yesterday"}],
    } == asked.body
