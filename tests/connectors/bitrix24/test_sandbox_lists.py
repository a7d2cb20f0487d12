"""The sandbox's lists: filters, orders, pages, what a select brings."""

from __future__ import annotations

from typing import Any

import pytest

from tests.connectors.bitrix24.visiting import UP, Visitor

COMPANY, CONTACT, DEAL, LEAD = 4, 3, 2, 1


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def fresh() -> Visitor:
    """One that a test may change."""
    return Visitor(12, people=120)


def ids(items: list[Any]) -> list[Any]:
    return [each["id"] for each in items]


def test_a_page_has_fifty_records_and_says_where_the_next_one_begins(visitor: Visitor) -> None:
    page = visitor.call("crm.item.list", entityTypeId=DEAL, order=UP)
    rest = visitor.call("crm.item.list", entityTypeId=DEAL, order=UP, start=page["next"])

    assert (50, 50) == (len(page["result"]["items"]), page["next"])
    assert page["total"] == rest["total"] == len(visitor.walk(DEAL))
    assert ids(page["result"]["items"])[-1] < ids(rest["result"]["items"])[0]


def test_the_last_page_has_no_next(visitor: Visitor) -> None:
    total = len(visitor.walk(COMPANY))
    page = visitor.call("crm.item.list", entityTypeId=COMPANY, order=UP, start=total - total % 50)

    assert "next" not in page
    assert total % 50 == len(page["result"]["items"])


def test_a_full_last_page_may_have_a_next_that_leads_nowhere(fresh: Visitor) -> None:
    fresh.switches.next_after_last = True
    total = fresh.call("crm.item.list", entityTypeId=DEAL)["total"]
    last = fresh.call("crm.item.list", entityTypeId=DEAL, order=UP, start=total - 50)

    assert total == last["next"]
    assert [] == fresh.items(DEAL, order=UP, start=last["next"])


def test_nothing_is_counted_when_start_is_minus_one(visitor: Visitor) -> None:
    page = visitor.call("crm.item.list", entityTypeId=DEAL, order=UP, start=-1)

    assert {"result", "time"} == page.keys()
    assert page["time"]["duration"] < visitor.call("crm.item.list", entityTypeId=DEAL, order=UP)["time"]["duration"]


def test_without_an_order_records_come_in_disorder(visitor: Visitor) -> None:
    found = ids(visitor.items(DEAL, start=-1))

    assert sorted(found) != found


def test_records_are_found_by_id_one_page_after_the_other(visitor: Visitor) -> None:
    found = ids(visitor.walk(CONTACT))

    assert sorted(set(found)) == found
    assert len(found) == visitor.call("crm.item.list", entityTypeId=CONTACT)["total"]


@pytest.mark.parametrize(("totals", "expected"), [("zero", 0), ("fifty", 50)])
def test_what_is_counted_may_be_wrong(fresh: Visitor, totals: Any, expected: int) -> None:
    fresh.switches.totals = totals

    assert expected == fresh.call("crm.item.list", entityTypeId=DEAL)["total"]


def test_some_lists_ignore_where_to_start(fresh: Visitor) -> None:
    fresh.switches.ignore_start = True

    assert fresh.items(DEAL, order=UP) == fresh.items(DEAL, order=UP, start=50)


@pytest.mark.parametrize(
    ("told", "holds"),
    [
        ({"stageSemanticId": "S"}, lambda deal: deal["stageSemanticId"] == "S"),
        ({"@stageSemanticId": ["S", "F"]}, lambda deal: deal["stageSemanticId"] in "SF"),
        ({"!stageSemanticId": "S"}, lambda deal: deal["stageSemanticId"] != "S"),
        ({">opportunity": 5000}, lambda deal: deal["opportunity"] > 5000),
        ({"<=opportunity": "5000"}, lambda deal: deal["opportunity"] <= 5000),
        ({"><opportunity": [1000, 5000]}, lambda deal: 1000 <= deal["opportunity"] <= 5000),
        ({"%title": "RENOV"}, lambda deal: "renov" in deal["title"].lower()),
        ({"isRecurring": "Y"}, lambda deal: deal["isRecurring"] == "Y"),
        ({"contactId": 0}, lambda deal: deal["contactId"] == 0),
        ({">=ufCrm_1698765433": "2026-01-01"}, lambda deal: (deal["ufCrm_1698765433"] or "") >= "2026-01-01"),
        (
            {"0": {"logic": "OR", "0": {"stageId": "NEW"}, "1": {"categoryId": 9}}},
            lambda deal: deal["stageId"] == "NEW" or deal["categoryId"] == 9,
        ),
    ],
)
def test_filters_choose(visitor: Visitor, told: dict[str, Any], holds: Any) -> None:
    everything = visitor.walk(DEAL)

    assert [each["id"] for each in everything if holds(each)] == ids(visitor.walk(DEAL, filter=told))


def test_a_window_of_changes_is_half_open(fresh: Visitor) -> None:
    fresh.deed.touch("deals", [3])
    fresh.clock.sleep(10)
    fresh.deed.touch("deals", [4])
    window = {">=updatedTime": "2026-11-01T12:00:00+00:00", "<updatedTime": "2026-11-01T12:00:10+00:00"}

    assert [40] == ids(fresh.items(DEAL, filter=window, order=UP, start=-1))
    assert [40, 41] == ids(fresh.items(DEAL, filter={">=updatedTime": window[">=updatedTime"]}, order=UP, start=-1))


@pytest.mark.parametrize("written", ["2026-11-01 13:00:00", "01.11.2026 13:00:00", "2026-11-01T12:00:00Z"])
def test_instants_may_be_written_in_the_portals_own_time(fresh: Visitor, written: str) -> None:
    fresh.deed.touch("deals", [3])

    assert [40] == ids(fresh.items(DEAL, filter={">=updatedTime": written}))


@pytest.mark.parametrize(("iso_dates", "found"), [("read", 0), ("ignored", 50), ("nothing", 0)])
def test_some_portals_do_not_understand_instants_with_an_offset(fresh: Visitor, iso_dates: Any, found: int) -> None:
    fresh.switches.iso_dates = iso_dates
    future = {">=updatedTime": "2099-01-01T00:00:00+00:00"}

    assert found == len(fresh.items(DEAL, filter=future, order=UP, start=-1))
    assert [] == fresh.items(DEAL, filter={">=updatedTime": "2099-01-01 00:00:00"}, order=UP, start=-1)


def test_a_date_that_is_none_finds_nothing(visitor: Visitor) -> None:
    assert [] == visitor.items(DEAL, filter={">=updatedTime": "some day"})


def test_an_unknown_field_is_refused_in_a_filter(visitor: Visitor) -> None:
    answer = visitor.ask("crm.item.list", entityTypeId=DEAL, filter={"FIELD": 1})

    assert 400 == answer.status_code
    assert {
        "error": "INVALID_ARG_VALUE",
        "error_description": "Invalid filter: field 'FIELD' is not allowed in filter",
    } == answer.json()


def test_an_empty_bound_is_none(visitor: Visitor) -> None:
    """What a reference of a batch leaves that leads nowhere: the list begins anew."""
    assert visitor.items(DEAL, order=UP, start=-1) == visitor.items(DEAL, order=UP, start=-1, filter={">id": ""})


def test_only_what_is_selected_comes(visitor: Visitor) -> None:
    deal = visitor.items(DEAL, select=["title", "id", "nonsense"])[0]

    assert ["id", "title"] == list(deal)


def test_user_fields_can_be_selected_at_once(visitor: Visitor) -> None:
    contact = visitor.items(CONTACT, select=["ufCrm*"])[0]

    assert {"ufCrm_1720019876534", "ufCrm3Boletin"} == contact.keys()


def test_original_names_and_a_select_do_not_go_together(visitor: Visitor) -> None:
    whole = visitor.items(CONTACT, useOriginalUfNames="Y")[0]
    chosen = visitor.items(CONTACT, useOriginalUfNames="Y", select=["id", "name"])[0]

    assert {"UF_CRM_1720019876534", "UF_CRM_3_BOLETIN", "name"} <= whole.keys()
    assert {} == chosen


def test_fields_say_how_they_are_called_elsewhere(visitor: Visitor) -> None:
    fields = visitor.result("crm.item.fields", entityTypeId=DEAL)["fields"]

    assert "UF_CRM_2_BAJA" == fields["ufCrm2_BAJA"]["upperName"]
    assert {"ID": "71", "VALUE": "Precio"} == fields["ufCrm_1698765432"]["items"][0]
    assert visitor.items(DEAL)[0].keys() <= fields.keys()


@pytest.mark.parametrize("entity", [5, 999])
def test_some_types_are_not_served(visitor: Visitor, entity: int) -> None:
    assert (400, "ENTITY_TYPE_NOT_SUPPORTED") == visitor.error("crm.item.list", entityTypeId=entity)


def test_one_item_is_read_by_its_id(visitor: Visitor) -> None:
    deal = visitor.walk(DEAL)[0]

    assert {"item": deal} == visitor.result("crm.item.get", entityTypeId=DEAL, id=deal["id"])
    assert (400, "NOT_FOUND") == visitor.error("crm.item.get", entityTypeId=DEAL, id=1)


def test_records_can_be_sorted_by_what_they_say(visitor: Visitor) -> None:
    told = [each["opportunity"] for each in visitor.items(DEAL, order={"opportunity": "DESC"})]

    assert sorted(told, reverse=True) == told


def test_small_worlds_have_many_pages_too(fresh: Visitor) -> None:
    fresh.switches.page_limit = 5
    page = fresh.call("crm.item.list", entityTypeId=DEAL, order=UP)

    assert (5, 5) == (len(page["result"]["items"]), page["next"])


def test_a_great_portal_is_a_small_one_many_times_over() -> None:
    small, great = Visitor(0 + 12, people=60), Visitor(12, people=60, copies=40)
    deals = small.sandbox.records.book("deals")

    assert 40 * len(deals) == len(great.sandbox.records.book("deals"))
    first, copied = (great.items(DEAL, filter={"id": 37 + turn * len(deals)})[0] for turn in (0, 39))
    assert {**first, "id": copied["id"]} == copied


def test_the_latest_comes_first_if_asked_for(visitor: Visitor) -> None:
    assert [visitor.walk(DEAL)[-1]["id"]] == ids(visitor.items(DEAL, order={"id": "DESC"}, start=-1))[:1]
