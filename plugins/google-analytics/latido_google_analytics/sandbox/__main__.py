"""Serve a sandbox: `python -m latido_google_analytics.sandbox --people 5000 --key key.json --port 0`."""

from __future__ import annotations

from pathlib import Path

from latido.testing import FastClock, World, command_line, serve
from latido_google_analytics.sandbox import GoogleAnalyticsSandbox


def main() -> None:
    parser = command_line("latido_google_analytics.sandbox", __doc__, tickets="--tickets", people="--people")
    parser.add_argument("--key", type=Path, help="where to keep the service account's key; a temporary file by default")
    asked = parser.parse_args()
    world = World(asked.seed, end=asked.end, tickets=asked.tickets, people=asked.people)
    sandbox = GoogleAnalyticsSandbox(world, FastClock(asked.speed), key_file=asked.key)
    sandbox.switches.restating = 2
    serve(sandbox, asked)


if __name__ == "__main__":
    main()
