"""The whole catalogue at size: `python benchmarks/catalogue.py [FOLDER]`.

FOLDER holds what `benchmarks/business.py FOLDER` made up; without one, a business of that size is made up first. Each
figure stands beside the one that was asked. What is written by hand reads the same tables of the model layer, and where
it says something else, that is printed.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from math import isclose
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from business import FIRST_MONTH, LAST_MONTH, fill, written
from measuring import LATIDO, PYTHON, cost

from latido.metrics import Engine, EngineSettings, refresh
from latido.metrics._run import create_periods
from latido.warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Callable

    from latido.metrics import Period

RUNS = 3
ONE_MONTH = ("nps", "csat", "first_response_time", "mrr_movements", "clv_formula", "customer_health_score")
SEVEN = (
    "nps",
    "csat",
    "first_contact_resolution",
    "average_resolution_time",
    "mrr_movements",
    "customer_churn_rate",
    "clv_formula",
)

_SOLVED = """FROM m_tickets AS t
    JOIN period_days AS p ON p.day = t.solved_on AND t.solved_on >= p.starts_on AND t.solved_on < p.ends_on
    WHERE t.is_solved AND t.excluded IS NULL"""
_PURCHASES = """purchases AS (
    SELECT customer_id, closed_on, value FROM m_deals
    WHERE status = 'won' AND amount > 0 AND closed_on IS NOT NULL AND excluded IS NULL)"""
BY_HAND = (
    """SELECT period_id, 'nps', 100.0 * (COUNT(*) FILTER (score >= 9) - COUNT(*) FILTER (score < 7)) / COUNT(*)
       FROM (SELECT p.period_id, a.person_id, ARG_MAX(a.score, (a.answered_at, a.answer_key)) AS score
             FROM m_answers AS a
             JOIN period_days AS p
               ON p.day = a.answered_on AND a.answered_on >= p.starts_on AND a.answered_on < p.ends_on
             WHERE a.kind = 'nps' AND a.excluded IS NULL AND a.invalid IS NULL AND a.scale_max = 10
               AND a.scale_min IN (0, 1)
             GROUP BY ALL)
       GROUP BY ALL""",
    """SELECT period_id, 'csat', AVG(CAST(4 * (score - scale_min) >= 3 * (scale_max - scale_min) AS INTEGER))
       FROM m_answers AS a
       JOIN period_days AS p ON p.day = a.answered_on AND a.answered_on >= p.starts_on AND a.answered_on < p.ends_on
       WHERE kind = 'csat' AND excluded IS NULL AND invalid IS NULL GROUP BY ALL""",
    f"""SELECT period_id, 'first_contact_resolution', AVG(CAST(agent_replies <= 1 AND reopens = 0 AS INTEGER)) {_SOLVED}
        AND agent_replies IS NOT NULL AND reopens IS NOT NULL GROUP BY ALL""",
    f"""SELECT period_id, 'average_resolution_time', AVG(DATE_DIFF('microsecond', created_at, solved_at)) / 3.6e9
        {_SOLVED} AND solved_at >= created_at GROUP BY ALL""",
    # Opening and closing of whom nothing changed are the same: only the others have to be looked at one by one.
    """WITH changed AS (
           SELECT p.period_id, s.customer_id, MAX(s.first_on < p.starts_on) AS known,
                  SUM(s.amount) FILTER (s.starts_on < p.starts_on) AS opening,
                  SUM(s.amount) FILTER (s.until_on >= p.ends_on) AS closing
           FROM m_segments AS s JOIN periods AS p ON s.starts_on < p.ends_on AND s.until_on >= p.starts_on
           WHERE s.scope = '' AND (s.starts_on >= p.starts_on OR s.until_on < p.ends_on)
           GROUP BY ALL
       ), unchanged AS (
           SELECT p.period_id, COUNT(*) AS customers, SUM(s.amount) AS amount
           FROM m_segments AS s JOIN periods AS p ON s.starts_on < p.starts_on AND s.until_on >= p.ends_on
           WHERE s.scope = '' GROUP BY ALL
       )
       SELECT period_id, UNNEST(['opening', 'closing', 'new', 'reactivation', 'expansion', 'contraction', 'churn',
                                 'mrr_movements', 'customer_churn_rate']), UNNEST(amounts)
       FROM (SELECT period_id, [CAST(COALESCE(SUM(opening), 0) + ANY_VALUE(amount) AS DOUBLE),
                                CAST(COALESCE(SUM(closing), 0) + ANY_VALUE(amount) AS DOUBLE),
                                CAST(SUM(closing) FILTER (opening IS NULL AND NOT known) AS DOUBLE),
                                CAST(SUM(closing) FILTER (opening IS NULL AND known) AS DOUBLE),
                                CAST(SUM(closing - opening) FILTER (closing > opening) AS DOUBLE),
                                CAST(SUM(opening - closing) FILTER (closing < opening) AS DOUBLE),
                                CAST(SUM(opening) FILTER (closing IS NULL) AS DOUBLE),
                                CAST(COALESCE(SUM(closing), 0) - COALESCE(SUM(opening), 0) AS DOUBLE),
                                COUNT(*) FILTER (opening IS NOT NULL AND closing IS NULL)
                                / (COUNT(opening) + ANY_VALUE(customers))] AS amounts
             FROM changed JOIN unchanged USING (period_id)
             GROUP BY period_id)""",
    f"""WITH {_PURCHASES}, bought AS (
            SELECT p.period_id, ANY_VALUE(p.days) AS days, SUM(value) / COUNT(*) AS average,
                   COUNT(*) AS n, COUNT(DISTINCT customer_id) AS buyers
            FROM purchases
            JOIN period_days AS p ON p.day = closed_on AND closed_on >= p.starts_on AND closed_on < p.ends_on
            GROUP BY ALL
        ), lives AS (
            SELECT customer_id, MIN(closed_on) AS first_on, COALESCE(ANY_VALUE(until_on), DATE '9999-01-01') AS until_on
            FROM purchases
            LEFT JOIN (SELECT customer_id, MAX(until_on) AS until_on FROM m_contracts WHERE excluded IS NULL GROUP BY 1)
                USING (customer_id)
            GROUP BY 1
        ), lasted AS (
            SELECT p.period_id,
                   AVG(GREATEST(DATE_DIFF('day', first_on, LEAST(until_on, p.ends_on)), 0)) / 365.25 AS years
            FROM lives JOIN periods AS p ON first_on < p.ends_on GROUP BY 1
        )
        SELECT period_id, 'clv_formula', average * (n * 365.25 / (buyers * days)) * years
        FROM bought JOIN lasted USING (period_id)""",
)


@dataclass(frozen=True, slots=True)
class Spent:
    """What something took: seconds, and CPU seconds of all threads together."""

    seconds: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s, {self.cpu:.2f} s CPU"


def main() -> None:
    if "--whole" in sys.argv:
        print(measured(lambda: len(engine(Path(sys.argv[1])).answers((), months(Path(sys.argv[1]))))))
    elif len(sys.argv) > 1:
        report(Path(sys.argv[1]))
    else:
        with TemporaryDirectory() as folder:
            project = written(Path(folder))
            warehouse = Warehouse(project.warehouse_path, memory_limit="1GB")
            fill(warehouse)
            refresh(warehouse, EngineSettings.of(project))
            report(Path(folder))


def report(folder: Path) -> None:
    """Print every figure of the business in *folder*."""
    whole = cost([PYTHON, __file__, str(folder), "--whole"])
    print(f"the whole catalogue × 36 months: {whole.output.strip()} (asked: 30 s)")
    print(f"    peak memory of that process: {whole.peak_megabytes:.0f} MB (asked: 2,048 MB)")
    compare(folder)
    for kpi in ONE_MONTH:
        command = [LATIDO, "--project", str(folder), "kpis", kpi, "--period", LAST_MONTH]
        subprocess.run(command, check=True, capture_output=True)
        spent = cost(command)
        print(f"{kpi} of one month, in a fresh process: {Spent(spent.seconds, spent.cpu_seconds)} (asked: 1 s)")


def compare(folder: Path) -> None:
    """Print what seven KPIs cost together beside SQL by hand, and where both differ."""
    figures, periods = engine(folder), months(folder)
    ours, answers = best(lambda: figures.answers(SEVEN, periods))
    with figures.warehouse.reading() as connection:
        create_periods(connection, periods, figures.settings.time_zone)
        theirs, rows = best(lambda: [row for sql in BY_HAND for row in connection.execute(sql).fetchall()])
    print(f"seven KPIs × 36 months: {ours}; by hand {theirs}: {ours.cpu / theirs.cpu:.1f} × (asked: 1.5 ×)")
    found = {(number, kpi): value for number, kpi, value in rows}
    for answer in answers:
        for name, value in {answer.kpi: answer.value, **answer.parts}.items():
            by_hand = found.get((periods.index(answer.period), name), value)
            if not isclose(float(value or 0), float(by_hand or 0), rel_tol=1e-9, abs_tol=1e-9):
                print(f"    {name} of {answer.period.starts_on}: {value}, by hand {by_hand}")


def engine(folder: Path) -> Engine:
    project = written(folder)
    return Engine(Warehouse(project.warehouse_path), EngineSettings.of(project))


def months(folder: Path) -> list[Period]:
    return engine(folder).series(FIRST_MONTH, LAST_MONTH, "month")


def best(run: Callable[[], list[Any]]) -> tuple[Spent, list[Any]]:
    """Return what the cheapest of some runs took, and what came out."""
    found: list[Any] = []
    spent = min((measured(lambda: found.__setitem__(slice(None), run())) for _run in range(RUNS)), key=lambda s: s.cpu)
    return spent, found


def measured(run: Callable[[], object]) -> Spent:
    began, worked = time.perf_counter(), time.process_time()
    run()
    return Spent(time.perf_counter() - began, time.process_time() - worked)


if __name__ == "__main__":
    main()
