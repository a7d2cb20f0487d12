"""Who is let in to the sandbox, for how long, and how many times a minute."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from latido_zendesk.sandbox import documented_limits
from tests.asking import ask
from tests.connectors.zendesk.visiting import CLIENT, Visitor


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(30)


def basic(secret: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(secret.encode()).decode()}


def agreed(visitor: Visitor, **more: str) -> dict[str, list[str]]:
    """Return what the page where somebody agrees sends back."""
    params = {"response_type": "code", "client_id": "latido", "redirect_uri": "http://localhost:1/", "scope": "read"}
    answer = ask(visitor.sandbox, "GET", "/oauth/authorizations/new", params=params | more)
    assert 302 == answer.status_code
    return parse_qs(urlsplit(answer.headers["location"]).query)


def exchanged(visitor: Visitor, **body: Any) -> Any:
    return visitor.post("/oauth/tokens", {**CLIENT, **body})


def test_a_client_gets_a_token_for_itself(visitor: Visitor) -> None:
    granted = exchanged(visitor, grant_type="client_credentials", scope="tickets:read users:read").json()

    assert ("bearer", "tickets:read users:read", 1_800) == tuple(
        granted[key] for key in ("token_type", "scope", "expires_in")
    )
    assert "refresh_token" not in granted


@pytest.mark.parametrize(
    ("status", "error", "body"),
    [
        (401, "invalid_client", {"grant_type": "client_credentials", "client_secret": "wrong"}),
        (400, "unsupported_grant_type", {"grant_type": "password"}),
        (400, "invalid_grant", {"grant_type": "refresh_token", "refresh_token": "unknown"}),
        (400, "invalid_grant", {"grant_type": "authorization_code", "code": "unknown"}),
    ],
)
def test_others_get_none(visitor: Visitor, status: int, error: str, body: dict[str, str]) -> None:
    refused = exchanged(visitor, **body)

    assert (status, error) == (refused.status_code, refused.json()["error"])


def test_a_token_dies_after_its_life(visitor: Visitor) -> None:
    visitor.clock.sleep(1_799)
    alive = visitor.ask("groups").status_code
    visitor.clock.sleep(1)

    assert (200, 401) == (alive, visitor.ask("groups").status_code)


def test_some_clients_hand_out_tokens_that_never_die(visitor: Visitor) -> None:
    visitor.switches.token_life = None
    visitor.enter()
    visitor.clock.sleep(1_000_000)

    assert 200 == visitor.ask("groups").status_code


def test_a_refresh_kills_both_tokens_before_it(visitor: Visitor) -> None:
    code = agreed(visitor, state="xyz")
    first = exchanged(visitor, grant_type="authorization_code", code=code["code"][0]).json()
    second = exchanged(visitor, grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
    again = exchanged(visitor, grant_type="refresh_token", refresh_token=first["refresh_token"])

    assert ["xyz"] == code["state"]
    assert (400, "invalid_grant") == (again.status_code, again.json()["error"])
    assert [401, 200] == [
        ask(visitor.sandbox, "GET", "/api/v2/groups", headers={"authorization": f"Bearer {token}"}).status_code
        for token in (first["access_token"], second["access_token"])
    ]


def test_a_code_lives_for_two_minutes_and_works_once(visitor: Visitor) -> None:
    codes = [agreed(visitor)["code"][0] for _ in range(2)]
    fresh = [exchanged(visitor, grant_type="authorization_code", code=codes[0]).status_code for _ in range(2)]
    visitor.clock.sleep(120)
    stale = exchanged(visitor, grant_type="authorization_code", code=codes[1]).status_code

    assert ([200, 400], 400) == (fresh, stale)


def test_an_api_token_opens_with_the_suffix_only_while_they_live(visitor: Visitor) -> None:
    def asked(secret: str) -> int:
        return ask(visitor.sandbox, "GET", "/api/v2/groups", headers=basic(secret)).status_code

    right, without_suffix = "admin@desk.example/token:sandbox-api-token", "admin@desk.example:sandbox-api-token"

    assert [200, 401] == [asked(right), asked(without_suffix)]
    visitor.switches.api_tokens = False
    assert 401 == asked(right)


def test_wrong_api_tokens_are_anonymous_and_wrong_bearers_are_not(visitor: Visitor) -> None:
    me = "/api/v2/users/me.json"
    basic_answer = ask(visitor.sandbox, "GET", me, headers=basic("a@b.example/token:wrong"))
    bearer_answer = ask(visitor.sandbox, "GET", me, headers={"authorization": "Bearer wrong"})

    assert (200, "Anonymous user") == (basic_answer.status_code, basic_answer.json()["user"]["name"])
    assert 401 == bearer_answer.status_code


def test_exports_and_answers_are_for_administrators(visitor: Visitor) -> None:
    visitor.switches.role = "agent"

    assert "agent" == visitor.get("users/me")["user"]["role"]
    assert {403} == {
        visitor.ask(path, start_time=0).status_code
        for path in ("incremental/tickets/cursor", "satisfaction_ratings", "guide/survey_responses")
    }
    assert {200} == {visitor.ask(path).status_code for path in ("tickets", "users", "groups", "deleted_tickets")}


def test_a_scope_opens_its_own_resource(visitor: Visitor) -> None:
    visitor.enter("tickets:read")

    assert [200, 403] == [
        visitor.ask(f"incremental/{name}/cursor", start_time=0).status_code for name in ("tickets", "users")
    ]


@pytest.mark.parametrize(
    ("shape", "body"),
    [("ticketing", b'{"error":"Forbidden"'), ("object", b'{"error":{"title"'), ("text", b"<html>"), ("empty", b"")],
)
def test_a_refusal_has_several_shapes(visitor: Visitor, shape: Any, body: bytes) -> None:
    visitor.switches.forbidden = {"survey_responses": shape}
    answer = visitor.ask("guide/survey_responses")

    assert 403 == answer.status_code
    assert answer.content.startswith(body)
    assert ("html" in answer.headers["content-type"]) == (shape in {"text", "empty"})


def test_a_plan_may_have_no_questionnaires(visitor: Visitor) -> None:
    visitor.switches.surveys = False

    assert 404 == visitor.ask("guide/survey_responses").status_code


def test_an_account_may_have_moved(visitor: Visitor) -> None:
    visitor.switches.moved_to = "https://other.zendesk.com"

    assert (302, "https://other.zendesk.com/api/v2/groups") == (
        (answer := visitor.ask("groups")).status_code, answer.headers["location"]
    )  # fmt: skip


@pytest.mark.parametrize("window", ["fixed", "sliding"])
def test_the_exports_share_ten_requests_a_minute(visitor: Visitor, window: Any) -> None:
    visitor.switches.limits = documented_limits(window)
    tickets = [visitor.ask("incremental/tickets/cursor", start_time=0) for _ in range(6)]
    others = [visitor.ask("incremental/organizations", start_time=0) for _ in range(5)]
    users = visitor.ask("incremental/users/cursor", start_time=0)

    assert [200] * 10 + [429] == [each.status_code for each in (*tickets, *others)]
    assert "total=10; remaining=9; resets=60" == tickets[0].headers["zendesk-ratelimit-incremental-exports"]
    assert "total=20; remaining=19; resets=60" == users.headers["zendesk-ratelimit-incremental-exports-cursor"]
    assert 1 == visitor.sandbox.stats.too_many


@pytest.mark.parametrize(
    ("family", "names"),
    [
        (
            "both",
            {"x-rate-limit", "x-rate-limit-remaining", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"},
        ),
        ("old", {"x-rate-limit", "x-rate-limit-remaining"}),
        ("new", {"ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"}),
        ("none", set()),
    ],
)
def test_limits_are_told_in_two_families_of_headers_or_not_at_all(
    visitor: Visitor, family: Any, names: set[str]
) -> None:
    visitor.switches.limits = documented_limits()
    visitor.switches.headers = family
    headers = visitor.ask("groups").headers

    assert names == {name for name in headers if "rate" in name}


def test_asking_for_a_token_costs_nothing(visitor: Visitor) -> None:
    visitor.switches.limits = documented_limits()
    visitor.enter()

    assert "699" == visitor.ask("groups").headers["x-rate-limit-remaining"]
