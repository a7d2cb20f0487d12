"""An imaginary business: who buys, who asks, who answers, what was said and what was thought of it.

The seed and the end date determine everything. Nothing is held in memory: each thing is made from its own number when
it is asked for, so ticket 999,999 of a million costs what ticket 0 costs. History is two years long and ends where the
day `end` begins (UTC).
"""

from latido.testing.world._chance import share
from latido.testing.world._instants import DAY, HOUR, MINUTE, Instant, iso, midnight
from latido.testing.world._people import Agent, Customer, Person, Team
from latido.testing.world._promises import Promise, promises, promises_kept
from latido.testing.world._tickets import (
    BOT,
    DONE,
    SYSTEM,
    Assignment,
    Author,
    Comment,
    Details,
    Rating,
    Status,
    Step,
    Survey,
    Ticket,
)
from latido.testing.world._words import REASONS, prose
from latido.testing.world._world import World

__all__ = [
    "BOT",
    "DAY",
    "DONE",
    "HOUR",
    "MINUTE",
    "REASONS",
    "SYSTEM",
    "Agent",
    "Assignment",
    "Author",
    "Comment",
    "Customer",
    "Details",
    "Instant",
    "Person",
    "Promise",
    "Rating",
    "Status",
    "Step",
    "Survey",
    "Team",
    "Ticket",
    "World",
    "iso",
    "midnight",
    "promises",
    "promises_kept",
    "prose",
    "share",
]
