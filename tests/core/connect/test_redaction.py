"""No message and no log line shows a secret."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from latido.connect import Basic, Bearer, Http, OAuth, Runtime, keep_secret, redacted
from latido.errors import LatidoError
from latido.testing import ManualClock
from tests.core.connect.token_servers import TokenServer
from tests.core.connect.vendors import HOST, NOON, Loopback, Scripted, Setting, answer, raw_json

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer abc.def-123", "Authorization: Bearer ***"),
        ("authorization='Basic YW5hQGFjbWU6cGFzcw=='", "authorization='Basic ***'"),
        ("Authorization: hmac-xyz", "Authorization: ***"),
        ("Bearer eyJhbGciOiJSUzI1NiJ9.x.y", "Bearer ***"),
        ("GET /token?client_secret=abc&a=1", "GET /token?client_secret=***&a=1"),
        ("/oauth?code=c-1&state=s", "/oauth?code=***&state=s"),
        ("/rest/user?auth=b24token", "/rest/user?auth=***"),
        ('{"refresh_token": "r-1", "scope": "read"}', '{"refresh_token": "***", "scope": "read"}'),
        ("{'access_token': 'a-1'}", "{'access_token': '***'}"),
        ("api_key=k password=p", "api_key=*** password=***"),
        ("invalid_token: The token expired.", "invalid_token: The token expired."),
        ("postgresql+psycopg://ana:p4ss@db.test/crm", "postgresql+psycopg://ana:***@db.test/crm"),
        ("see https://acme.test:8443/a@b", "see https://acme.test:8443/a@b"),
        ("bearer token missing", "bearer token missing"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str, shown: str) -> None:
    assert shown == redacted(text)


def test_what_is_known_to_be_a_secret_is_hidden_wherever_it_stands() -> None:
    keep_secret(SecretStr("s3cr3t/with=odd signs"), "webhook-key-77", None)

    assert "*** and *** in https://b24.test/rest/1/***/" == redacted(
        "s3cr3t/with=odd signs and s3cr3t%2Fwith%3Dodd%20signs in https://b24.test/rest/1/webhook-key-77/"
    )


def test_a_secret_within_a_longer_one_does_not_uncover_the_rest() -> None:
    keep_secret("prefix-1", "prefix-1-and-more")

    assert "***" == redacted("prefix-1-and-more")


def test_too_short_a_secret_would_hide_every_word() -> None:
    keep_secret("a", "", "token")

    assert "a token" == redacted("a token")


def test_a_credential_is_a_secret_from_the_start() -> None:
    Basic("ana@acme.test", SecretStr("basic-secret-1"))
    Bearer(SecretStr("bearer-secret-1"))

    assert "*** ***" == redacted("basic-secret-1 bearer-secret-1")


def test_log_lines_of_the_http_client_hide_secrets(caplog: pytest.LogCaptureFixture) -> None:
    """With everything logged that it can log."""
    caplog.set_level(logging.DEBUG)
    keep_secret("webhook-key-78")
    with Loopback(lambda _asked: raw_json({"token": "in-a-body"}, X_Echo="webhook-key-78")) as vendor:
        http = vendor.http("/rest/1/webhook-key-78", auth=Bearer(SecretStr("bearer-secret-2")))
        http.get("tickets", {"access_token": "not-known-before"})
        http.post("tickets", json={"subject": "in-a-question"})

    lines = caplog.text
    assert "/rest/1/***/tickets?access_token=*** " in lines
    for secret in ("webhook-key-78", "bearer-secret-2", "not-known-before", "in-a-body", "in-a-question"):
        assert secret not in lines


def test_no_error_shows_a_token_that_was_just_obtained(tmp_path: Path) -> None:
    """A vendor that quotes what it was sent."""
    server = TokenServer(access_token="just-obtained-1")
    setting = Setting(server, folder=tmp_path)
    secret = SecretStr("s3cr3t-of-ours")
    auth = OAuth(f"{HOST}/token", setting.runtime, client_id="latido", client_secret=secret)
    auth.headers()
    quoting = answer(422, {"error": "no such thing: just-obtained-1 s3cr3t-of-ours"})

    with pytest.raises(LatidoError, match=r"no such thing: \*\*\* \*\*\*"):
        Setting(Scripted(quoting)).http(auth=auth).get("tickets")


def test_an_error_quotes_no_more_of_an_address_than_the_path() -> None:
    keep_secret("webhook-key-79")
    http = Http(
        f"{HOST}/rest/1/webhook-key-79", Runtime("crm", clock=ManualClock(NOON), transport=Scripted(answer(404)))
    )

    with pytest.raises(LatidoError) as caught:
        http.get("crm.deal.get?id=7&auth=unknown-key")

    assert "vendor.test refuses crm.deal.get (404)." == str(caught.value)
