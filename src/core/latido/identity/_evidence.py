"""What accounts could be one by, read from the keys that are stored: for those who ask why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

from latido.identity._affected import note_common, pairs_of
from latido.identity._kinds import ACCOUNTS
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

    from latido.messages import Message

_ = marker("latido")

RULES = tuple(rule.name for rule in ACCOUNTS.rules)
GRADED = tuple(rule.name for rule in ACCOUNTS.rules if not rule.decisive)

RULE_NAMES = {
    "merged": _("merged by the vendor"),
    "link": _("linked by you"),
    "external_id": _("external id"),
    "tax_id": _("tax id"),
    "domain": _("domain"),
    "name": _("name and country"),
    "alone": _("alone"),
}

_VALUES = """
    SELECT p.source || ':' || p.source_id, p.rule,
           CASE WHEN t.value IS NULL THEN p.value ELSE COALESCE(p.qualifier, '') || ' ' || p.value END,
           c.value IS NOT NULL
    FROM pairs AS p
    SEMI JOIN asked AS a ON a.source = p.source AND a.source_id = p.source_id
    LEFT JOIN common AS c ON c.rule = p.rule AND c.value = p.value
    LEFT JOIN (SELECT value FROM _latido_keys WHERE rule = 'tax_id' GROUP BY value
               HAVING MIN(qualifier) <> MAX(qualifier)) AS t ON p.rule = 'tax_id' AND t.value = p.value"""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The values of some accounts by rule and account; those that are too common stand apart, by rule."""

    values: Mapping[str, Mapping[str, set[str]]] = field(default_factory=dict)
    common: Mapping[str, Mapping[str, set[str]]] = field(default_factory=dict)
    split: frozenset[str] = frozenset()

    def of(self, rule: str, accounts: Iterable[str]) -> set[str]:
        known = self.values.get(rule, {})
        return {value for each in accounts for value in known.get(each, ())}

    def contradiction(self, parties: Sequence[Sequence[str]], below: str) -> Message | None:
        """Return in what the *parties* contradict each other by rules that are stronger than *below*."""
        for rule in GRADED[: GRADED.index(below)] if below in GRADED else GRADED:
            known = [found for party in parties if (found := self.of(rule, party))]
            for one, other in combinations(known, 2):
                if one.isdisjoint(other):
                    return _(
                        "{rule} differs: {one}, {other}",
                        rule=RULE_NAMES[rule],
                        one=" ".join(sorted(one)),
                        other=" ".join(sorted(other)),
                    )
        if any(each in self.split for party in parties for each in party):
            return _("split by you")
        return None


def evidence(connection: duckdb.DuckDBPyConnection, customers: Sequence[str]) -> tuple[dict[str, list[str]], Evidence]:
    """Return the accounts of *customers*, and what is known of them."""
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE asked AS SELECT source, source_id, customer_id FROM account_links
           WHERE customer_id IN (SELECT UNNEST(CAST($customers AS VARCHAR[])))""",
        {"customers": list(customers)},
    )
    connection.execute(f"CREATE OR REPLACE TEMP VIEW pairs AS {pairs_of(ACCOUNTS)}")
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE named AS SELECT DISTINCT p.rule, p.value FROM pairs AS p
           SEMI JOIN asked AS a ON a.source = p.source AND a.source_id = p.source_id"""
    )
    note_common(connection, ACCOUNTS, "common", "named")
    values: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    common: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for account, rule, value, is_common in connection.execute(_VALUES).fetchall():
        (common if is_common else values)[rule][account].add(value)
    parted = connection.execute("SELECT a FROM merge_overrides WHERE kind = 'split'").fetchall()
    return _members(connection), Evidence(values, common, frozenset(each for (each,) in parted))


def _members(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    members: defaultdict[str, list[str]] = defaultdict(list)
    rows = connection.execute("SELECT customer_id, source || ':' || source_id FROM asked ORDER BY 1, 2").fetchall()
    for customer, account in rows:
        members[customer].append(account)
    return dict(members)
