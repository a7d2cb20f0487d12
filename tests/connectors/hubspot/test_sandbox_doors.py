"""Who is let in to the sandbox, for how long, and how many times."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from latido.testing import Limit
from latido_hubspot.sandbox import documented_limits
from tests.asking import ask
from tests.connectors.hubspot.visiting import CLIENT, OBJECTS, Visitor

if TYPE_CHECKING:
    import httpx

REFRESH = {"grant_type": "refresh_token", "refresh_token": "eu1-sandbox-refresh-token", **CLIENT}


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(30)


def token(visitor: Visitor, version: str = "v3", **form: str) -> httpx.Response:
    return ask(visitor.sandbox, "POST", f"/oauth/{version}/token", data={**REFRESH, **form})


def enter(visitor: Visitor) -> None:
    """Go on with a token of OAuth."""
    visitor.headers = {"authorization": f"Bearer {token(visitor).json()['access_token']}"}


def contacts(visitor: Visitor) -> httpx.Response:
    return visitor.ask(f"{OBJECTS}/contacts", limit=1)


def search(visitor: Visitor) -> httpx.Response:
    return visitor.tell(f"{OBJECTS}/contacts/search", {"limit": 1})


def test_nobody_is_let_in_without_a_token(visitor: Visitor) -> None:
    visitor.headers = {}
    answer = contacts(visitor)

    assert (401, "INVALID_AUTHENTICATION") == (answer.status_code, answer.json()["category"])


def test_an_unknown_token_opens_nothing(visitor: Visitor) -> None:
    visitor.headers = {"authorization": "Bearer pat-eu1-wrong"}
    answer = contacts(visitor)

    assert (401, "INVALID_AUTHENTICATION") == (answer.status_code, answer.json()["category"])


@pytest.mark.parametrize("version", ["v1", "v3", "2026-09"])
def test_a_refresh_token_brings_an_access_token_for_half_an_hour(visitor: Visitor, version: str) -> None:
    granted = token(visitor, version).json()
    visitor.headers = {"authorization": f"Bearer {granted['access_token']}"}
    visitor.clock.sleep(1_799)
    alive = contacts(visitor).status_code
    visitor.clock.sleep(13)
    late = contacts(visitor)

    assert (1_800, 200) == (granted["expires_in"], alive)
    assert len(granted["access_token"]) > 200
    assert (401, "EXPIRED_AUTHENTICATION") == (late.status_code, late.json()["category"])
    assert "expired 12 second(s) ago" in late.json()["message"]


def test_the_same_refresh_token_can_be_used_again(visitor: Visitor) -> None:
    assert [REFRESH["refresh_token"]] * 2 == [token(visitor).json()["refresh_token"] for _ in range(2)]


@pytest.mark.parametrize(
    ("status", "form"),
    [
        ("BAD_REFRESH_TOKEN", {"refresh_token": "unknown"}),
        ("BAD_CLIENT_ID", {"client_secret": "wrong"}),
        ("BAD_GRANT_TYPE", {"grant_type": "password"}),
        ("BAD_AUTH_CODE", {"grant_type": "authorization_code", "code": "unknown"}),
    ],
)
def test_others_get_no_token(visitor: Visitor, status: str, form: dict[str, str]) -> None:
    refused = token(visitor, **form)

    assert (400, status) == (refused.status_code, refused.json()["status"])


def test_what_the_token_endpoint_needs_stands_in_the_body(visitor: Visitor) -> None:
    assert 400 == ask(visitor.sandbox, "POST", "/oauth/v3/token", params=REFRESH).status_code


def test_somebody_who_agrees_sends_a_code(visitor: Visitor) -> None:
    params = {"client_id": CLIENT["client_id"], "redirect_uri": "http://localhost:1/", "state": "xyz"}
    answer = ask(visitor.sandbox, "GET", "/oauth/authorize", params=params)
    code = parse_qs(urlsplit(answer.headers["location"]).query)
    form = {"grant_type": "authorization_code", "code": code["code"][0], "redirect_uri": "http://localhost:1/"}

    assert ["xyz"] == code["state"]
    assert [200, 400] == [token(visitor, **form).status_code for _ in range(2)]


def test_every_token_that_was_handed_out_can_expire(visitor: Visitor) -> None:
    enter(visitor)
    visitor.sandbox.expire_tokens()

    assert 401 == contacts(visitor).status_code
    enter(visitor)
    assert 200 == contacts(visitor).status_code


def test_an_app_can_be_uninstalled(visitor: Visitor) -> None:
    visitor.sandbox.doorkeeper.revoke()

    assert (401, 400) == (contacts(visitor).status_code, token(visitor).status_code)


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        ("crm.objects.feedback_submissions.read", f"{OBJECTS}/feedback_submissions"),
        ("tickets", "crm/objects/2026-03/tickets"),
        ("crm.objects.owners.read", "crm/v3/owners"),
        ("marketing.campaigns.read", "marketing/v3/campaigns"),
        ("settings.currencies.read", "settings/v3/currencies/exchange-rates"),
        ("conversations.read", "conversations/v3/conversations/threads"),
    ],
)
def test_a_missing_scope_is_named(visitor: Visitor, scope: str, path: str) -> None:
    visitor.switches.missing_scopes = [scope]
    refused = visitor.ask(path)

    assert (403, "MISSING_SCOPES") == (refused.status_code, refused.json()["category"])
    assert [scope] == refused.json()["errors"][0]["context"]["requiredGranularScopes"]
    assert 200 == contacts(visitor).status_code


def test_without_its_scope_an_email_has_no_content(visitor: Visitor) -> None:
    visitor.switches.missing_scopes = ["sales-email-read"]
    told = visitor.walk("emails", properties="hs_email_text,hs_email_direction")

    assert {None} == {each["properties"]["hs_email_text"] for each in told}
    assert None not in {each["properties"]["hs_email_direction"] for each in told}


@pytest.mark.parametrize(
    ("name", "path"),
    [("feedback_submissions", f"{OBJECTS}/feedback_submissions"), ("campaigns", "marketing/v3/campaigns")],
)
def test_an_edition_may_lack_an_object(visitor: Visitor, name: str, path: str) -> None:
    visitor.switches.not_in_plan = [name]
    refused = visitor.ask(path)

    assert 403 == refused.status_code
    assert "MISSING_SCOPES" != refused.json()["category"]


def test_answers_say_how_the_limits_stand(visitor: Visitor) -> None:
    visitor.switches.limits = documented_limits()
    headers = [contacts(visitor).headers for _ in range(2)][1]

    assert ("190", "188", "10000", "19") == tuple(
        headers[f"X-HubSpot-RateLimit-{name}"] for name in ("Max", "Remaining", "Interval-Milliseconds", "Secondly")
    )
    assert ("625000", "624998") == (
        headers["X-HubSpot-RateLimit-Daily"],
        headers["X-HubSpot-RateLimit-Daily-Remaining"],
    )


def test_searches_say_only_how_the_limit_of_the_day_stands(visitor: Visitor) -> None:
    visitor.switches.limits = documented_limits()
    told = {name for name in search(visitor).headers if "ratelimit" in name}

    assert {"x-hubspot-ratelimit-daily", "x-hubspot-ratelimit-daily-remaining"} == told


def test_a_hundred_and_ninety_requests_in_ten_seconds(visitor: Visitor) -> None:
    visitor.switches.limits = documented_limits()
    answers = [contacts(visitor) for _ in range(191)]
    visitor.clock.sleep(10.1)

    assert [200] * 190 + [429] == [each.status_code for each in answers]
    assert ("TEN_SECONDLY_ROLLING", "10") == (answers[-1].json()["policyName"], answers[-1].headers["Retry-After"])
    assert 200 == contacts(visitor).status_code


def test_five_searches_in_a_second_beside_all_others(visitor: Visitor) -> None:
    visitor.switches.limits = documented_limits()
    answers = [search(visitor) for _ in range(6)]

    assert [200] * 5 + [429] == [each.status_code for each in answers]
    assert ("SECONDLY", False) == (answers[-1].json()["policyName"], "Retry-After" in answers[-1].headers)
    assert 200 == contacts(visitor).status_code
    visitor.clock.sleep(1.1)
    assert 200 == search(visitor).status_code


def test_a_day_has_its_limit_too(visitor: Visitor) -> None:
    visitor.switches.limits = {"daily": Limit(requests=2, seconds=86_400, retry_after="absent")}
    answers = [contacts(visitor), search(visitor), contacts(visitor)]

    assert "DAILY" == answers[-1].json()["policyName"]
    visitor.clock.sleep(12 * 3_600)
    assert 200 == contacts(visitor).status_code


def test_a_fault_can_be_a_429_with_or_without_wait(visitor: Visitor) -> None:
    visitor.sandbox.fail("too_many", "/contacts/search")
    visitor.sandbox.fail("too_many", "objects/tickets", retry_after=3)

    assert "SECONDLY" == search(visitor).json()["policyName"]
    assert 200 == contacts(visitor).status_code
    assert "3" == visitor.ask(f"{OBJECTS}/tickets").headers["Retry-After"]


def test_maintenance_is_a_page_with_status_200(visitor: Visitor) -> None:
    visitor.sandbox.fail("html", "/objects/")
    answer = contacts(visitor)

    assert (200, "text/html; charset=utf-8") == (answer.status_code, answer.headers["content-type"])


@pytest.mark.parametrize("path", ["crm/v3/nonsense", "nonsense", f"{OBJECTS}/contacts/51/nonsense"])
def test_a_path_that_is_none_is_a_page_for_people(visitor: Visitor, path: str) -> None:
    answer = visitor.ask(path)

    assert (404, "true") == (answer.status_code, answer.headers["X-HubSpot-NotFound"])


def test_a_type_that_is_none_is_refused(visitor: Visitor) -> None:
    assert 400 == visitor.ask(f"{OBJECTS}/nonsense").status_code


def test_answers_tell_the_time_of_the_sandbox(visitor: Visitor) -> None:
    assert "Sun, 01 Nov 2026 12:00:00 GMT" == contacts(visitor).headers["Date"]
