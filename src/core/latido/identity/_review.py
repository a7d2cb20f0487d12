"""What somebody should look at: accounts that could be one customer, but that no rule may join."""

from __future__ import annotations

# ruff: noqa: S608 - names of tables are ours, values are bound
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from latido.identity._evidence import GRADED, evidence
from latido.identity._kinds import TOO_COMMON
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latido.identity._evidence import Evidence
    from latido.messages import Message
    from latido.warehouse import Warehouse

_ = marker("latido")

_SHARED = f"""
    WITH crowded AS (
        SELECT DISTINCT rule, value FROM _latido_keys WHERE entity = 'accounts' AND rule <> 'name'
        GROUP BY rule, value, source HAVING COUNT(*) > {TOO_COMMON}
    )
    SELECT k.rule, k.value, LIST_SORT(LIST_DISTINCT(LIST(l.customer_id)))
    FROM _latido_keys AS k
    JOIN account_links AS l ON l.source = k.source AND l.source_id = k.source_id
    ANTI JOIN crowded AS c ON c.rule = k.rule AND c.value = k.value
    WHERE k.entity = 'accounts' AND k.rule IN (SELECT UNNEST($rules))
    GROUP BY k.rule, k.value, CASE WHEN k.rule = 'name' THEN k.qualifier END
    HAVING MIN(l.customer_id) <> MAX(l.customer_id) AND COUNT(DISTINCT l.customer_id) <= {TOO_COMMON}
           AND (k.rule = 'name' OR COALESCE(MIN(k.qualifier) = MAX(k.qualifier), true))
    ORDER BY k.rule, k.value
    LIMIT {{limit}}"""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Customers who share something, one account of each, and what kept them from being joined."""

    rule: str
    evidence: str
    customers: tuple[str, ...]
    accounts: tuple[str, ...]
    against: Message


def review(warehouse: Warehouse, limit: int = 1_000) -> list[Doubt]:
    """Return what is doubtful, the strongest rule first: contradictions, then names that are suggestions only."""
    with warehouse.reading() as connection:
        rows = connection.execute(_SHARED.format(limit=limit), {"rules": [*GRADED, "name"]}).fetchall()
        members, known = evidence(connection, list({each for *_key, customers in rows for each in customers}))
    order = {rule: place for place, rule in enumerate((*GRADED, "name"))}
    found = [each for rule, value, customers in rows for each in _doubts(rule, value, customers, members, known)]
    return sorted(found, key=lambda doubt: (order[doubt.rule], doubt.evidence, doubt.accounts))


def _doubts(
    rule: str, value: str, customers: Sequence[str], members: dict[str, list[str]], known: Evidence
) -> Iterator[Doubt]:
    if rule != "name":
        parties = [members[each] for each in customers]
        against = known.contradiction(parties, rule) or _("others who have it contradict each other")
        yield Doubt(rule, value, tuple(customers), tuple(party[0] for party in parties), against)
        return
    for pair in combinations(customers, 2):
        parties = [members[each] for each in pair]
        if known.contradiction(parties, rule) is None:
            accounts = tuple(party[0] for party in parties)
            yield Doubt(rule, value, pair, accounts, _("a name alone joins nobody"))
