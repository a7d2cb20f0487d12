"""What can be different, or wrong, with the account."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from latido.testing import Limit, Switches

ACCOUNT_LIMIT = 700


def documented_limits(window: Literal["fixed", "sliding"] = "fixed") -> dict[str, Limit]:
    """Return the limits of an account of plan Enterprise without add-on."""
    per_minute = {
        "account": ACCOUNT_LIMIT,
        "exports": 10,
        "user-exports": 20,
        "deleted-tickets": 10,
        "search-export": 100,
    }
    return {name: Limit(requests=requests, window=window) for name, requests in per_minute.items()}


class ZendeskSwitches(Switches):
    """The moods of a Zendesk account.

    `exists`: False for a subdomain that nobody has. `moved_to`: where the account went, for a redirect.
    `token_life`: seconds that an access token lives, None for one that never dies. `api_tokens`: whether the old ones
    still work. `role`: of whoever the credential belongs to. `forbidden`: parts of routes that answer 403, each with
    its shape. `surveys`: whether the plan has questionnaires. `embedded_metric_sets`: in the ticket, not beside it.
    `headers`: which family of rate limit headers is sent. `heavy_above`: pages with more rows time out (504).
    `lag`: seconds that the exports of tickets stay behind. `search_lag`: seconds until the search finds a change.
    `stuck_seconds`: a time-based page never moves on from a second with more rows than fit. `bad_cursors`: refuse every
    cursor. `search_cursor_life`: seconds that a search's cursor lives. `counting`: counts above 100,000 are just being
    refreshed.
    """

    exists: bool = True
    moved_to: str | None = None
    token_life: int | None = 1800
    api_tokens: bool = True
    role: Literal["admin", "agent"] = "admin"
    forbidden: dict[str, Literal["ticketing", "object", "text", "empty"]] = Field(default_factory=dict)
    surveys: bool = True
    embedded_metric_sets: bool = False
    headers: Literal["both", "old", "new", "none"] = "both"
    heavy_above: int | None = None
    lag: int = 60
    search_lag: int = 120
    search_cursor_life: int = 3600
    counting: bool = False
    stuck_seconds: bool = False
    bad_cursors: bool = False
