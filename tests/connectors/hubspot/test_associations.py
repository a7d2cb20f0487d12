"""Which records belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import VendorUnavailable
from latido.schema import Association
from latido_hubspot.associations import Link, associated
from tests.connectors.hubspot.builders import contact, found, listed, record
from tests.connectors.hubspot.desk import recorded
from tests.connectors.hubspot.links import asked_for, between, linked, links, to
from tests.desk import Desk, Says, last_cursor, rows

if TYPE_CHECKING:
    from latido.testing import ManualClock
    from tests.connectors.hubspot.desk import Office

DAY = 86_400


def told(desk: Desk, office: Office, *answers: Any, ids: tuple[str, ...] = ("1",)) -> dict[str, list[Link]]:
    desk.on(between("contacts", "companies"), *answers)
    return associated(office.connector(), "contacts", "companies", ids)


def test_a_pair_is_told_once_per_label_and_kept_once(desk: Desk, office: Office) -> None:
    answer = links(linked(1, to(5, (1, "Primary"), (279, None)), to(5, (7, "Billing")), to(6, (279, None))))

    assert {"1": [Link("5", ("Primary", "Billing"), primary=True), Link("6")]} == told(desk, office, answer)


def test_the_primary_company_is_known_by_its_type_without_a_label_too(desk: Desk, office: Office) -> None:
    assert {"1": [Link("5", primary=True)]} == told(desk, office, links(linked(1, to(5, (5, None)))))


def test_a_label_of_the_users_own_makes_nothing_primary(desk: Desk, office: Office) -> None:
    """Their types have numbers of their own."""
    own = {"toObjectId": 5, "associationTypes": [{"category": "USER_DEFINED", "typeId": 5, "label": "Billing"}]}

    assert {"1": [Link("5", ("Billing",))]} == told(desk, office, links(linked(1, own)))


def test_ids_are_texts_whatever_the_version_sends(desk: Desk, office: Office) -> None:
    assert {"1": [Link("5"), Link("6")]} == told(
        desk, office, links(linked(1, to(5, (279, None)), to("6", (279, None))))
    )


def test_a_record_with_more_associations_than_fit_is_asked_for_again(desk: Desk, office: Office) -> None:
    """Each record has pages of its own."""
    first = recorded("synthetic/associations_batch_read_paged.json")

    found = told(desk, office, first, links(linked(1, to(7, (279, None)))))

    assert {"1": [Link("5", ("Primary",), primary=True), Link("6"), Link("7")]} == found
    assert [[{"id": "1"}], [{"id": "1", "after": "NjAx"}]] == asked_for(desk, "contacts", "companies")


def test_a_record_that_points_at_the_same_page_again_is_a_failure(desk: Desk, office: Office) -> None:
    with pytest.raises(VendorUnavailable):
        told(desk, office, links(linked(1, 5, after="NjAx")))


def test_a_thousand_records_are_asked_for_at_a_time(desk: Desk, office: Office) -> None:
    ids = tuple(str(each) for each in range(2500))

    assert set(ids) == told(desk, office, links(), ids=ids).keys()
    assert [1000, 1000, 500] == [len(inputs) for inputs in asked_for(desk, "contacts", "companies")]


def test_records_without_associations_have_none_whether_an_error_says_so_or_not(desk: Desk, office: Office) -> None:
    nothing = {"status": "error", "category": "OBJECT_NOT_FOUND", "context": {"fromObjectId": ["2"]}}
    answer = Says(207, links(linked(1, to(5, (279, None))), errors=(nothing,)))

    assert {"1": [Link("5")], "2": [], "3": []} == told(desk, office, answer, ids=("1", "2", "3"))


def test_an_error_that_is_about_something_else_is_a_failure(desk: Desk, office: Office) -> None:
    """Else every association of the record would be deleted."""
    with pytest.raises(VendorUnavailable):
        told(desk, office, Says(207, links(errors=({"status": "error", "category": "INTERNAL_ERROR"},))))


def test_a_block_that_is_too_slow_is_halved(desk: Desk, office: Office) -> None:
    ids = tuple(str(each) for each in range(40))

    told(desk, office, Says(502, "<html>bad gateway</html>"), links(), ids=ids)

    assert [40, 20, 20] == [len(inputs) for inputs in asked_for(desk, "contacts", "companies")]


def belonging(desk: Desk, *companies: Any) -> None:
    """Let contact 51 be the only record, which belongs to *companies*."""
    desk.on("contacts", listed(contact(51)))
    desk.on(between("contacts", "companies"), links(linked(51, *companies)))


def test_associations_name_tables_and_the_record_that_they_are_of(desk: Desk, office: Office) -> None:
    belonging(desk, to(5, (1, "Primary"), (279, None)))

    (row,) = rows(office.pages("associations"), Association)

    assert ("contacts:51:accounts:5", "contacts:51") == (row.source_id, row.external_id)
    assert ("contacts", "51", "accounts", "5") == (row.from_entity, row.from_id, row.to_entity, row.to_id)
    assert ("Primary", True) == (row.label, row.is_primary)


def test_deals_and_tickets_have_a_company_and_contacts(desk: Desk, office: Office) -> None:
    for kind in ("deals", "tickets"):
        desk.on(kind, listed(record(1)))
        desk.on(between(kind, "companies"), links(linked(1, 5)))
        desk.on(between(kind, "contacts"), links(linked(1, 51)))

    assert [
        "deals:1:accounts:5", "deals:1:contacts:51", "tickets:1:accounts:5", "tickets:1:contacts:51",
    ] == [row.source_id for row in rows(office.pages("associations"), Association)]  # fmt: skip


def test_an_association_that_went_is_deleted(desk: Desk, office: Office) -> None:
    """A page says of whom it brings all that there is; ids alone are not unique among objects."""
    belonging(desk)

    (page,) = [page for page in office.pages("associations") if page.fetched]

    assert {Association: ("external_id", ["contacts:51"])} == page.replaces


def test_between_sweeps_only_what_changed_is_asked_for(desk: Desk, office: Office, clock: ManualClock) -> None:
    belonging(desk, 5)
    cursor = last_cursor(office.pages("associations"))
    desk.on("contacts/search", found(contact(52)))
    clock.sleep(3600)

    office.pages("associations", cursor)

    assert [[{"id": "51"}], [{"id": "52"}]] == asked_for(desk, "contacts", "companies")


def test_a_sweep_sees_associations_that_changed_alone(desk: Desk, office: Office) -> None:
    """Associating records does not change them, as far as their dates tell."""
    belonging(desk, 5)
    cursor = last_cursor(office.pages("associations"))
    belonging(desk, 6)

    again = office.pages("associations", {**cursor, "swept": cursor["swept"] - DAY * 1000})

    assert ["contacts:51:accounts:6"] == [row.source_id for row in rows(again, Association)]


def test_a_sweep_that_was_interrupted_goes_on_where_it_stopped(desk: Desk, office: Office) -> None:
    desk.on("contacts", *(listed(*(contact(at + n) for n in range(100)), after=at + 100) for at in range(0, 1000, 100)))
    desk.on(between("contacts", "companies"), links())
    stream = office.stream("associations")
    pages = stream.pages(stream.start(None))
    stopped = next(page.cursor for page in pages if page.cursor is not None)
    desk.on("contacts", listed())

    office.pages("associations", stopped)

    assert "1000" == desk.params("contacts", "after")[-1]


def test_an_object_that_may_not_be_read_is_left_out(desk: Desk, office: Office) -> None:
    belonging(desk, 5)
    desk.on("tickets", Says(403, {"category": "MISSING_SCOPES", "message": "This app hasn't been granted …"}))

    assert 1 == len(rows(office.pages("associations"), Association))
    assert 1 == len(office.warnings)


def test_nothing_older_than_the_start_is_read(desk: Desk, office: Office, clock: ManualClock) -> None:
    desk.on("contacts/search", found(contact(51)))
    desk.on(between("contacts", "companies"), links(linked(51, 5)))

    office.pages("associations", office.stream("associations").start(clock.now()))

    assert [] == desk.requests("contacts")
    assert [[{"id": "51"}]] == asked_for(desk, "contacts", "companies")


def test_the_cost_is_known_beforehand(desk: Desk, office: Office) -> None:
    """Of 50,000 contacts 501 pages are listed and 51 blocks asked for; deals and tickets have blocks of two kinds."""
    desk.on("contacts/search", found(total=50_000))
    stream = office.stream("associations")

    assert 501 + 51 + 2 * (1 + 2) == stream.estimate(stream.start(None))
