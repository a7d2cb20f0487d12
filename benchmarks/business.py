"""A business of the size that the figures are promised for: `python benchmarks/business.py FOLDER [ACCOUNTS]`.

Writes a project with a warehouse into FOLDER, its model layer built, for the benchmarks that measure on one: 500,000
accounts of four sources, 1,000,000 deals, 1,250,000 contracts, 5,000,000 tickets and 2,000,000 answers over the three
years from 2023 on, and what else any KPI counts. With fewer accounts there is less of everything.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from identity import fill as fill_accounts

from latido.config import Project
from latido.metrics import EngineSettings, refresh
from latido.warehouse import Warehouse, touch

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

ACCOUNTS = 500_000
FIRST_MONTH, LAST_MONTH = "2023-01", "2025-12"
MICROSECONDS = 94_694_400_000_000
"""How long the three years are."""

PROJECT = """
[latido]
warehouse = "latido.duckdb"
timezone = "Europe/Madrid"
currency = "EUR"

[metrics]
gross_margin = 0.8

[schedules.desk]
monday = ["09:00-18:00"]
tuesday = ["09:00-18:00"]
wednesday = ["09:00-18:00"]
thursday = ["09:00-18:00"]
friday = ["09:00-14:00"]

[sources.billing]
connector = "files"
path = "."

[sources.crm]
connector = "files"
path = "."

[sources.desk]
connector = "files"
path = "."

[sources.portal]
connector = "files"
path = "."
"""

ROWS_PER_ACCOUNT: Mapping[str, float] = {
    "contacts": 1,
    "deals": 2,
    "contracts": 2.5,
    "tickets": 10,
    "ticket_events": 0.5,
    "survey_responses": 4,
    "survey_invitations": 0.5,
    "web_sessions": 2,
    "carts": 0.4,
    "milestones": 1.5,
}

BY_CHANCE = ("tickets", "ticket_events", "survey_responses", "web_sessions")
"""Whose row i belongs to whatever account; elsewhere it is number i % accounts."""

# `a` is the account of row i: its number n, source, source_id, and employees, the number of its customer. The two or
# three contracts of an account overlap, follow each other or leave a gap.
_COLUMNS: Mapping[str, str] = {
    "contacts": """'c' || i AS source_id, a.source_id AS account_id, 'Person ' || a.employees AS name,
        'person@acme' || a.employees || '.example' AS email""",
    "deals": """'d' || i AS source_id, a.source_id AS account_id, 'u' || HASH(i) % 200 AS owner_id,
        'pipeline ' || HASH(i * 3) % 4 AS pipeline,
        CASE WHEN i % 20 < 11 THEN 'won' WHEN i % 20 < 17 THEN 'lost' ELSE 'open' END AS status,
        CAST(100 + HASH(i * 5) % 20000 AS DECIMAL(18,4)) AS amount, {currency} AS currency, {at} AS created_at,
        CASE WHEN i % 20 < 17 THEN CAST({at} AS DATE) + CAST(HASH(i) % 60 AS INTEGER) END AS close_date,
        CASE WHEN i % 20 = 7 THEN CAST(10 + HASH(i * 7) % 300 AS DECIMAL(18,6)) END AS recurring_monthly_amount,
        CASE WHEN i % 20 = 7 THEN CAST({at} AS DATE) END AS contract_start,
        CASE WHEN i % 20 = 7 THEN CAST({at} AS DATE) + CAST(90 + HASH(i * 11) % 600 AS INTEGER) END AS contract_end,
        CASE WHEN i % 50 = 0 THEN 'D' || i // 100 END AS external_id, {at} AS updated_at,
        ['new', 'expansion', 'renewal'][1 + CAST(HASH(i * 13) % 3 AS INTEGER)] AS deal_class""",
    "contracts": """'k' || i AS source_id, a.source_id AS account_id,
        CASE WHEN i % 4 = 0 THEN 'd' || i % {accounts} END AS deal_id, 'product ' || HASH(i) % 12 AS product,
        'active' AS status, CAST(20 + HASH(i * 17) % 900 AS DECIMAL(18,6)) AS recurring_monthly_amount,
        {currency} AS currency, {first_day} + CAST({starts} AS INTEGER) AS starts_on,
        CASE WHEN HASH(i * 19) % 5 > 0 THEN {first_day} + CAST({starts} + 90 + HASH(i * 23) % 700 AS INTEGER) END
            AS ends_on,
        {first_day} + CAST({starts} AS INTEGER) - CAST(HASH(i * 29) % 20 AS INTEGER) AS booked_on""",
    "tickets": """'t' || i AS source_id, a.source_id AS account_id,
        CASE WHEN i % 3 = 0 THEN 'c' || a.n END AS contact_id, 'u' || HASH(i * 3) % 200 AS assignee_id,
        ['email', 'chat', 'phone', 'web'][1 + CAST(HASH(i * 5) % 4 AS INTEGER)] AS channel,
        ['low', 'normal', 'high'][1 + CAST(HASH(i * 7) % 3 AS INTEGER)] AS priority,
        CASE WHEN i % 50 = 0 THEN 'open' ELSE 'closed' END AS status, {at} AS created_at,
        CASE WHEN i % 20 > 0 THEN {at} + TO_SECONDS(CAST(60 + HASH(i + 1) % 200000 AS BIGINT)) END AS first_reply_at,
        CASE WHEN i % 50 > 0 THEN {at} + TO_SECONDS(CAST(3600 + HASH(i + 3) % 900000 AS BIGINT)) END AS solved_at,
        CAST(HASH(i + 2) % 5 AS BIGINT) AS agent_replies, CASE WHEN i % 10 = 1 THEN 1 ELSE 0 END AS reopens,
        ['good', 'bad', 'none', 'none'][1 + CAST(HASH(i * 11) % 4 AS INTEGER)] AS csat,
        HASH(i) % 4 <> 0 AS sla_met, i % 200 = 1 AS is_spam""",
    "ticket_events": """'e' || i AS source_id, 't' || i % {accounts} AS ticket_id, 'reply' AS kind,
        'agent' AS actor_role, true AS public, {at} AS occurred_at""",
    "survey_responses": """'r' || i AS source_id, a.source_id AS account_id,
        CASE WHEN i % 10 > 0 THEN 'c' || a.n END AS contact_id,
        CASE WHEN i % 10 < 4 THEN 'nps' WHEN i % 10 < 8 THEN 'csat' ELSE 'ces' END AS kind, 's' || i % 10 AS survey_id,
        CASE WHEN i % 100 = 1 THEN NULL
             WHEN i % 10 < 4 THEN CAST(LEAST(10, HASH(i) % 13) AS DOUBLE)
             WHEN i % 10 < 8 THEN CAST(1 + HASH(i) % 5 AS DOUBLE) ELSE CAST(1 + HASH(i) % 7 AS DOUBLE) END AS score,
        CASE WHEN i % 10 < 4 AND i % 100 <> 2 THEN 0 ELSE 1 END AS scale_min,
        CASE WHEN i % 100 = 2 THEN 5 WHEN i % 10 < 4 THEN 10 WHEN i % 10 < 8 THEN 5 ELSE 7 END AS scale_max,
        CASE WHEN HASH(i * 3) % 3 = 0 THEN 'Said so.' END AS comment,
        CASE WHEN i % 10 BETWEEN 4 AND 7 THEN 't' || i END AS ticket_id, {at} AS answered_at""",
    "survey_invitations": """'i' || i AS source_id, a.source_id AS account_id, 'nps' AS kind, 's1' AS survey_id,
        {at} AS sent_at, i % 30 > 0 AS delivered,
        CASE WHEN HASH(i) % 4 = 0 THEN {at} + TO_HOURS(CAST(HASH(i * 3) % 200 AS BIGINT)) END AS responded_at""",
    "web_sessions": """'w' || i AS source_id, a.source_id AS account_id,
        CASE WHEN i % 10 > 0 THEN 'v' || HASH(i * 3) % {n} END AS visitor_id, {at} AS started_at,
        ['(direct)', 'google', 'newsletter'][1 + CAST(HASH(i) % 3 AS INTEGER)] AS traffic_source,
        ['(none)', 'organic', 'email'][1 + CAST(HASH(i) % 3 AS INTEGER)] AS traffic_medium,
        1 + HASH(i * 5) % 12 AS pageviews, CASE WHEN HASH(i * 7) % 20 = 0 THEN 1 END AS conversions""",
    "carts": """'b' || i AS source_id, a.source_id AS account_id, {at} AS created_at,
        CASE WHEN HASH(i) % 3 = 0 THEN {at} + TO_MINUTES(CAST(HASH(i * 3) % 2000 AS BIGINT)) END AS completed_at,
        HASH(i * 5) % 6 AS item_count""",
    "milestones": """'m' || i AS source_id, a.source_id AS account_id,
        CASE WHEN i < {accounts} THEN 'signup' ELSE 'first_value' END AS milestone,
        TIMESTAMPTZ '2022-01-01 00:00:00+00' + TO_HOURS(CAST(HASH(a.n) % 30000 + HASH(i) % 1500 AS BIGINT))
            AS occurred_at""",
}

_WITHOUT_ACCOUNT: Mapping[str, str] = {
    "users": """SELECT s.source, 'u' || i AS source_id, 'Agent ' || i AS name, 'Team ' || i % 8 AS team
        FROM RANGE(200) AS r (i) CROSS JOIN (SELECT DISTINCT source FROM accounts) AS s""",
    "marketing_spend": """SELECT 'crm' AS source, 'x' || i AS source_id, DATE '2023-01-01' + CAST(i // 4 AS INTEGER)
            AS spend_date,
        CASE WHEN i % 40 = 0 THEN DATE '2023-01-01' + CAST(i // 4 + 30 AS INTEGER) END AS spend_end,
        CAST(500 + HASH(i) % 4000 AS DECIMAL(18,4)) AS amount, 'EUR' AS currency,
        CASE WHEN i % 2 = 0 THEN 'marketing' ELSE 'sales' END AS category
        FROM RANGE(4 * 1096) AS r (i)""",
    "fx_rates": """SELECT 'billing' AS source, c.currency || i AS source_id, c.currency, 'EUR' AS base,
        CAST(DATE '2020-01-01' + TO_MONTHS(CAST(i AS INTEGER)) AS DATE) AS rate_date,
        CAST(c.rate + (HASH(i) % 100) / 2000 AS DECIMAL(20,12)) AS rate, 'the bank' AS provider
        FROM RANGE(72) AS r (i) CROSS JOIN (VALUES ('USD', 0.9), ('GBP', 1.1)) AS c (currency, rate)""",
}


def main() -> None:
    folder, accounts = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else ACCOUNTS
    project = written(folder)
    warehouse = Warehouse(project.warehouse_path, memory_limit="1GB")
    began, worked = time.perf_counter(), time.process_time()
    fill(warehouse, accounts)
    filled, worked_so_far = time.perf_counter(), time.process_time()
    print(f"rows written in {filled - began:.0f} s, {worked_so_far - worked:.0f} s CPU")
    refresh(warehouse, EngineSettings.of(project))
    print(f"model layer built in {time.perf_counter() - filled:.0f} s, {time.process_time() - worked_so_far:.0f} s CPU")


def written(folder: Path) -> Project:
    """Return the project in *folder*, writing its settings there first."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "latido.toml").write_text(PROJECT)
    return Project.load(folder)


def fill(warehouse: Warehouse, accounts: int = ACCOUNTS) -> None:
    """Write about as many *accounts* as said into an empty *warehouse*, with all that belongs to them."""
    fill_accounts(warehouse, accounts)
    with warehouse.writing() as connection:
        connection.execute(
            """CREATE TEMP TABLE numbered AS
               SELECT ROW_NUMBER() OVER (ORDER BY HASH(source_id), source) - 1 AS n, source, source_id, employees
               FROM accounts"""
        )
        ((known,),) = connection.execute("SELECT COUNT(*) FROM numbered").fetchall()
        connection.execute(
            """UPDATE accounts SET created_at = TIMESTAMPTZ '2022-01-01 00:00:00+00'
                                                + TO_HOURS(CAST(HASH(source_id) % 34000 AS BIGINT))"""
        )
        for table, select in _WITHOUT_ACCOUNT.items():
            _insert(connection, table, select)
        for table in ROWS_PER_ACCOUNT:
            _insert(connection, table, _rows(table, known))
        touch(connection)


def _rows(table: str, accounts: int) -> str:
    """Return the SELECT of the rows of *table*, each with the source of its account."""
    n = round(ROWS_PER_ACCOUNT[table] * accounts)
    columns = _COLUMNS[table].format(
        n=n,
        accounts=accounts,
        at=f"(TIMESTAMPTZ '2022-12-31 23:00:00+00' + TO_MICROSECONDS(i * {MICROSECONDS // n}))",
        first_day="DATE '2021-01-01'",
        starts=f"(HASH(a.n) % 1700 + i // {accounts} * (300 + HASH(a.n * 31) % 300))",
        currency="CASE WHEN i % 20 = 3 THEN 'USD' WHEN i % 50 = 4 THEN 'GBP' ELSE 'EUR' END",
    )
    number = f"HASH(i + 7) % {accounts}" if table in BY_CHANCE else f"i % {accounts}"
    return f"SELECT a.source, {columns} FROM RANGE({n}) AS r (i) JOIN numbered AS a ON a.n = {number}"


def _insert(connection: duckdb.DuckDBPyConnection, table: str, select: str) -> None:
    connection.execute(
        f"""INSERT INTO {table} BY NAME
            SELECT false AS is_deleted, NEXTVAL('_latido_seq') AS seq, rows.* FROM ({select}) AS rows"""
    )


if __name__ == "__main__":
    main()
