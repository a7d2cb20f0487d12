"""Serve a sandbox: `python -m latido_zendesk.sandbox --tickets 100000 --users 20000 --port 0`."""

from __future__ import annotations

from latido.testing import FastClock, World, command_line, serve
from latido_zendesk.sandbox import ZendeskSandbox, documented_limits


def main() -> None:
    windows = ("fixed", "sliding")
    parser = command_line("latido_zendesk.sandbox", __doc__, tickets="--tickets", people="--users", limits=windows)
    asked = parser.parse_args()
    world = World(asked.seed, end=asked.end, tickets=asked.tickets, people=asked.people)
    limits = documented_limits("fixed" if asked.limits == "none" else asked.limits)
    serve(ZendeskSandbox(world, FastClock(asked.speed)), asked, limits)


if __name__ == "__main__":
    main()
