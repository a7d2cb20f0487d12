"""A first sync of Bitrix24's deals without limits, one with nothing new and one with 0.1% changed.

`python benchmarks/bitrix24_sync.py [--copies 64]`. With `--limits` it reads them at the documented limits instead, and
prints how long that takes beside the least that these allow, on a clock that moves only while somebody waits: once with
pages that cost Bitrix24 little, once with such that cost it a tenth of a second. Product rows are another stream.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
from measuring import Project, deed, requests, sandbox

from latido.sync import Options, Source, Sync
from latido.testing import ManualClock, Served, World
from latido.warehouse import Warehouse
from latido_bitrix24.connector import Bitrix24
from latido_bitrix24.sandbox import BitrixSandbox

SPEED = 60
"""Bitrix24's clock runs faster, so that a change is settled when the next sync begins."""

SECRET = "s4ndb0xs3cr3tk3y0001"
SOURCE = """
connector = "bitrix24"
webhook_url = "env:BITRIX24_WEBHOOK_URL"
rate_share = 1.0
streams = ["deals"]
"""


RATE, BURST = 2.0, 50
"""Requests a second, and at once."""

WORK, SPAN = 480.0, 600.0
"""Seconds that Bitrix24 works for a method in ten minutes."""

ROWS, COMMANDS = 50, 50


def main() -> None:
    asked = _asked()
    if asked.limits:
        for each in (0.005, 0.1):
            limited(asked.copies, each)
    else:
        unlimited(asked.copies)


def unlimited(copies: int) -> None:
    serving = ("--people", "2000", "--tickets", "100", "--copies", str(copies), "--speed", str(SPEED), "--whole")
    with sandbox("latido_bitrix24.sandbox", *serving) as url, tempfile.TemporaryDirectory() as folder:
        hook = f"{url}/rest/1/{SECRET}/"
        deals = httpx.post(f"{hook}crm.item.list", json={"entityTypeId": 2, "start": 0}).json()["total"]
        project = Project(Path(folder), url, SOURCE, {"BITRIX24_WEBHOOK_URL": hook})
        first = project.sync()
        print(f"first sync      {first}: {deals:,} deals, {deals / first.seconds:,.0f} deals/s")
        print(f"  requests: {requests(url)}")
        project.again("nothing changed")
        deed(url, "touch_all", kind="deals", first=0, count=deals // 1000)
        time.sleep(180 / SPEED)
        project.again("0.1% changed")


def limited(copies: int, page_seconds: float) -> None:
    """Print how long the deals take where a page takes Bitrix24 so many seconds."""
    clock = ManualClock(datetime(2026, 3, 1, 12, tzinfo=UTC))
    world = World("limits", end=date(2026, 3, 1), tickets=100, people=2000).branch("bitrix24", tickets=100)
    portal = BitrixSandbox(world, clock, copies=copies)
    portal.records.render()
    portal.switches.limits = dict(portal.documented_limits())
    portal.switches.page_seconds = page_seconds
    with Served(portal) as served, tempfile.TemporaryDirectory() as folder:
        said = {**portal.settings(), "base_url": served.url, "rate_share": 1.0, "streams": ("deals",)}
        source = Source("vendor", Bitrix24, Bitrix24.Settings.model_validate(said), Path(folder), clock=clock)
        report = Sync(Warehouse(Path(folder) / "latido.duckdb"), [source], Options()).run()
        (receipt,) = report.outcomes[0].receipts
        pages = -(-receipt.fetched // ROWS)
        least = max((pages / COMMANDS - BURST) / RATE, worked(pages * page_seconds))
        print(
            f"pages of {page_seconds:g} s: {receipt.fetched:,} deals in {clock.passed:,.0f} s, "
            f"at least {least:,.0f} s: {clock.passed / max(least, 1):.3f} ×; "
            f"{receipt.requests} requests, refused {portal.stats.refused}"
        )


def worked(seconds: float) -> float:
    """Return the least time in which Bitrix24 works so many seconds for one method, if work itself took no time."""
    spans = -(-seconds // WORK) - 1
    return spans * SPAN


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=64, help="a copy has some 1,600 deals")
    parser.add_argument("--limits", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
