"""Which quota is used up, and what that means for a run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import RateLimited
from latido.testing import ManualClock
from tests.desk import Says
from tests.plugins.google_analytics.desk import PROPERTY, REPORT, PropertyDesk, recorded, refused, report, row

if TYPE_CHECKING:
    from tests.plugins.google_analytics.desk import Office

ERRORS = recorded("synthetic/errors.json")
ONE = report(row("20261001", "google", "cpc", 5))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 10, 9, 6, 30, tzinfo=UTC))


def error(name: str, **headers: str) -> Says:
    told = ERRORS[name]
    return Says(told["http_status"], told["body"], headers)


def read(desk: PropertyDesk, office: Office, *answers: Any, **settings: Any) -> int:
    """Return how many rows were read."""
    desk.on(REPORT, *answers)
    pages = office.pages("web_sessions", {"unread": "2026-10-01"}, start_date="2026-10-01", **settings)
    return sum(page.fetched for page in pages)


def test_ten_requests_at_once_are_over_in_half_a_minute(desk: PropertyDesk, office: Office, clock: ManualClock) -> None:
    assert 1 == read(desk, office, error("quota_concurrent"), error("quota_concurrent"), ONE)

    assert 60 <= clock.passed <= 80


def test_who_says_how_long_to_wait_is_obeyed(desk: PropertyDesk, office: Office, clock: ManualClock) -> None:
    assert 1 == read(desk, office, error("quota_concurrent", **{"retry-after": "7"}), ONE)

    assert 7 <= clock.passed <= 8


def test_a_proxys_429_is_waited_for(desk: PropertyDesk, office: Office) -> None:
    assert 1 == read(desk, office, Says(429, "slow down"), ONE)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("quota_project_hour", "the tokens of the hour of this Cloud project"),
        ("quota_thresholded", "the hour's requests that may show small groups"),
        ("quota_server_errors", "the hour's server errors"),
    ],
)
def test_an_hours_quota_ends_the_run_at_once(
    desk: PropertyDesk, office: Office, clock: ManualClock, name: str, what: str
) -> None:
    """To go on asking would count against us, and keep dashboards out."""
    with pytest.raises(RateLimited) as caught:
        read(desk, office, error(name))

    said = f"Google Analytics grants no more requests: {what} are used up. They return within an hour."
    assert said == str(caught.value)
    assert "Then it resumes where it stopped: latido sync web" == str(caught.value.hint)
    assert (1, 0) == (len(desk.requests(REPORT)), clock.passed)


def test_a_propertys_hour_is_told_from_a_projects(desk: PropertyDesk, office: Office) -> None:
    with pytest.raises(RateLimited, match="the property's tokens of the hour are used up"):
        read(desk, office, refused(429, "Exhausted property tokens per hour.", "RESOURCE_EXHAUSTED"))


def test_a_days_quota_returns_at_midnight_in_california(desk: PropertyDesk, office: Office) -> None:
    """Half past eleven in the evening there."""
    with pytest.raises(
        RateLimited, match=r"tokens of the day are used up. They return at midnight in California, in 1 h"
    ):
        read(desk, office, error("quota_day"))


def quota(**remaining: int) -> dict[str, Any]:
    return {name: {"consumed": 4, "remaining": n} for name, n in remaining.items()}


def test_some_of_the_tokens_are_left_to_dashboards(desk: PropertyDesk, office: Office) -> None:
    """Before Google refuses anything: the next request is not made."""
    scarce = report(row("20261001", "google", "cpc", 5), n=2, propertyQuota=quota(tokensPerHour=11_999))

    with pytest.raises(RateLimited, match=r"11,999 of about 40,000 tokens left \(tokensPerHour\): our share of 70%"):
        read(desk, office, scarce)

    assert 1 == len(desk.requests(REPORT))


def test_how_many_is_a_setting(desk: PropertyDesk, office: Office) -> None:
    scarce = report(row("20261001", "google", "cpc", 5), n=2, propertyQuota=quota(tokensPerProjectPerHour=1_000))

    assert 2 == read(desk, office, scarce, report(row("20261001", "x", "y", 5), n=2), rate_share=1.0)


def test_a_property_of_360_has_ten_times_as_many(desk: PropertyDesk, office: Office) -> None:
    left = quota(tokensPerDay=1_400_000, tokensPerHour=300_000, tokensPerProjectPerHour=100_000)
    first = report(row("20261001", "google", "cpc", 5), n=2, propertyQuota=left)

    assert 2 == read(desk, office, first, report(row("20261001", "x", "y", 5), n=2))


def test_a_quota_that_is_not_told_is_no_reason_to_stop(desk: PropertyDesk, office: Office) -> None:
    first = report(row("20261001", "google", "cpc", 5), n=2, propertyQuota={"concurrentRequests": {"consumed": 0}})

    assert 2 == read(desk, office, first, report(row("20261001", "x", "y", 5), n=2))


def test_failures_of_the_admin_api_do_not_count(desk: PropertyDesk, office: Office) -> None:
    desk.on(PROPERTY, error("internal"))

    for _ in range(6):
        office.pages("web_sessions")

    assert 6 == len(desk.requests(REPORT))


@pytest.mark.parametrize("name", ["internal", "unavailable"])
def test_a_passing_failure_is_tried_again(desk: PropertyDesk, office: Office, name: str) -> None:
    assert 1 == read(desk, office, error(name), ONE)
