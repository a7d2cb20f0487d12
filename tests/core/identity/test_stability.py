"""Customers keep their ids, and however rows arrive, the same groups come out."""

from __future__ import annotations

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latido.identity import link, refresh, split
from latido.schema import Contact
from latido.warehouse import Warehouse, put_meta, touch
from tests.core.identity.accounts import SOURCES, account, groups, ids, pour, unified
from tests.house import Open

if TYPE_CHECKING:
    from collections.abc import Sequence

FEW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def hashed(key: str) -> str:
    return hashlib.md5(key.encode()).hexdigest()[:16]  # noqa: S324 - a name, no secret


def test_a_customer_is_named_after_its_smallest_account_when_it_is_formed(tmp_path: Path) -> None:
    rows = [account(f"{source}:1", domain="acme.example") for source in ("desk", "crm")]
    warehouse = unified(tmp_path, *rows)
    first = ids(warehouse)

    pour(warehouse, account("books:1", domain="acme.example"))
    refresh(warehouse, SOURCES)

    assert {"crm:1": hashed("crm:1"), "desk:1": hashed("crm:1")} == first
    assert {hashed("crm:1")} == set(ids(warehouse).values())


def test_after_a_merge_the_older_id_stays(tmp_path: Path) -> None:
    warehouse = unified(tmp_path, account("desk:1", domain="acme.example"))
    pour(warehouse, account("crm:1", domain="bolt.example"))
    refresh(warehouse, SOURCES)

    pour(warehouse, account("crm:1", domain="acme.example"))
    refresh(warehouse, SOURCES)

    assert {"crm:1": hashed("desk:1"), "desk:1": hashed("desk:1")} == ids(warehouse)


def test_after_a_split_the_part_with_the_smallest_account_keeps_the_id(tmp_path: Path) -> None:
    domain = {"domain": "acme.example"}
    warehouse = unified(tmp_path, account("crm:1", **domain), account("desk:1", **domain), account("shop:1", **domain))

    pour(warehouse, account("crm:1", domain="elsewhere.example"))
    refresh(warehouse, SOURCES)

    desk = hashed("desk:1")
    assert {"crm:1": hashed("crm:1"), "desk:1": desk, "shop:1": desk} == ids(warehouse)


def test_an_id_that_went_on_to_others_is_given_to_nobody_else(tmp_path: Path) -> None:
    """The account that a customer was named after is forgotten, and comes back as somebody else's."""
    warehouse = unified(tmp_path, account("crm:1", domain="acme.example"), account("desk:1", domain="acme.example"))
    with warehouse.writing() as connection:
        connection.execute("DELETE FROM accounts WHERE source = 'crm'")
        touch(connection)
    refresh(warehouse, SOURCES)
    kept = ids(warehouse)

    pour(warehouse, account("crm:1", domain="bolt.example"))
    refresh(warehouse, SOURCES)

    assert {"desk:1": hashed("crm:1")} == kept
    assert kept["desk:1"] == ids(warehouse)["desk:1"] != ids(warehouse)["crm:1"]


def test_nothing_is_written_when_nothing_changed(tmp_path: Path) -> None:
    rows = [account("crm:1", domain="acme.example"), account("desk:1", domain="acme.example")]
    warehouse = unified(tmp_path, *rows)

    pour(warehouse, *({**row, "industry": "Retail"} for row in rows))

    assert not refresh(warehouse, SOURCES)


def test_a_domain_that_becomes_too_common_parts_whom_it_joined_and_back(tmp_path: Path) -> None:
    tenants = [account(f"desk:{n}", domain="park.example") for n in range(20)]
    warehouse = unified(tmp_path, *tenants, account("crm:1", website="www.park.example"))
    assert [21] == [len(group) for group in groups(warehouse)]

    pour(warehouse, account("desk:20", domain="park.example"))
    refresh(warehouse, SOURCES)
    assert {1} == {len(group) for group in groups(warehouse)}

    pour(warehouse, account("desk:20", domain="elsewhere.example"))
    refresh(warehouse, SOURCES)
    assert [1, 21] == sorted(len(group) for group in groups(warehouse))


def test_a_contradiction_that_comes_parts_the_others_and_one_that_goes_joins_them(tmp_path: Path) -> None:
    domain = {"domain": "acme.example"}
    warehouse = unified(tmp_path, account("crm:1", tax_id="B11111112", **domain), account("desk:1", **domain))

    pour(warehouse, account("shop:1", tax_id="B22222223", **domain))
    refresh(warehouse, SOURCES)
    parted = groups(warehouse)
    pour(warehouse, account("shop:1", tax_id="B22222223"))
    refresh(warehouse, SOURCES)

    assert [["crm:1"], ["desk:1"], ["shop:1"]] == parted
    assert [["crm:1", "desk:1"], ["shop:1"]] == groups(warehouse)


def test_the_country_of_an_account_tells_of_which_country_a_telephone_is(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "latido.duckdb")
    pour(warehouse, account("crm:acme", country=None))
    at_home = {"key": "crm:1", "phone": "600 123 456", "account_id": "acme"}
    pour(warehouse, at_home, {"key": "desk:1", "phone": "0034600123456"}, entity=Contact)
    refresh(warehouse, SOURCES)
    before = groups(warehouse, "contact")

    pour(warehouse, account("crm:acme", country="Spain"))
    refresh(warehouse, SOURCES)

    assert [["crm:1"], ["desk:1"]] == before
    assert [["crm:1", "desk:1"]] == groups(warehouse, "contact")


def test_a_warehouse_from_before_customers_were_unified_is_brought_up_to_date(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "latido.duckdb")
    pour(warehouse, account("crm:1", domain="acme.example"), account("desk:1", domain="acme.example"))
    with warehouse.writing() as connection:
        for table in ("customers", "people", "account_links", "contact_links", "merge_overrides"):
            connection.execute(f"DROP TABLE {table}")
        put_meta(connection, "schema_version", "1")

    refresh(warehouse, SOURCES)

    assert [["crm:1", "desk:1"]] == groups(warehouse)


keys = st.builds(
    "{}:{}".format, st.sampled_from(SOURCES), st.sampled_from(["100000001", "100000002", "100000003", "4"])
)
rows = st.fixed_dictionaries(
    {
        "key": keys,
        "external_id": st.sampled_from([None, None, None, "C-1", "C-2", "100000001", "100000002", "4"]),
        "tax_id": st.sampled_from([None, None, "B11111112", "ESB11111112", "B22222223", "FRB22222223"]),
        "domain": st.sampled_from([None, "a.example", "b.example", "c.example", "gmail.com"]),
        "website": st.sampled_from([None, None, "www.a.example", "b.example/es"]),
        "merged_into": st.sampled_from([None, None, None, None, "100000001", "100000002", "unknown"]),
        "country": st.sampled_from(["ES", None]),
    }
)
sayings = st.lists(st.tuples(st.sampled_from(["link", "split"]), keys, keys), max_size=2)


def say(warehouse: Warehouse, told: Sequence[tuple[str, str, str]]) -> None:
    """Let a user say what can be said of accounts that are there."""
    known = ids(warehouse)
    for what, a, b in told:
        if what == "split" and a in known:
            split(warehouse, a)
        elif what == "link" and a in known and b in known and a != b:
            link(warehouse, a, b)
    refresh(warehouse, SOURCES)


def lasting(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the last state of each account."""
    return list({row["key"]: row for row in found}.values())


@FEW
@given(found=st.lists(rows, max_size=12, unique_by=lambda row: row["key"]), order=st.randoms(use_true_random=False))
def test_order_and_chunks_of_arrival_change_no_group(found: list[dict[str, Any]], order: Any) -> None:
    shuffled = [*found, *found[::3]]
    order.shuffle(shuffled)
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        straight = unified(Path(one), *found)
        mixed = Open(Path(other) / "latido.duckdb")
        pour(mixed, *shuffled, chunk=order.randint(1, 5))
        refresh(mixed, SOURCES)

        assert groups(straight) == groups(mixed)


@FEW
@given(steps=st.lists(st.lists(rows, max_size=6), max_size=5), told=sayings)
def test_step_by_step_comes_out_as_all_at_once(steps: list[list[dict[str, Any]]], told: Any) -> None:
    """Accounts come, change, lose what joined them, and what the user says stays."""
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        stepwise = Open(Path(one) / "latido.duckdb")
        for step in steps:
            pour(stepwise, *lasting(step))
            refresh(stepwise, SOURCES) if step else None
        whole = Open(Path(other) / "latido.duckdb")
        pour(whole, *lasting([row for step in steps for row in step]))
        refresh(whole, SOURCES) if any(steps) else None
        for each in (stepwise, whole):
            say(each, told) if any(steps) else None

        assert not any(steps) or groups(stepwise) == groups(whole)
        if any(steps):
            before = ids(stepwise)
            with stepwise.writing() as connection:
                put_meta(connection, "identity_version", "")
            refresh(stepwise, SOURCES)

            assert before == ids(stepwise)
