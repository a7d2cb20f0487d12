"""What one vendor holds of a business, and how well it tells that: nobody who reads it can know more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latido.testing.world import Ticket, World

Held: TypeAlias = Literal[
    "accounts", "deals", "contracts", "recommendations", "invitations", "spend", "carts", "milestones", "visits",
    "traffic",
]  # fmt: skip
Spends: TypeAlias = Literal["by day", "by campaign", "by campaign in one"]
Asked: TypeAlias = Literal["survey", "recommendation"]
Forgets: TypeAlias = Literal["askers", "buyers", "people"]


@dataclass(frozen=True, slots=True)
class Known:
    """How finely a vendor tells a ticket's times, in seconds, and whether it tells about promises, thumbs and answers.

    A time that is told as so many whole minutes since the creation lies up to 59 seconds too early. Without `thumbs`
    an answer is told, but not on the ticket itself; without `answers` nobody is asked anything, about tickets or else.
    What is said beside scores stands with the first of them, with each, or with that for satisfaction.

    `holds` says what else there is, to who has said what the vendor's own fields mean. `spends` says how money that
    went out is dated: by its day, or by its campaign only, each payment by itself or all in one. Carts without `items`
    may be empty.

    `forgets` are those whom nothing names any more once their own record is deleted: customers as askers, for tickets
    and answers, or as buyers, for deals; people. Buyers and people may be remembered for some days. `named` are those
    answers that name a customer beside the person, `addressed` tells whether they have the person's address. Who
    `keeps` strikes nobody off the list of customers.
    """

    first_reply: int = 1
    first_reply_in_chat: int = 1
    promises: bool = True
    thumbs: bool = True
    answers: bool = True
    remarks: Literal["first", "each", "satisfaction"] = "first"
    holds: frozenset[Held] = frozenset()
    spends: Spends = "by day"
    items: bool = True
    forgets: frozenset[Forgets] = frozenset()
    remembers_days: int = 0
    named: frozenset[Asked] = frozenset({"survey", "recommendation"})
    addressed: bool = True
    keeps: bool = False


class Desk(NamedTuple):
    """What one vendor holds: its tickets and, of its branch of the world, what it is `known` to."""

    tickets: Iterable[Ticket]
    known: Known = Known()
    world: World | None = None
