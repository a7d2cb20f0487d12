"""From pages to whole days, whatever Google says about its own figures."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import GapError, VendorUnavailable
from latido.schema import WebSession
from latido.testing import ManualClock
from tests.desk import Says, last_cursor, rows
from tests.plugins.google_analytics.desk import PropertyDesk, refused, report, row

if TYPE_CHECKING:
    from latido.connect import Page
    from tests.plugins.google_analytics.desk import Office

REPORT = "/v1beta/properties/123456789:runReport"
SAMPLED: dict[str, Any] = {"samplingMetadatas": [{"samplesReadCount": "9874512", "samplingSpaceSize": "31240077"}]}
INTERNAL = refused(500, "Internal error encountered.", "INTERNAL")
GOOGLE = ("google", "organic")
DIRECT = ("(direct)", "(none)")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 10, 9, 6, 0, tzinfo=UTC))


def read(desk: PropertyDesk, office: Office, *answers: Any, since: str = "2026-10-01", **settings: Any) -> list[Page]:
    desk.on(REPORT, *answers)
    return office.pages("web_sessions", {"unread": since}, start_date=since, **settings)


def ids(pages: list[Page]) -> list[str]:
    return [each.source_id for each in rows(pages, WebSession)]


def replaced(pages: list[Page]) -> list[str]:
    """Return the days that *pages* bring whole."""
    return [day for page in pages for _column, found in page.replaces.values() for day in found]


def offsets(desk: PropertyDesk) -> list[str]:
    return [each.body["offset"] for each in desk.requests(REPORT)]


def test_the_next_page_begins_after_the_rows_that_came(desk: PropertyDesk, office: Office) -> None:
    """Google does not repeat offset and limit, and a page may be shorter than asked for without being the last."""
    pages = read(
        desk, office,
        report(row("20261001", *DIRECT, 4), row("20261001", *GOOGLE, 5), n=3),
        report(row("20261002", *DIRECT, 6), n=3),
    )  # fmt: skip

    assert ["0", "2"] == offsets(desk)
    assert ["2026-10-01|(direct)|(none)", "2026-10-01|google|organic", "2026-10-02|(direct)|(none)"] == ids(pages)


def test_a_large_page_is_unpacked_as_it_is_stored(desk: PropertyDesk, office: Office) -> None:
    """A quarter of a million rows would be half a gigabyte of dictionaries; packed they are what came."""
    some = [row(f"202610{day:02}", f"source-{n}", "referral", 4) for day in range(1, 9) for n in range(2_500)]
    desk.on(REPORT, report(*some))
    pages = office.stream("web_sessions", start_date="2026-10-01").pages({"unread": "2026-10-01"})

    tracemalloc.start()
    try:
        fetched = sum(page.fetched for page in pages)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert 20_000 == fetched
    assert peak < 30_000_000


def test_a_day_is_told_once_no_further_page_adds_to_it(desk: PropertyDesk, office: Office) -> None:
    pages = read(
        desk, office,
        report(row("20261001", *DIRECT, 4), row("20261002", *DIRECT, 5), n=3),
        report(row("20261002", *GOOGLE, 6), n=3),
    )  # fmt: skip

    found = [(ids([page]), replaced([page])[:1]) for page in pages if page.fetched]
    assert [
        (["2026-10-01|(direct)|(none)"], ["day:2026-10-01"]),
        (["2026-10-02|(direct)|(none)", "2026-10-02|google|organic"], ["day:2026-10-02"]),
    ] == found


def test_a_day_that_changes_while_it_is_read_is_read_again(desk: PropertyDesk, office: Office) -> None:
    """Another number of rows means that the pages do not fit together."""
    pages = read(
        desk, office,
        report(row("20261001", *DIRECT, 4), row("20261002", *DIRECT, 5), n=3),
        report(row("20261002", *GOOGLE, 6), n=4),
        report(row("20261002", *DIRECT, 5), row("20261002", "bing", "organic", 1), row("20261002", *GOOGLE, 6)),
    )  # fmt: skip

    assert [("2026-10-01", "yesterday"), ("2026-10-01", "2026-10-08"), ("2026-10-02", "2026-10-08")] == desk.asked_for()
    assert ["0", "2", "0"] == offsets(desk)
    assert 4 == len(set(ids(pages)))
    assert 4 == len(ids(pages)), "what was read of the day at first is not used"


def test_a_day_that_never_stands_still_ends_the_run(desk: PropertyDesk, office: Office) -> None:
    restless = [report(row("20261001", *DIRECT, 4), n=9 + n) for n in range(20)]

    with pytest.raises(VendorUnavailable, match="changes 2026-10-01 faster than it can be read"):
        read(desk, office, *restless)

    assert 12 == len(desk.requests(REPORT))  # six beginnings, each with a second page


def test_fewer_rows_than_google_counts_are_a_gap(desk: PropertyDesk, office: Office) -> None:
    """A page past the end has a count and no rows."""
    first, past = report(row("20261001", *DIRECT, 4), n=3), report(n=3)

    with pytest.raises(GapError, match="counts more rows from 2026-10-01 on than it gives"):
        read(desk, office, *[first, past] * 6)


def test_a_day_without_rows_and_without_count_is_empty(desk: PropertyDesk, office: Office) -> None:
    """Nothing comes as nothing: no rows, no count, and a total that is an empty object."""
    pages = read(desk, office, report(totals=[{}]))

    assert ([], []) == (ids(pages), office.warnings)
    assert "2026-10-09" == last_cursor(pages)["unread"]


def test_columns_are_found_by_the_headers_of_the_answer(desk: PropertyDesk, office: Office) -> None:
    answer = report(
        row("20261001", *GOOGLE, 7, 8, 9), metrics=("engagedSessions", "keyEvents", "sessions", "screenPageViews")
    )

    (found,) = rows(read(desk, office, answer), WebSession)

    assert (9, 0, 8) == (found.sessions, found.pageviews, found.conversions)
    assert {"engagedSessions": 7} == found.custom


def test_totals_are_no_rows(desk: PropertyDesk, office: Office) -> None:
    total = {"dimensionValues": [{"value": "RESERVED_TOTAL"}] * 3, "metricValues": [{"value": "4"}] * 4}

    pages = read(desk, office, report(row("20261001", *DIRECT, 4, 4), total, totals=[total]))

    assert ["2026-10-01|(direct)|(none)"] == ids(pages)
    assert [] == [*office.warnings, *(said for page in pages for said in (*page.rejected, *page.warnings))]


def test_a_sum_that_is_not_the_total_is_told(desk: PropertyDesk, office: Office) -> None:
    """Page views add up exactly; visits do not, and are not compared."""
    total = {"dimensionValues": [{"value": "RESERVED_TOTAL"}] * 3, "metricValues": [{"value": "400"}, {"value": "30"}]}

    pages = read(desk, office, report(row("20261001", *DIRECT, 4, 10), row("20261001", *GOOGLE, 3, 15), totals=[total]))

    said = "web: up to 2026-10-08 Google counts 30 page views, and its rows add up to 25."
    assert [said] == [str(each) for page in pages for each in page.warnings]


def test_what_was_sampled_is_asked_for_in_halves(desk: PropertyDesk, office: Office) -> None:
    """Until Google counts every event."""
    pages = read(
        desk, office,
        report(row("20261001", *DIRECT, 80), **SAMPLED),
        report(row("20261001", *DIRECT, 40), **SAMPLED),
        report(row("20261001", *DIRECT, 21), row("20261002", *DIRECT, 22)),
        report(row("20261003", *DIRECT, 23)),
        report(row("20261005", *DIRECT, 24)),
        report(row("20261007", *DIRECT, 25)),
    )  # fmt: skip

    assert [
        ("2026-10-01", "yesterday"), ("2026-10-01", "2026-10-04"), ("2026-10-01", "2026-10-02"),
        ("2026-10-03", "2026-10-04"), ("2026-10-05", "2026-10-06"), ("2026-10-07", "2026-10-08"),
    ] == desk.asked_for()  # fmt: skip
    assert [21, 22, 23, 24, 25] == [each.sessions for each in rows(pages, WebSession)]
    assert [()] == [page.warnings for page in pages if page.warnings or page is pages[-1]]


def test_a_single_day_that_is_sampled_is_kept_and_marked(desk: PropertyDesk, office: Office) -> None:
    pages = read(desk, office, report(row("20261008", *DIRECT, 40), **SAMPLED), since="2026-10-08")

    (found,) = rows(pages, WebSession)
    assert {"engagedSessions": 0, "samplesReadCount": 9874512, "samplingSpaceSize": 31240077} == found.custom
    (said,) = pages[-1].warnings
    assert "web: Google estimates these days from a sample (of 32% of the events at worst): 2026-10-08." == str(said)


def test_a_range_that_google_fails_on_is_asked_for_in_halves(desk: PropertyDesk, office: Office) -> None:
    """After three tries: ten failures in an hour would shut the property."""
    desk.on(REPORT, INTERNAL, INTERNAL, INTERNAL, report(row("20261001", *DIRECT, 4)), report())

    pages = office.pages("web_sessions", start_date="2026-10-01")

    whole = ("2026-10-01", "yesterday")
    assert [whole, whole, whole, ("2026-10-01", "2026-10-04"), ("2026-10-05", "2026-10-08")] == desk.asked_for()
    assert ["2026-10-01|(direct)|(none)"] == ids(pages)


def test_a_day_that_google_fails_on_ends_the_run(desk: PropertyDesk, office: Office) -> None:
    with pytest.raises(VendorUnavailable, match="keeps failing on 2026-10-08"):
        read(desk, office, INTERNAL, since="2026-10-08")

    assert 3 == len(desk.requests(REPORT))


def test_no_run_makes_google_shut_the_property(desk: PropertyDesk, office: Office) -> None:
    with pytest.raises(VendorUnavailable, match="failed 9 times within an hour; at 10 it shuts the property"):
        read(desk, office, INTERNAL, since="2026-09-01")

    assert 9 == len(desk.requests(REPORT))


def test_a_proxy_that_fails_is_not_googles_failure(desk: PropertyDesk, office: Office) -> None:
    """It answers with a page of its own; a shorter range would not help."""
    with pytest.raises(VendorUnavailable, match="keeps failing \\(502\\)"):
        read(desk, office, Says(502, "<!DOCTYPE html><html><title>Error 502</title></html>"))

    assert [("2026-10-01", "yesterday")] * 3 == desk.asked_for()


OVERFLOWING: dict[str, Any] = {"dataLossFromOtherRow": True}


def test_rows_put_together_are_asked_for_day_by_day_until_that_tells_no_more(
    desk: PropertyDesk, office: Office
) -> None:
    """They stay visits of no known source."""
    other = report(row("20261007", "(other)", "(other)", 9), **OVERFLOWING)

    pages = read(desk, office, other, other, other, since="2026-10-07")

    assert [
        ("2026-10-07", "yesterday"), ("2026-10-07", "2026-10-07"), ("2026-10-07", "2026-10-08")
    ] == desk.asked_for()  # fmt: skip
    (found,) = rows(pages, WebSession)
    assert (9, None, "(other)") == (found.sessions, found.traffic_source, found.traffic_medium)
    assert found.custom is not None
    assert "(other)" == found.custom["sessionSource"]
    (said,) = pages[-1].warnings
    assert "(other) counts as visits of no known source" in str(said)


def test_a_loss_elsewhere_in_the_property_only_is_told(desk: PropertyDesk, office: Office) -> None:
    pages = read(desk, office, report(row("20261001", *DIRECT, 4), **OVERFLOWING))

    assert 1 == len(desk.requests(REPORT))
    assert ["more combinations than Google keeps"] == [
        "more combinations than Google keeps" for each in pages[-1].warnings if "more combinations" in str(each)
    ]


def test_hidden_groups_are_told(desk: PropertyDesk, office: Office) -> None:
    pages = read(desk, office, report(row("20261001", *DIRECT, 4), subjectToThresholding=True))

    (said,) = pages[-1].warnings
    assert "web: Google hides small groups in this property (thresholding): sums may be too low." == str(said)


def test_flags_that_are_null_are_not_set(desk: PropertyDesk, office: Office) -> None:
    flags: dict[str, Any] = dict.fromkeys(
        ("dataLossFromOtherRow", "emptyReason", "subjectToThresholding", "samplingMetadatas")
    )

    pages = read(desk, office, report(row("20261001", *DIRECT, 4), **flags))

    assert (1, ()) == (len(ids(pages)), pages[-1].warnings)


def test_a_metric_that_the_role_hides_is_unknown_and_not_zero(desk: PropertyDesk, office: Office) -> None:
    hidden: dict[str, Any] = {"schemaRestrictionResponse": {"activeMetricRestrictions": [{"metricName": "keyEvents"}]}}

    pages = read(desk, office, report(row("20261001", *DIRECT, 4, 8, 0), **hidden))

    (found,) = rows(pages, WebSession)
    assert (4, 8, None) == (found.sessions, found.pageviews, found.conversions)
    (said,) = pages[-1].warnings
    assert "web: this credential may not see keyEvents: they are left empty." == str(said)


def test_what_google_cut_off_is_told_with_its_date(desk: PropertyDesk, office: Office) -> None:
    cut = {"dataTruncationType": "DATA_TRUNCATION_TYPE_PROPERTY", "dataTruncationDate": "2025-08-01"}

    pages = read(desk, office, report(row("20261001", *DIRECT, 4), dataTruncationReasons=[cut]))

    (said,) = pages[-1].warnings
    assert "Google no longer has figures before 2025-08-01. What is stored of earlier days is kept." in str(said)


def test_figures_missing_for_a_reason_are_asked_for_again(desk: PropertyDesk, office: Office) -> None:
    """That Google gives a reason does not mean that nobody came."""
    pages = read(desk, office, report(emptyReason="NO_DATA_YET"))

    assert ([], []) == (ids(pages), replaced(pages))
    assert "2026-10-01" == last_cursor(pages)["unread"]
    (said,) = pages[-1].warnings
    assert "Google gives no figures from 2026-10-01 to 2026-10-08 (NO_DATA_YET)." in str(said)


def test_a_row_that_does_not_fit_is_put_away_and_its_day_is_not_replaced(desk: PropertyDesk, office: Office) -> None:
    pages = read(
        desk, office, report(row("20261001", *DIRECT, "many"), row("20261001", *GOOGLE, 5), row("20261002", *GOOGLE, 6))
    )

    assert ["2026-10-01|google|organic", "2026-10-02|google|organic"] == ids(pages)
    assert ["2026-10-01|(direct)|(none)"] == [each.source_id for page in pages for each in page.rejected]
    assert "day:2026-10-01" not in replaced(pages)
    assert "day:2026-10-02" in replaced(pages)


def test_a_row_without_a_day_is_put_away(desk: PropertyDesk, office: Office) -> None:
    pages = read(desk, office, report(row("(other)", *GOOGLE, 5), row("20261002", *GOOGLE, 6)))

    assert ["2026-10-02|google|organic"] == ids(pages)
    assert 1 == sum(len(page.rejected) for page in pages)


def test_an_answer_that_is_no_report_ends_the_run(desk: PropertyDesk, office: Office) -> None:
    with pytest.raises(VendorUnavailable, match="something that is no report"):
        read(desk, office, [])


def test_empty_early_years_take_few_requests(desk: PropertyDesk, office: Office) -> None:
    """A property without known beginning, too large for one report: ranges grow over days without any figures."""
    busy = report(row("20261001", *DIRECT, 4), **SAMPLED)
    desk.on(REPORT, *[busy] * 8, report())

    office.pages("web_sessions")

    assert 20 > len(desk.requests(REPORT))
    assert "2015-08-14" == desk.asked_for()[0][0]
