"""An app's tokens: where they come from, how they travel, and who never sees the client's secret."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from latido.connect import Person, Tokens, TokenStore
from latido.errors import ConfigurationError, CredentialError
from latido_bitrix24.account import client, own_transport
from latido_bitrix24.chain import Listing
from tests.connectors.bitrix24.builders import failing, item
from tests.connectors.bitrix24.desk import CLIENT, shelf
from tests.connectors.bitrix24.recordings import recorded
from tests.desk import Says

if TYPE_CHECKING:
    from pathlib import Path

    from latido_bitrix24.connector import Bitrix24
    from tests.connectors.bitrix24.desk import BitrixDesk, Office

TOKENS = "/oauth/token/"
ITEMS = Listing("crm.item.list", ("items",))


@pytest.fixture
def app(office: Office) -> Bitrix24:
    """Logged in half an hour ago."""
    now = office.clock.now()
    tokens = Tokens("access-0", now, now + timedelta(minutes=50), "refresh-0")
    TokenStore(office.folder).put(office.source, tokens)
    return office.connector(**CLIENT)


def granted(n: int) -> dict[str, Any]:
    told: dict[str, Any] = recorded("docs/oauth_token_refresh.json")
    return {**told, "access_token": f"access-{n}", "refresh_token": f"refresh-{n}"}


def test_a_token_travels_in_the_body(desk: BitrixDesk, app: Bitrix24) -> None:
    """Neither the logs of addresses nor those of headers show it."""
    app.portal.call("scope")

    (asked,) = desk.asked
    assert {"auth": "access-0"} == asked.body
    assert {} == asked.params
    assert "authorization" not in asked.headers


def test_a_token_that_expires_on_page_seven_is_renewed_once(desk: BitrixDesk, app: Bitrix24) -> None:
    """By the token server alone, and the call is repeated."""
    page, calls = shelf([item(key) for key in range(1, 401)], rows=20), iter(range(1, 100))
    expired = Says(401, failing("expired_token", "The access token provided has expired."))
    desk.on("crm.item.list", lambda params: expired if next(calls) == 7 else page(params))
    desk.on("batch", failing("ERROR_BATCH_METHOD_NOT_ALLOWED"))
    desk.on(TOKENS, granted(1))

    found = [
        number for records in app.portal.listed("crm.item.list", {}, ("items",)) for number in ITEMS.numbers(records)
    ]
    for after in range(20, 400, 20):
        command = ITEMS.page({}, after)
        found += ITEMS.numbers(app.portal.call(command.method, command.params)["items"])

    assert list(range(1, 401)) == found
    assert 1 == len(desk.requests(TOKENS))
    assert ["access-0"] * 7 + ["access-1"] * 14 == [each.body["auth"] for each in desk.requests("crm.item.list")]


def test_the_portal_never_sees_the_clients_secret(desk: BitrixDesk, app: Bitrix24) -> None:
    """Only the token server does; and what it hands out is kept."""
    desk.on("scope", Says(401, failing("expired_token")), {"result": []})
    desk.on(TOKENS, granted(1))

    app.portal.call("scope")

    (asked,) = desk.requests(TOKENS)
    assert "client-secret-1" == asked.body["client_secret"]
    others = [each for each in desk.asked if each.path != TOKENS]
    assert all("client-secret-1" not in f"{each.path}{each.params}{each.headers}{each.body}" for each in others)
    stored = TokenStore(app.runtime.folder).get(app.runtime.source)
    assert stored is not None
    assert "refresh-1" == stored.refresh_token


@pytest.mark.parametrize(
    "answer",
    [
        Says(200, failing("WRONG_CLIENT", "no")),
        Says(400, failing("invalid_grant", "no")),
        Says(401, failing("invalid_client", "no")),
        Says(402, recorded("docs/oauth_error_payment_required.json")),
        recorded("docs/oauth_error_payment_required.json"),
    ],
)
def test_a_token_server_that_says_no_is_heard(desk: BitrixDesk, app: Bitrix24, answer: Any) -> None:
    """With any status, 200 included."""
    desk.on("scope", Says(401, failing("expired_token")))
    desk.on(TOKENS, answer)

    with pytest.raises(CredentialError) as raised:
        app.portal.call("scope")
    assert raised.value.hint
    assert "client-secret-1" not in f"{raised.value}{raised.value.hint}"


@pytest.mark.parametrize("code", ["invalid_token", "NO_AUTH_FOUND", "APPLICATION_NOT_FOUND", "AUTHORIZATION_ERROR"])
def test_only_a_token_that_expired_is_renewed(desk: BitrixDesk, app: Bitrix24, code: str) -> None:
    """An app that renews without need may be blocked."""
    desk.on("scope", Says(401, failing(code)))

    with pytest.raises(CredentialError):
        app.portal.call("scope")
    assert [] == desk.requests(TOKENS)


def test_somebody_logs_in(desk: BitrixDesk, office: Office) -> None:
    """On a page of the portal; the code is turned into tokens elsewhere."""
    desk.on(TOKENS, granted(1))
    connector = office.connector(**CLIENT, redirect_uri="https://latido.example/")
    shown: list[str] = []

    connector.login(Person(shown.append, lambda: "the-code"))

    assert shown[0].startswith(f"{desk.url}/oauth/authorize/?response_type=code&")
    (asked,) = desk.requests(TOKENS)
    assert ("authorization_code", "the-code") == (asked.body["grant_type"], asked.body["code"])


def test_the_login_page_is_the_portals_and_tokens_are_not(office: Office) -> None:
    """Unless tests or a proxy stand in for both."""
    settings = office.settings(**CLIENT, base_url=None)

    assert "https://acme.bitrix24.com/oauth/authorize/" == settings.login_page
    assert "https://oauth.bitrix.info/oauth/token/" == settings.tokens
    assert "https://acme.bitrix24.com/rest" == settings.site
    assert client(settings, office.runtime())


def test_a_webhook_needs_no_login(office: Office) -> None:
    """Somebody may try."""
    with pytest.raises(ConfigurationError, match="no login"):
        office.connector().login()


def test_private_certificates_are_trusted_where_a_file_says_so(office: Office, tmp_path: Path) -> None:
    """And never is everything trusted: a file without certificates is a mistake that is said."""
    file = tmp_path / "ca.pem"
    file.write_text("no certificate")

    assert own_transport(office.settings(), office.runtime()) is None
    with pytest.raises(ConfigurationError, match="no certificates"):
        office.connector(ca_file=file)
