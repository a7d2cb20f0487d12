"""Who belongs to several companies, and which deals have several people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from latido.schema import Association
from tests.connectors.bitrix24.builders import CHANGED, deal, item
from tests.desk import rows

if TYPE_CHECKING:
    from tests.connectors.bitrix24.desk import BitrixDesk, Office

AGAIN = {"since": 1767614400.0, "top": 7}
"""Between two runs, long after the first."""


def links(desk: BitrixDesk, office: Office, stream: str, record: dict[str, Any]) -> list[tuple[Any, ...]]:
    desk.holds([record])
    found = rows(office.pages(stream), Association)
    return [(each.from_entity, each.from_id, each.to_entity, each.to_id, each.is_primary) for each in found]


def test_a_person_in_two_companies_is_linked_to_both(desk: BitrixDesk, office: Office) -> None:
    told = item(7, companyId=4, companyIds=[4, "9"])

    assert [("contacts", "7", "accounts", "4", True), ("contacts", "7", "accounts", "9", False)] == links(
        desk, office, "contacts", told
    )


def test_further_people_of_a_deal_are_linked_to_it(desk: BitrixDesk, office: Office) -> None:
    told = deal(7, contactId=0, contactIds=[12])

    assert [("deals", "7", "contacts", "12", False)] == links(desk, office, "deals", told)


@pytest.mark.parametrize("ids", [[4], [], False, None, {}, [0], [None]])
def test_whoever_belongs_to_one_needs_no_link(desk: BitrixDesk, office: Office, ids: Any) -> None:
    """That one stands in the record itself."""
    assert [] == links(desk, office, "contacts", item(7, companyId=4, companyIds=ids))


def test_links_that_are_gone_go(desk: BitrixDesk, office: Office) -> None:
    """A record brings all the links that it has, once there may be older ones."""
    desk.holds([item(7, CHANGED, companyId=4, companyIds=[4])])

    (first, *_), (page, *_) = office.pages("contacts"), office.pages("contacts", AGAIN)

    assert {} == first.replaces
    assert {Association: ("external_id", ["contacts:7"])} == page.replaces
