"""Syncs in processes of their own, to be killed: `python -m tests.connectors.crashing SETTINGS`.

SETTINGS are a source's, as JSON. Each line of the input, `[folder, flush]`, begins a sync into the warehouse in that
folder; unless it is null, between the data and the cursor of that flush it kills itself. The id of its process is
printed when it begins, and when it ended 0, or the negative number of the signal that ended it.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb  # noqa: F401 - each process has it from the start
import httpx  # noqa: F401 - this too
import orjson

from latido.sync import Options, Report, Source, Sync
from latido.warehouse import Warehouse
from tests.connectors.vendors import CONNECTORS

if TYPE_CHECKING:
    from collections.abc import Mapping

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class StandingClock:
    """Always noon, so that two runs write the same cursors; waits cost nothing."""

    def __init__(self) -> None:
        self._waited = 0.0

    def now(self) -> datetime:
        return NOON

    def monotonic(self) -> float:
        return time.monotonic() + self._waited

    def sleep(self, seconds: float) -> None:
        self._waited += seconds
        time.sleep(min(seconds, 0.001))


class FaultPoint:
    """Pulls the plug between the rows and the cursor of one flush."""

    def __init__(self, flush: int) -> None:
        self.left = flush

    def __call__(self, step: str) -> None:
        self.left -= step == "data"
        if self.left < 0 and step == "data":
            os.kill(os.getpid(), signal.SIGKILL)


def sync(settings: Mapping[str, Any], folder: Path, options: Options) -> Report:
    """Sync what *settings* say into the warehouse in *folder*."""
    connector = CONNECTORS[settings["connector"]]
    source = Source("ours", connector, connector.Settings.model_validate(settings), folder, clock=StandingClock())
    return Sync(Warehouse(folder / "latido.duckdb"), [source], options).run()


def in_a_process(settings: Mapping[str, Any], folder: Path, flush: int | None) -> int:
    """Begin a sync in a process of its own and return its id."""
    if process := os.fork():
        return process
    code = 1
    try:
        step = (lambda _step: None) if flush is None else FaultPoint(flush)
        code = sync(settings, folder, Options(checkpoint_rows=100, step=step)).exit_code
    finally:
        os._exit(code)


def main(settings: str) -> None:
    for line in sys.stdin:
        folder, flush = orjson.loads(line)
        process = in_a_process(orjson.loads(settings), Path(folder), flush)
        print(process, flush=True)
        _process, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
