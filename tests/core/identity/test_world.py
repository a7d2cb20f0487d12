"""An imaginary business whose vendors disagree about its customers as real ones do, and the truth about them."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from latido.identity import refresh, review
from latido.schema import Contact
from latido.testing import World
from latido.warehouse import Warehouse
from tests.core.identity.accounts import SOURCES, groups, pour

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from latido.testing.world import Customer

WORLD = World("acme", end=date(2026, 11, 1), tickets=20_000, traps=True)
BOOKS: dict[str, World] = {"desk": WORLD} | {name: WORLD.branch(name, tickets=0) for name in ("books", "crm", "shop")}
FIRST = 90_000_000_000
"""Ids are long: nobody takes them for numbers that are counted from 1."""

LIKE: dict[str, Callable[[Customer], dict[str, Any]]] = {
    "books": lambda each: {"website": f"https://www.{each.domains[0]}/es", "tax_id": each.tax_id},
    "crm": lambda each: {"domain": each.domains[0], "website": f"www.{each.domains[0]}", "tax_id": each.tax_id},
    "desk": lambda each: {"domain": each.domains[-1], "external_id": each.key, "tax_id": each.tax_id},
    "shop": lambda each: {"domain": each.domains[0], "external_id": each.key, "tax_id": each.tax_id},
}


def accounts() -> Iterator[dict[str, Any]]:
    """Yield every customer as each of the books writes it."""
    for source, book in BOOKS.items():
        for each in book.customers():
            yield {
                "key": f"{source}:{FIRST + each.number}",
                "name": each.name,
                "country": each.country,
                "is_deleted": each.gone_at is not None,
                **LIKE[source](each),
            }


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("world") / "latido.duckdb")
    pour(warehouse, *accounts())
    return warehouse


def pairs(found: list[list[str]]) -> tuple[int, int]:
    """Return how many pairs of accounts were joined, and how many of them rightly."""
    joined = sum(len(group) * (len(group) - 1) // 2 for group in found)
    right = Counter((at, key.partition(":")[2]) for at, group in enumerate(found) for key in group)
    return joined, sum(n * (n - 1) // 2 for n in right.values())


def test_all_that_can_be_told_is_found_and_nothing_else(warehouse: Warehouse) -> None:
    refresh(warehouse, SOURCES)

    joined, right = pairs(groups(warehouse))

    books = len(BOOKS)
    assert joined == right
    assert right >= 0.99 * WORLD.customer_count * books * (books - 1) / 2


def test_what_looks_alike_and_is_not_is_shown(warehouse: Warehouse) -> None:
    """Subsidiaries share a domain, and their tax ids speak against it; twins are told apart by theirs."""
    refresh(warehouse, SOURCES)

    found = review(warehouse, limit=100_000)

    speaking = {each.rule: set[str]() for each in found}
    for each in found:
        speaking[each.rule].add(str(each.against).partition(":")[0])
    differing = {"external id differs", "tax id differs"}
    assert {"domain": differing, "name": {"a name alone joins nobody"}} == speaking


def test_the_books_disagree_in_every_way() -> None:
    written: defaultdict[int, list[Customer]] = defaultdict(list)
    for book in BOOKS.values():
        for each in book.customers():
            written[each.number].append(each)

    for field in ("name", "domains", "tax_id", "key"):
        assert any(1 < len({getattr(each, field) for each in alike}) for alike in written.values()), field
    shared = Counter(each.domains[0].lower() for each in WORLD.customers())
    assert {"gmail.com", "hotmail.es"} <= shared.keys()
    assert 20 < shared["parque-empresarial.example"]
    assert any(n == 2 for n in shared.values())


def test_without_traps_the_books_agree() -> None:
    plain = World("acme", end=date(2026, 11, 1), tickets=200)

    assert list(plain.customers()) == list(plain.branch("crm", tickets=10).customers())


def test_people_are_found_by_what_each_book_knows_of_them(tmp_path: Path) -> None:
    """One book has addresses, one telephones too, written as one does at home."""
    people = list(World("acme", end=date(2026, 11, 1), tickets=2_000).people())
    at_home = [
        {
            "key": f"crm:{FIRST + each.number}",
            "email": each.email and each.email.upper(),
            "phone": each.phone and f"{each.phone[3:6]} {each.phone[6:]}",
            "account_id": "1",
        }
        for each in people
    ]
    abroad = [
        {"key": f"desk:{FIRST + each.number}", "email": each.email if each.number % 3 else None, "phone": each.phone}
        for each in people
    ]
    warehouse = Warehouse(tmp_path / "latido.duckdb")
    pour(warehouse, {"key": "crm:1", "country": "España"})
    pour(warehouse, *at_home, *abroad, entity=Contact)
    refresh(warehouse, SOURCES)

    joined, right = pairs(groups(warehouse, "contact"))

    tellable = [each for each in people if each.phone or (each.email and each.number % 3)]
    assert (len(tellable), len(tellable)) == (joined, right)
