"""What changed since: windows of the search, their borders, and what becomes of rows that shift."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import VendorUnavailable
from latido.schema import Contact
from tests.connectors.hubspot.builders import contact, found, listed, properties
from tests.desk import Desk, Says, last_cursor, rows

if TYPE_CHECKING:
    from latido.testing import ManualClock
    from tests.connectors.hubspot.desk import Office

SEARCH = "contacts/search"
MINUTE = 60_000
HOUR = 60 * MINUTE
MONDAY = "2026-01-05T12:00:00.000Z"
TUESDAY = "2026-01-06T12:00:00.000Z"
MONDAY_MILLIS = 1767614400000


def millis(clock: ManualClock) -> int:
    return int(clock.now().timestamp() * 1000)


def standing(clock: ManualClock, **more: Any) -> dict[str, Any]:
    """Return where a stream stands that was read a minute ago, sweep included."""
    now = millis(clock)
    return {"best": now - MINUTE, "complete": now - HOUR, "swept": now, "archived": [], **more}


def read(office: Office, clock: ManualClock, **more: Any) -> list[str]:
    pages = office.pages("contacts", standing(clock, **more))
    return [row.source_id for row in rows(pages, Contact)]


def filters(desk: Desk) -> list[list[tuple[str, str, str]]]:
    """Return what each search asked for: property, operator, value."""
    return [
        [(each["propertyName"], each["operator"], each["value"]) for each in asked.body["filterGroups"][0]["filters"]]
        for asked in desk.requests(SEARCH)
    ]


def test_a_run_reads_the_last_quarter_of_an_hour_again(desk: Desk, office: Office, clock: ManualClock) -> None:
    """Up to a minute before HubSpot's own time, oldest change first, two hundred at a time."""
    desk.on(SEARCH, found(contact(1)))

    assert ["1"] == read(office, clock)

    (asked,) = desk.requests(SEARCH)
    (window,) = asked.body["filterGroups"][0]["filters"]
    assert ("lastmodifieddate", "BETWEEN") == (window["propertyName"], window["operator"])
    assert millis(clock) - 16 * MINUTE == int(window["value"])
    assert abs(millis(clock) - MINUTE - int(window["highValue"])) < 5000
    assert [{"propertyName": "lastmodifieddate", "direction": "ASCENDING"}] == asked.body["sorts"]
    assert 200 == asked.body["limit"]


def test_a_run_reads_the_last_hours_again_every_two_hours(desk: Desk, office: Office, clock: ManualClock) -> None:
    """The search may know of a change an hour late; `complete` moves only when that time has passed."""
    now = millis(clock)

    early = last_cursor(office.pages("contacts", standing(clock, complete=now - HOUR)))
    late = last_cursor(office.pages("contacts", standing(clock, complete=now - 3 * HOUR)))

    assert [str(now - 16 * MINUTE), str(now - 3 * HOUR)] == [window[0][2] for window in filters(desk)]
    assert now - HOUR == early["complete"]
    assert abs(late["best"] - HOUR - late["complete"]) < 1


def test_a_run_ends_where_hubspots_clock_is_not_where_ours_is(desk: Desk, office: Office, clock: ManualClock) -> None:
    """Our clock is a day ahead: what changes until tomorrow must not be taken for read."""
    real = clock.now() - timedelta(days=1)
    desk.on(SEARCH, Says(200, found(), {"Date": format_datetime(real, usegmt=True)}))

    cursor = last_cursor(office.pages("contacts", {**standing(clock), "best": millis(clock) - 25 * HOUR}))

    assert abs(real.timestamp() * 1000 - MINUTE - cursor["best"]) < 2000
    assert 2 == len(desk.requests(SEARCH))


def test_pages_follow_their_cursor_even_when_they_are_empty(desk: Desk, office: Office, clock: ManualClock) -> None:
    desk.on(SEARCH, found(contact(1), total=2, after="1"), found(total=2, after="2"), found(contact(2), total=2))

    assert ["1", "2"] == read(office, clock)
    assert [None, "1", "2"] == [asked.body.get("after") for asked in desk.requests(SEARCH)]


def test_a_cursor_that_comes_again_is_an_error(desk: Desk, office: Office, clock: ManualClock) -> None:
    desk.on(SEARCH, found(contact(1), total=9, after="1"))

    with pytest.raises(VendorUnavailable, match="same page"):
        read(office, clock)


def test_beyond_ten_thousand_another_search_begins_at_the_last_change(
    desk: Desk, office: Office, clock: ManualClock
) -> None:
    """The next page would be refused. Rows come out of order, so it begins with the oldest of the last page."""
    desk.on(
        SEARCH,
        found(contact(1, MONDAY), total=4, after="200"),
        found(contact(3, TUESDAY), contact(2, TUESDAY), total=4, after="10000"),
        found(contact(2, TUESDAY), contact(3, TUESDAY), contact(4, TUESDAY), total=3),
    )

    assert {"1", "2", "3", "4"} == set(read(office, clock, best=MONDAY_MILLIS + 15 * MINUTE))

    assert str(MONDAY_MILLIS + 24 * HOUR) == filters(desk)[2][0][2]
    assert [None, "200", None] == [asked.body.get("after") for asked in desk.requests(SEARCH)]


def test_more_than_ten_thousand_in_one_millisecond_are_walked_by_id(
    desk: Desk, office: Office, clock: ManualClock
) -> None:
    """Ids are compared as they come: as numbers, what is ordered as texts would be left out."""
    low = {"best": MONDAY_MILLIS + 15 * MINUTE}
    desk.on(
        SEARCH,
        found(contact(10, MONDAY), total=4, after="10000"),
        found(contact(10, MONDAY), contact(9, MONDAY), total=4, after="2"),
        found(contact(91, MONDAY), total=1, after="1"),
        found(total=0),
        found(contact(5, TUESDAY), total=1),
    )

    assert {"10", "9", "91", "5"} == set(read(office, clock, **low))

    at = str(MONDAY_MILLIS)
    assert [
        [("lastmodifieddate", "EQ", at)],
        [("lastmodifieddate", "EQ", at), ("hs_object_id", "GT", "9")],
        [("lastmodifieddate", "EQ", at), ("hs_object_id", "GT", "91")],
    ] == filters(desk)[1:4]
    assert ("lastmodifieddate", "BETWEEN", str(MONDAY_MILLIS + 1)) == filters(desk)[4][0]
    assert "hs_object_id" == desk.requests(SEARCH)[1].body["sorts"][0]["propertyName"]


def test_empty_pages_end_no_millisecond(desk: Desk, office: Office, clock: ManualClock) -> None:
    desk.on(
        SEARCH,
        found(contact(10, MONDAY), total=3, after="10000"),
        found(contact(10, MONDAY), total=3, after="1"),
        found(total=2, after="200"),
        found(contact(12, MONDAY), total=2),
        found(contact(5, TUESDAY), total=1),
    )

    assert {"10", "12", "5"} == set(read(office, clock, best=MONDAY_MILLIS + 15 * MINUTE))


def test_a_millisecond_that_points_at_itself_is_an_error(desk: Desk, office: Office, clock: ManualClock) -> None:
    page = found(contact(10, MONDAY), total=3, after="10000")
    desk.on(SEARCH, page, page, page)

    with pytest.raises(VendorUnavailable, match="same page"):
        read(office, clock, best=MONDAY_MILLIS + 15 * MINUTE)


def test_a_record_that_does_not_tell_when_it_changed_moves_no_border(
    desk: Desk, office: Office, clock: ManualClock
) -> None:
    """It would send the next search back to the beginning, and so on for ever."""
    odd = {"id": "3", "properties": {}}
    desk.on(SEARCH, found(contact(1, TUESDAY), odd, total=3, after="10000"), found(contact(2, TUESDAY), total=1))

    assert {"1", "2"} <= set(read(office, clock, best=MONDAY_MILLIS + 15 * MINUTE))
    assert 2 == len(desk.requests(SEARCH))


def test_a_window_that_shows_less_than_it_counts_is_read_once_more(
    desk: Desk, office: Office, clock: ManualClock
) -> None:
    """A record that changes while we read leaves the window, and another takes its place on a page that was read."""
    desk.on(
        SEARCH,
        found(contact(1), total=3, after="1"),
        found(contact(3), total=2),
        found(contact(2), contact(3), total=2),
    )

    assert {"1", "2", "3"} == set(read(office, clock))
    assert 3 == len(desk.requests(SEARCH))


def test_a_window_that_shows_less_than_it_counts_twice_is_told_of(
    desk: Desk, office: Office, clock: ManualClock
) -> None:
    desk.on(SEARCH, found(contact(1), total=3))

    pages = office.pages("contacts", standing(clock))

    (said,) = [str(warning) for page in pages for warning in page.warnings]
    assert "contacts: HubSpot counts 2 more changes than it shows." == said


def test_so_many_changes_are_read_from_the_list(desk: Desk, office: Office, clock: ManualClock) -> None:
    desk.on(SEARCH, found(contact(1), total=100_001, after="1"))
    desk.on("contacts", listed(contact(1), contact(2)), listed())

    pages = office.pages("contacts", standing(clock))

    assert ["1", "2"] == [row.source_id for row in rows(pages, Contact)]
    assert abs(millis(clock) - last_cursor(pages)["best"]) < 5000
    assert 1 == len(desk.requests(SEARCH))


def test_the_list_is_taken_where_it_is_quicker(desk: Desk, office: Office, clock: ManualClock) -> None:
    """Nearly everything changed: the list brings half as many in a request, but twice as many requests a second."""
    desk.on(SEARCH, found(contact(1), total=40_000, after="1"), found(total=41_000))
    desk.on("contacts", listed(contact(1)), listed())

    read(office, clock)

    assert 1 <= len(desk.requests("contacts"))


def test_the_search_is_taken_where_the_list_is_longer(desk: Desk, office: Office, clock: ManualClock) -> None:
    desk.on(SEARCH, found(contact(1), total=20_000, after="1"), found(total=900_000), found(contact(2), total=1))

    read(office, clock)

    assert [] == desk.requests("contacts")


def test_nothing_older_than_the_start_is_read_from_the_list(desk: Desk, office: Office) -> None:
    stream = office.stream("contacts")
    desk.on(SEARCH, found(contact(1), total=100_001, after="1"))
    desk.on("contacts", listed(contact(1, MONDAY), contact(2, TUESDAY)), listed())

    pages = list(stream.pages(stream.start(datetime(2026, 1, 6, tzinfo=UTC))))

    assert ["2"] == [row.source_id for row in rows(pages, Contact)]
    assert MONDAY_MILLIS + 12 * HOUR == last_cursor(pages)["since"]


def test_the_search_never_asks_for_the_beginning_of_time(desk: Desk, office: Office) -> None:
    """HubSpot answers that with 500."""
    stream = office.stream("contacts")

    list(stream.pages(stream.start(datetime(1970, 1, 1, tzinfo=UTC))))

    assert "1000" == filters(desk)[0][0][2]


def test_all_properties_fit_into_a_search(desk: Desk, office: Office, clock: ManualClock) -> None:
    names = [f"a_rather_long_name_of_a_property_{n}" for n in range(300)]
    desk.on("/crm/v3/properties/contacts", properties(**dict.fromkeys(names, "string")))
    desk.on(SEARCH, found(contact(1)))

    read(office, clock)

    assert set(names) < set(desk.requests(SEARCH)[0].body["properties"])


def test_an_answer_without_results_is_no_empty_answer(desk: Desk, office: Office, clock: ManualClock) -> None:
    """The models of HubSpot's own library would make "no records" of it."""
    desk.on(SEARCH, Says(200, {"status": "maintenance"}))

    with pytest.raises(VendorUnavailable, match="without records"):
        read(office, clock)
