"""Killed at any moment, and run again: the same tables and cursors as if nothing had happened."""

from __future__ import annotations

import os
import random
import selectors
import signal
import subprocess
import sys
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from latido.schema import ENTITIES
from latido.sync import Options
from latido.testing import Served, World
from latido.warehouse import Warehouse
from tests.connectors.crashing import NOON, StandingClock, sync
from tests.connectors.vendors import CONNECTORS, STREAMS, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FAULTS = 5
FOREVER = 600.0

Content = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Scene:
    """A vendor, how much is to be read there, and how often a run is killed at random.

    `amid` is what some cursor says when a run was killed where it is to be killed too. Most of what is there lies in
    `table`.
    """

    vendor: str
    tickets: int
    page_limit: int
    hits: int
    more: Mapping[str, Any]
    amid: str = ""
    table: str = "tickets"


CORE = ("organizations", "users", "tickets", "satisfaction_ratings", "survey_responses")
ZENDESK = Scene("zendesk", 1_500, 250, 15, {"streams": CORE})
MOST = tuple(each for each in STREAMS["hubspot"] if each != "conversation_replies")  # a request for each takes long
HUBSPOT = Scene("hubspot", 300, 100, 6, {"streams": MOST})
SALESFORCE = Scene("salesforce", 300, 100, 6, {"bulk_above": 20}, amid='"locator"')
"""Most of its streams are read by jobs; in the middle of one, a cursor says where in its result."""
GOOGLE_ANALYTICS = Scene("google-analytics", 1_500, 100, 4, {"start_date": "2024-09-01"}, table="web_sessions")


class Runs:
    """Syncs with the same settings, one after the other, each in a process of its own."""

    def __init__(self, scene: Scene, settings: Mapping[str, Any], undisturbed: Content) -> None:
        self.hits = scene.hits
        self.amid = scene.amid
        self.undisturbed = undisturbed
        self._process = 0
        command = [sys.executable, "-m", "tests.connectors.crashing", orjson.dumps(settings).decode()]
        self._starter = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._starter.stdin is not None
        assert self._starter.stdout is not None
        self._orders, self._answers = self._starter.stdin, self._starter.stdout

    def begin(self, folder: Path, flush: int | None = None) -> None:
        """Begin a sync, which may kill itself at a *flush*."""
        self._orders.write(orjson.dumps([str(folder), flush]).decode() + "\n")
        self._orders.flush()
        self._process = self._said()

    def kill(self, after: float) -> None:
        """Kill the sync after so many seconds, unless it ends before."""
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._answers, selectors.EVENT_READ)
            if not waiting.select(after):
                with suppress(ProcessLookupError):  # it has just ended, and says so in a moment
                    os.kill(self._process, signal.SIGKILL)

    def end(self) -> int:
        """Return how the sync ended: 0, or the negative number of the signal that killed it."""
        return self._said()

    def close(self) -> None:
        self._starter.communicate()

    def _said(self) -> int:
        return int(self._answers.readline())


@pytest.fixture(scope="module", params=[ZENDESK, HUBSPOT, SALESFORCE, GOOGLE_ANALYTICS], ids=lambda scene: scene.vendor)
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    scene: Scene = request.param
    sandbox = CONNECTORS[scene.vendor].sandbox(World("crash", end=NOON.date(), tickets=scene.tickets), StandingClock())
    assert sandbox is not None
    sandbox.switches.latency, sandbox.switches.page_limit = 0.02, scene.page_limit
    with Served(sandbox):
        settings, folder = said(sandbox, **scene.more), tmp_path_factory.mktemp("undisturbed")
        assert 0 == sync(settings, folder, Options()).exit_code
        undisturbed = content(folder)
        assert scene.tickets // 4 < len(undisturbed[scene.table])
        with closing(Runs(scene, settings, undisturbed)) as runs:
            yield runs


def content(folder: Path) -> Content:
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


def cursors(folder: Path) -> str:
    """Return all that is stored about where streams stand."""
    with Warehouse(folder / "latido.duckdb").reading() as connection:
        return str(connection.execute("SELECT CAST(cursor AS VARCHAR) FROM _latido_cursors").fetchall())


def timed(runs: Runs, folder: Path, after: float = FOREVER) -> tuple[int, float]:
    """Sync, killed after so many seconds; return how it ended, and after how long."""
    began = time.monotonic()
    runs.begin(folder)
    runs.kill(after)
    return runs.end(), time.monotonic() - began


def test_killed_at_random_times_and_resumed(runs: Runs, tmp_path_factory: pytest.TempPathFactory) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance, hits = random.Random(seed), 0
    code, takes = timed(runs, tmp_path_factory.mktemp("timed"))
    assert 0 == code

    while hits < runs.hits:
        folder, before, code = tmp_path_factory.mktemp("killed"), hits, -9
        while code != 0:
            after = chance.uniform(0, takes) if hits < runs.hits else FOREVER
            code, seconds = timed(runs, folder, after)
            assert code in {0, -9}
            hits += code == -9
        if hits == before:  # nothing disturbed it: the machine is quicker than it was
            takes = min(takes, seconds)
        assert runs.undisturbed == content(folder)


def test_killed_between_data_and_cursor_and_resumed(runs: Runs, tmp_path: Path) -> None:
    flush, amid = 0, False
    while flush < FAULTS or not amid:
        runs.begin(tmp_path, flush)
        assert -9 == runs.end()
        flush, amid = flush + 1, amid or runs.amid in cursors(tmp_path)

    runs.begin(tmp_path)
    assert 0 == runs.end()
    assert runs.undisturbed == content(tmp_path)
