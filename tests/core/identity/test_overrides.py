"""What the user says goes before every rule, and every link can be explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from latido.errors import UsageError
from latido.identity import link, refresh, review, split, standing, why
from latido.warehouse import forget_source
from tests.core.identity.accounts import SOURCES, account, groups, ids, pour, unified

if TYPE_CHECKING:
    from pathlib import Path

    from latido.warehouse import Warehouse


def said(warehouse: Warehouse, a: str, b: str) -> list[tuple[str, str, str, str, str | None]]:
    """Return the steps of `why` as text."""
    return [
        (each.one, each.other, each.rule, each.evidence, None if each.against is None else str(each.against))
        for each in why(warehouse, a, b).steps
    ]


def test_what_the_user_links_is_one_whatever_differs(tmp_path: Path) -> None:
    warehouse = unified(
        tmp_path,
        account("crm:1", tax_id="B11111112", domain="acme.example"),
        account("desk:1", tax_id="B22222223"),
        account("shop:1", domain="acme.example"),
    )

    link(warehouse, "desk:1", ids(warehouse)["crm:1"])
    refresh(warehouse, SOURCES)

    assert [["crm:1", "desk:1", "shop:1"]] == groups(warehouse)
    assert [("desk:1", "crm:1", "link", "crm:1 desk:1", None)] == said(warehouse, "desk:1", "crm:1")


def test_what_the_user_splits_stays_apart_when_read_again(tmp_path: Path) -> None:
    rows = [account(f"{source}:1", domain="acme.example") for source in ("crm", "desk", "shop")]
    warehouse = unified(tmp_path, *rows)

    split(warehouse, "desk:1")
    refresh(warehouse, SOURCES)
    pour(warehouse, *({**row, "name": "Acme"} for row in rows))
    refresh(warehouse, SOURCES)

    assert [["crm:1", "shop:1"], ["desk:1"]] == groups(warehouse)
    assert [("crm:1", "desk:1", "domain", "acme.example", "split by you")] == said(warehouse, "crm:1", "desk:1")


def test_all_accounts_of_a_customer_can_be_split_and_linked_otherwise(tmp_path: Path) -> None:
    rows = [account(f"{source}:1", domain="acme.example") for source in SOURCES]
    warehouse = unified(tmp_path, *rows)

    assert ["books:1", "crm:1", "desk:1", "shop:1"] == sorted(split(warehouse, ids(warehouse)["shop:1"]))
    link(warehouse, "books:1", "crm:1")
    link(warehouse, "desk:1", "shop:1")
    refresh(warehouse, SOURCES)

    assert [["books:1", "crm:1"], ["desk:1", "shop:1"]] == groups(warehouse)


def test_the_last_word_counts(tmp_path: Path) -> None:
    warehouse = unified(tmp_path, account("crm:1"), account("desk:1"))
    link(warehouse, "crm:1", "desk:1")
    refresh(warehouse, SOURCES)

    split(warehouse, "desk:1")
    refresh(warehouse, SOURCES)
    parted = groups(warehouse)
    link(warehouse, "crm:1", "desk:1")
    refresh(warehouse, SOURCES)

    assert [["crm:1"], ["desk:1"]] == parted
    assert [["crm:1", "desk:1"]] == groups(warehouse)


def test_no_user_can_part_what_the_vendor_merged(tmp_path: Path) -> None:
    warehouse = unified(
        tmp_path,
        account("crm:1", merged_into="2", domain="acme.example"),
        account("crm:2", domain="acme.example"),
        account("desk:1", domain="acme.example"),
    )

    split(warehouse, "crm:2")
    refresh(warehouse, SOURCES)

    assert [["crm:1", "crm:2"], ["desk:1"]] == groups(warehouse)


def test_an_account_that_does_not_exist_is_said(tmp_path: Path) -> None:
    warehouse = unified(tmp_path, account("crm:1"))

    for ask in (lambda: why(warehouse, "crm:1", "crm:2"), lambda: split(warehouse, "crm:2")):
        with pytest.raises(UsageError, match="There is no account and no customer crm:2"):
            ask()
    with pytest.raises(UsageError, match="same account"):
        link(warehouse, "crm:1", ids(warehouse)["crm:1"])


def test_why_leads_from_one_account_to_the_other(tmp_path: Path) -> None:
    warehouse = unified(
        tmp_path,
        account("books:1", tax_id="B11111112"),
        account("crm:1", tax_id="ESB11111112", domain="acme.example"),
        account("desk:1", website="www.acme.example", external_id="C-1"),
        account("shop:1", external_id="C-1"),
    )

    assert why(warehouse, "books:1", "shop:1").same
    assert [
        ("books:1", "crm:1", "tax_id", "B11111112", None),
        ("crm:1", "desk:1", "domain", "acme.example", None),
        ("desk:1", "shop:1", "external_id", "C-1", None),
    ] == said(warehouse, "books:1", "shop:1")


def test_why_not_says_what_speaks_against_it(tmp_path: Path) -> None:
    tenants = [account(f"shop:{n}", domain="park.example") for n in range(21)]
    warehouse = unified(
        tmp_path,
        account("crm:1", domain="acme.example", tax_id="B11111112"),
        account("desk:1", domain="acme.example", tax_id="B22222223"),
        account("books:1", domain="acme.example"),
        *tenants,
    )

    assert not why(warehouse, "crm:1", "desk:1").same
    assert [("crm:1", "desk:1", "domain", "acme.example", "tax id differs: B11111112, B22222223")] == said(
        warehouse, "crm:1", "desk:1"
    )
    assert [("books:1", "crm:1", "domain", "acme.example", "others who have it contradict each other")] == said(
        warehouse, "books:1", "crm:1"
    )
    assert [("shop:1", "shop:2", "domain", "park.example", "more than 20 accounts of one source have it")] == said(
        warehouse, "shop:1", "shop:2"
    )
    assert [] == said(warehouse, "shop:1", "crm:1")


def test_review_shows_contradictions_and_names_that_are_alike(tmp_path: Path) -> None:
    warehouse = unified(
        tmp_path,
        account("crm:1", domain="acme.example", tax_id="B11111112", name="Acme"),
        account("desk:1", domain="acme.example", tax_id="B22222223", name="ACME S.L."),
        account("books:1", name="Bolt Energía, S.A."),
        account("shop:1", name="bolt energia", country="España"),
        account("shop:2", name="bolt energia", country="FR"),
    )

    found = [(each.rule, each.evidence, each.accounts, str(each.against)) for each in review(warehouse)]

    assert [
        ("domain", "acme.example", ("crm:1", "desk:1"), "tax id differs: B11111112, B22222223"),
        ("name", "bolt energia", ("books:1", "shop:1"), "a name alone joins nobody"),
    ] == [(rule, value, tuple(sorted(accounts)), against) for rule, value, accounts, against in found]


def test_standing_counts_customers_of_each_source(tmp_path: Path) -> None:
    warehouse = unified(
        tmp_path,
        account("crm:1", domain="acme.example"),
        account("desk:1", domain="acme.example"),
        account("desk:2", domain="acme.example"),
        account("desk:3"),
    )

    found = [(each.source, each.accounts, each.customers, each.elsewhere, each.rules) for each in standing(warehouse)]

    assert [("crm", 1, 1, 1, {"domain": 1}), ("desk", 3, 2, 1, {"alone": 1, "domain": 2})] == found


def test_a_source_that_is_forgotten_leaves_no_trace_and_no_other_customer(tmp_path: Path) -> None:
    warehouse = unified(
        tmp_path,
        account("books:1", domain="acme.example", name="Secret"),
        account("crm:1", domain="acme.example"),
        account("books:2", name="Secret"),
    )
    before = ids(warehouse)["crm:1"]
    link(warehouse, "books:2", "crm:1")

    forget_source(warehouse, "books")
    refresh(warehouse, SOURCES)

    assert {"crm:1": before} == ids(warehouse)
    assert b"Secret" not in warehouse.path.read_bytes()
    assert [] == [each for each in standing(warehouse) if each.source == "books"]
