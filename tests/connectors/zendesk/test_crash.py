"""Killed at any moment, and run again: the same tables and cursors as if nothing had happened."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from latido.schema import ENTITIES
from latido.sync import Options
from latido.testing import Limit, Served, World
from latido.warehouse import Warehouse
from latido_zendesk.sandbox import ZendeskSandbox
from tests.connectors.zendesk.crashing import NOON, StandingClock, sync

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HITS = 15
FAULTS = 5
UNLIMITED = Limit(requests=10**6)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    sandbox = ZendeskSandbox(World("crash", end=NOON.date(), tickets=2_500), StandingClock())
    sandbox.switches.limits = dict.fromkeys(("account", "exports", "user-exports"), UNLIMITED)
    sandbox.switches.latency = 0.02
    with Served(sandbox) as served:
        yield served.url


def content(folder: Path) -> dict[str, list[Any]]:
    """Return every row of every table, without when and in which order it was written, and the cursors."""
    with Warehouse(folder / "latido.duckdb").reading() as connection:
        tables = {
            entity.table: connection.execute(
                f"SELECT CAST(COLUMNS(* EXCLUDE (seq, synced_at)) AS VARCHAR) FROM {entity.table} ORDER BY ALL"
            ).fetchall()
            for entity in ENTITIES
        }
        tables["cursors"] = connection.execute(
            "SELECT source, stream, CAST(cursor AS VARCHAR), fingerprint FROM _latido_cursors ORDER BY ALL"
        ).fetchall()
    return tables


@pytest.fixture(scope="module")
def undisturbed(url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    folder = tmp_path_factory.mktemp("undisturbed")
    assert 0 == sync(url, folder, Options()).exit_code
    found = content(folder)
    assert 2_000 < len(found["tickets"])
    return found


def start(url: str, folder: Path, *more: str) -> subprocess.Popen[str]:
    """Start a sync in a process of its own; it is past its imports when this returns."""
    command = [sys.executable, "-m", "tests.connectors.zendesk.crashing", url, str(folder), *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert "begun\n" == process.stdout.readline()
    return process


def ended(process: subprocess.Popen[str]) -> int:
    """Return how *process* ended: 0, or the negative number of the signal that killed it."""
    process.communicate()
    return process.returncode


def test_killed_at_random_times_and_resumed(
    url: str, undisturbed: dict[str, list[Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance, hits = random.Random(seed), 0
    timed = start(url, tmp_path_factory.mktemp("timed"))
    began = time.monotonic()
    assert 0 == ended(timed)
    takes = time.monotonic() - began

    while hits < HITS:
        folder = tmp_path_factory.mktemp("killed")
        while True:
            process = start(url, folder)
            time.sleep(chance.uniform(0, takes))
            process.kill()
            if (code := ended(process)) == 0:
                break
            assert -9 == code
            hits += 1
        assert undisturbed == content(folder)


def test_killed_between_data_and_cursor_and_resumed(
    url: str, undisturbed: dict[str, list[Any]], tmp_path: Path
) -> None:
    for flush in range(FAULTS):
        assert -9 == ended(start(url, tmp_path, str(flush)))

    assert 0 == ended(start(url, tmp_path))
    assert undisturbed == content(tmp_path)
