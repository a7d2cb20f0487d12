"""Which accounts are one customer, which contacts one person, and who is joined with nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.core.identity.accounts import account, groups, link_of, people, together, unified

if TYPE_CHECKING:
    from pathlib import Path


def test_an_external_id_that_two_sources_share_makes_one_customer(tmp_path: Path) -> None:
    found = together(tmp_path, account("crm:1", external_id="C-7"), account("desk:9", external_id=" C-7 "))

    assert [["crm:1", "desk:9"]] == found


def test_an_external_id_may_be_the_id_that_another_source_gave(tmp_path: Path) -> None:
    found = together(tmp_path, account("crm:0015A00002"), account("desk:9", external_id="0015A00002"))

    assert [["crm:0015A00002", "desk:9"]] == found


def test_ids_that_every_vendor_counts_from_one_say_nothing(tmp_path: Path) -> None:
    found = together(tmp_path, account("crm:7"), account("desk:9", external_id="7"), account("books:7"))

    assert [] == found


def test_an_external_id_that_is_an_id_of_the_same_source_says_nothing(tmp_path: Path) -> None:
    found = together(tmp_path, account("desk:0015A00002"), account("desk:9", external_id="0015A00002"))

    assert [] == found


@pytest.mark.parametrize("other", ["B12345678", "b-12.345.678", " ESB12345678", "ES B 1234 5678"])
def test_a_tax_id_is_one_however_it_is_written(tmp_path: Path, other: str) -> None:
    found = together(tmp_path, account("crm:1", tax_id="B12345678"), account("desk:9", tax_id=other, country="España"))

    assert [["crm:1", "desk:9"]] == found


def test_one_number_in_two_countries_is_two_tax_ids(tmp_path: Path) -> None:
    found = together(
        tmp_path,
        account("crm:1", tax_id="DE123456789", country=None),
        account("desk:1", tax_id="PT123456789", country=None),
        account("shop:1", tax_id="123456789", country="Portugal"),
        account("books:1", tax_id="123456789", country=None),
    )

    assert [["desk:1", "shop:1"]] == found


@pytest.mark.parametrize("nothing", ["", "0", "-", "N/A", "00000000", "B00000000", "XXXXXXXX"])
def test_what_stands_for_no_tax_id_says_nothing(tmp_path: Path, nothing: str) -> None:
    assert [] == together(tmp_path, account("crm:1", tax_id=nothing), account("desk:9", tax_id=nothing))


@pytest.mark.parametrize(
    "other",
    [
        {"domain": "ACME.example"},
        {"domain": "mail.acme.example"},
        {"domain": "@acme.example"},
        {"website": "https://www.acme.example/es?from=ad"},
        {"website": "acme.example."},
        {"website": "http://shop.acme.example:8080"},
        {"domain": "gmail.com", "website": "acme.example"},
    ],
)
def test_a_domain_is_what_was_registered_whether_of_mail_or_web(tmp_path: Path, other: dict[str, str]) -> None:
    assert [["crm:1", "desk:9"]] == together(
        tmp_path, account("crm:1", domain="acme.example"), account("desk:9", **other)
    )


@pytest.mark.parametrize(
    "site",
    ["gmail.com", "https://www.facebook.com/acme", "co.uk", "localhost", "192.168.1.2", "http://[::1]/", "wix.com"],
)
def test_what_everybody_has_joins_nobody(tmp_path: Path, site: str) -> None:
    assert [] == together(tmp_path, account("crm:1", website=site), account("desk:9", domain=site))


def test_under_a_suffix_where_everybody_has_a_page_pages_are_told_apart(tmp_path: Path) -> None:
    found = together(
        tmp_path,
        account("crm:1", website="acme.github.io"),
        account("desk:1", website="bolt.github.io"),
        account("shop:1", website="https://acme.github.io/about"),
    )

    assert [["crm:1", "shop:1"]] == found


def test_a_domain_that_more_than_twenty_accounts_of_one_source_use_joins_nobody(tmp_path: Path) -> None:
    tenants = [account(f"desk:{n}", domain="park.example") for n in range(21)]

    assert [] == together(tmp_path, *tenants, account("crm:1", domain="park.example"))
    few = together(tmp_path / "few", *tenants[:20], account("crm:1", domain="park.example"))
    assert [21] == [len(group) for group in few]


def test_a_name_and_a_country_join_nobody(tmp_path: Path) -> None:
    assert [] == together(tmp_path, account("crm:1", name="Acme S.L."), account("desk:1", name="ACME, SL"))


def test_who_differs_by_a_stronger_rule_is_not_joined_by_a_weaker(tmp_path: Path) -> None:
    found = together(
        tmp_path,
        account("crm:1", domain="acme.example", tax_id="B11111112"),
        account("desk:1", domain="acme.example", tax_id="B22222223"),
        account("books:1", tax_id="B33333334", external_id="C-1"),
        account("shop:1", tax_id="B33333334", external_id="C-2"),
    )

    assert [] == found


def test_who_could_belong_to_either_of_two_that_differ_belongs_to_neither(tmp_path: Path) -> None:
    """Whom of the two subsidiaries the account without tax id is, nobody can know."""
    found = together(
        tmp_path,
        account("books:1", domain="acme.example", tax_id="B11111112"),
        account("crm:1", domain="acme.example", tax_id="B11111112"),
        account("desk:1", domain="acme.example"),
        account("shop:1", domain="acme.example", tax_id="B22222223"),
    )

    assert [["books:1", "crm:1"]] == found


def test_groups_differ_by_what_any_of_them_is_known_by(tmp_path: Path) -> None:
    found = together(
        tmp_path,
        account("books:1", tax_id="B11111112", external_id="C-1"),
        account("crm:1", external_id="C-1", domain="acme.example"),
        account("desk:1", domain="acme.example", tax_id="B22222223"),
    )

    assert [["books:1", "crm:1"]] == found


def test_links_are_transitive(tmp_path: Path) -> None:
    found = together(
        tmp_path,
        account("books:1", tax_id="B11111112"),
        account("crm:1", tax_id="B11111112", domain="acme.example"),
        account("desk:1", website="www.acme.example", external_id="C-1"),
        account("shop:1", external_id="C-1"),
    )

    assert [["books:1", "crm:1", "desk:1", "shop:1"]] == found


def test_the_same_customer_twice_in_one_source_is_one(tmp_path: Path) -> None:
    found = together(tmp_path, account("crm:1", domain="acme.example"), account("crm:2", domain="acme.example"))

    assert [["crm:1", "crm:2"]] == found


def test_what_the_vendor_merged_is_one_whatever_differs(tmp_path: Path) -> None:
    found = together(
        tmp_path,
        account("crm:1", merged_into="2", tax_id="B11111112"),
        account("crm:2", merged_into="3", tax_id="B22222223"),
        account("crm:3", tax_id="B33333334"),
        account("crm:4", merged_into="gone"),
        account("crm:5", merged_into="gone"),
        account("crm:6", merged_into="unknown"),
        account("crm:7", merged_into="8"),
        account("crm:8", merged_into="7"),
        account("desk:1", merged_into="2"),
    )

    assert [["crm:1", "crm:2", "crm:3"], ["crm:4", "crm:5"], ["crm:7", "crm:8"]] == found


def test_an_id_of_an_account_that_was_merged_away_leads_to_the_survivor(tmp_path: Path) -> None:
    found = together(
        tmp_path,
        account("crm:0015A00002", merged_into="0015A00003"),
        account("crm:0015A00003"),
        account("desk:9", external_id="0015A00002"),
    )

    assert [["crm:0015A00002", "crm:0015A00003", "desk:9"]] == found


def test_each_link_says_its_strongest_reason(tmp_path: Path) -> None:
    warehouse = unified(
        tmp_path,
        account("books:1", tax_id="B-11111112", domain="acme.example"),
        account("crm:1", tax_id="B11111112", domain="acme.example"),
        account("desk:1", domain="acme.example"),
        account("shop:1", merged_into="2"),
        account("shop:2"),
        account("shop:3", domain="bolt.example"),
    )

    assert ("tax_id", "B11111112") == link_of(warehouse, "books:1")
    assert ("domain", "acme.example") == link_of(warehouse, "desk:1")
    assert ("merged", "shop:2") == link_of(warehouse, "shop:1")
    assert ("alone", None) == link_of(warehouse, "shop:3")


def test_customers_are_named_after_a_living_account(tmp_path: Path) -> None:
    warehouse = unified(
        tmp_path,
        account("books:1", name="Old Acme", domain="acme.example", is_deleted=True),
        account("crm:1", name="Acme S.L.", domain="acme.example"),
        account("desk:1", domain="acme.example"),
    )

    with warehouse.reading() as connection:
        rows = connection.execute("SELECT name, domain, sources FROM customers").fetchall()
    assert [("Acme S.L.", "acme.example", ["books", "crm", "desk"])] == rows


def test_a_person_is_an_email_address_else_a_telephone(tmp_path: Path) -> None:
    spain = account("crm:acme", country="Spain")
    found = people(
        tmp_path,
        {"key": "crm:1", "email": " Ana@acme.example", "phone": "600 123 456", "account_id": "acme"},
        {"key": "desk:1", "email": "ana@ACME.example"},
        {"key": "shop:1", "phone": "+34 (0)600 12 34 56"},
        {"key": "shop:2", "phone": "600123456"},
        {"key": "books:1", "email": "luis@acme.example"},
        {"key": "books:2"},
        accounts=[spain],
    )

    assert [["crm:1", "desk:1", "shop:1"]] == found


def test_people_with_two_addresses_are_not_joined_by_their_switchboard(tmp_path: Path) -> None:
    number = {"phone": "+34910000000"}
    found = people(
        tmp_path,
        {"key": "crm:1", "email": "ana@acme.example", **number},
        {"key": "desk:1", "email": "luis@acme.example", **number},
        {"key": "shop:1", **number},
    )

    assert [] == found


def test_a_contact_that_was_merged_away_is_its_survivor(tmp_path: Path) -> None:
    found = people(
        tmp_path,
        {"key": "crm:1", "email": "old@acme.example", "merged_into": "2"},
        {"key": "crm:2", "email": "ana@acme.example"},
        {"key": "desk:1", "email": "old@acme.example"},
    )

    assert [["crm:1", "crm:2", "desk:1"]] == found


def test_rows_of_sources_that_do_not_count_join_nobody(tmp_path: Path) -> None:
    from latido.identity import refresh

    warehouse = unified(tmp_path, account("crm:1", domain="acme.example"), account("desk:1", domain="acme.example"))

    refresh(warehouse, ("crm", "shop"))

    assert [["crm:1"]] == groups(warehouse)
