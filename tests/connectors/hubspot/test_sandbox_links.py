"""Who belongs to whom, as the sandbox tells it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.connectors.hubspot.visiting import Visitor


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    return Visitor(300)


@pytest.fixture
def fresh() -> Visitor:
    """One that a test may change."""
    return Visitor(100)


def employed(visitor: Visitor) -> int:
    """Return a live contact that has one company."""
    links = visitor.sandbox.records.links
    return next(
        each
        for each in visitor.sandbox.records.books["contacts"].live()
        if (1 == len(links.of("contacts", each, "companies")))
    )


def links(told: Any) -> dict[str, list[Any]]:
    return {each["from"]["id"]: [to["toObjectId"] for to in each["to"]] for each in told["results"]}


def test_a_primary_company_comes_with_its_label_and_once_more_without(visitor: Visitor) -> None:
    told = visitor.linked("contacts", "companies", visitor.identity("contacts", employed(visitor)))

    [to] = told["results"][0]["to"]
    assert [(1, "Primary"), (279, None)] == [(each["typeId"], each["label"]) for each in to["associationTypes"]]


def test_a_second_company_has_no_label(visitor: Visitor) -> None:
    ids = [each["id"] for each in visitor.walk("contacts")]
    told = visitor.linked("contacts", "companies", *ids)["results"]
    several = [each["to"] for each in told if len(each["to"]) > 1]

    assert several
    assert {(279,)} == {tuple(each["typeId"] for each in to[1]["associationTypes"]) for to in several}


def test_ids_are_numbers_in_the_old_version_and_texts_in_those_by_date(visitor: Visitor) -> None:
    key = visitor.identity("contacts", employed(visitor))
    old = visitor.linked("contacts", "companies", key)
    new = visitor.post("crm/associations/2026-03/contacts/companies/batch/read", {"inputs": [{"id": key}]})

    assert [str(each) for each in links(old)[key]] == links(new)[key]
    assert {int} == {type(each) for each in links(old)[key]}


def test_links_lead_both_ways(visitor: Visitor) -> None:
    ids = [each["id"] for each in visitor.walk("tickets")]
    forth = links(visitor.linked("tickets", "contacts", *ids))
    back = links(visitor.linked("contacts", "tickets", *[each["id"] for each in visitor.walk("contacts")]))

    assert forth
    assert {(int(one), to) for one, found in forth.items() for to in found} == {
        (one, int(to)) for to, found in back.items() for one in found
    }


def test_records_without_links_are_left_out(fresh: Visitor) -> None:
    [number] = fresh.deed.add_contacts()
    lonely = fresh.identity("contacts", number)

    assert [] == fresh.linked("contacts", "companies", lonely)["results"]


def test_records_without_links_can_be_errors(fresh: Visitor) -> None:
    fresh.switches.tell_unassociated = True
    [number] = fresh.deed.add_contacts()
    told = fresh.linked("contacts", "companies", fresh.identity("contacts", number), status=207)

    assert ([], ["OBJECT_NOT_FOUND"]) == (told["results"], [each["category"] for each in told["errors"]])


def test_records_that_are_not_there_are_errors(visitor: Visitor) -> None:
    told = visitor.linked("contacts", "companies", "51", "7", status=207)

    assert ["CONTACT=7 is not valid"] == [each["message"] for each in told["errors"]]


def test_each_record_has_pages_of_its_own(fresh: Visitor) -> None:
    fresh.switches.association_page = 2
    path, company = "crm/v4/associations/companies/contacts/batch/read", fresh.identity("companies", 0)
    found: list[int] = []
    after: str | None = "0"
    while after is not None:
        [result] = fresh.post(path, {"inputs": [{"id": company, "after": after}]})["results"]
        assert len(result["to"]) <= 2
        found += [each["toObjectId"] for each in result["to"]]
        after = result["paging"]["next"]["after"] if "paging" in result else None

    fresh.switches.association_page = 500
    assert found == links(fresh.linked("companies", "contacts", company))[company]
    assert len(found) > 2


def test_a_thousand_records_can_be_asked_for_at_once(visitor: Visitor) -> None:
    visitor.linked("contacts", "companies", *["51"] * 1_000)
    visitor.linked("contacts", "companies", *["51"] * 1_001, status=400)


def test_one_record_can_be_asked_for_its_links(visitor: Visitor) -> None:
    key = visitor.identity("contacts", employed(visitor))
    told = visitor.get(f"crm/v4/objects/contacts/{key}/associations/companies")

    assert links(visitor.linked("contacts", "companies", key))[key] == [each["toObjectId"] for each in told["results"]]


def test_types_that_cannot_be_linked_are_refused(visitor: Visitor) -> None:
    visitor.linked("contacts", "products", "51", status=400)
    visitor.linked("contacts", "nonsense", "51", status=400)


def test_an_association_changes_without_a_date(fresh: Visitor) -> None:
    number = employed(fresh)
    before = fresh.record("contacts", number)
    fresh.deed.relink("contacts", number, 3)
    key = fresh.identity("contacts", number)

    assert {key: [int(fresh.identity("companies", 3))]} == links(fresh.linked("contacts", "companies", key))
    assert before == fresh.record("contacts", number)


def test_links_to_what_was_archived_are_gone_until_it_is_restored(fresh: Visitor) -> None:
    number = employed(fresh)
    key = fresh.identity("contacts", number)
    [company] = fresh.sandbox.records.links.of("contacts", number, "companies")
    before = links(fresh.linked("contacts", "companies", key))
    fresh.deed.archive("companies", company)
    gone = links(fresh.linked("contacts", "companies", key))
    fresh.deed.restore("companies", company)

    assert ({}, before) == (gone, links(fresh.linked("contacts", "companies", key)))


def test_emails_belong_to_their_tickets_and_whoever_wrote(visitor: Visitor) -> None:
    emails = [each["id"] for each in visitor.walk("emails")]
    tickets = links(visitor.linked("emails", "tickets", *emails[:1_000]))

    assert emails[:1_000] == list(tickets)
    assert {1} == {len(each) for each in tickets.values()}


def test_lines_belong_to_deals_and_subscriptions_to_lines(visitor: Visitor) -> None:
    lines = [each["id"] for each in visitor.walk("line_items")]
    subscriptions = [each["id"] for each in visitor.walk("subscriptions")]

    assert lines == list(links(visitor.linked("line_items", "deals", *lines)))
    assert subscriptions == list(links(visitor.linked("subscriptions", "line_items", *subscriptions)))
    assert subscriptions == list(links(visitor.linked("subscriptions", "deals", *subscriptions)))
