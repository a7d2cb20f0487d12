"""How close a sync comes to what the vendor's limits allow, in windows of both kinds, on a clock that runs faster.

`python benchmarks/rate_limits.py`: share 1.0, the documented 10 exports a minute, 41 pages of tickets.
"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from measuring import PYTHON, cost
from pydantic import SecretStr

from latido.sync import Options, Source, Sync
from latido.testing import FastClock, Limit, Served, World
from latido.warehouse import Warehouse
from latido_zendesk.connector import Zendesk
from latido_zendesk.sandbox import ZendeskSandbox
from latido_zendesk.settings import ZendeskSettings

SPEED = 10
PER_MINUTE = 10
BARE_LOOP = Path(__file__).with_name("bare_loop.py")
WINDOWS = ("fixed", "sliding")


def main() -> None:
    world = World("limits", end=date(2026, 3, 1), tickets=40_000, people=100)
    for window in WINDOWS:
        clock = FastClock(SPEED)
        sandbox = ZendeskSandbox(world, clock)
        with Served(sandbox) as served, tempfile.TemporaryDirectory() as folder:
            cost([PYTHON, str(BARE_LOOP), served.url])  # The server renders its pages while nobody watches the clock.
            sandbox.switches.limits = {"exports": Limit(requests=PER_MINUTE, window=window)}
            sandbox.stats.clear()
            measure(window, sandbox, source(served.url, Path(folder), clock), Path(folder))


def source(url: str, folder: Path, clock: FastClock) -> Source:
    settings = ZendeskSettings(
        connector="zendesk",
        subdomain="acme",
        client_id="latido",
        client_secret=SecretStr("sandbox-client-secret"),
        base_url=url,
        rate_share=1.0,
        streams=("tickets",),
    )
    return Source("support", Zendesk, settings, folder, clock=clock)


def measure(window: str, sandbox: ZendeskSandbox, asked: Source, folder: Path) -> None:
    began = asked.clock.monotonic()
    report = Sync(Warehouse(folder / "latido.duckdb"), [asked], Options()).run()
    (receipt,) = report.outcomes[0].receipts
    pages = sandbox.stats.asked("incremental/tickets")
    least = (pages - 1) // PER_MINUTE * 60
    seconds = asked.clock.monotonic() - began
    print(
        f"{window:8} {pages} pages in {receipt.seconds:.0f} s of its clock ({seconds:.0f} s with start and end); "
        f"at least {least} s: {receipt.seconds / least:.3f} ×; refused {sandbox.stats.too_many}"
    )


if __name__ == "__main__":
    main()
