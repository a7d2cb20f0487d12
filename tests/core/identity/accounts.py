"""Accounts and contacts in, groups out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.identity import refresh
from latido.schema import Account, Contact
from latido.warehouse import Batch, flush
from tests.house import Open
from tests.memory import page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from latido.schema import Record
    from latido.warehouse import Warehouse

    Row = Mapping[str, Any]

SOURCES = ("books", "crm", "desk", "shop")


def account(key: str, **columns: Any) -> dict[str, Any]:
    """Return an account `source:id`."""
    return {"key": key, "country": "ES", **columns}


def pour(warehouse: Warehouse, *rows: Row, entity: type[Record] = Account, chunk: int = 1_000) -> None:
    """Write *rows* in their order, at most *chunk* of one source at a time."""
    with warehouse.writing() as connection:
        for start in range(0, len(rows), chunk):
            for source in SOURCES:
                batch = Batch(source, entity.table)
                batch.add(page(entity, *_of(source, rows[start : start + chunk])))
                flush(connection, batch, run_id="run", fingerprint="one")


def _of(source: str, rows: Iterable[Row]) -> list[dict[str, Any]]:
    parted = ((row["key"].partition(":"), row) for row in rows)
    return [
        {"source_id": key, **{name: value for name, value in row.items() if name != "key"}}
        for (where, _colon, key), row in parted
        if where == source
    ]


def unified(folder: Path, *rows: Row, entity: type[Record] = Account) -> Warehouse:
    """Return a warehouse with *rows*, unified."""
    warehouse = Open(folder / "latido.duckdb")
    pour(warehouse, *rows, entity=entity)
    refresh(warehouse, SOURCES)
    return warehouse


def groups(warehouse: Warehouse, kind: str = "account") -> list[list[str]]:
    """Return who is one, each group and all of them in order."""
    name = {"account": "customer_id", "contact": "person_id"}[kind]
    with warehouse.reading() as connection:
        rows = connection.execute(
            f"SELECT LIST_SORT(LIST(source || ':' || source_id)) FROM {kind}_links GROUP BY {name} ORDER BY 1"
        ).fetchall()
    return [group for (group,) in rows]


def together(folder: Path, *rows: Row) -> list[list[str]]:
    """Return the groups of more than one account."""
    return [group for group in groups(unified(folder, *rows)) if len(group) > 1]


def ids(warehouse: Warehouse) -> dict[str, str]:
    """Return the customer of each account."""
    with warehouse.reading() as connection:
        rows = connection.execute("SELECT source || ':' || source_id, customer_id FROM account_links").fetchall()
    return dict(rows)


def link_of(warehouse: Warehouse, key: str) -> tuple[str, str | None]:
    """Return rule and evidence of an account's link."""
    with warehouse.reading() as connection:
        ((rule, evidence),) = connection.execute(
            "SELECT rule, evidence FROM account_links WHERE source || ':' || source_id = ?", [key]
        ).fetchall()
    return rule, evidence


def people(folder: Path, *rows: Row, accounts: Sequence[Row] = ()) -> list[list[str]]:
    """Return who of the contacts *rows* is one person."""
    warehouse = Open(folder / "latido.duckdb")
    pour(warehouse, *accounts)
    pour(warehouse, *rows, entity=Contact)
    refresh(warehouse, SOURCES)
    return [group for group in groups(warehouse, "contact") if len(group) > 1]
