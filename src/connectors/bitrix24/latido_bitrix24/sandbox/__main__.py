"""Serve a sandbox: `python -m latido_bitrix24.sandbox --people 50000 --tickets 1000 --copies 20 --port 0`."""

from __future__ import annotations

from latido.testing import FastClock, World, command_line, serve
from latido_bitrix24.sandbox import BitrixSandbox


def main() -> None:
    parser = command_line("latido_bitrix24.sandbox", __doc__, tickets="--tickets", people="--people")
    parser.add_argument("--zone", default="Europe/Madrid", help="where the portal's clocks hang")
    parser.add_argument("--copies", type=int, default=1, help="how often each deal is there")
    parser.add_argument("--kept", choices=("spa", "openlines", "tasks"), default="spa", help="where tickets are")
    parser.add_argument("--whole", action="store_true", help="render everything before the first answer, not on demand")
    asked = parser.parse_args()
    world = World(asked.seed, end=asked.end, tickets=asked.tickets, people=asked.people)
    branch = world.branch("bitrix24", tickets=asked.tickets)
    sandbox = BitrixSandbox(branch, FastClock(asked.speed), zone=asked.zone, copies=asked.copies, kept=asked.kept)
    if asked.whole:
        sandbox.records.render()
    serve(sandbox, asked)


if __name__ == "__main__":
    main()
