"""Serve a sandbox: `python -m latido_template.sandbox --tickets 3000`."""

from __future__ import annotations

from latido.testing import FastClock, World, command_line, serve
from latido_template.sandbox import TemplateSandbox


def main() -> None:
    parser = command_line("latido_template.sandbox", __doc__, tickets="--tickets", people="--contacts")
    asked = parser.parse_args()
    world = World(asked.seed, end=asked.end, tickets=asked.tickets, people=asked.people)
    serve(TemplateSandbox(world, FastClock(asked.speed)), asked)


if __name__ == "__main__":
    main()
