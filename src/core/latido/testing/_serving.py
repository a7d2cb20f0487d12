"""The command line of a sandbox: what all of them can be told, and how they are served."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from latido.testing._faults import Limit
from latido.testing._served import Served

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping, Sequence

    from latido.testing._sandbox import Sandbox

UNLIMITED = 100_000_000


def command_line(
    module: str, about: str | None, *, tickets: str, people: str, limits: Sequence[str] = ("documented",)
) -> ArgumentParser:
    """Return a parser for `python -m <module>`, to add a vendor's own options to.

    *tickets* and *people* are the options, in the vendor's words, for how many there are (`asked.tickets`,
    `asked.people`). *limits* are what can be chosen besides having none.
    """
    from argparse import ArgumentParser

    parser = ArgumentParser(prog=f"python -m {module}", description=about)
    parser.add_argument(tickets, dest="tickets", type=int, default=3_000)
    parser.add_argument(people, dest="people", type=int, help=f"one for every five {tickets[2:]}, if not given")
    parser.add_argument("--seed", default="latido")
    parser.add_argument("--end", type=date.fromisoformat, default=datetime.now(UTC).date(), help="default: today")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--limits", choices=("none", *limits), default="none", help="the documented ones, or none")
    parser.add_argument("--speed", type=float, default=1.0, help="how fast the sandbox's clock runs")
    return parser


def serve(sandbox: Sandbox, asked: Namespace, limits: Mapping[str, Limit] | None = None) -> None:
    """Serve *sandbox* as it was *asked* for until interrupted; the first line that is printed is its address.

    Its limits are the documented ones, or *limits* in their place.
    """
    sandbox.switches.limits = dict(limits or sandbox.documented_limits())
    if asked.limits == "none":
        # An answer that announces no limit is taken for one with the documented limits.
        sandbox.switches.limits = {
            name: Limit(requests=UNLIMITED, seconds=each.seconds) for name, each in sandbox.switches.limits.items()
        }
    with Served(sandbox, asked.port) as served, suppress(KeyboardInterrupt):
        print(served.url, flush=True)  # noqa: T201 - whoever started us reads it
        served.wait()
