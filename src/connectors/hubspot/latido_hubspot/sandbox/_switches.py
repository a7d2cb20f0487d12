"""What can be different, or wrong, with the account."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from latido.testing import Limit, Switches

DAY = 86_400
DAILY = 625_000


def documented_limits() -> dict[str, Limit]:
    """Return the limits of an account of tier Professional: all calls in ten seconds, searches in one, all in a day."""
    return {
        "account": Limit(requests=190, seconds=10, window="sliding"),
        "search": Limit(requests=5, seconds=1, window="sliding", retry_after="absent"),
        "daily": Limit(requests=DAILY, seconds=DAY, retry_after="absent"),
    }


class HubSpotSwitches(Switches):
    """The moods of a HubSpot account.

    `token_life`: seconds that an access token of OAuth lives. `missing_scopes`: what the app was not granted.
    `not_in_plan`: types of objects, or `campaigns`, that the account's edition lacks. `lag`: seconds until the search
    knows of a change. `short_pages`: pages that are short, or empty, and have a cursor all the same.
    `association_page`: how many links of one record an answer holds. `tell_unassociated`: records without links are
    reported as errors, with 207. `single_currency`: deals have no currency of their own. `longest_url`: bytes; longer
    ones are refused by the edge. `text_ids`: ids are compared as texts, not as numbers. `archives_refused`: types whose
    archived records cannot be listed. `window`: how many results of a search can be reached. `unreadable_properties`:
    whether asking a campaign for a property that may not be read is refused.
    """

    token_life: int = 1800
    missing_scopes: list[str] = Field(default_factory=list)
    not_in_plan: list[str] = Field(default_factory=list)
    lag: float = 10
    short_pages: bool = False
    association_page: int = 500
    tell_unassociated: bool = False
    single_currency: bool = False
    longest_url: int = 8_192
    text_ids: bool = False
    archives_refused: list[str] = Field(default_factory=list)
    archives_refused_with: Literal[400, 404] = 400
    window: int = 10_000
    unreadable_properties: bool = True
