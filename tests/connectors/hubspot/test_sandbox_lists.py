"""The sandbox's lists, single records and batches behave as the vendor sheet says, oddities included."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

import pytest

from latido.testing.world import DAY
from tests.connectors.hubspot.visiting import OBJECTS, Visitor


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    return Visitor(600, people=400)


@pytest.fixture
def fresh() -> Visitor:
    """One that a test may change."""
    return Visitor(150)


def ids(records: list[Any]) -> list[int]:
    return [int(each["id"]) for each in records]


def values(records: list[Any], name: str) -> set[Any]:
    return {each["properties"][name] for each in records}


def test_a_list_is_in_the_order_of_ids_and_its_cursor_is_one_more_than_the_last(visitor: Visitor) -> None:
    page = visitor.get(f"{OBJECTS}/contacts", limit=3)

    assert [51, 101, 151] == ids(page["results"])
    assert "152" == page["paging"]["next"]["after"]


def test_the_link_to_the_next_page_leads_elsewhere(visitor: Visitor) -> None:
    link = visitor.get("crm/objects/2026-03/contacts", limit=3, properties="email")["paging"]["next"]["link"]

    assert link.startswith("https://api.hubapi.com/crm/objects/v3/contacts?")


@pytest.mark.parametrize("kind", ["contacts", "companies", "deals", "tickets", "line_items", "emails", "carts"])
def test_a_walk_brings_every_live_record_once(visitor: Visitor, kind: str) -> None:
    walked = ids(visitor.walk(kind))

    book = visitor.sandbox.records.books[kind]
    assert [book.kind.identity(number) for number in book.live()] == walked


@pytest.mark.parametrize("name", ["contacts", "contact", "Contact", "0-1"])
def test_a_type_has_several_names(visitor: Visitor, name: str) -> None:
    assert [51] == ids(visitor.get(f"{OBJECTS}/{name}", limit=1)["results"])


@pytest.mark.parametrize(("limit", "more"), [(101, {}), (51, {"propertiesWithHistory": "dealstage"}), (0, {})])
def test_pages_have_a_greatest_size(visitor: Visitor, limit: int, more: dict[str, str]) -> None:
    answer = visitor.ask(f"{OBJECTS}/deals", limit=limit, **more)

    assert (400, "VALIDATION_ERROR") == (answer.status_code, answer.json()["category"])


def test_ten_records_come_unless_more_are_asked_for(visitor: Visitor) -> None:
    assert 10 == len(visitor.get(f"{OBJECTS}/contacts")["results"])


def test_properties_that_nobody_asked_for_are_absent_and_unknown_ones_passed_over(visitor: Visitor) -> None:
    record = visitor.get(f"{OBJECTS}/contacts", limit=1, properties="phone,nonsense")["results"][0]

    assert {"phone", "createdate", "lastmodifieddate", "hs_object_id"} == record["properties"].keys()


def test_properties_may_be_given_several_times(visitor: Visitor) -> None:
    record = visitor.get(f"{OBJECTS}/contacts", limit=1, properties=["phone,email", "firstname"])["results"][0]

    assert {"phone", "email", "firstname"} <= record["properties"].keys()


def test_every_value_is_a_text_or_null(visitor: Visitor) -> None:
    for kind, book in visitor.sandbox.records.books.items():
        for record in visitor.walk(kind, properties=",".join(book.names)):
            assert {str, type(None)} >= {type(value) for value in record["properties"].values()}, kind


def test_nobody_is_told_in_two_ways(visitor: Visitor) -> None:
    assert {"", None} <= values(
        visitor.walk("contacts", properties="hubspot_owner_id,hs_lead_status,mobilephone"), ("mobilephone")
    )
    assert "" in values(visitor.walk("companies", properties="hubspot_owner_id"), "hubspot_owner_id")


def test_some_numbers_come_with_all_their_binary_digits(visitor: Visitor) -> None:
    told = values(visitor.walk("deals", properties="hs_deal_stage_probability,hs_mrr"), "hs_deal_stage_probability")

    assert "0.200000000000000011102230246251565404236316680908203125" in told
    assert {True} == {0 <= Decimal(each) <= 1 for each in told}


def test_some_numbers_are_instants_in_milliseconds(visitor: Visitor) -> None:
    deals = visitor.walk("deals", properties="hs_open_deal_create_date,hs_is_closed,createdate")
    opened = [each for each in deals if each["properties"]["hs_is_closed"] == "false"]

    assert opened
    assert {13} == {len(each["properties"]["hs_open_deal_create_date"]) for each in opened}


def test_records_have_the_versions_of_a_property_newest_first(visitor: Visitor) -> None:
    tickets = visitor.walk("tickets", properties="hs_pipeline_stage", propertiesWithHistory="hs_pipeline_stage")
    versions = [each["propertiesWithHistory"]["hs_pipeline_stage"] for each in tickets]

    for told, ticket in zip(versions, tickets, strict=True):
        assert told[0]["value"] == ticket["properties"]["hs_pipeline_stage"]
        assert sorted((each["timestamp"] for each in told), reverse=True) == [each["timestamp"] for each in told]
        assert {True} == {one["value"] != other["value"] for one, other in itertools.pairwise(told)} or (1 == len(told))


def test_a_property_that_never_changed_has_one_version_and_an_empty_one_none(visitor: Visitor) -> None:
    record = visitor.record("contacts", 0, propertiesWithHistory="email,closedate")

    told = record["propertiesWithHistory"]
    assert [record["properties"]["email"]] == [each["value"] for each in told["email"]]
    assert [] == told["closedate"]


def test_lists_can_bring_the_associations_along(visitor: Visitor) -> None:
    contacts = visitor.walk("contacts", associations="companies")
    linked = [each["associations"]["companies"]["results"] for each in contacts if "companies" in each["associations"]]

    assert {"contact_to_company", "contact_to_company_unlabeled"} == {one["type"] for each in linked for one in each}


def test_what_was_archived_is_listed_for_ninety_days(visitor: Visitor) -> None:
    gone = visitor.walk("contacts", archived="true")
    people = [each for each in visitor.world.people() if each.left_at is not None]
    lately = [each for each in people if (each.left_at or 0) > visitor.world.end + DAY // 2 - 90 * DAY]

    assert 0 < len(lately) < len(people)
    assert [str(51 + 50 * each.number) for each in lately] == [each["id"] for each in gone]
    assert {True} == {each["archived"] and each["archivedAt"] is not None for each in gone}


def test_an_archive_may_not_be_listed(fresh: Visitor) -> None:
    fresh.switches.archives_refused = ["contacts"]
    refused = fresh.ask(f"{OBJECTS}/contacts", archived="true").status_code
    fresh.switches.archives_refused_with = 404

    assert (400, 404) == (refused, fresh.ask(f"{OBJECTS}/contacts", archived="true").status_code)
    assert 200 == fresh.ask(f"{OBJECTS}/companies", archived="true").status_code


def test_a_record_that_is_not_there_is_a_page_for_people(visitor: Visitor) -> None:
    answer = visitor.ask(f"{OBJECTS}/tickets/1")

    assert (404, "true") == (answer.status_code, answer.headers["X-HubSpot-NotFound"])
    assert "text/html" in answer.headers["content-type"]


def test_a_batch_tells_what_it_did_not_find(visitor: Visitor) -> None:
    body = {"properties": ["email"], "inputs": [{"id": "101"}, {"id": "51"}, {"id": "7"}]}
    told = visitor.post(f"{OBJECTS}/contacts/batch/read", body, 207)

    assert [51, 101] == ids(told["results"])
    assert (1, ["7"]) == (told["numErrors"], told["errors"][0]["context"]["ids"])


def test_a_batch_without_gaps_tells_of_no_errors(visitor: Visitor) -> None:
    told = visitor.post(f"{OBJECTS}/contacts/batch/read", {"inputs": [{"id": "51"}]})

    assert {"status", "results", "startedAt", "completedAt"} == told.keys()


@pytest.mark.parametrize(("count", "more"), [(101, {}), (51, {"propertiesWithHistory": ["email"]})])
def test_batches_have_a_greatest_size(visitor: Visitor, count: int, more: dict[str, Any]) -> None:
    body = {"inputs": [{"id": str(51 + 50 * number)} for number in range(count)], **more}

    visitor.post(f"{OBJECTS}/contacts/batch/read", body, 400)


def test_archived_records_are_read_in_a_batch_of_their_own(fresh: Visitor) -> None:
    fresh.deed.archive("contacts", 0)
    body = {"inputs": [{"id": "51"}]}

    fresh.post(f"{OBJECTS}/contacts/batch/read", body, 207)
    [gone] = fresh.post(f"{OBJECTS}/contacts/batch/read?archived=true", body)["results"]
    assert "2026-11-01T12:00:00Z" == gone["archivedAt"]


def test_short_and_empty_pages_have_a_cursor_all_the_same(fresh: Visitor) -> None:
    whole = ids(fresh.walk("contacts"))
    fresh.switches.short_pages = True
    pages = list(fresh.pages(f"{OBJECTS}/contacts", limit=10))

    assert whole == [key for page in pages for key in ids(page["results"])]
    assert 0 in [len(page["results"]) for page in pages[:-1]]
    cursors = [page["paging"]["next"]["after"] for page in pages[:-1]]
    assert len(set(cursors)) == len(cursors)


def test_pages_can_be_cut(fresh: Visitor) -> None:
    fresh.switches.page_limit = 5

    assert {5} >= {len(page["results"]) for page in list(fresh.pages(f"{OBJECTS}/contacts", limit=100))[:-1]}


def test_a_url_may_be_too_long_for_the_edge(visitor: Visitor) -> None:
    answer = visitor.ask(f"{OBJECTS}/contacts", properties=",".join(f"property_{number}" for number in range(700)))

    assert (414, "text/html; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
