"""The imaginary business as a Zendesk account: its ids, its addresses, its small tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from latido.testing.world import iso

if TYPE_CHECKING:
    from latido.testing import World
    from latido.testing.world import Author

USERS, AGENTS, ORGANIZATIONS, GROUPS = 380_000_000_000, 370_000_000_000, 360_000_000_000, 340_000_000_000
METRIC_SETS, RATINGS, STATUSES, FIELDS = 480_000_000_000, 490_000_000_000, 310_000_000_000, 350_000_000_000
BRAND, FORM, POLICY = 330_000_000_000, 320_000_000_000, 300_000_000_000
SYSTEM_USER = -1
"""Who does what rules, timers and bots do."""


@dataclass(frozen=True, slots=True)
class CustomStatus:
    """A status as agents see it; several share a category."""

    number: int
    category: str
    label: str
    default: bool = True


CUSTOM_STATUSES = (
    CustomStatus(0, "new", "New"),
    CustomStatus(1, "open", "Open"),
    CustomStatus(2, "pending", "Pending"),
    CustomStatus(3, "hold", "On-hold"),
    CustomStatus(4, "solved", "Solved"),
    CustomStatus(5, "hold", "Waiting for supplier", default=False),
    CustomStatus(6, "open", "In Arbeit", default=False),
)

_CATEGORY = {"on_hold": "hold", "closed": "solved"}
_STATUS_IDS = {status.category: STATUSES + status.number for status in CUSTOM_STATUSES if status.default}


class Account:
    """What every rendering needs to know of the account.

    Bodies name the account's canonical address, whatever address the request went to. `gone_customers` are those whose
    organization was deleted.
    """

    def __init__(self, world: World, subdomain: str = "acme") -> None:
        self.world = world
        self.home = f"https://{subdomain}.zendesk.com"
        self.subdomain = subdomain
        self.gone_customers = {each.number for each in world.customers() if each.gone_at is not None}
        self.person = lru_cache(maxsize=8192)(world.person)

    def url(self, path: str) -> str:
        return f"{self.home}/api/v2/{path}"

    def organization_id(self, customer: int | None) -> int | None:
        """Return the organization of a ticket or user: none once the organization was deleted."""
        return None if customer is None or customer in self.gone_customers else ORGANIZATIONS + customer


def author_id(author: Author) -> int:
    match author.role:
        case "requester":
            return USERS + author.number
        case "agent":
            return AGENTS + author.number
        case _:
            return SYSTEM_USER


def zendesk_status(status: str) -> str:
    return "hold" if status == "on_hold" else status


def custom_status_id(status: str, number: int) -> int:
    """Return the custom status of ticket *number*: every seventh one on hold waits for a supplier."""
    if status == "on_hold" and number % 7 == 0:
        return STATUSES + 5
    return _STATUS_IDS[_CATEGORY.get(status, status)]


def stamp(at: int | None) -> str | None:
    return None if at is None else iso(at)


def record(url: str, identity: int, **more: Any) -> dict[str, Any]:
    """Return the beginning that nearly all of Zendesk's objects share."""
    return {"url": f"{url}/{identity}.json", "id": identity, **more}
