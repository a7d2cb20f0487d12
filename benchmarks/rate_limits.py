"""How close a sync comes to what the vendor's limits allow, in windows of both kinds, on a clock that runs faster.

`python benchmarks/rate_limits.py`: share 1.0. Zendesk: the documented 10 exports a minute, 41 pages of tickets.
HubSpot: the documented 190 requests in 10 seconds, 1,001 pages of contacts.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from latido.sync import Options, Source, Sync
from latido.testing import FastClock, Limit, Served, World
from latido.warehouse import Warehouse
from latido_hubspot.connector import HubSpot
from latido_zendesk.connector import Zendesk

if TYPE_CHECKING:
    from collections.abc import Callable

    from latido.connect import Connector
    from latido.testing import Sandbox

WINDOWS: tuple[Literal["fixed", "sliding"], ...] = ("fixed", "sliding")
END = date(2026, 3, 1)


@dataclass(frozen=True, slots=True)
class Case:
    """A vendor's limit, what is read against it, and how much faster its clock may run."""

    connector: type[Connector]
    stream: str
    asked: str
    bucket: str
    requests: int
    seconds: float
    speed: float
    world: Callable[[], World]


CASES = (
    Case(Zendesk, "tickets", "incremental/tickets", "exports", 10, 60, 10,
         lambda: World("limits", end=END, tickets=40_000, people=100)),
    Case(HubSpot, "contacts", "objects/contacts", "account", 190, 10, 1,
         lambda: World("limits", end=END, tickets=100, people=100_000)),
)  # fmt: skip


def main() -> None:
    for case in CASES:
        world = case.world()
        for window in WINDOWS:
            clock = FastClock(case.speed)
            sandbox = case.connector.sandbox(world, clock)
            assert sandbox is not None
            sandbox.switches.limits = dict.fromkeys(sandbox.documented_limits(), Limit(requests=10**9, seconds=1))
            with Served(sandbox) as served, tempfile.TemporaryDirectory() as folder:
                measure(case, window, sandbox, source(case, sandbox, served.url, Path(folder), clock), Path(folder))


def source(case: Case, sandbox: Sandbox, url: str, folder: Path, clock: FastClock) -> Source:
    said = {**sandbox.settings(), "base_url": url, "rate_share": 1.0, "streams": (case.stream,)}
    settings = case.connector.Settings.model_validate(said)
    return Source("vendor", case.connector, settings, folder, clock=clock)


def measure(case: Case, window: Literal["fixed", "sliding"], sandbox: Sandbox, asked: Source, folder: Path) -> None:
    """Print how long the stream took beside the least that its limit allows, after the server rendered its pages."""
    Sync(Warehouse(folder / "warm.duckdb"), [asked], Options()).run()
    limit = Limit(requests=case.requests, seconds=case.seconds, window=window)
    sandbox.switches.limits = {**sandbox.switches.limits, case.bucket: limit}
    sandbox.stats.clear()
    report = Sync(Warehouse(folder / "latido.duckdb"), [asked], Options()).run()
    (receipt,) = report.outcomes[0].receipts
    pages = sandbox.stats.asked(case.asked)
    least = (pages - 1) // case.requests * case.seconds
    print(
        f"{case.connector.title:16} {window:8} {pages} pages in {receipt.seconds:.0f} s of its clock; "
        f"at least {least:.0f} s: {receipt.seconds / least:.3f} ×; refused {sandbox.stats.too_many}"
    )


if __name__ == "__main__":
    main()
