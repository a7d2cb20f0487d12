"""Lists, archives and ids: how whole objects are read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from latido.connect import Count
from latido.errors import NotOffered, VendorUnavailable
from latido.schema import Account, Contact
from tests.connectors.hubspot.builders import CHANGED, contact, found, gone, listed, properties, record
from tests.connectors.hubspot.desk import OBJECTS
from tests.connectors.hubspot.links import between, links
from tests.desk import Desk, Says, last_cursor, rows

if TYPE_CHECKING:
    from latido.testing import ManualClock
    from tests.connectors.hubspot.desk import Office

BATCH = "contacts/batch/read"
LONG = [f"a_rather_long_name_of_a_property_{n}" for n in range(300)]
DAY = 24 * 3_600_000


def lists(desk: Desk, archived: str | None = None) -> list[dict[str, str]]:
    """Return what was asked of the list of contacts, or of that of archived ones."""
    return [asked.params for asked in desk.requests("contacts") if asked.params.get("archived") == archived]


def read(pages: Any) -> list[str]:
    return [row.source_id for row in rows(pages, Contact)]


def now(clock: ManualClock) -> int:
    return int(clock.now().timestamp() * 1000)


def standing(clock: ManualClock, **more: Any) -> dict[str, Any]:
    return {"best": now(clock), "complete": now(clock), **more}


KINDS = {
    "associations": "contacts",
    "deal_stages": "deals",
    "email_replies": "emails",
    "ticket_statuses": "tickets",
}
"""What streams read that are called otherwise."""


def test_the_list_is_followed_by_its_cursor_alone(desk: Desk, office: Office) -> None:
    """Its link leads to another address, and pages may be short or empty."""
    desk.on("contacts", listed(contact(1), after=7), listed(after=9), listed(contact(9)), listed())

    assert ["1", "9"] == read(office.pages("contacts"))

    assert [None, "7", "9"] == [params.get("after") for params in lists(desk)]
    assert {"100"} == {params["limit"] for params in lists(desk)}


def test_a_list_that_points_at_itself_is_an_error(desk: Desk, office: Office) -> None:
    desk.on("contacts", listed(contact(1), after=7))

    with pytest.raises(VendorUnavailable, match="same page"):
        office.pages("contacts")


def test_a_page_can_be_resumed_behind(desk: Desk, office: Office, clock: ManualClock) -> None:
    desk.on("contacts", listed(contact(1), after=2), listed(contact(2)), listed())
    first, *_rest = office.pages("contacts")
    desk.on("contacts", listed(contact(2)), listed())

    pages = office.pages("contacts", first.cursor)

    assert ["2"] == read(pages)
    assert "2" == lists(desk)[-1]["after"]
    assert abs(now(clock) - last_cursor(pages)["best"]) < 5000
    assert first.cursor is not None
    assert first.cursor["started"] == last_cursor(pages)["best"]


def test_only_what_is_mapped_is_asked_for(desk: Desk, office: Office) -> None:
    desk.on("/crm/v3/properties/contacts", {"results": [
        {"name": "plan", "type": "string", "hubspotDefined": False},
        {"name": "hs_analytics_num_visits", "type": "number", "hubspotDefined": True},
    ]})  # fmt: skip

    office.pages("contacts")

    asked = set(lists(desk)[0]["properties"].split(","))
    assert {"email", "lastmodifieddate", "hs_merged_object_ids", "hs_all_contact_vids", "plan"} < asked
    assert "hs_analytics_num_visits" not in asked


def test_user_defined_properties_can_be_left_out(desk: Desk, office: Office) -> None:
    desk.on("/crm/v3/properties/contacts", properties(plan="string", secret="string"))
    desk.on("contacts", listed(contact(1, plan="pro", secret="x")), listed())

    (row,) = rows(office.pages("contacts", custom=["plan"]), Contact)

    assert {"plan": "pro"} == row.custom
    assert "secret" not in lists(desk)[0]["properties"]


def test_properties_too_long_for_an_address_are_read_by_id(desk: Desk, office: Office) -> None:
    desk.on("/crm/v3/properties/contacts", properties(**dict.fromkeys(LONG, "string")))
    desk.on("contacts", listed(contact(1), contact(2)), listed())
    desk.on(BATCH, {"status": "COMPLETE", "results": [contact(1, email="a@example.com", **{LONG[0]: "x"})]})

    (row,) = rows(office.pages("contacts"), Contact)

    assert ("1", "a@example.com", {LONG[0]: "x"}) == (row.source_id, row.email, row.custom)
    (asked,) = desk.requests(BATCH)
    assert [{"id": "1"}, {"id": "2"}] == asked.body["inputs"]
    assert set(LONG) < set(asked.body["properties"])
    assert "hs_object_id" == lists(desk)[0]["properties"]


def test_records_that_vanish_between_two_requests_are_passed_over(desk: Desk, office: Office) -> None:
    lost = {"status": "error", "category": "OBJECT_NOT_FOUND", "context": {"ids": ["2"]}}
    desk.on("/crm/v3/properties/contacts", properties(**dict.fromkeys(LONG, "string")))
    desk.on("contacts", listed(contact(1), contact(2)), listed())
    desk.on(BATCH, Says(207, {"status": "COMPLETE", "results": [contact(1)], "numErrors": 1, "errors": [lost]}))

    assert ["1"] == read(office.pages("contacts"))


def test_a_batch_that_failed_in_part_is_not_taken_for_whole(desk: Desk, office: Office) -> None:
    failed = {"status": "error", "category": "INTERNAL_ERROR", "message": "try later"}
    desk.on("/crm/v3/properties/contacts", properties(**dict.fromkeys(LONG, "string")))
    desk.on("contacts", listed(contact(1)), listed())
    desk.on(BATCH, Says(207, {"status": "COMPLETE", "results": [], "numErrors": 1, "errors": [failed]}))

    with pytest.raises(VendorUnavailable, match="try later"):
        office.pages("contacts")


def test_a_batch_that_takes_too_long_is_halved(desk: Desk, office: Office) -> None:
    people = [contact(n) for n in range(1, 13)]
    desk.on("/crm/v3/properties/contacts", properties(**dict.fromkeys(LONG, "string")))
    desk.on("contacts", listed(*people), listed())
    desk.on(BATCH, Says(504), {"results": people[:6]}, {"results": people[6:]})

    assert 12 == len(read(office.pages("contacts")))
    assert [12, 6, 6] == [len(asked.body["inputs"]) for asked in desk.requests(BATCH)]


def test_the_archive_marks_what_was_deleted(desk: Desk, office: Office) -> None:
    desk.on("contacts", listed(contact(1)), listed(gone(2), after=3), listed(gone(3, at="")))

    pages = office.pages("contacts")

    marks = {key: at for page in pages for key, at in page.deleted.get(Contact, {}).items()}
    assert {"2": datetime.fromisoformat(CHANGED), "3": None} == marks
    assert 2 == len(lists(desk, archived="true"))
    assert ["2", "3"] == sorted(last_cursor(pages)["archived"])


def test_the_archive_has_a_clock_of_its_own(desk: Desk, office: Office, clock: ManualClock) -> None:
    office.pages("contacts", standing(clock, swept=now(clock) - DAY // 2))
    early = len(lists(desk, archived="true"))
    office.pages("contacts", standing(clock, swept=now(clock) - 2 * DAY))

    assert (0, 1) == (early, len(lists(desk, archived="true")))


def test_it_may_be_gone_through_more_often(desk: Desk, office: Office, clock: ManualClock) -> None:
    office.pages("contacts", standing(clock, swept=now(clock) - DAY // 2), sweep_every=timedelta(hours=1))

    assert 1 == len(lists(desk, archived="true"))


def test_what_left_the_archive_is_read_again(desk: Desk, office: Office, clock: ManualClock) -> None:
    """To be restored does not always count as a change. What was purged is in neither place."""
    desk.on("contacts", listed(gone(2)))
    desk.on(BATCH, {"results": [contact(1, email="back@example.com")]})

    pages = office.pages("contacts", standing(clock, archived=["1", "2", "3"]))

    (row,) = rows(pages, Contact)
    assert ("1", "back@example.com", False) == (row.source_id, row.email, row.is_deleted)
    assert [{"id": "1"}, {"id": "3"}] == desk.requests(BATCH)[0].body["inputs"]
    assert ["2"] == last_cursor(pages)["archived"]


def test_only_the_last_thousand_deletions_are_remembered(desk: Desk, office: Office) -> None:
    days = [gone(n, at=f"2026-01-{1 + n % 28:02}T00:00:00Z") for n in range(1200)]
    desk.on("contacts", listed(), listed(*days))

    archived = last_cursor(office.pages("contacts"))["archived"]

    assert 1000 == len(archived)
    assert {str(n) for n in range(1200) if n % 28 >= 5} <= set(archived)


@pytest.mark.parametrize("status", [400, 404])
def test_an_archive_that_cannot_be_listed_is_told_of(desk: Desk, office: Office, status: int) -> None:
    refusal = Says(status, {"status": "error", "message": "archived is not supported", "category": "VALIDATION_ERROR"})
    desk.on("contacts", listed(contact(1)), refusal)

    pages = office.pages("contacts")

    assert ["1"] == read(pages)
    (said,) = [str(warning) for page in pages for warning in page.warnings]
    assert said.startswith("contacts: archived records cannot be listed")
    assert "best" in last_cursor(pages)


def test_losers_of_a_merge_are_marked(desk: Desk, office: Office) -> None:
    """All that are named, in both lists, but for the survivor itself, which stands in one of them."""
    winner = contact(9, hs_merged_object_ids="1;2", hs_all_contact_vids="9;2;3")
    desk.on("contacts", listed(winner, contact(8, hs_all_contact_vids="8")), listed())

    (page, *_rest) = office.pages("contacts")

    assert {Contact: {"1": "9", "2": "9", "3": "9"}} == page.merged


def test_of_companies_only_one_list_names_losers(desk: Desk, office: Office) -> None:
    desk.on("companies", listed(record(5, hs_merged_object_ids="4")), listed())

    (page, *_rest) = office.pages("companies")

    assert {Account: {"4": "5"}} == page.merged


def test_the_census_lists_all_ids(desk: Desk, office: Office) -> None:
    desk.on("contacts", listed(contact(1), contact(2), after=3), listed(contact(3)))

    assert [["1", "2"], ["3"]] == list(office.stream("contacts").ids())
    assert {"hs_object_id"} == {params["properties"] for params in lists(desk)}


def test_the_census_spells_ids_as_they_are_stored(desk: Desk, office: Office) -> None:
    desk.on("leads", listed(record(1)))

    assert [["lead:1"]] == list(office.stream("leads").ids())


def test_the_count_is_that_of_the_search_which_lags(desk: Desk, office: Office) -> None:
    desk.on("contacts/search", found(total=41))

    assert Count(41, exact=False) == office.stream("contacts").count()
    assert [] == desk.requests("contacts/search")[0].body["filterGroups"]


def test_the_cost_of_reading_is_known_beforehand(desk: Desk, office: Office, clock: ManualClock) -> None:
    desk.on("contacts/search", found(total=1_000))
    stream = office.stream("contacts")

    assert 11 == stream.estimate(stream.start(None))
    assert 6 == stream.estimate(standing(clock))


def test_a_stream_knows_its_pace(office: Office) -> None:
    pace = office.stream("contacts").pace()

    assert pace is not None
    assert 600 == pace.per_minute


def test_a_missing_scope_is_named(desk: Desk, office: Office) -> None:
    missing = {
        "status": "error", "category": "MISSING_SCOPES",
        "message": "This app hasn't been granted all required scopes to make this call.",
        "errors": [{"message": "One or more…", "context": {"requiredGranularScopes": ["crm.objects.contacts.read"]}}],
    }  # fmt: skip
    desk.on("contacts", Says(403, missing))

    with pytest.raises(NotOffered, match=r"crm\.objects\.contacts\.read"):
        office.pages("contacts")


@pytest.mark.parametrize(
    "answer",
    [
        Says(404, "<html><body><h2>HTTP ERROR 404</h2></body></html>", {"X-HubSpot-NotFound": "true"}),
        Says(400, {"message": "Unable to infer object type from: leads", "category": "VALIDATION_ERROR"}),
        Says(403, {"message": "Your account does not have access to this object", "category": "BANNED"}),
    ],
)
def test_an_object_that_the_edition_lacks_is_not_offered(desk: Desk, office: Office, answer: Says) -> None:
    desk.on("leads", answer)

    with pytest.raises(NotOffered):
        office.pages("leads")


def test_what_is_no_record_is_put_aside(desk: Desk, office: Office) -> None:
    desk.on("companies", listed(record(1, numberofemployees="many"), record(2, numberofemployees="12.0")), listed())

    pages = office.pages("companies")

    (row,) = rows(pages, Account)
    assert ("2", 12) == (row.source_id, row.employees)
    (fault,) = [each for page in pages for each in page.rejected]
    assert ("accounts", "1") == (fault.table, fault.source_id)
    assert "employees" in fault.reason


def test_ids_that_are_numbers_become_texts(desk: Desk, office: Office) -> None:
    desk.on("contacts", listed({**contact(51), "id": 51}), listed())

    assert ["51"] == read(office.pages("contacts"))


def test_dated_versions_have_paths_of_their_own(desk: Desk, office: Office) -> None:
    desk.on("/account-info/2026-03/details", {"portalId": 1})
    desk.on("/crm/properties/2026-03/contacts", {"results": []})
    desk.on("/crm/objects/2026-03/contacts", listed(contact(1)), listed())

    assert ["1"] == read(office.pages("contacts", api_version="2026-03"))


def test_a_start_in_the_present_asks_for_nothing_yet(desk: Desk, office: Office) -> None:
    cursor = office.stream("contacts").start(datetime(2026, 1, 5, tzinfo=UTC))

    assert {"best": 1767571200000, "complete": 1767571200000, "since": 1767571200000} == cursor
    assert [] == desk.asked


@pytest.mark.parametrize(
    "stream",
    [
        "companies", "contacts", "leads", "deals", "line_items", "subscriptions", "tickets", "carts", "deal_stages",
        "ticket_statuses", "email_replies", "feedback_submissions", "associations",
    ],
)  # fmt: skip
def test_what_is_no_record_is_put_aside_and_the_rest_arrives(desk: Desk, office: Office, stream: str) -> None:
    """From a list and from a search."""
    kind = KINDS.get(stream, stream)
    desk.on(kind, listed(record(4), {"properties": {}}, "nonsense", None), listed())
    desk.on(f"{kind}/search", found(record(4), {"properties": {}}, "nonsense", None))
    desk.on(f"{kind}/batch/read", {"results": [record(4)]})
    for to_type in OBJECTS:
        desk.on(between(kind, to_type), links())
    reading = standing(office.clock, swept=now(office.clock))
    states = {"contacts": reading, "deals": reading, "tickets": reading, "swept": now(office.clock)}

    listing = office.pages(stream)
    search = office.pages(stream, states if stream == "associations" else reading)

    for pages in (listing, search):
        assert {3} == {len(page.rejected) for page in pages if page.rejected}
        assert 4 == max(page.fetched for page in pages)
        assert [] == [said for page in pages for said in page.warnings]


def test_an_archive_tells_of_deletions_however_it_spells_their_time(desk: Desk, office: Office) -> None:
    desk.on("contacts", listed(), listed(gone(3, at="yesterday"), None, gone(4)))

    deleted = {key: at for page in office.pages("contacts") for key, at in page.deleted.get(Contact, {}).items()}

    assert {"3": None, "4": datetime.fromisoformat(CHANGED)} == deleted
