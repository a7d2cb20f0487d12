"""Pages that are asked for together, each by the last id of the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import VendorUnavailable
from latido_bitrix24.chain import Listing
from tests.connectors.bitrix24.builders import failing, item
from tests.connectors.bitrix24.desk import shelf
from tests.desk import Says

if TYPE_CHECKING:
    from tests.connectors.bitrix24.desk import BitrixDesk, Office

ITEMS = Listing("crm.item.list", ("items",))
PARAMS = {"entityTypeId": 2, "select": ["id", "title"]}


def ids(office: Office, listing: Listing = ITEMS, after: int = 0) -> list[int]:
    """Return the ids that a chain brings."""
    chain = office.connector().portal.chain(listing, PARAMS, after)
    return [number for page in chain for number in listing.numbers(page)]


@pytest.mark.parametrize("n", [0, 1, 49, 50, 51, 100, 549, 550, 551, 3049, 3050, 3051])
def test_every_record_comes_once(desk: BitrixDesk, office: Office, n: int) -> None:
    """Wherever the last page ends. Behind a short page of a batch Bitrix24 lists everything again."""
    desk.holds([item(key) for key in range(1, n + 1)])

    assert list(range(1, n + 1)) == ids(office)


def test_fifty_pages_take_one_request(desk: BitrixDesk, office: Office) -> None:
    """One page, ten, then fifty at once: most runs find but a few changes."""
    desk.holds([item(key) for key in range(1, 60 * 50 + 8)])

    ids(office)

    assert [1, 10, 50, 1] == [len((each.body or {}).get("cmd", "1")) for each in desk.asked]


def test_a_page_is_sorted_and_not_counted(desk: BitrixDesk, office: Office) -> None:
    """Without an order rows get lost, and a count may take a minute."""
    ids(office, after=7)

    (asked,) = desk.called("crm.item.list")
    assert ({"id": "ASC"}, -1, {">id": 7}) == (asked["order"], asked["start"], asked["filter"])


def test_ids_may_come_as_text(desk: BitrixDesk, office: Office) -> None:
    """Histories tell them so, at times: 9 comes before 10 all the same."""
    desk.holds([{"ID": str(key)} for key in range(1, 121)], "crm.stagehistory.list")

    assert list(range(1, 121)) == ids(office, Listing("crm.stagehistory.list", ("items",), "ID"))


def test_a_list_may_be_bare(desk: BitrixDesk, office: Office) -> None:
    """Older methods answer without a container."""
    desk.holds([{"ID": str(key)} for key in range(1, 121)], "crm.activity.list")

    assert list(range(1, 121)) == ids(office, Listing("crm.activity.list", (), "ID"))


def test_pages_may_be_shorter_than_documented(desk: BitrixDesk, office: Office) -> None:
    """Only an empty page is the end; links between commands follow the length that pages have."""
    desk.holds([item(key) for key in range(1, 301)], rows=20)

    assert list(range(1, 301)) == ids(office)
    assert len(desk.asked) < 10


def test_links_that_lead_nowhere_bring_nothing_twice(desk: BitrixDesk, office: Office) -> None:
    """An installation that knows no links between commands lists from the beginning each time."""
    desk.links = False
    desk.holds([item(key) for key in range(1, 201)])

    assert list(range(1, 201)) == ids(office)
    assert 1 == len(desk.requests("batch"))


def test_the_same_page_again_is_said(desk: BitrixDesk, office: Office) -> None:
    """A list that ignores where to go on would be read for ever."""
    desk.on("crm.item.list", {"result": {"items": [item(key) for key in range(1, 51)]}})

    with pytest.raises(VendorUnavailable, match="keeps giving out the same page"):
        ids(office)


def test_too_slow_a_batch_is_asked_for_in_parts(desk: BitrixDesk, office: Office) -> None:
    """A gateway gives up after a minute, and would again."""
    desk.holds([item(key) for key in range(1, 1001)])
    batches: list[int] = []

    def gateway(params: dict[str, Any]) -> Any:
        batches.append(len(params["cmd"]))
        return Says(504, "<html>") if len(params["cmd"]) > 5 else {"result": desk.batch(params["cmd"])}

    desk.on("batch", gateway)

    assert list(range(1, 1001)) == ids(office)
    assert {10} == set(batches[:5])
    assert 2 == batches[5]


def test_slow_pages_come_fewer_at_once(desk: BitrixDesk, office: Office) -> None:
    """All commands of a batch together have a minute, so that pages of two seconds come a dozen at once."""
    page = shelf([item(key) for key in range(1, 4001)])
    desk.on("crm.item.list", lambda params: {**page(params), "time": {"duration": 2.0, "operating": 0}})

    assert 4000 == len(ids(office))
    assert 12 == max(len((each.body or {}).get("cmd", "1")) for each in desk.asked)


def test_a_page_that_failed_for_a_moment_is_asked_for_again(desk: BitrixDesk, office: Office) -> None:
    """What came behind it counts for nothing: it was linked to a page that is not there."""
    page, failures = shelf([item(key) for key in range(1, 401)]), iter([False, False, True])

    def moody(params: dict[str, Any]) -> Any:
        return failing("INTERNAL_SERVER_ERROR") if next(failures, False) else page(params)

    desk.on("crm.item.list", moody)

    assert list(range(1, 401)) == ids(office)
