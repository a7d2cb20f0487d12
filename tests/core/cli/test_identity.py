"""`latido identity`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from latido.warehouse import Warehouse
from tests.core.identity.accounts import account, ids, pour

if TYPE_CHECKING:
    from tests.core.cli.conftest import Terminal

TOML = """\
[latido]
timezone = "Europe/Madrid"

[sources.crm]
connector = "desk"
token = "env:DESK_TOKEN"

[sources.desk]
connector = "desk"
token = "env:DESK_TOKEN"
"""


@pytest.fixture
def known(latido: Terminal) -> Terminal:
    """Return a terminal in a project whose two sources have brought accounts."""
    latido.write(TOML)
    pour(
        Warehouse(latido.folder / "latido.duckdb"),
        account("crm:1", name="Acme", domain="acme.example"),
        account("desk:1", name="ACME S.L.", website="www.acme.example"),
        account("crm:2", name="Bolt", domain="bolt.example", tax_id="B11111112"),
        account("desk:2", name="Bolt", domain="bolt.example", tax_id="B22222223"),
    )
    return latido


def test_it_shows_how_many_accounts_are_the_same_customers(known: Terminal) -> None:
    said = known("identity")

    assert 0 == said.code
    assert [
        "source  accounts  customers  in other sources too  joined by",
        "crm            2          2                     1  alone 1, domain 1",
        "desk           2          2                     1  alone 1, domain 1",
    ] == [line.rstrip() for line in said.out.splitlines()]


def test_why_two_accounts_are_one_customer(known: Terminal) -> None:
    said = known("identity", "why", "crm:1", "desk:1")
    found = known("identity", "why", "crm:1", "desk:1", "--format", "json").json

    assert 0 == said.code
    assert "crm:1    desk:1       domain  acme.example" == said.out.splitlines()[1].rstrip()
    assert "So crm:1 and desk:1 are one customer.\n" == said.err
    step = {"one": "crm:1", "other": "desk:1", "rule": "domain", "evidence": "acme.example", "against": None}
    assert {"same": True, "steps": [step]} == found


def test_why_two_accounts_are_not_one_customer(known: Terminal) -> None:
    differing, strangers = known("identity", "why", "crm:2", "desk:2"), known("identity", "why", "crm:1", "desk:2")

    assert "tax id differs: B11111112, B22222223" in differing.out
    assert "They are two customers. If that is wrong, run: latido identity link crm:2 desk:2\n" == differing.err
    assert "" == strangers.out
    assert "They are two customers and share nothing." in strangers.err


def test_what_is_linked_and_split_shows_at_once(known: Terminal) -> None:
    linked = known("identity", "link", "crm:2", "desk:2")
    one = ids(Warehouse(known.folder / "latido.duckdb"))
    parted = known("identity", "split", one["crm:2"])
    two = ids(Warehouse(known.folder / "latido.duckdb"))

    assert (0, "crm:2 and desk:2 are one customer now.\n") == (linked.code, linked.err)
    assert one["crm:2"] == one["desk:2"]
    assert "crm:2 stands alone now.\ndesk:2 stands alone now.\n" == parted.err
    assert two["crm:2"] != two["desk:2"]


def test_review_shows_what_somebody_should_decide(known: Terminal) -> None:
    said = known("identity", "review")
    found = known("identity", "review", "--format", "json").json

    assert "bolt.example" in said.out
    assert "If they are one customer, say so: latido identity link A B\n" == said.err
    assert [("domain", "bolt.example")] == [(each["rule"], each["evidence"]) for each in found["doubts"]]


def test_an_account_that_is_unknown_is_said(known: Terminal) -> None:
    said = known("identity", "split", "crm:9")

    assert 2 == said.code
    assert said.err.startswith("There is no account and no customer crm:9.\n")


def test_without_any_sync_it_says_what_to_do(project: Terminal) -> None:
    said = project("identity")

    assert 3 == said.code
    assert "Nothing has been synced yet.\n  Run: latido sync\n" == said.err
