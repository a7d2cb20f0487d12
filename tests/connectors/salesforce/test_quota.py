"""An org's daily requests belong to all its programs: we take our share, and stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from latido.errors import RateLimited
from latido_salesforce.quota import Quota
from tests.connectors.salesforce.builders import account
from tests.connectors.salesforce.desk import found, refused
from tests.desk import Says

if TYPE_CHECKING:
    from tests.connectors.salesforce.desk import Office, SalesforceDesk

LIMITS = "/services/data/v64.0/limits"
MORE = "/services/data/v64.0/query/01g-2000"
USED_UP = refused("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", 403)
CROWDED = refused("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.", 403)


def told(used: int, allowed: int = 1000, more: str = "") -> dict[str, str]:
    return {"sforce-limit-info": f"api-usage={used}/{allowed}{more}"}


def test_below_our_share_reading_goes_on(desk: SalesforceDesk, office: Office) -> None:
    desk.on("limits", Says(200, {}, told(799)))
    http = office.connector().http

    http.get(LIMITS)

    assert 200 == http.get(LIMITS).status


def test_at_our_share_no_request_begins(desk: SalesforceDesk, office: Office) -> None:
    desk.on("limits", Says(200, {}, told(800)))
    http = office.connector().http
    http.get(LIMITS)

    with pytest.raises(RateLimited) as caught:
        http.get(LIMITS)

    assert 6 == caught.value.exit_code
    assert "Salesforce counts 800 of 1,000 requests in 24 hours: our share of 80% is used." == str(caught.value)
    assert "Later it resumes where it stopped: latido sync crm" == str(caught.value.hint)
    assert 1 == len(desk.requests("limits"))


def test_another_share_may_be_set(desk: SalesforceDesk, office: Office) -> None:
    desk.on("limits", Says(200, {}, told(300)))
    http = office.connector(quota_share=0.3).http
    http.get(LIMITS)

    with pytest.raises(RateLimited):
        http.get(LIMITS)


def test_what_was_read_before_is_kept(desk: SalesforceDesk, office: Office) -> None:
    """The page that told it was answered, and is stored with where to go on."""
    desk.rows("Account", Says(200, found(account(1), done=False, following=MORE), told(900)))
    stream = office.stream("accounts")
    pages = stream.pages(stream.start(None))

    first = next(pages)

    assert "001000000000001AAA" == (first.cursor or {})["after"]
    with pytest.raises(RateLimited):
        next(pages)


def test_an_error_tells_too(desk: SalesforceDesk, office: Office) -> None:
    desk.on("limits", Says(500, [{"errorCode": "UNKNOWN_EXCEPTION"}], told(900)))

    with pytest.raises(RateLimited):
        office.connector().http.get(LIMITS)

    assert 1 == len(desk.requests("limits"))


def test_what_one_program_uses_is_not_what_the_org_uses() -> None:
    quota = Quota(0.8, "crm")

    quota.learn(told(18, 5000, "; per-app-api-usage=250/250(appName=latido)"))
    quota.check()

    assert (18, 5000) == (quota.used, quota.allowed)


@pytest.mark.parametrize("header", ["", "per-app-api-usage=250/250(appName=x)", "api-usage=many"])
def test_a_header_that_tells_nothing_changes_nothing(header: str) -> None:
    """Answers of the Bulk API may have none."""
    quota = Quota(0.8, "crm")
    quota.learn(told(18))

    quota.learn({"sforce-limit-info": header})

    assert (18, 1000) == (quota.used, quota.allowed)


def test_a_daily_limit_that_is_used_up_ends_the_run(desk: SalesforceDesk, office: Office) -> None:
    """It frees itself over hours: no run waits for that."""
    desk.on("limits", USED_UP)

    with pytest.raises(RateLimited):
        office.connector().http.get(LIMITS)

    assert 1 == len(desk.requests("limits"))
    assert 0 == office.clock.passed


def test_too_many_at_once_wait_some_seconds(desk: SalesforceDesk, office: Office) -> None:
    desk.on("limits", CROWDED, CROWDED, {"ok": True})

    assert {"ok": True} == office.connector().http.get(LIMITS).json()
    assert 10 <= office.clock.passed <= 62


@pytest.mark.parametrize("status", [406, 420])
def test_an_org_that_is_being_set_up_is_asked_again(desk: SalesforceDesk, office: Office, status: int) -> None:
    desk.on("limits", Says(status, "<html>We are setting things up</html>"), {"ok": True})

    assert {"ok": True} == office.connector().http.get(LIMITS).json()
