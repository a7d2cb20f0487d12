"""Serve a sandbox: `python -m latido_hubspot.sandbox --contacts 50000 --tickets 1000 --port 0`."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime

from latido.testing import FastClock, Limit, Served, World
from latido_hubspot.sandbox import HubSpotSandbox, documented_limits

UNLIMITED = 1_000_000
FEW = 5_000
"""Of so many people all that they buy is told, unless somebody says otherwise: of more it takes long to prepare."""


def main() -> None:
    """Print the address as the first line and serve until interrupted."""
    asked = _asked()
    world = World(asked.seed, end=asked.end, tickets=asked.tickets, people=asked.contacts)
    sales_of = asked.sales_of or 1 + world.person_count // FEW
    branch = world.branch("hubspot", tickets=asked.tickets, territory=(0, sales_of))
    sandbox = HubSpotSandbox(branch, FastClock(asked.speed))
    sandbox.switches.limits = documented_limits()
    if asked.limits == "none":
        # An answer that announces no limit is taken for one with the documented limits.
        each = Limit(requests=UNLIMITED, seconds=10)
        sandbox.switches.limits = {"account": each, "daily": Limit(requests=UNLIMITED, seconds=86_400)}
    with Served(sandbox, asked.port) as served:
        print(served.url, flush=True)  # noqa: T201 - whoever started us reads it
        try:
            served.wait()
        except KeyboardInterrupt:
            return


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m latido_hubspot.sandbox", description=__doc__)
    parser.add_argument("--contacts", type=int, default=None, help="one for every five tickets, if not given")
    parser.add_argument("--tickets", type=int, default=3_000)
    parser.add_argument("--sales-of", type=int, default=None, help="deals and carts of one customer in so many")
    parser.add_argument("--seed", default="latido")
    parser.add_argument("--end", type=date.fromisoformat, default=datetime.now(UTC).date(), help="default: today")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--limits", choices=("none", "documented"), default="none")
    parser.add_argument("--speed", type=float, default=1.0, help="how fast the sandbox's clock runs")
    return parser.parse_args()


if __name__ == "__main__":
    main()
