"""How far unifying has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from latido.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class Standing:
    """The accounts of one source: how many customers they are, how many of those another source knows too.

    `rules` says how many of the accounts are with another one by which rule.
    """

    source: str
    accounts: int
    customers: int
    elsewhere: int
    rules: dict[str, int]


def standing(warehouse: Warehouse) -> list[Standing]:
    """Return how far unifying has come, source by source."""
    with warehouse.reading() as connection:
        totals = connection.execute(
            """SELECT l.source, COUNT(*), COUNT(DISTINCT l.customer_id),
                      COUNT(DISTINCT CASE WHEN LEN(c.sources) > 1 THEN l.customer_id END)
               FROM account_links AS l JOIN customers AS c ON c.customer_id = l.customer_id
               GROUP BY l.source ORDER BY l.source"""
        ).fetchall()
        by_rule = connection.execute(
            "SELECT source, rule, COUNT(*) FROM account_links GROUP BY source, rule ORDER BY source, rule"
        ).fetchall()
    return [
        Standing(source, accounts, customers, elsewhere, {rule: n for where, rule, n in by_rule if where == source})
        for source, accounts, customers, elsewhere in totals
    ]
