"""What can be different, or wrong, with the property."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads the annotations
from typing import Literal

from latido.testing import Switches

Group = Literal["concurrent", "tokens per day", "tokens per hour", "project per hour", "thresholded", "server errors"]

TOKENS = 14_000
"""What an hour grants a Cloud project."""


class GoogleAnalyticsSwitches(Switches):
    """The moods of a property.

    `zone`: where its days are cut. `restating`: for how many days it is not known yet which campaign some visits came
    from. `refusing`: which door is shut. `admin_api`: whether the Admin API is enabled; `property_type`,
    `service_level`: what it says. `old_names`: the property knows conversions, and no key events. `token_life`: in
    seconds.
    `sampled_above`: ranges of more days are estimated. `heavy_above`: on ranges of more days Google fails.
    `overflowing`: rare combinations come as (other). `thresholded`: small groups are hidden. `null_flags`: flags that
    are false come as null. `empty_reason`: why there are no figures. `truncated_before`: the day before which there are
    none any more. `shifting`: so many further pages tell another number of rows. `exhausted`: the quota that is used
    up. `tokens_left`: how many of the hour's tokens this Cloud project still has; the next hour grants
    all again.
    """

    zone: str = "Europe/Madrid"
    restating: int = 0
    refusing: Literal["api", "scope", "access"] | None = None
    admin_api: bool = True
    property_type: str = "PROPERTY_TYPE_ORDINARY"
    service_level: str = "GOOGLE_ANALYTICS_STANDARD"
    old_names: bool = False
    token_life: int = 3599
    sampled_above: int | None = None
    heavy_above: int | None = None
    overflowing: bool = False
    thresholded: bool = False
    null_flags: bool = False
    empty_reason: str | None = None
    truncated_before: date | None = None
    shifting: int = 0
    exhausted: Group | None = None
    tokens_left: int = TOKENS
