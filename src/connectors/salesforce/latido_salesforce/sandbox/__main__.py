"""Serve a sandbox: `python -m latido_salesforce.sandbox --cases 100000 --port 0 --speed 1`."""

from __future__ import annotations

from latido.testing import FastClock, World, command_line, serve
from latido_salesforce.sandbox import SalesforceSandbox


def main() -> None:
    parser = command_line("latido_salesforce.sandbox", __doc__, tickets="--cases", people="--people")
    parser.add_argument("--person-accounts", action="store_true", help="who works for nobody is an account")
    parser.add_argument("--gzip", action="store_true", help="compress answers for whoever accepts it")
    parser.add_argument("--whole", action="store_true", help="render everything before the first answer, not on demand")
    asked = parser.parse_args()
    world = World(asked.seed, end=asked.end, tickets=asked.tickets, people=asked.people)
    branch = world.branch("salesforce", tickets=asked.tickets)
    sandbox = SalesforceSandbox(branch, FastClock(asked.speed), person_accounts=asked.person_accounts)
    sandbox.switches.gzip = asked.gzip
    if asked.whole:
        sandbox.records.fill()
    serve(sandbox, asked)


if __name__ == "__main__":
    main()
