"""Unifying 500,000 accounts of four sources: `python benchmarks/identity.py [ACCOUNTS]`.

Some 15% of the customers are in two sources or more, spelled otherwise in each. Measured are the first time, a time
with nothing new, one after 1% of the accounts changed, and one of them all anew; and how much of the truth was found.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from latido import identity
from latido.warehouse import Warehouse, meta, put_meta, touch

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCES = ("billing", "crm", "desk", "portal")
ACCOUNTS_PER_CUSTOMER = 1.23

# Customer i is in source i % 4, and 15 of 100 in up to three more. A desk has keys, a CRM domains, a portal websites,
# billing tax ids; of every 50 customers one has a mailbox of free mail, and one shares its domain with the next.
_ACCOUNTS = """
    INSERT INTO accounts BY NAME
    WITH customers AS (
        SELECT i, HASH(i) % 100 AS luck, HASH(i * 7) % 100 AS domain_luck,
               'acme' || IF(i % 50 = 1, i - 1, i) || '.example' AS domain
        FROM RANGE({customers}) AS r (i)
    ), present AS (
        SELECT c.i, c.luck, c.domain, c.domain_luck, (c.i + s.j) % 4 AS place
        FROM customers AS c
        JOIN RANGE(4) AS s (j) ON s.j = 0 OR (c.luck < 15 AND s.j = 1) OR (c.luck < 6 AND s.j = 2)
                               OR (c.luck < 2 AND s.j = 3)
    )
    SELECT CASE place WHEN 0 THEN 'billing' WHEN 1 THEN 'crm' WHEN 2 THEN 'desk' ELSE 'portal' END AS source,
           place || '00000000' || i AS source_id,
           IF(place = 0, UPPER('acme' || i), 'Acme' || i || ' S.L.') AS name,
           CASE WHEN place = 1 THEN domain WHEN place = 2 THEN 'Mail.' || domain
                WHEN place = 0 AND domain_luck < 2 THEN 'gmail.com' END AS domain,
           IF(place IN (0, 3), 'https://www.' || domain || '/es', NULL) AS website,
           CASE WHEN place = 0 THEN 'ESB' || (10000000 + i)
                WHEN domain_luck < 70 OR i % 50 < 2 THEN 'B-' || (10000000 + i) END AS tax_id,
           IF(place = 2 AND i % 3 = 0, 'C-' || i, NULL) AS external_id,
           'ES' AS country, IF(i % 500 = 7, true, NULL) AS is_test, false AS is_deleted, i AS employees,
           NEXTVAL('_latido_seq') AS seq
    FROM present"""


def fill(warehouse: Warehouse, accounts: int = 500_000) -> None:
    """Write about as many *accounts* as said; `employees` is the number of the customer that each belongs to."""
    with warehouse.writing() as connection:
        connection.execute(_ACCOUNTS.format(customers=round(accounts / ACCOUNTS_PER_CUSTOMER)))
        touch(connection)


def change(warehouse: Warehouse) -> None:
    """Let one customer in a hundred move to another domain, with all its accounts, whose tax ids are lost."""
    with warehouse.writing() as connection:
        connection.execute(
            """UPDATE accounts SET domain = 'moved-' || employees || '.example', website = NULL, tax_id = NULL,
               seq = NEXTVAL('_latido_seq') WHERE employees % 100 = 3"""
        )
        touch(connection)


def main() -> None:
    accounts = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    with TemporaryDirectory() as folder:
        warehouse = Warehouse(Path(folder) / "latido.duckdb")
        fill(warehouse, accounts)
        measure("from scratch", lambda: identity.refresh(warehouse, SOURCES))
        print(found(warehouse))
        measure("nothing new", lambda: identity.refresh(warehouse, SOURCES))
        change(warehouse)
        measure("1% changed", lambda: identity.refresh(warehouse, SOURCES))
        print(found(warehouse))
        before = groups(warehouse)
        with warehouse.writing() as connection:
            put_meta(connection, "identity_version", "")
        measure("all anew", lambda: identity.refresh(warehouse, SOURCES))
        print(f"the same customers as before: {before == groups(warehouse)}")


def measure(situation: str, run: Callable[[], object]) -> None:
    began, worked = time.perf_counter(), time.process_time()
    changed = run()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    print(f"{situation:14}{seconds:.2f} s, {cpu:.2f} s CPU, at most {peak:.0f} MB so far; {changed}")


def found(warehouse: Warehouse) -> str:
    """Return how many pairs of accounts were joined, how many of them rightly, and how many there are to join."""
    with warehouse.reading() as connection:
        ((accounts, customers),) = connection.execute(
            "SELECT COUNT(*), COUNT(DISTINCT customer_id) FROM account_links"
        ).fetchall()
        joined, right, true = (
            connection.execute(
                f"""SELECT CAST(SUM(n * (n - 1) / 2) AS BIGINT) FROM (
                    SELECT COUNT(*) AS n FROM accounts JOIN account_links USING (source, source_id) GROUP BY {by})"""
            ).fetchall()[0][0]
            for by in ("customer_id", "customer_id, employees", "employees")
        )
    return f"{accounts:,} accounts, {customers:,} customers; precision {right / joined:.4f}, recall {right / true:.4f}"


def groups(warehouse: Warehouse) -> list[tuple[str, str, str]]:
    with warehouse.reading() as connection:
        assert meta(connection, "identity_version")
        return connection.execute("SELECT source, source_id, customer_id FROM account_links ORDER BY ALL").fetchall()


if __name__ == "__main__":
    main()
