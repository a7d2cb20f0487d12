"""What can be different, or wrong, with the portal."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from latido.testing import Limit, Switches


class MethodFault(BaseModel):
    """A method that goes wrong, called by itself or as a command of a batch.

    `method` is a part of its name ("" is every one), with `:2` behind it if it is about one type of items. The first
    `after` calls go well, then each `every`-th fails, `times` times in all (None: for ever), with `error`, whatever
    that is, and with the HTTP `status` if called by itself. `lost`: in the answer of a batch it is neither among the
    results nor among the errors. `empty`: it answers as if nothing was found. `batch` is a method, too, if
    it is named.
    """

    model_config = ConfigDict(extra="forbid")

    method: str = ""
    error: Any = "INTERNAL_SERVER_ERROR"
    description: str = "Internal server error"
    status: int = 200
    times: int | None = 1
    after: int = 0
    every: int = 1
    lost: bool = False
    empty: bool = False
    seen: int = 0

    def strikes(self, method: str) -> bool:
        """Return whether this call of *method* is to fail; each one is counted."""
        is_meant = self.method in method if self.method else method != "batch"
        if not is_meant or self.times == 0:
            return False
        self.seen += 1
        if self.seen <= self.after or (self.seen - self.after - 1) % self.every:
            return False
        if self.times is not None:
            self.times -= 1
        return True


def documented_limits(*, enterprise: bool = False) -> dict[str, Limit]:
    """Return the leaky bucket of a portal: a burst, and how fast it drains."""
    burst, a_second = (250, 5) if enterprise else (50, 2)
    return {"portal": Limit(requests=burst, seconds=burst / a_second, window="leaky", retry_after="absent")}


class BitrixSwitches(Switches):
    """The moods of a portal.

    `folder`: the path below which it lives, where somebody hosts it. `moved_to`: it was renamed, and the old address
    answers 302. `https_only`: plain http is refused. `commercial`:
    whether the plan has REST. `token_life`: seconds that an access token of OAuth lives. `token_trouble`: what the
    token server answers instead, some of it with status 200. `missing_scopes`, `missing_methods` (parts of names).
    `blind_to`: entityTypeIds of which the user sees nothing, without a word. `administrator`: whether the user is one.
    `method_faults`: methods that go wrong. `keyless`: the errors of a batch come without the names of the commands.

    `page_seconds` and `count_seconds`: the operating time that a page of a list takes, and that counting takes;
    `operating_limit`: how much of it a method may take in ten minutes; `tell_operating`: whether answers tell of it.
    `totals`: what lists count instead of what there is. `next_after_last`: a full last page has a `next`.
    `iso_dates`: what becomes of a filter by an instant in ISO 8601 with its offset. `ignore_start`: lists begin anew
    whatever `start` says. `text_ids`: ids in stage histories are texts. `offline_extended`: whether offline events can
    be read without being cleared.
    """

    folder: str = ""
    moved_to: str | None = None
    https_only: bool = False
    commercial: bool = True
    token_life: int = 3600
    token_trouble: str | None = None
    missing_scopes: list[str] = Field(default_factory=list)
    missing_methods: list[str] = Field(default_factory=list)
    blind_to: list[int] = Field(default_factory=list)
    administrator: bool = True
    method_faults: list[MethodFault] = Field(default_factory=list)
    keyless: bool = False
    page_seconds: float = 0.005
    count_seconds: float = 0.05
    operating_limit: float = 480
    tell_operating: bool = True
    totals: Literal["right", "zero", "fifty"] = "right"
    next_after_last: bool = False
    iso_dates: Literal["read", "ignored", "nothing"] = "read"
    ignore_start: bool = False
    text_ids: bool = False
    offline_extended: bool = True
