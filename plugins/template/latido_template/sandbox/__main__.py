"""Serve a sandbox: `python -m latido_template.sandbox --tickets 3000`."""

from __future__ import annotations

from latido.testing import FastClock, World, command_line, serve
from latido_template.sandbox import TemplateSandbox


def main() -> None:
    parser = command_line("latido_template.sandbox", __doc__, tickets="--tickets", people="--contacts")
    asked = parser.parse_args()
    tickets = max(asked.tickets, 2 * (asked.people or 0))  # the bundle has two for each contact
    world = World(asked.seed, end=asked.end, tickets=tickets)
    serve(TemplateSandbox(world, FastClock(asked.speed)), asked)


if __name__ == "__main__":
    main()
