"""What can go wrong on the way: switches for a sandbox."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Fault(BaseModel):
    """A request that goes wrong.

    `path` is a part of the route that it is about ("" is every route). The first `after` matching requests go well,
    then each `every`-th fails, `times` times in all (None: for ever); with `per_route` each route counts by itself, so
    that two that are asked for in turns do not take each other's good answers. What happens:

    * `too_many`: 429 as this vendor words it, with `retry_after` seconds; None leaves the header out.
    * `edge`: the 429 of the network in front of the vendor.
    * `status`: an answer with `status` and an HTML body, as proxies write it, with `retry_after`.
    * `drop`: the connection breaks in the middle of the answer.
    * `truncate`: the answer ends too early, and nobody says so.
    * `html`: a page for people with status 200.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Literal["too_many", "edge", "status", "drop", "truncate", "html"]
    path: str = ""
    times: int | None = 1
    after: int = 0
    every: int = 1
    status: int = 503
    retry_after: int | None = None
    per_route: bool = False
    seen: dict[str, int] = Field(default_factory=dict)

    def strikes(self, route: str) -> bool:
        """Return whether this request of *route* is to fail; each one is counted."""
        if self.path not in route or self.times == 0:
            return False
        counted = route if self.per_route else self.path
        self.seen[counted] = seen = self.seen.get(counted, 0) + 1
        if seen <= self.after or (seen - self.after - 1) % self.every:
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Limit(BaseModel):
    """So many requests in so many seconds: in windows that begin on the clock's full `seconds`, or in the last ones.

    A leaky bucket takes `requests` at once, and is empty again `seconds` after it was full.

    `retry_after` says what the refusal tells: the true wait, 0, or nothing.
    """

    model_config = ConfigDict(extra="forbid")

    requests: int
    seconds: float = 60
    window: Literal["fixed", "sliding", "leaky"] = "fixed"
    retry_after: Literal["told", "zero", "absent"] = "told"


class Switches(BaseModel):
    """What is wrong with the service at present; nothing, to begin with.

    `latency` is the time that each answer takes. `limits` gives buckets of requests their limit, by the names that the
    sandbox has for them. `writes_per_second` and `writes_per_request` change records while they are being read. `gzip`
    compresses answers for whoever accepts it. With a `page_limit` no page of a list, search or export holds more
    records than that, whatever was asked for: a small world has many pages then.
    """

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    latency: float = 0
    faults: list[Fault] = Field(default_factory=list)
    limits: dict[str, Limit] = Field(default_factory=dict)
    writes_per_second: float = 0
    writes_per_request: int = 0
    gzip: bool = False
    page_limit: int | None = None

    def at_most(self, asked: int) -> int:
        """Return how many records a page may hold for which *asked* were asked: what a sandbox cuts its pages by."""
        return asked if self.page_limit is None else min(asked, self.page_limit)
