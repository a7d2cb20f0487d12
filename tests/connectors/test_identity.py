"""One customer in the books of all vendors, spelled otherwise in each, through the real connectors."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from latido.identity import refresh, why
from latido.sync import Observer, Options, Source, Sync
from latido.testing import Sandbox, Served, World
from latido.warehouse import Warehouse
from tests.connectors.vendors import CONNECTORS

if TYPE_CHECKING:
    from pathlib import Path

WORLD = World("acme", end=date(2026, 11, 1), tickets=1_500, traps=True)
TAX_IDS = {"hubspot": "properties.nif", "salesforce": "Tax_Id__c", "zendesk": "organization_fields.nif"}
STREAMS = {
    "hubspot": ("companies", "contacts"),
    "salesforce": ("accounts", "contacts"),
    "zendesk": ("organizations", "users"),
}


def source(name: str, sandbox: Sandbox, folder: Path) -> Source:
    connector = CONNECTORS[name]
    said: dict[str, Any] = {
        **sandbox.settings(),
        "streams": STREAMS[name],
        "fields": {"accounts": {"tax_id": TAX_IDS[name]}},
    }
    return Source(name, connector, connector.Settings.model_validate(said), folder)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Return what three vendors tell of the business, with the tax ids that users have mapped."""
    folder = tmp_path_factory.mktemp("identity")
    warehouse = Warehouse(folder / "latido.duckdb")
    with ExitStack() as stack:
        sources = []
        for name in TAX_IDS:
            sandbox = CONNECTORS[name].sandbox(WORLD)
            assert isinstance(sandbox, Sandbox)
            stack.enter_context(Served(sandbox))
            sources.append(source(name, sandbox, folder / name))
        assert 0 == Sync(warehouse, sources, Options(), Observer()).run().exit_code
    refresh(warehouse, tuple(TAX_IDS))
    return warehouse


def numbered(warehouse: Warehouse) -> list[tuple[int, str, str]]:
    """Return the number, the source and the customer of every account: no two customers came at the same second."""
    came = {each.created_at: each.number for each in WORLD.customers()}
    with warehouse.reading() as connection:
        rows = connection.execute(
            """SELECT CAST(FLOOR(EPOCH(a.created_at)) AS BIGINT), a.source, l.customer_id FROM accounts AS a
               JOIN account_links AS l ON l.source = a.source AND l.source_id = a.source_id"""
        ).fetchall()
    assert len(came) == WORLD.customer_count
    return [(came[at], where, customer) for at, where, customer in rows]


def test_every_customer_is_one_in_all_vendors(warehouse: Warehouse) -> None:
    found = numbered(warehouse)

    sources = Counter(number for number, _where, _customer in found)
    assert WORLD.customer_count == len(sources)
    assert 3 * WORLD.customer_count * 0.9 < len(found)
    assert len(sources) == len({(number, customer) for number, _where, customer in found})
    assert len(sources) == len({customer for _number, _where, customer in found})


def test_every_person_with_an_address_is_one_in_all_vendors(warehouse: Warehouse) -> None:
    with warehouse.reading() as connection:
        rows = connection.execute(
            """SELECT LOWER(TRIM(c.email)), COUNT(DISTINCT l.person_id) FROM contacts AS c
               JOIN contact_links AS l ON l.source = c.source AND l.source_id = c.source_id
               WHERE c.email IS NOT NULL GROUP BY ALL"""
        ).fetchall()

    assert {1} == {people for _email, people in rows}
    assert 100 < len(rows)


def test_it_can_be_said_why(warehouse: Warehouse) -> None:
    with warehouse.reading() as connection:
        ((one, other),) = connection.execute(
            """SELECT a.source || ':' || a.source_id, b.source || ':' || b.source_id FROM account_links AS a
               JOIN account_links AS b ON b.customer_id = a.customer_id AND b.rule = 'tax_id'
               WHERE a.source = 'hubspot' AND b.source = 'zendesk' ORDER BY ALL LIMIT 1"""
        ).fetchall()

    (step,) = why(warehouse, one, other).steps

    assert (one, other, "tax_id") == (step.one, step.other, step.rule)
