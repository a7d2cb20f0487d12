"""The records of one customer, as the model layer has them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from latido.metrics.catalogue import views
from latido.metrics.customers._customer import Account, Contract, Milestone, Opinion, Person, Purchase, Ticket

if TYPE_CHECKING:
    import duckdb

_Row = TypeVar("_Row")

LATEST = 10
"""How many records of a kind are listed, the latest first."""

_FAR = date(9999, 1, 1)

_WHO = """
    SELECT c.customer_id, c.name, n.domain, c.country, c.industry, c.is_test, n.sources,
           MAKE_TIMESTAMP(EPOCH_US(n.first_seen)) AS first_seen
    FROM m_customers AS c
    LEFT JOIN customers AS n ON n.customer_id = c.customer_id
    WHERE c.customer_id = $customer"""

_ACQUIRED = "SELECT acquired_on FROM m_acquired WHERE scope = '' AND customer_id = $customer"

_ACCOUNTS = """
    SELECT l.source, l.source_id, a.name, a.domain, a.tax_id, l.rule, l.evidence,
           MAKE_TIMESTAMP(EPOCH_US(l.since)) AS since, m.excluded, a.url
    FROM account_links AS l
    JOIN m_accounts AS m ON m.source = l.source AND m.source_id = l.source_id
    JOIN accounts AS a ON a.source = l.source AND a.source_id = l.source_id
    WHERE l.customer_id = $customer
    ORDER BY l.source, l.source_id"""

_PEOPLE = """
    SELECT c.person_id, MIN(p.name) AS name, MIN(p.email) AS email, MIN(k.title) AS title,
           LIST_SORT(LIST_DISTINCT(LIST(c.source))) AS sources
    FROM m_contacts AS c
    JOIN contacts AS k ON k.source = c.source AND k.source_id = c.source_id
    LEFT JOIN people AS p ON p.person_id = c.person_id
    WHERE c.customer_id = $customer AND COALESCE(k.is_deleted, false) = false AND k.merged_into IS NULL
    GROUP BY c.person_id
    ORDER BY CASE WHEN MIN(p.email) IS NULL THEN 1 ELSE 0 END, name NULLS LAST, c.person_id"""

_CONTRACTS = """
    SELECT k.entity, k.source, k.source_id, k.product, k.starts_on, k.until_on AS ends_on, k.monthly, k.currency,
           k.amount, k.blocked, k.excluded, COALESCE(c.url, d.url) AS url
    FROM m_contracts AS k
    LEFT JOIN contracts AS c ON k.entity = 'contracts' AND c.source = k.source AND c.source_id = k.source_id
    LEFT JOIN deals AS d ON k.entity = 'deals' AND d.source = k.source AND d.source_id = k.source_id
    WHERE k.customer_id = $customer AND (k.starts_on IS NULL OR k.starts_on < $ends_on)
    ORDER BY k.starts_on NULLS FIRST, k.source, k.source_id"""

_PURCHASES = """
    WITH purchases AS ({view})
    SELECT p.source, p.source_id, d.name, p.closed_on, d.amount, UPPER(NULLIF(TRIM(d.currency), '')) AS currency,
           p.value, p.blocked, p.excluded, d.url
    FROM purchases AS p
    JOIN deals AS d ON d.source = p.source AND d.source_id = p.source_id
    WHERE p.customer_id = $customer AND p.closed_on < $ends_on
    ORDER BY p.closed_on DESC, p.source, p.source_id"""

_TICKETS = """
    SELECT t.source, t.source_id, r.subject, t.status, t.priority, t.created_at, t.first_reply_at,
           CASE WHEN t.is_solved THEN t.solved_at END AS solved_at, t.is_solved, t.reopens, t.csat, t.excluded, r.url
    FROM m_tickets AS t
    JOIN tickets AS r ON r.source = t.source AND r.source_id = t.source_id
    WHERE t.customer_id = $customer AND (t.created_at IS NULL OR t.created_at < $ends_at)
    ORDER BY t.created_at DESC NULLS LAST, t.source, t.source_id"""

_UNSOLVED = """
    SELECT COUNT(*) FROM m_tickets
    WHERE customer_id = $customer AND excluded IS NULL AND created_at < $ends_at AND open_until_at >= $ends_at"""

_OPINIONS = """
    SELECT a.source, a.source_id, a.kind, r.score, a.scale_min, a.scale_max,
           COALESCE(p.name, p.email, r.respondent_email) AS person, a.comment, a.touchpoint, a.answered_at,
           COALESCE(a.excluded, a.invalid) AS excluded, r.url
    FROM m_answers AS a
    JOIN survey_responses AS r ON r.source = a.source AND r.source_id = a.source_id
    LEFT JOIN people AS p ON p.person_id = a.person_id
    WHERE a.customer_id = $customer AND (a.answered_at IS NULL OR a.answered_at < $ends_at)
    ORDER BY a.answered_at DESC NULLS LAST, a.source, a.source_id"""

_MILESTONES = """
    SELECT milestone, COUNT(*) AS times, MIN(occurred_at) AS first_at, MAX(occurred_at) AS last_at, excluded
    FROM m_milestones
    WHERE customer_id = $customer AND occurred_at < $ends_at
    GROUP BY milestone, excluded
    ORDER BY first_at, milestone, excluded"""

_LAST_VISIT = """
    SELECT MAX(started_at) FROM m_sessions
    WHERE customer_id = $customer AND excluded IS NULL AND weight > 0 AND started_at < $ends_at"""


@dataclass(frozen=True, slots=True)
class Records:
    """What is stored of one customer up to a day, which is not included, and the instant at which that begins."""

    connection: duckdb.DuckDBPyConnection
    customer_id: str
    ends_on: date
    ends_at: datetime

    def who(self) -> dict[str, Any]:
        """Return what is said of the customer as a whole; one that has no account is known by its id alone."""
        rows = self._rows(_WHO)
        if rows:
            return {**rows[0], "sources": tuple(rows[0]["sources"] or ())}
        nothing = dict.fromkeys(("name", "domain", "country", "industry", "first_seen"))
        return {"customer_id": self.customer_id, **nothing, "is_test": False, "sources": ()}

    def acquired_on(self) -> date | None:
        """Return the day on which it was won."""
        found = self._one(_ACQUIRED)
        return found if isinstance(found, date) else None

    def accounts(self) -> tuple[Account, ...]:
        """Return its accounts."""
        return self._all(Account, _ACCOUNTS)

    def people(self) -> tuple[Person, ...]:
        """Return who works there."""
        return tuple(Person(**{**row, "sources": tuple(row["sources"])}) for row in self._rows(_PEOPLE))

    def contracts(self) -> tuple[Contract, ...]:
        """Return what it pays or paid each month."""
        rows = self._rows(_CONTRACTS)
        return tuple(Contract(**{**row, "ends_on": None if row["ends_on"] == _FAR else row["ends_on"]}) for row in rows)

    def purchases(self) -> tuple[Purchase, ...]:
        """Return what it bought."""
        return self._all(Purchase, _PURCHASES.format(view=views()["purchases"]))

    def tickets(self) -> tuple[Ticket, ...]:
        """Return what it asked for help with."""
        return self._all(Ticket, _TICKETS)

    def unsolved(self) -> int:
        """Return how many tickets were open at the end, as health counts them."""
        return int(self._one(_UNSOLVED) or 0)

    def opinions(self) -> tuple[Opinion, ...]:
        """Return what people there answered."""
        return self._all(Opinion, _OPINIONS)

    def milestones(self) -> tuple[Milestone, ...]:
        """Return the moments that mattered."""
        return self._all(Milestone, _MILESTONES)

    def last_visit_at(self) -> datetime | None:
        """Return when somebody of it was last seen."""
        found = self._one(_LAST_VISIT)
        return found.replace(tzinfo=UTC) if isinstance(found, datetime) else None

    def _all(self, kind: type[_Row], sql: str) -> tuple[_Row, ...]:
        return tuple(kind(**row) for row in self._rows(sql))

    def _one(self, sql: str) -> Any:
        row = self.connection.execute(sql, self._values(sql)).fetchone()
        return row[0] if row else None

    def _rows(self, sql: str) -> list[dict[str, Any]]:
        cursor = self.connection.execute(sql, self._values(sql))
        names = [column[0] for column in cursor.description or ()]
        return [{name: _zoned(each) for name, each in zip(names, row, strict=True)} for row in cursor.fetchall()]

    def _values(self, sql: str) -> dict[str, Any]:
        known = {"customer": self.customer_id, "ends_on": self.ends_on, "ends_at": self.ends_at, "scope": ""}
        return {name: value for name, value in known.items() if f"${name}" in sql}


def _zoned(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
