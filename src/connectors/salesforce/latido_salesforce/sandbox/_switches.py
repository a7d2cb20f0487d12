"""What can be different, or wrong, with the org."""

from __future__ import annotations

from pydantic import Field

from latido.testing import Limit, Switches
from latido.testing.world import DAY, HOUR

API_LIMIT = 100_000
BULK_JOBS = 10_000


def documented_limits() -> dict[str, Limit]:
    """Return the limit of an Enterprise org without licences to add: requests in the last 24 hours."""
    return {"api": Limit(requests=API_LIMIT, seconds=DAY, window="sliding", retry_after="absent")}


class SalesforceSwitches(Switches):
    """The moods of a Salesforce org.

    `moved_to`: the instance that tokens name from now on. `token_life`: seconds that a session lives after its last
    request. `token_requests`: a session ends after that many requests, as one does in the middle of a long download.
    `rotate`: a refresh token works once. `oldest_version`: older ones are retired. `hidden_objects`, `hidden_fields`:
    what the user may not see. `multi_currency`, `surveys`: features of the org.

    Queries: `slow_rows`: one that has to look at more rows times out. `wide_batch`: rows of a batch when more than
    twenty fields are asked for. `locator_life`: seconds that the rest of a result can be fetched. `bulk_jobs`: query
    jobs in 24 hours. `job_polls`: how often a job is still in progress when somebody looks, `job_seconds`: how long
    it takes at least. `failing_jobs`: the next so many jobs fail. `lost_rows`: rows that each page of a result lacks,
    though it counts them. `bulk_tells_limits`: whether answers of the Bulk API have Sforce-Limit-Info.

    `deletion_log`: seconds that getDeleted looks back, `most_ids`: ids that it returns.
    """

    moved_to: str | None = None
    token_life: int = 2 * HOUR
    token_requests: int | None = None
    rotate: bool = False
    oldest_version: int = 31
    hidden_objects: list[str] = Field(default_factory=list)
    hidden_fields: dict[str, list[str]] = Field(default_factory=dict)
    multi_currency: bool = True
    surveys: bool = True
    slow_rows: int | None = None
    wide_batch: int | None = None
    locator_life: int = 2 * DAY
    bulk_jobs: int = BULK_JOBS
    job_polls: int = 1
    job_seconds: float = 0
    failing_jobs: int = 0
    lost_rows: int = 0
    bulk_tells_limits: bool = False
    deletion_log: int = 15 * DAY
    most_ids: int = 600_000
