"""Which customer somebody means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.errors import UsageError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import duckdb

_ = marker("latido")

_MOST = 10
"""Customers that are named where several are meant."""

_BY_ID = """
    SELECT customer_id FROM m_customers WHERE customer_id = $name
    UNION SELECT customer_id FROM m_acquired WHERE scope = '' AND customer_id = $name
    UNION SELECT customer_id FROM m_deals WHERE customer_id = $name"""

_BY_ACCOUNT = """
    SELECT customer_id FROM m_account_customers
    WHERE source = $source AND source_id = $source_id"""

_BY_ADDRESS = """
    SELECT DISTINCT c.customer_id
    FROM m_people AS p
    JOIN m_contacts AS c ON c.person_id = p.person_id
    WHERE p.email = $name AND c.customer_id IS NOT NULL"""

_BY_HOST = "SELECT customer_id FROM m_domains WHERE domain = SPLIT_PART($name, '@', -1)"

_BY_DOMAIN = """
    SELECT DISTINCT a.customer_id
    FROM _latido_keys AS k
    JOIN m_account_customers AS a ON a.source = k.source AND a.source_id = k.source_id
    WHERE k.entity = 'accounts' AND k.rule = 'domain' AND k.value = $name"""

_BY_NAME = """
    SELECT customer_id FROM m_customers WHERE LOWER(TRIM(name)) = $name
    UNION
    SELECT l.customer_id
    FROM accounts AS a
    JOIN m_account_customers AS l ON l.source = a.source AND l.source_id = a.source_id
    WHERE LOWER(TRIM(a.name)) = $name AND a.merged_into IS NULL"""

_LIKE = """
    SELECT customer_id FROM m_customers WHERE CONTAINS(LOWER(name), $name)
    ORDER BY LENGTH(name), customer_id LIMIT 10"""

_DESCRIBED = """
    SELECT c.customer_id, c.name, c.domain, c.sources
    FROM customers AS c
    WHERE c.customer_id IN (SELECT UNNEST(CAST($ids AS VARCHAR[])))
    ORDER BY c.name NULLS LAST, c.customer_id
    LIMIT 10"""


def found(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    """Return the id of the customer that *name* means.

    That is its id, an account of it as `source:source_id`, the e-mail of somebody there, its domain or its exact name.
    Raises UsageError for nobody, and for several, who are named.
    """
    wanted = " ".join(name.split())
    source, _colon, source_id = wanted.partition(":")
    ids = _first(
        connection,
        [
            (_BY_ID, {"name": wanted}),
            (_BY_ACCOUNT, {"source": source, "source_id": source_id}),
            (_BY_ADDRESS, {"name": wanted.lower()}),
            (_BY_DOMAIN, {"name": wanted.lower()}),
            (_BY_HOST, {"name": wanted.lower()}),
            (_BY_NAME, {"name": wanted.lower()}),
        ],
    )
    if len(ids) == 1:
        return ids[0]
    if ids:
        problem = _("{name} may be any of {n:,} customers.", name=name, n=len(ids))
        raise UsageError(problem, _("Say which one:{lines}", lines=_listed(connection, ids)))
    problem = _("There is no customer {name}.", name=name)
    if near := _first(connection, [(_LIKE, {"name": wanted.lower()})] if wanted else []):
        raise UsageError(problem, _("Did you mean one of these?{lines}", lines=_listed(connection, near)))
    raise UsageError(
        problem,
        _("Name one by its id, an account as source:id, an e-mail, its domain or its exact name."),
    )


def _first(connection: duckdb.DuckDBPyConnection, ways: Iterable[tuple[str, dict[str, str]]]) -> list[str]:
    """Return the customers that the first of *ways* finds which finds any."""
    for sql, values in ways:
        if rows := connection.execute(sql, values).fetchall():
            return [str(each) for (each,) in rows]
    return []


def _listed(connection: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> str:
    """Return a line for each customer: what to type, and who that is."""
    rows = connection.execute(_DESCRIBED, {"ids": list(ids)}).fetchall()
    lines = [f"latido customer {each[0]}  ({', '.join(_said(*each[1:]))})" for each in rows]
    return "".join(f"\n    {line}" for line in [*lines, *(["…"] if len(ids) > _MOST else [])])


def _said(name: str | None, domain: str | None, sources: Sequence[str]) -> list[str]:
    return [*([name] if name else []), *([domain] if domain else []), *sources]
