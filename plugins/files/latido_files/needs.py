"""What a row needs so that it can be told apart, and so that a KPI can count it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

KEYS = ("source_id", "external_id")
"""Columns that tell a row from others, the first that there is."""

NATURAL_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"fx_rates": ("currency", "base", "rate_date", "provider"), "marketing_spend": ()}
)
"""What tells a row from others where it has no id of its own; nothing means the whole row."""

CONTENT_KEY = "row:"
"""How the key of a whole row begins: its fingerprint follows."""

KEY_LENGTH = 32
"""How much of its fingerprint tells a whole row from others."""

NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "accounts": ("name",),
        "contacts": ("email",),
        "users": ("name",),
        "deals": ("account_id", "status", "amount", "currency", "close_date"),
        "contracts": ("account_id", "recurring_monthly_amount", "currency", "starts_on"),
        "deal_stages": ("deal_id", "stage", "entered_at"),
        "tickets": ("created_at", "status"),
        "ticket_events": ("ticket_id", "kind", "occurred_at"),
        "survey_responses": ("kind", "score", "scale_min", "scale_max", "answered_at"),
        "survey_invitations": ("survey_id", "sent_at"),
        "campaigns": ("name",),
        "marketing_spend": ("spend_date", "amount", "currency"),
        "web_sessions": ("started_at", "traffic_source", "traffic_medium"),
        "carts": ("created_at", "completed_at"),
        "milestones": ("account_id", "milestone", "occurred_at"),
        "associations": ("from_entity", "from_id", "to_entity", "to_id"),
        "fx_rates": ("currency", "rate_date", "rate"),
    }
)
"""The columns of each table without which its rows count for little."""


def has_key(table: str, columns: Collection[str]) -> bool:
    """Whether rows with these *columns* can be told apart."""
    return table in NATURAL_KEYS or any(key in columns for key in KEYS)


def whole_rows(table: str) -> bool:
    """Whether a row of *table* that has no id is told from others by all that it says."""
    return NATURAL_KEYS.get(table) == ()


def missing(table: str, columns: Collection[str]) -> list[str]:
    """Return the columns that rows of *table* should have and do not."""
    return [name for name in NEEDED[table] if name not in columns]
