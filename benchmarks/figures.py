"""KPIs beside SQL written by hand over the same model tables: `python benchmarks/figures.py [TICKETS]`.

The hand has one statement per KPI and says the figure and n, and who waits. The engine says intervals and what was left
out besides. Each is the best of five runs, in CPU seconds, on a connection that is open already.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from latido.metrics import Engine, EngineSettings, refresh
from latido.metrics._run import create_periods
from latido.metrics._statement import Cut, Statement, folded
from latido.warehouse import Warehouse, touch

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

RUNS = 5
SETTINGS = EngineSettings(("support",), ZoneInfo("Europe/Madrid"))
THREE_YEARS_MICROSECONDS = 94_608_000_000_000

ROWS = {
    "accounts": "'a' || i AS source_id, 'acme' || i || '.example' AS domain, i % 500 = 7 AS is_test",
    "contacts": "'c' || i AS source_id, 'p@acme' || i % ({n} // 20) || '.example' AS email, "
    "'a' || i % ({n} // 20) AS account_id",
    "tickets": """'t' || i AS source_id, 'c' || HASH(i) % ({n} // 5) AS contact_id, 'Team ' || HASH(i * 3) % 8 AS team,
        IF(i % 50 = 0, 'open', 'closed') AS status, {at} AS created_at,
        IF(i % 20 = 0, NULL, {at} + TO_SECONDS(CAST(60 + HASH(i + 1) % 200000 AS BIGINT))) AS first_reply_at,
        IF(i % 50 = 0, NULL, {at} + TO_SECONDS(CAST(3600 + HASH(i + 3) % 900000 AS BIGINT))) AS solved_at,
        CAST(HASH(i + 2) % 5 AS BIGINT) AS agent_replies, IF(i % 10 = 0, 1, 0) AS reopens,
        CASE HASH(i * 11) % 4 WHEN 0 THEN 'good' WHEN 1 THEN 'bad' ELSE 'none' END AS csat,
        HASH(i) % 4 <> 0 AS sla_met, i % 200 = 0 AS is_spam""",
    "survey_responses": """'r' || i AS source_id, 'csat' AS kind, CAST(1 + HASH(i) % 5 AS DOUBLE) AS score,
        1.0 AS scale_min, 5.0 AS scale_max, 't' || i AS ticket_id, {at} AS answered_at""",
}
SHARES = {"accounts": 20, "contacts": 5, "tickets": 1, "survey_responses": 3}

_COUNTED = """FROM m_tickets AS t JOIN periods AS p ON t.solved_at >= p.starts_at AND t.solved_at < p.ends_at
              WHERE t.is_solved AND t.excluded IS NULL"""
_REPLIED = """FROM m_tickets AS t JOIN periods AS p ON t.first_reply_at >= p.starts_at AND t.first_reply_at < p.ends_at
              WHERE t.excluded IS NULL"""
_WAITING = """UNION ALL SELECT period_id, NULL, COUNT(*) FROM m_tickets AS t
              JOIN periods AS p ON t.created_at < p.ends_at AND t.waiting_until_at >= p.ends_at
              WHERE t.excluded IS NULL GROUP BY period_id"""
BY_HAND = {
    "csat": """SELECT period_id, AVG(CAST(4 * (score - scale_min) >= 3 * (scale_max - scale_min) AS INTEGER)), COUNT(*)
               FROM m_answers AS a JOIN periods AS p ON a.answered_at >= p.starts_at AND a.answered_at < p.ends_at
               WHERE kind = 'csat' AND excluded IS NULL AND invalid IS NULL GROUP BY period_id""",
    "ticket_csat": f"""SELECT period_id, AVG(CAST(csat = 'good' AS INTEGER)), COUNT(*) {_COUNTED}
                       AND csat IN ('good', 'bad') GROUP BY period_id""",
    "first_response_time": f"""SELECT period_id, MEDIAN(DATE_DIFF('microsecond', created_at, first_reply_at)), COUNT(*)
                               {_REPLIED} GROUP BY period_id {_WAITING}""",
    "average_resolution_time": f"""SELECT period_id, AVG(DATE_DIFF('microsecond', created_at, solved_at)), COUNT(*)
                                   {_COUNTED} GROUP BY period_id""",
    "first_contact_resolution": f"""SELECT period_id, AVG(CAST(agent_replies <= 1 AND reopens = 0 AS INTEGER)), COUNT(*)
                                    {_COUNTED} GROUP BY period_id""",
    "ticket_reopen_rate": f"""SELECT period_id, AVG(CAST(reopens > 0 AS INTEGER)), COUNT(*)
                              {_COUNTED} GROUP BY period_id""",
    "service_quality": f"""SELECT period_id, AVG(CAST(sla_met AS INTEGER)), COUNT(*) {_COUNTED}
                           AND sla_met IS NOT NULL GROUP BY period_id""",
}


def main() -> None:
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with TemporaryDirectory() as folder:
        warehouse = Warehouse(Path(folder) / "latido.duckdb")
        fill(warehouse, tickets)
        print(f"{tickets:,} tickets; model layer {seconds(lambda: refresh(warehouse, SETTINGS)):.2f} s CPU")
        engine = Engine(warehouse, SETTINGS)
        months = engine.series("2023-01", "2025-12", "month")
        print(f"all KPIs × 36 months through the public door {best(lambda: engine.answers((), months)):.3f} s CPU")
        with warehouse.reading() as connection:
            create_periods(connection, months, SETTINGS.time_zone)
            for kpi, by_hand in BY_HAND.items():
                compare(connection, engine, kpi, by_hand)


def fill(warehouse: Warehouse, tickets: int) -> None:
    """Write rows of three years, as many tickets as said."""
    with warehouse.writing() as connection:
        for table, columns in ROWS.items():
            n = tickets // SHARES[table]
            step = THREE_YEARS_MICROSECONDS // n
            at = f"TIMESTAMPTZ '2023-01-01 00:00:00+00' + TO_MICROSECONDS(i * {step})"
            connection.execute(
                f"""INSERT INTO {table} BY NAME SELECT 'support' AS source, false AS is_deleted,
                    {columns.format(n=tickets, at=at)} FROM RANGE({n}) AS r (i)"""
            )
        touch(connection)


def compare(connection: duckdb.DuckDBPyConnection, engine: Engine, kpi: str, by_hand: str) -> None:
    """Print what the engine's statement costs beside the hand's."""
    statement = Statement({}, lambda _kpi: "")
    sql = folded(statement, [engine.ask(kpi)], Cut())
    hand = best(lambda: connection.execute(by_hand).fetchall())
    ours = best(lambda: connection.execute(sql, statement.values).fetchall())
    print(f"{kpi:26} {ours:.3f} s, by hand {hand:.3f} s: {ours / hand:.1f} ×")


def best(run: Callable[[], Any]) -> float:
    return min(seconds(run) for _run in range(RUNS))


def seconds(run: Callable[[], Any]) -> float:
    """Return the CPU seconds of this process that *run* takes, all threads together."""
    began = time.process_time()
    run()
    return time.process_time() - began


if __name__ == "__main__":
    main()
