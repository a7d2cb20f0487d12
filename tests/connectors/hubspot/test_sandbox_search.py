"""The sandbox's search: filters, orders, borders, and an index that lags."""

from __future__ import annotations

from typing import Any

import pytest

from tests.connectors.hubspot.visiting import MS, OBJECTS, Visitor

MODIFIED = "hs_lastmodifieddate"
UP = [{"propertyName": MODIFIED, "direction": "ASCENDING"}]


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    return Visitor(600)


@pytest.fixture
def fresh() -> Visitor:
    """One that a test may change."""
    return Visitor(150, people=60)


def ids(records: list[Any]) -> list[str]:
    return [each["id"] for each in records]


def test_everything_live_is_found_in_the_order_of_changes(visitor: Visitor) -> None:
    found = visitor.found("tickets", (MODIFIED, "GTE", "1"), sorts=UP, properties=["subject"])
    order = [visitor.sandbox.records.books["tickets"].updated[(int(key) - 901) // 11] for key in ids(found)]

    assert sorted(order) == order
    assert sorted(ids(visitor.walk("tickets"))) == sorted(ids(found))


def test_the_cursor_of_a_search_is_a_number_without_link(visitor: Visitor) -> None:
    page = visitor.search("tickets", limit=7, after="3")

    assert {"next": {"after": "10"}} == page["paging"]
    assert ids(visitor.search("tickets", limit=10)["results"])[3:] == ids(page["results"])


def test_the_last_page_has_no_cursor(visitor: Visitor) -> None:
    total = visitor.search("companies", limit=1)["total"]

    assert "paging" not in visitor.search("companies", limit=100, after=str(total - 1))


@pytest.mark.parametrize(
    ("operator", "more", "expected"),
    [
        ("EQ", {"value": "low"}, {"LOW"}),
        ("NEQ", {"value": "LOW"}, {"MEDIUM", "HIGH", "URGENT", None}),
        ("IN", {"values": ["LOW", "high"]}, {"LOW", "HIGH"}),
        ("NOT_IN", {"values": ["LOW", "HIGH"]}, {"MEDIUM", "URGENT", None}),
        ("HAS_PROPERTY", {}, {"LOW", "MEDIUM", "HIGH", "URGENT"}),
        ("NOT_HAS_PROPERTY", {}, {None}),
    ],
)
def test_texts_are_compared_without_regard_to_case(
    visitor: Visitor, operator: str, more: dict[str, Any], expected: set[Any]
) -> None:
    name = "hs_ticket_priority"
    found = visitor.found("tickets", {"propertyName": name, "operator": operator, **more}, properties=[name])

    assert expected == {each["properties"][name] for each in found}
    everything = visitor.walk("tickets", properties=name)
    assert sum(each["properties"][name] in expected for each in everything) == len(found)


@pytest.mark.parametrize(
    ("operator", "expected"), [("GT", [3, 4]), ("GTE", [2, 3, 4]), ("LT", [0, 1]), ("LTE", [0, 1, 2]), ("EQ", [2])]
)
def test_changes_are_compared_to_the_millisecond(fresh: Visitor, operator: str, expected: list[int]) -> None:
    for number in range(5):
        fresh.deed.change("companies", number)
        fresh.clock.sleep(0.001)
    fresh.clock.sleep(60)
    found = fresh.found("companies", (MODIFIED, operator, str(MS + 2)), (MODIFIED, "GTE", str(MS)))

    assert [fresh.identity("companies", number) for number in expected] == ids(found)


def test_both_ends_of_between_are_included(fresh: Visitor) -> None:
    fresh.deed.touch_all("companies", 0, 3)
    fresh.clock.sleep(60)
    span = {"propertyName": MODIFIED, "operator": "BETWEEN", "value": str(MS), "highValue": str(MS)}

    assert 3 == fresh.search("companies", span)["total"]


def test_instants_may_be_given_in_iso(fresh: Visitor) -> None:
    fresh.deed.change("companies", 1)
    fresh.clock.sleep(60)

    assert [fresh.identity("companies", 1)] == ids(fresh.found("companies", (MODIFIED, "GTE", "2026-11-01T12:00:00Z")))


def test_contacts_change_under_another_name(visitor: Visitor) -> None:
    """`hs_lastmodifieddate` of a contact is empty; `lastmodifieddate` is not."""
    assert 0 == visitor.search("contacts", (MODIFIED, "GTE", "1"))["total"]
    assert len(visitor.walk("contacts")) == visitor.search("contacts", ("lastmodifieddate", "GTE", "1"))["total"]


def test_one_of_several_groups_is_enough(visitor: Visitor) -> None:
    def group(value: str) -> dict[str, Any]:
        return {"filters": [{"propertyName": "hs_ticket_priority", "operator": "EQ", "value": value}]}

    low, high, both = (
        visitor.post(f"{OBJECTS}/tickets/search", {"filterGroups": groups})["total"]
        for groups in ([group("LOW")], [group("HIGH")], [group("LOW"), group("HIGH")])
    )
    assert low + high == both


def test_filters_may_stand_without_group(visitor: Visitor) -> None:
    told = [{"propertyName": "associations.contact", "operator": "EQ", "value": "51"}]
    found = visitor.post(f"{OBJECTS}/tickets/search", {"filters": told, "limit": 200})["results"]
    linked = visitor.linked("contacts", "tickets", "51")["results"]

    assert ids(found) == [str(key) for key in sorted(each["toObjectId"] for one in linked for each in one["to"])]


def test_results_can_be_sorted_downwards(visitor: Visitor) -> None:
    names = [{"propertyName": "name", "direction": "DESCENDING"}]
    found = visitor.found("companies", sorts=names, properties=["name"])
    told = [each["properties"]["name"].lower() for each in found]

    assert sorted(told, reverse=True) == told


def test_ids_are_compared_as_numbers_or_as_texts(fresh: Visitor) -> None:
    by_id = [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]
    numbers = ids(fresh.found("tickets", ("hs_object_id", "GT", "950"), sorts=by_id))
    fresh.switches.text_ids = True
    texts = ids(fresh.found("tickets", ("hs_object_id", "GT", "950"), sorts=by_id))

    assert sorted(numbers, key=int) == numbers
    assert sorted(texts) == texts
    assert set(texts) < set(numbers)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"limit": 200, "after": "9800"}, 200),
        ({"limit": 200, "after": "9801"}, 400),
        ({"limit": 201}, 400),
        ({"after": "NTI1Cg=="}, 400),
        ({"filterGroups": [{"filters": []}] * 6}, 400),
        ({"filterGroups": [{"filters": [{"propertyName": "name", "operator": "HAS_PROPERTY"}] * 7}]}, 400),
        ({"filterGroups": [{"filters": [{"propertyName": "nonsense", "operator": "EQ", "value": "1"}]}]}, 400),
        ({"filterGroups": [{"filters": [{"propertyName": "name", "operator": "LIKE", "value": "1"}]}]}, 400),
        ({"filterGroups": [{"filters": [{"propertyName": MODIFIED, "operator": "GTE", "value": "0"}]}]}, 500),
        ({"filterGroups": [{"filters": [{"propertyName": MODIFIED, "operator": "GTE", "value": "1000"}]}]}, 200),
    ],
)
def test_what_the_search_takes(visitor: Visitor, body: dict[str, Any], status: int) -> None:
    assert status == visitor.tell(f"{OBJECTS}/companies/search", body).status_code


def test_no_json_is_refused(visitor: Visitor) -> None:
    assert 400 == visitor.tell(f"{OBJECTS}/companies/search", None).status_code


def test_more_records_than_a_search_can_show_may_change_in_one_millisecond(fresh: Visitor) -> None:
    fresh.switches.window = 20
    fresh.deed.touch_all("tickets", 0, 100)
    fresh.clock.sleep(60)
    instant = (MODIFIED, "EQ", str(MS))
    seen: list[str] = []
    while page := fresh.search(
        "tickets", instant, ("hs_object_id", "GT", seen[-1] if seen else "0"), limit=20, sorts=["hs_object_id"]
    )["results"]:
        seen += ids(page)

    assert ids(fresh.walk("tickets"))[:100] == seen


def test_the_search_learns_of_changes_late(fresh: Visitor) -> None:
    before = fresh.record("companies", 2, properties="city")["properties"]["city"]
    fresh.deed.change("companies", 2, city="Vigo")
    later = ("city", "EQ", "vigo")

    assert (0, "Vigo") == (
        fresh.search("companies", later)["total"],
        fresh.record("companies", 2, properties="city")["properties"]["city"],
    )
    fresh.clock.sleep(fresh.switches.lag)
    assert 1 == fresh.search("companies", later)["total"]
    assert before != "Vigo"


def test_what_is_new_or_gone_is_found_late_too(fresh: Visitor) -> None:
    total = fresh.search("contacts")["total"]
    fresh.deed.add_contacts(2)
    fresh.deed.archive("contacts", 0)

    assert total == fresh.search("contacts")["total"]
    fresh.clock.sleep(fresh.switches.lag)
    assert total + 1 == fresh.search("contacts")["total"]
    assert "51" not in ids(fresh.found("contacts"))


def test_a_record_that_changes_twice_is_known_as_it_was_between(fresh: Visitor) -> None:
    fresh.deed.change("companies", 1, city="Vigo")
    fresh.clock.sleep(6)
    fresh.deed.change("companies", 1, city="Lugo")
    fresh.clock.sleep(6)

    [found] = fresh.found("companies", (MODIFIED, "GTE", str(MS)), properties=["city"])
    assert "Vigo" == found["properties"]["city"]


def test_archived_records_are_never_found(visitor: Visitor) -> None:
    gone = set(ids(visitor.walk("contacts", archived="true")))

    assert gone
    assert set() == gone & set(ids(visitor.found("contacts")))


def test_short_pages_end_on_an_empty_one(fresh: Visitor) -> None:
    fresh.switches.short_pages = True
    page = fresh.search("companies", limit=100)
    last = fresh.search("companies", limit=100, after=str(page["total"] - 1))
    after = fresh.search("companies", limit=100, after=last["paging"]["next"]["after"])

    assert len(page["results"]) <= 50
    assert ([], False) == (after["results"], "paging" in after)
