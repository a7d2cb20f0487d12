"""Answers that were recorded, and those made by hand after the documentation: see recorded/SOURCES.md."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from latido.connect import Tokens, TokenStore
from latido.schema import WebSession
from latido.testing import ManualClock
from latido_google_analytics.connector import GoogleAnalytics
from latido_google_analytics.report import Report
from tests.desk import rows
from tests.house import House, receipts
from tests.plugins.google_analytics.desk import METADATA, REPORT, metadata, recorded

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desk import Desk
    from tests.plugins.google_analytics.desk import Office

ALL = ("activeUsers", "totalUsers", "sessionKeyEventRate", "userKeyEventRate")
TWO_DAYS = recorded("synthetic/source_medium_two_days_then_restated.json")
PAGES = recorded("synthetic/paging_quality_flags_and_empty.json")


@pytest.fixture
def clock() -> ManualClock:
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
        "limit": "250000",
        "dateRanges": [{"startDate": "2026-10-01", "endDate": "yesterday"}],
    } == asked.body


def test_a_day_that_was_restated_field_by_field(desk: Desk, office: Office, tmp_path: Path, clock: ManualClock) -> None:
    """What was (not set) became a campaign: one row is gone, one is new, two say something else."""
    house = house_of(desk, office, tmp_path, clock)
    desk.on(REPORT, TWO_DAYS["first_answer"])
    assert 0 == house.sync().exit_code

    both = [*TWO_DAYS["first_answer"]["rows"][:4], *TWO_DAYS["second_answer"]["rows"]]
    desk.on(REPORT, {**TWO_DAYS["second_answer"], "rows": both, "rowCount": 7, "totals": []})
    receipt = receipts(house.sync())["web_sessions"]

    assert (1, 2, 4, 1) == (receipt.inserted, receipt.updated, receipt.unchanged, receipt.deleted)
    expected, live = TWO_DAYS["expect"]["after_second"], "FROM web_sessions WHERE is_deleted IS NOT TRUE"
    sums = house.ask(f"SELECT SUM(sessions), SUM(pageviews), CAST(SUM(conversions) AS INTEGER) {live}")
    assert [(expected["sessions"], expected["screenPageViews"], expected["keyEvents"])] == sums
    direct = house.ask(f"SELECT SUM(sessions) {live} AND traffic_source = '(direct)' AND traffic_medium = '(none)'")
    assert [(expected["direct_sessions"],)] == direct
    assert [("2026-10-02|(not set)|(not set)",)] == house.ask("SELECT source_id FROM web_sessions WHERE is_deleted")
    assert "2026-10-02|google|cpc" in house.live("web_sessions")


def house_of(desk: Desk, office: Office, folder: Path, clock: ManualClock) -> House:
    """Return a house of somebody who has logged in."""
    desk.on(METADATA, metadata("sessions", "screenPageViews", "keyEvents", *ALL))
    TokenStore(folder).put("ours", Tokens("secret-access", clock.now(), None, "secret-refresh"))
    said = office.settings(custom=ALL, start_date="2026-10-01").model_dump(exclude_none=True)
    said["client_secret"] = "the-secret"
    return House(GoogleAnalytics, said, folder, clock)


def test_two_pages_with_all_flags(desk: Desk, office: Office) -> None:
    """Sampled, with rows put together, groups hidden and a past that is gone; both days are asked for alone then."""
    first, second = PAGES["page_1"], PAGES["page_2_offset_2"]
    desk.on(METADATA, metadata("sessions", "screenPageViews", "keyEvents", *ALL)).on(
        REPORT, first, second, first, second
    )
    pages = office.pages("web_sessions", {"unread": "2026-10-02"}, custom=ALL, start_date="2026-10-02")

    found = rows(pages, WebSession)
    assert ["(direct)", "(not set)", "google", "(other)"] == [(each.source_id or "").split("|")[1] for each in found]
    assert [40, 6, 110, 9] == [each.sessions for each in found]
    assert [92, 0, 330, 11] == [each.pageviews for each in found]
    assert ["(direct)", None, "google", None] == [each.traffic_source for each in found]
    assert {9874512} == {(each.custom or {})["samplesReadCount"] for each in found}
    told = " ".join(str(each) for page in pages for each in page.warnings)
    for what in ("from a sample (of 32%", "more combinations than Google keeps", "thresholding", "before 2025-08-01"):
        assert what in told


def test_a_page_past_the_end() -> None:
    report = Report.of(PAGES["page_past_the_end"])

    assert ([], 4) == (list(report.records()), report.row_count)


def test_a_day_without_data(desk: Desk, office: Office) -> None:
    assert [] == read(desk, office, PAGES["day_without_data"])
    report = Report.of(PAGES["day_without_data"])
    assert (0, {}, None) == (report.row_count, report.totals, report.reason)


def test_a_batch_holds_reports_in_order() -> None:
    """Latido asks for none: each report of a batch costs as much as alone."""
    first, second = map(Report.of, PAGES["batch_of_two"]["reports"])

    assert (1, 0) == (first.row_count, second.row_count)
    assert [("(direct)", "40")] == [(each["sessionSource"], each["sessions"]) for each in first.records()]


def test_a_recorded_answer_with_totals_and_flags_that_are_null() -> None:
    report = Report.of(recorded("report_aggregations_page.json"))

    assert (["date"], ["userEngagementDuration"]) == (report.dimensions, report.metrics)
    assert [{"date": "20230110", "userEngagementDuration": "5568"}] == list(report.records())
    assert (364, {"userEngagementDuration": "542731"}) == (report.row_count, report.totals)
    assert ("America/Los_Angeles", None, None) == (report.zone, report.sampling, report.reason)
    assert (False, False, True) == (report.overflows, report.thresholded, report.is_plain)
    assert ([], (), {}) == (report.restricted, report.truncations, report.quota)


def test_a_recorded_answer_over_two_ranges_repeats_each_combination() -> None:
    """The reason why only one range is ever asked for: more rows than are counted, zeros among them."""
    report = Report.of(recorded("report_two_date_ranges_excerpt.json"))

    found = list(report.records())
    assert ["date", "country", "dateRange"] == report.dimensions
    assert (7, 37) == (len(found), report.row_count)
    assert {
        "date": "20221119", "country": "United States", "dateRange": "date_range_1", "totalUsers": "2",
        "averageSessionDuration": "4.0995686666666664", "sessions": "3",
    } == found[1]  # fmt: skip
    assert "0" == found[5]["sessions"]
    assert ({}, "Etc/UTC") == (report.totals, report.zone)
