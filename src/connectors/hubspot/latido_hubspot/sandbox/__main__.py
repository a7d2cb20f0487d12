"""Serve a sandbox: `python -m latido_hubspot.sandbox --contacts 50000 --tickets 1000 --port 0`."""

from __future__ import annotations

from latido.testing import FastClock, World, command_line, serve
from latido_hubspot.sandbox import HubSpotSandbox

FEW = 5_000
"""Of so many people all that they buy is told, unless somebody says otherwise: of more it takes long to prepare."""


def main() -> None:
    parser = command_line("latido_hubspot.sandbox", __doc__, tickets="--tickets", people="--contacts")
    parser.add_argument("--sales-of", type=int, help="deals and carts of one customer in so many")
    asked = parser.parse_args()
    world = World(asked.seed, end=asked.end, tickets=asked.tickets, people=asked.people)
    sales_of = asked.sales_of or 1 + world.person_count // FEW
    branch = world.branch("hubspot", tickets=asked.tickets, territory=(0, sales_of))
    serve(HubSpotSandbox(branch, FastClock(asked.speed)), asked)


if __name__ == "__main__":
    main()
