"""An imaginary business: who buys, who asks, who answers, what was said, sold and thought of it.

The seed and the end date determine everything. Nothing is held in memory: each thing is made from its own number when
it is asked for, so ticket 999,999 of a million costs what ticket 0 costs. History is two years long and ends where the
day `end` begins (UTC).
"""

from latido.testing.world._chance import share
from latido.testing.world._deals import CLOSED, Contract, Deal, Line, Move, Stage
from latido.testing.world._instants import DAY, HOUR, MINUTE, Instant, iso, midnight
from latido.testing.world._marketing import Campaign, Cart, Lead, Recommendation, Spend
from latido.testing.world._money import HOME, Currency, Product, Rate
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
from latido.testing.world._usage import LOGINS_KEPT, Milestone, Traffic, Visit
from latido.testing.world._words import REASONS, prose
from latido.testing.world._world import World

__all__ = [
    "BOT",
    "CLOSED",
    "DAY",
    "DONE",
    "HOME",
    "HOUR",
    "LOGINS_KEPT",
    "MINUTE",
    "REASONS",
    "SYSTEM",
    "Agent",
    "Assignment",
    "Author",
    "Campaign",
    "Cart",
    "Comment",
    "Contract",
    "Currency",
    "Customer",
    "Deal",
    "Details",
    "Instant",
    "Lead",
    "Line",
    "Milestone",
    "Move",
    "Person",
    "Product",
    "Promise",
    "Rate",
    "Rating",
    "Recommendation",
    "Spend",
    "Stage",
    "Status",
    "Step",
    "Survey",
    "Team",
    "Ticket",
    "Traffic",
    "Visit",
    "World",
    "iso",
    "midnight",
    "promises",
    "promises_kept",
    "prose",
    "share",
]
