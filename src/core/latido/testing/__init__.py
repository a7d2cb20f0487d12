"""For those who test: an imaginary business, its true figures, servers that behave like vendors, clocks."""

from latido.testing._clocks import FastClock, ManualClock
from latido.testing._conformance import connector_tests, promises
from latido.testing._drill import Drill
from latido.testing._faults import Fault, Limit, Switches
from latido.testing._imitation import Imitation
from latido.testing._sandbox import Handler, Sandbox, Stats, body_of, json, json_bytes
from latido.testing._served import Served
from latido.testing._serving import command_line, serve
from latido.testing._shelf import Feed, Log, Shelf, place, place_before
from latido.testing._throttle import Allowance
from latido.testing.truth import Desk, Known, Period, Truth, truth
from latido.testing.world import World

__all__ = [
    "Allowance",
    "Desk",
    "Drill",
    "FastClock",
    "Fault",
    "Feed",
    "Handler",
    "Imitation",
    "Known",
    "Limit",
    "Log",
    "ManualClock",
    "Period",
    "Sandbox",
    "Served",
    "Shelf",
    "Stats",
    "Switches",
    "Truth",
    "World",
    "body_of",
    "command_line",
    "connector_tests",
    "json",
    "json_bytes",
    "place",
    "place_before",
    "promises",
    "serve",
    "truth",
]
