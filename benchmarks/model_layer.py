"""The model layer of 500,000 accounts and what belongs to them: `python benchmarks/model_layer.py FOLDER [ACCOUNTS]`.

Writes the business of `business.py` into FOLDER, unless it has one. Measured are identity and the model layer, each by
itself: with everything to build, with nothing new, and some times after 1% of the rows of every table changed; beside
them how much of a layer that was built anew is the same.
"""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from business import ACCOUNTS, fill, written

from latido import identity
from latido.metrics import EngineSettings, refresh
from latido.metrics.model import STEPS
from latido.warehouse import Warehouse, meta, put_meta, touch

if TYPE_CHECKING:
    from collections.abc import Mapping

CHANGES: Mapping[str, str] = {
    "accounts": "website = 'www.moved-{turn}-' || employees || '.example'",
    "contacts": "email = 'moved-{turn}-' || source_id || '@acme.example'",
    "deals": "amount = amount + 1",
    "contracts": "recurring_monthly_amount = recurring_monthly_amount + 1",
    "tickets": "status = 'closed', solved_at = COALESCE(solved_at, created_at) + INTERVAL 3 DAY",
    "ticket_events": "public = NOT public",
    "survey_responses": "score = 5 - score",
    "survey_invitations": "delivered = NOT delivered",
    "web_sessions": "pageviews = pageviews + 1",
    "carts": "item_count = item_count + 1",
    "milestones": "occurred_at = occurred_at + INTERVAL 1 DAY",
}
"""What becomes of one row in a hundred, wherever in its table it is; something else each turn."""

TURN = "benchmark_turn"


def main() -> None:
    folder, accounts = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else ACCOUNTS
    project = written(folder)
    settings = EngineSettings.of(project)
    warehouse = Warehouse(project.warehouse_path, memory_limit=project.latido.memory_limit)
    if not warehouse.path.exists():
        fill(warehouse, accounts)
    forget(warehouse)
    measure("from scratch", warehouse, settings)
    measure("nothing new", warehouse, settings)
    turns = last_turn(warehouse) + 1
    for turn in range(turns, turns + 3):
        change(warehouse, turn)
        measure("1% changed", warehouse, settings)
    renewed = sums(warehouse)
    with warehouse.writing() as connection:
        put_meta(connection, "model_version", "")
    measure("built again", warehouse, settings)
    built = sums(warehouse)
    print("the same, renewed or built:", {table: built[table] == renewed[table] for table in built})


def forget(warehouse: Warehouse) -> None:
    """Let nothing be derived of the rows as yet."""
    with warehouse.writing() as connection:
        for table in ("_latido_moved", "_latido_keys", "_latido_hosts", "account_links", "contact_links"):
            connection.execute(f"DELETE FROM {table}")
        for key in ("model_version", "identity_version"):
            put_meta(connection, key, "")


def last_turn(warehouse: Warehouse) -> int:
    """Return how often rows were changed already, by this run or one before."""
    with warehouse.reading() as connection:
        return int(meta(connection, TURN) or 0)


def change(warehouse: Warehouse, turn: int) -> None:
    """Change one row in a hundred of every table, others each *turn*."""
    with warehouse.writing() as connection:
        connection.execute("BEGIN")
        for table, what in CHANGES.items():
            connection.execute(
                f"""UPDATE {table} SET {what.format(turn=turn)}, seq = NEXTVAL('_latido_seq')
                    WHERE HASH(source_id) % 100 = {turn} % 100"""
            )
        touch(connection)
        put_meta(connection, TURN, str(turn))
        connection.execute("COMMIT")


def measure(situation: str, warehouse: Warehouse, settings: EngineSettings) -> None:
    """Print what a refresh takes, the identity in it by itself; the commit of both counts with the model layer."""
    unify, spent = identity.unify, Spent()

    def watched(*given: Any) -> identity.Relinked:
        with spent:
            return unify(*given)

    whole = Spent()
    with patch.object(identity, "unify", watched), whole:
        refresh(warehouse, settings)
    report(f"{situation}, identity", spent.seconds, spent.cpu)
    report(f"{situation}, model layer", whole.seconds - spent.seconds, whole.cpu - spent.cpu)


@dataclass
class Spent:
    """The time of everything that was run within."""

    seconds: float = 0
    cpu: float = 0

    def __enter__(self) -> None:
        self.seconds -= time.perf_counter()
        self.cpu -= time.process_time()

    def __exit__(self, *_error: object) -> None:
        self.seconds += time.perf_counter()
        self.cpu += time.process_time()


def report(what: str, seconds: float, cpu: float) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:26}{seconds:7.2f} s, {cpu:7.2f} s CPU, at most {peak:.0f} MB so far", flush=True)


def sums(warehouse: Warehouse) -> dict[str, tuple[int, int]]:
    """Return what tells one state of each table from another."""
    with warehouse.reading() as connection:
        return {
            table: connection.execute(f"SELECT COUNT(*), SUM(HASH(CAST(t AS VARCHAR))) FROM {table} AS t").fetchall()[0]
            for step in STEPS
            for table in step
        }


if __name__ == "__main__":
    main()
