"""Serve a sandbox: `python -m latido_salesforce.sandbox --cases 100000 --port 0 --speed 1`."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime

from latido.testing import FastClock, Limit, Served, World
from latido_salesforce.sandbox import SalesforceSandbox, documented_limits

UNLIMITED = 100_000_000


def main() -> None:
    """Print the address as the first line and serve until interrupted."""
    asked = _asked()
    world = World(asked.seed, end=asked.end, tickets=asked.cases, people=asked.people)
    branch = world.branch("salesforce", tickets=asked.cases)
    sandbox = SalesforceSandbox(branch, FastClock(asked.speed), person_accounts=asked.person_accounts)
    limits = documented_limits()
    if asked.limits == "none":
        limits = dict.fromkeys(limits, Limit(requests=UNLIMITED))
    sandbox.switches.limits = limits
    sandbox.switches.gzip = asked.gzip
    if asked.whole:
        sandbox.records.fill()
    with Served(sandbox, asked.port) as served:
        print(served.url, flush=True)  # noqa: T201 - whoever started us reads it
        try:
            served.wait()
        except KeyboardInterrupt:
            return


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m latido_salesforce.sandbox", description=__doc__)
    parser.add_argument("--cases", type=int, default=3_000)
    parser.add_argument("--people", type=int, default=None, help="one for every five cases, if not given")
    parser.add_argument("--person-accounts", action="store_true", help="who works for nobody is an account")
    parser.add_argument("--seed", default="latido")
    parser.add_argument("--end", type=date.fromisoformat, default=datetime.now(UTC).date(), help="default: today")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--limits", choices=("none", "documented"), default="none")
    parser.add_argument("--gzip", action="store_true", help="compress answers for whoever accepts it")
    parser.add_argument("--whole", action="store_true", help="render everything before the first answer, not on demand")
    parser.add_argument("--speed", type=float, default=1.0, help="how fast the sandbox's clock runs")
    return parser.parse_args()


if __name__ == "__main__":
    main()
