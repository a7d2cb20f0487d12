"""A first sync of tickets in a CSV and in a Parquet file, one with nothing new, and one with a file that changed.

`python benchmarks/files_sync.py [--tickets 1000000] [--kinds csv parquet ndjson]`
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from measuring import LATIDO, PYTHON, Cost, cost

SETTINGS = """
[latido]
warehouse = "latido.duckdb"
timezone = "Europe/Madrid"
currency = "EUR"

[sources.desk]
connector = "files"
path = "files"
"""
FORMS = {"csv": "FORMAT csv", "parquet": "FORMAT parquet", "ndjson": "FORMAT json"}
TICKETS = """
    SELECT 'T' || i AS source_id,
        'Request ' || i || ': ' || ['the invoice is wrong', 'how do I sign in', 'export fails', 'a question'][i % 4 + 1]
            AS subject,
        'A' || i % 20000 AS account_id, 'C' || i % 90000 AS contact_id,
        'person' || i % 90000 || '@customer' || i % 20000 || '.example' AS requester_email,
        'U' || i % 40 AS assignee_id, ['Support', 'Billing', 'Success'][i % 3 + 1] AS team,
        ['New', 'Open', 'Pending', 'On hold', 'Solved', 'Closed'][i % 6 + 1] AS status,
        ['low', 'normal', 'high', 'urgent'][i % 4 + 1] AS priority, 'question' AS type,
        ['email', 'chat', 'web', 'phone'][i % 4 + 1] AS channel, i % 50 = 0 AS created_by_agent,
        created_at, created_at + INTERVAL 3 DAY AS updated_at, created_at + INTERVAL 2 HOUR AS first_reply_at,
        i % 9 AS agent_replies, i % 7 AS requester_replies, i % 11 // 10 AS reopens,
        CASE WHEN i % 6 > 3 THEN created_at + INTERVAL 2 DAY END AS solved_at,
        CASE WHEN i % 6 > 4 THEN created_at + INTERVAL 3 DAY END AS closed_at,
        CASE WHEN i % 5 = 0 THEN ['good', 'bad'][i % 2 + 1] END AS csat,
        CASE WHEN i % 5 = 0 THEN i % 5 + 0.5 END AS csat_score,
        CASE WHEN i % 3 > 0 THEN i % 3 = 1 END AS sla_met, i % 97 = 0 AS is_spam,
        CASE WHEN i % 4 = 0 THEN 'vip;renewal' WHEN i % 4 = 1 THEN 'beta' END AS tags,
        ['red', 'green', NULL][i % 3 + 1] AS "Favourite Colour", i % 1000 AS "Seats"
    FROM (SELECT i, TIMESTAMPTZ '2023-01-01 08:00:00+00' + INTERVAL (i % 1000000) MINUTE AS created_at
          FROM RANGE({tickets}) AS r(i))
    ORDER BY i"""


WRITER = """
import sys, duckdb
duckdb.execute("SET TimeZone = 'UTC'")
duckdb.execute(sys.argv[1])
"""


def main() -> None:
    asked = _asked()
    print(f"{asked.tickets:,} tickets")
    for kind in asked.kinds:
        with tempfile.TemporaryDirectory() as folder:
            file = prepared(Path(folder), kind, asked.tickets)
            print(f"{kind:10}{file.stat().st_size / 1e6:,.0f} MB")
            first = sync(folder)
            print(f"  first sync       {first}: {asked.tickets / first.seconds:,.0f} rows/s")
            print(f"  nothing changed  {sync(folder)}")
            os.utime(file)
            print(f"  written again    {sync(folder)}")


def prepared(folder: Path, kind: str, tickets: int) -> Path:
    """Write a project with one file, as a program that knows nothing of Latido would."""
    (folder / "latido.toml").write_text(SETTINGS)
    file = folder / "files" / f"tickets.{kind}"
    file.parent.mkdir()
    copied = f"COPY ({TICKETS.format(tickets=tickets)}) TO '{file}' ({FORMS[kind]})"
    cost([PYTHON, "-c", WRITER, copied])  # a process that grows would count among those that it begins
    return file


def sync(folder: str) -> Cost:
    """Return what `latido sync` costs, the model layer included."""
    return cost([LATIDO, "--project", folder, "sync"])


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--kinds", nargs="+", choices=FORMS, default=["csv", "parquet", "ndjson"])
    return parser.parse_args()


if __name__ == "__main__":
    main()
