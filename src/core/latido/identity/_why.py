"""Why two accounts are one customer, or why they are not."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from latido.identity._evidence import RULES, evidence
from latido.identity._kinds import TOO_COMMON
from latido.identity._overrides import members
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import duckdb

    from latido.identity._evidence import Evidence
    from latido.messages import Message
    from latido.warehouse import Warehouse

_ = marker("latido")


@dataclass(frozen=True, slots=True)
class Step:
    """Two accounts, the rule by which they are or could be one, what they share, and what speaks against it."""

    one: str
    other: str
    rule: str
    evidence: str
    against: Message | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """Whether two are one customer: then the steps lead from one to the other.

    Where they are not, the steps name what both share, and why that is not enough.
    """

    same: bool
    steps: tuple[Step, ...]


def why(warehouse: Warehouse, a: str, b: str) -> Why:
    """Return why *a* and *b*, each an account (`source:source_id`) or the id of a customer, are one customer or not.

    Raises UsageError for what does not exist.
    """
    with warehouse.reading() as connection:
        one, other = members(connection, a)[0], members(connection, b)[0]
        customers = [_customer(connection, each) for each in (one, other)]
        parties, known = evidence(connection, customers)
    if len(parties) == 1:
        return Why(True, tuple(_path(one, other, parties[customers[0]], known)))
    mine, theirs = (parties[each] for each in customers)
    return Why(False, (*_withheld(mine, theirs, known), *_too_common(mine, theirs, known)))


def _customer(connection: duckdb.DuckDBPyConnection, account: str) -> str:
    rows = connection.execute(
        "SELECT customer_id FROM account_links WHERE source || ':' || source_id = ?", [account]
    ).fetchall()
    return str(rows[0][0])


def _path(one: str, other: str, accounts: Sequence[str], known: Evidence) -> list[Step]:
    """Return the shortest way from *one* to *other*; of several, that by the strongest rules."""
    reached: dict[str, Step | None] = {one: None}
    queue = deque([one])
    while queue and other not in reached:
        here = queue.popleft()
        for step in _steps(here, accounts, known):
            if step.other not in reached:
                reached[step.other] = step
                queue.append(step.other)
    steps: list[Step] = []
    while (last := reached.get(other)) is not None:
        steps.insert(0, last)
        other = last.one
    return steps


def _steps(here: str, accounts: Sequence[str], known: Evidence) -> Iterator[Step]:
    for rule in RULES:
        parted = known.split if rule not in {"merged", "link"} else frozenset()
        if here not in parted:
            yield from _shared(rule, here, [each for each in accounts if each not in parted], known.values)


def _shared(
    rule: str, here: str, accounts: Sequence[str], values: Mapping[str, Mapping[str, set[str]]]
) -> Iterator[Step]:
    known = values.get(rule, {})
    for other in accounts:
        both = known.get(here, set()) & known.get(other, set())
        if both and other != here:
            yield Step(here, other, rule, min(both))


def _withheld(mine: Sequence[str], theirs: Sequence[str], known: Evidence) -> Iterator[Step]:
    """Yield what accounts of two customers share, each value once, and what kept that from joining them."""
    told = set()
    for rule in RULES:
        for step in (step for here in mine for step in _shared(rule, here, theirs, known.values)):
            if (step.rule, step.evidence) not in told:
                told.add((step.rule, step.evidence))
                against = known.contradiction((mine, theirs), rule) or _("others who have it contradict each other")
                yield Step(step.one, step.other, rule, step.evidence, against)


def _too_common(mine: Sequence[str], theirs: Sequence[str], known: Evidence) -> Iterator[Step]:
    against = _("more than {n} accounts of one source have it", n=TOO_COMMON)
    for rule in known.common:
        for here in mine:
            for step in _shared(rule, here, theirs, known.common):
                yield Step(step.one, step.other, rule, step.evidence, against)
