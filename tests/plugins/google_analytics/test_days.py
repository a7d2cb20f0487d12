"""Which days are read, when they begin, and what becomes of the rows of a day that is read again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import ConfigurationError
from latido.schema import WebSession
from latido.testing import ManualClock
from latido_google_analytics.days import listed, midnight, yesterday, zone_of
from tests.desk import last_cursor, rows
from tests.plugins.google_analytics.desk import METADATA, PROPERTY, REPORT, PropertyDesk, metadata, report, row

if TYPE_CHECKING:
    from latido.connect import Page
    from tests.plugins.google_analytics.desk import Office

GOOGLE = ("google", "organic")
MADRID = [["2015-08-14", "Europe/Madrid"]]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 10, 9, 6, 0, tzinfo=UTC))


def read(desk: PropertyDesk, office: Office, cursor: Any, *answers: Any, **settings: Any) -> list[Page]:
    desk.on(REPORT, *answers)
    return office.pages("web_sessions", cursor, **settings)


def began(found: list[Page]) -> list[datetime | None]:
    return [each.started_at for each in rows(found, WebSession)]


def replaced(found: list[Page]) -> set[str]:
    return {day.removeprefix("day:") for page in found for _, days in page.replaces.values() for day in days}


def said(found: list[Page]) -> list[str]:
    return [str(each) for page in found for each in page.warnings]


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        ("Pacific/Kiritimati", "2026-10-08T10:00Z", "2026-10-08"),
        ("Pacific/Kiritimati", "2026-10-08T09:59Z", "2026-10-07"),
        ("Etc/GMT+12", "2026-10-08T11:59Z", "2026-10-06"),
        ("Etc/GMT+12", "2026-10-08T12:00Z", "2026-10-07"),
        (None, "2026-10-08T12:00Z", "2026-10-07"),
    ],
)
def test_yesterday_is_the_propertys(zone: str | None, now: str, expected: str) -> None:
    assert date.fromisoformat(expected) == yesterday(datetime.fromisoformat(now), zone)


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        ("20261001", "Europe/Madrid", "2026-09-30T22:00Z"),
        ("20261101", "Europe/Madrid", "2026-10-31T23:00Z"),
        ("20261025", "Europe/Madrid", "2026-10-24T22:00Z"),
        ("20261001", "Asia/Tokyo", "2026-09-30T15:00Z"),
        ("20261001", "America/Los_Angeles", "2026-10-01T07:00Z"),
        ("20240906", "America/Santiago", "2024-09-06T04:00Z"),
        ("20240908", "America/Santiago", "2024-09-08T04:00Z"),  # clocks went from midnight to one
        ("20181104", "America/Sao_Paulo", "2018-11-04T03:00Z"),  # these too
        ("20181029", "Asia/Beirut", "2018-10-28T22:00Z"),
        ("20181028", "Asia/Beirut", "2018-10-27T22:00Z"),  # at midnight it was eleven again
        ("20251102", "America/Havana", "2025-11-02T04:00Z"),  # at one it was midnight again
    ],
)
def test_a_day_begins_at_the_propertys_midnight(day: str, zone: str, expected: str) -> None:
    assert datetime.fromisoformat(expected) == midnight(day, zone)


def test_a_zone_that_nobody_here_knows_is_named() -> None:
    with pytest.raises(ConfigurationError, match="a time zone that this machine does not know: Mars/Olympus"):
        zone_of("Mars/Olympus")


def test_days_are_told_in_runs() -> None:
    days = [date(2026, 10, n) for n in (1, 2, 3, 5, 9, 10, 12, 14, 16)]

    assert "2026-10-01 to 2026-10-03, 2026-10-05, 2026-10-09 to 2026-10-10, 2026-10-12, 2026-10-14 …" == listed(days)


def test_a_first_run_asks_for_everything_at_once(desk: PropertyDesk, office: Office) -> None:
    """Up to what Google calls yesterday: where the property is, nobody knows yet."""
    pages = read(desk, office, None, report(row("20261001", *GOOGLE, 5)))

    assert [("2015-08-14", "yesterday")] == desk.asked_for()
    assert [datetime(2026, 9, 30, 22, tzinfo=UTC)] == began(pages)
    expected = {"unread": "2026-10-09", "zones": MADRID, "visited": ["2026-10-01"], "swept": "2026-10-08"}
    assert expected == last_cursor(pages)


def test_a_first_run_begins_when_the_property_was_made_if_google_says_so(desk: PropertyDesk, office: Office) -> None:
    desk.on(PROPERTY, {"name": "properties/123456789", "createTime": "2024-05-06T22:30:00.123Z"})

    read(desk, office, None, report())

    assert [("2024-05-05", "yesterday")] == desk.asked_for()


def test_a_start_date_is_where_reading_begins(desk: PropertyDesk, office: Office) -> None:
    stream = office.stream("web_sessions", start_date="2026-10-01")
    desk.on(REPORT, report())

    list(stream.pages(stream.start(datetime(2026, 10, 1, tzinfo=UTC))))

    assert [("2026-10-01", "yesterday")] == desk.asked_for()


def test_google_takes_no_day_before_its_first(office: Office) -> None:
    stream = office.stream("web_sessions")

    assert "2015-08-14" == stream.start(datetime(2012, 1, 1, tzinfo=UTC))["unread"]


def test_thirty_days_are_read_again(desk: PropertyDesk, office: Office) -> None:
    """In one request. Today is never read: it has only begun."""
    read(desk, office, {"unread": "2026-10-08", "zones": MADRID}, report())

    assert [("2026-09-08", "2026-10-08")] == desk.asked_for()


def test_as_many_days_are_read_again_as_the_settings_say(desk: PropertyDesk, office: Office) -> None:
    read(desk, office, {"unread": "2026-10-08", "zones": MADRID}, report(), restate_days=5)

    assert [("2026-10-03", "2026-10-08")] == desk.asked_for()


def test_days_that_were_missed_are_read_too(desk: PropertyDesk, office: Office) -> None:
    read(desk, office, {"unread": "2026-07-01", "zones": MADRID}, report())

    assert [("2026-07-01", "2026-10-08")] == desk.asked_for()


def test_once_a_week_more_days_are_read_again(desk: PropertyDesk, office: Office) -> None:
    standing = {"unread": "2026-10-08", "zones": MADRID}

    (*_, last) = read(desk, office, {**standing, "swept": "2026-10-01"}, report(), weekly_restate_days=90)
    read(desk, office, {**standing, "swept": "2026-10-02"}, report(), weekly_restate_days=90)

    assert [("2026-07-10", "2026-10-08"), ("2026-09-08", "2026-10-08")] == desk.asked_for()
    assert last.cursor is not None
    assert "2026-10-08" == last.cursor["swept"]


def test_days_of_a_property_ahead_of_us_end_before_ours(desk: PropertyDesk, office: Office, clock: ManualClock) -> None:
    clock.sleep(6 * 3600)  # noon in London, the next day at the end of the world
    read(
        desk,
        office,
        {"unread": "2026-10-09", "zones": [["2015-08-14", "Pacific/Kiritimati"]]},
        report(timeZone="Pacific/Kiritimati"),
    )

    assert "2026-10-09" == desk.asked_for()[0][1]


def test_what_google_already_tells_of_today_is_left(desk: PropertyDesk, office: Office) -> None:
    """The zone changed since, and what we asked for as yesterday is not over there."""
    answer = report(row("20261007", *GOOGLE, 5), row("20261008", *GOOGLE, 2), timeZone="Pacific/Midway")

    pages = read(desk, office, {"unread": "2026-10-08", "zones": MADRID}, answer)

    assert ["2026-10-07|google|organic"] == [each.source_id for each in rows(pages, WebSession)]
    assert "2026-10-08" == last_cursor(pages)["unread"]


def test_a_change_of_zone_moves_no_day_that_was_counted_before(desk: PropertyDesk, office: Office) -> None:
    answer = report(row("20261007", *GOOGLE, 5), row("20261008", *GOOGLE, 5), timeZone="America/New_York")

    pages = read(desk, office, {"unread": "2026-10-08", "zones": MADRID}, answer)

    assert [datetime(2026, 10, 6, 22, tzinfo=UTC), datetime(2026, 10, 8, 4, tzinfo=UTC)] == began(pages)
    assert [*MADRID, ["2026-10-08", "America/New_York"]] == last_cursor(pages)["zones"]
    (told,) = said(pages)
    assert "the property's time zone is America/New_York, was Europe/Madrid. Days before 2026-10-08 stay" in told


def test_rows_of_a_day_are_replaced_as_a_whole(desk: PropertyDesk, office: Office) -> None:
    pages = read(desk, office, {"unread": "2026-10-08", "zones": MADRID}, report(row("20260920", *GOOGLE, 5)))

    assert "2026-09-20" in replaced(pages)
    assert {"day:2026-09-20"} == {each.external_id for each in rows(pages, WebSession)}


def test_a_day_that_suddenly_reads_empty_keeps_its_rows(desk: PropertyDesk, office: Office) -> None:
    """Older than two days, that is: of the last ones even that nobody came may be true."""
    visited = ["2026-09-20", "2026-10-06", "2026-10-07"]

    pages = read(desk, office, {"unread": "2026-10-08", "zones": MADRID, "visited": visited}, report())

    assert {"2026-10-07", "2026-10-08"} == replaced(pages)
    assert ["web: Google has suddenly no figures for 2026-09-20, 2026-10-06. What is stored of them is kept."] == said(
        pages
    )
    assert ["2026-09-20", "2026-10-06"] == last_cursor(pages)["visited"]


def test_days_that_are_no_longer_read_are_forgotten(desk: PropertyDesk, office: Office) -> None:
    visited = ["2026-09-07", "2026-09-08"]

    pages = read(desk, office, {"unread": "2026-10-08", "zones": MADRID, "visited": visited}, report())

    assert ["2026-09-08"] == last_cursor(pages)["visited"]


def test_a_long_history_takes_one_request_and_many_pages(desk: PropertyDesk, office: Office) -> None:
    """Google sends it at once; the warehouse takes it in portions of whole days, each with a cursor behind it."""
    first = date(2025, 10, 9)
    days = [first + timedelta(days=n) for n in range(365)]
    sources = [f"source-{n:03}" for n in range(100)]
    desk.on(METADATA, metadata())

    pages = read(desk, office, None, report(*[row(f"{day:%Y%m%d}", each, "x", 1) for day in days for each in sources]))

    assert 1 == len(desk.requests(REPORT))
    assert [5000] * 7 + [1500, 0] == [page.fetched for page in pages]
    assert {0} == {len(page.cursor["visited"]) for page in pages[:2] if page.cursor}
    assert ["2025-11-28", "2026-01-17"] == [page.cursor["unread"] for page in pages[:2] if page.cursor]


def test_a_plan_knows_about_how_many_requests_it_takes(office: Office) -> None:
    stream = office.stream("web_sessions")

    assert 1 == stream.estimate({"unread": "2026-10-08", "zones": MADRID})
    assert 1 == stream.estimate(stream.start(None))
