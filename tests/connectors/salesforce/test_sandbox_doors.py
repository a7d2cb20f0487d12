"""Who is let in, for how long, and how much may be asked."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from latido.testing import Limit
from tests.asking import ask
from tests.connectors.salesforce.visiting import CLIENT, SECONDS, Visitor

ASSERTED = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLAIMS = {
    "iss": CLIENT["client_id"],
    "sub": "latido@acme.example",
    "aud": "https://login.salesforce.com",
    "exp": SECONDS + 180,
}
REFRESH = "5Aep861sandboxRefreshToken"
EXPIRED = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(40)


def assertion(visitor: Visitor, **more: Any) -> str:
    return jwt.encode({**CLAIMS, **more}, visitor.sandbox.private_key, algorithm="RS256")


def test_a_secret_opens_in_the_body_or_as_basic(visitor: Visitor) -> None:
    basic = base64.b64encode(":".join(CLIENT.values()).encode()).decode()
    answers = [
        visitor.token(grant_type="client_credentials", **CLIENT),
        visitor.token(basic=basic, grant_type="client_credentials"),
    ]

    assert [200, 200] == [each.status_code for each in answers]


def test_a_token_says_where_the_org_is_and_not_how_long_it_lives(visitor: Visitor) -> None:
    answer = visitor.token(grant_type="client_credentials", **CLIENT).json()

    assert {"access_token", "signature", "scope", "instance_url", "id", "token_type", "issued_at"} == answer.keys()
    assert ("https://acme.my.salesforce.com", f"{SECONDS}000") == (answer["instance_url"], answer["issued_at"])


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"client_id": "somebody"}, "invalid_client_id"),
        ({"client_secret": "guess"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_nobody_else_gets_a_token(visitor: Visitor, more: dict[str, str], error: str) -> None:
    answer = visitor.token(**{"grant_type": "client_credentials", **CLIENT, **more})

    assert (400, error) == (answer.status_code, answer.json()["error"])


def test_a_signed_assertion_opens_without_a_secret(visitor: Visitor) -> None:
    answer = visitor.token(grant_type=ASSERTED, assertion=assertion(visitor))

    assert 200 == answer.status_code
    assert "refresh_token" not in answer.json()


@pytest.mark.parametrize(
    ("claims", "error", "told"),
    [
        ({"iss": "somebody"}, "invalid_client_id", "client identifier invalid"),
        ({"sub": "boss@acme.example"}, "invalid_grant", "user hasn't approved this consumer"),
        ({"aud": "https://example.com"}, "invalid_grant", "audience is invalid"),
        ({"exp": SECONDS - 120}, "invalid_grant", "invalid assertion"),
        ({"exp": SECONDS + 3_600}, "invalid_grant", "invalid assertion"),
    ],
)
def test_every_claim_is_looked_at(visitor: Visitor, claims: dict[str, Any], error: str, told: str) -> None:
    answer = visitor.token(grant_type=ASSERTED, assertion=assertion(visitor, **claims))

    assert (400, {"error": error, "error_description": told}) == (answer.status_code, answer.json())


def test_an_assertion_signed_by_somebody_else_is_worth_nothing(visitor: Visitor) -> None:
    header, claims, signature = assertion(visitor).split(".")
    forged = ".".join((header, claims, signature[::-1]))

    assert "invalid_grant" == visitor.token(grant_type=ASSERTED, assertion=forged).json()["error"]


def test_a_refresh_token_works_again_and_again_unless_it_rotates(visitor: Visitor) -> None:
    def renewed(token: str) -> Any:
        return visitor.token(grant_type="refresh_token", refresh_token=token, **CLIENT).json()

    steady = [renewed(REFRESH), renewed(REFRESH)]
    visitor.switches.rotate = True
    first = renewed(REFRESH)

    assert [False, False] == ["refresh_token" in each for each in steady]
    assert {"error": "invalid_grant", "error_description": "expired access/refresh token"} == renewed(REFRESH)
    assert "access_token" in renewed(first["refresh_token"])


def test_somebody_may_agree_in_a_browser(visitor: Visitor) -> None:
    where = {"client_id": CLIENT["client_id"], "redirect_uri": "http://localhost:8917/", "state": "x"}
    sent = ask(visitor.sandbox, "GET", "/services/oauth2/authorize", params=where)
    code = parse_qs(urlsplit(sent.headers["location"]).query)["code"][0]
    granted = [visitor.token(grant_type="authorization_code", code=code, **CLIENT) for _ in range(2)]

    assert 302 == sent.status_code
    assert [200, 400] == [each.status_code for each in granted]
    assert "refresh_token" in granted[0].json()


def test_a_session_lives_as_long_as_it_is_used(visitor: Visitor) -> None:
    visitor.switches.token_life = 900
    visitor.enter()
    used = []
    for wait in (800, 800, 900):
        visitor.clock.sleep(wait)
        used.append(visitor.ask("limits").status_code)

    assert [200, 200, 401] == used


def test_without_a_session_nothing_but_the_versions_is_told(visitor: Visitor) -> None:
    refused = visitor.ask("limits", headers={"authorization": "Bearer guess"})
    versions = ask(visitor.sandbox, "GET", "/services/data/").json()

    assert (401, EXPIRED) == (refused.status_code, refused.json())
    assert {"label": "Winter '26", "url": "/services/data/v65.0", "version": "65.0"} in versions


def test_expired_tokens_open_nothing_any_more(visitor: Visitor) -> None:
    visitor.sandbox.expire_tokens()

    assert 401 == visitor.ask("limits").status_code


def test_a_version_may_be_retired_or_not_there_yet(visitor: Visitor) -> None:
    assert (410, "UNSUPPORTED_API_VERSION") == visitor.code("/services/data/v30.0/limits")
    assert (404, "NOT_FOUND") == visitor.code("/services/data/v99.0/limits")
    assert (404, "NOT_FOUND") == visitor.code("nothing/here")


def test_an_org_may_move(visitor: Visitor) -> None:
    visitor.switches.moved_to = "https://acme-emea.my.salesforce.com"

    assert visitor.switches.moved_to == visitor.token(grant_type="client_credentials", **CLIENT).json()["instance_url"]


def test_every_answer_but_those_of_bulk_tells_how_much_was_used(visitor: Visitor) -> None:
    first, second = (visitor.ask("limits").headers["sforce-limit-info"] for _ in range(2))
    job = visitor.ask("jobs/query", "POST", json={"operation": "query", "query": "SELECT Id FROM Case"})

    assert ["api-usage=1/100000", "api-usage=2/100000"] == [first, second]
    assert "sforce-limit-info" not in job.headers
    assert 100_000 - 4 == visitor.get("limits")["DailyApiRequests"]["Remaining"]


def test_a_used_up_allowance_comes_back_a_day_later(visitor: Visitor) -> None:
    visitor.switches.limits = {"api": Limit(requests=2, seconds=86_400, window="sliding", retry_after="absent")}
    visitor.get("limits")
    used = visitor.ask("limits").headers["sforce-limit-info"]
    refused = visitor.ask("limits")
    visitor.clock.sleep(86_401)
    visitor.enter()

    assert "api-usage=2/2" == used
    assert (403, "TotalRequests Limit exceeded.") == (refused.status_code, refused.json()[0]["message"])
    assert "retry-after" not in refused.headers
    assert 200 == visitor.ask("limits").status_code


def test_too_much_at_once_has_the_same_code_and_other_words(visitor: Visitor) -> None:
    visitor.sandbox.fail("too_many")
    refused = visitor.ask("limits")

    assert (403, "REQUEST_LIMIT_EXCEEDED") == (refused.status_code, refused.json()[0]["errorCode"])
    assert refused.json()[0]["message"].startswith("ConcurrentRequests")
    assert 200 == visitor.ask("limits").status_code


def test_an_address_that_is_too_long_is_not_read(visitor: Visitor) -> None:
    fields = ", ".join(f"Field_{number}__c" for number in range(1_200))

    assert 414 == visitor.ask("query", q=f"SELECT {fields} FROM Case").status_code


def test_the_settings_are_those_of_the_app(visitor: Visitor) -> None:
    visitor.sandbox.url = "http://127.0.0.1:1"
    settings = visitor.sandbox.settings()

    assert CLIENT.items() <= settings.items()
    assert ("acme", "http://127.0.0.1:1") == (settings["domain"], settings["base_url"])
