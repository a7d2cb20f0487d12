"""A sync in a process of its own, to be killed: `python -m tests.connectors.zendesk.crashing URL FOLDER [FLUSH]`.

With FLUSH it kills itself between the data and the cursor of that flush.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from latido.sync import Options, Report, Source, Sync
from latido.warehouse import Warehouse
from latido_zendesk.connector import Zendesk
from latido_zendesk.settings import ZendeskSettings

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STREAMS = ("organizations", "users", "tickets", "satisfaction_ratings", "survey_responses")


class StandingClock:
    """Always noon, so that two runs write the same cursors; waits cost nothing."""

    def now(self) -> datetime:
        return NOON

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(min(seconds, 0.001))


class FaultPoint:
    """Pulls the plug between the rows and the cursor of one flush."""

    def __init__(self, flush: int) -> None:
        self.left = flush

    def __call__(self, step: str) -> None:
        self.left -= step == "data"
        if self.left < 0 and step == "data":
            os.kill(os.getpid(), signal.SIGKILL)


def sync(url: str, folder: Path, options: Options) -> Report:
    """Sync everything that the sandbox at *url* has, in small portions."""
    settings = ZendeskSettings(
        connector="zendesk",
        subdomain="acme",
        client_id="latido",
        client_secret=SecretStr("sandbox-client-secret"),
        base_url=url,
        streams=STREAMS,
    )
    source = Source("support", Zendesk, settings, folder, clock=StandingClock())
    return Sync(Warehouse(folder / "latido.duckdb"), [source], options).run()


def main(url: str, folder: str, flush: str | None = None) -> int:
    step = FaultPoint(int(flush)) if flush else lambda _step: None
    print("begun", flush=True)
    return sync(url, Path(folder), Options(checkpoint_rows=100, step=step)).exit_code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
