"""How requests are signed, and how tokens are kept alive."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import jwt
import orjson
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from latido.connect import Person, TokenStore
from latido.errors import ConfigurationError, CredentialError
from latido.schema import Account
from tests.connectors.salesforce.builders import account
from tests.connectors.salesforce.desk import INSTANCE, TOKENS, found, refused
from tests.desk import Desk, Says, rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.connectors.salesforce.desk import Office, SalesforceDesk

LIMITS = "/services/data/v64.0/limits"
MORE = "/services/data/v64.0/query/01g-2000"
BY_CODE = {"grant": "authorization_code", "redirect_uri": "http://localhost:1/nowhere"}
EXPIRED = refused("INVALID_SESSION_ID", "Session expired or invalid", 401)


def tokens(number: int, **more: Any) -> dict[str, Any]:
    """Return what Salesforce hands out: it does not say how long a token lives."""
    return {
        "access_token": f"access-{number}",
        "instance_url": INSTANCE,
        "id": f"{INSTANCE}/id/00D/005",
        "issued_at": "1768046400000",
        "signature": "x",
        "token_type": "Bearer",
        **more,
    }


def authorizations(desk: Desk, path: str) -> list[str]:
    return [each.headers["authorization"] for each in desk.requests(path)]


def logged_in(desk: Desk, office: Office) -> None:
    """Let somebody log in, by pasting the code."""
    desk.on(TOKENS, tokens(1, refresh_token="refresh-1"))
    office.connector(**BY_CODE).login(Person(show=lambda _address: None, pasted=lambda: "the-code"))


@pytest.fixture(scope="module")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def signed(private_key: rsa.RSAPrivateKey, tmp_path: Path) -> dict[str, Any]:
    """The settings of an app that signs for a user."""
    file = tmp_path / "key.pem"
    form = serialization.PrivateFormat.PKCS8
    file.write_bytes(private_key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return {"client_secret": None, "username": "ana@example.com", "private_key_file": file}


def test_an_app_asks_for_a_token_in_its_own_name(desk: SalesforceDesk, office: Office) -> None:
    desk.on(TOKENS, tokens(1)).on("limits", {})

    office.connector().http.get(LIMITS)

    (asked,) = desk.requests(TOKENS)
    assert {"grant_type": "client_credentials", "client_id": "latido", "client_secret": "the-secret"} == asked.body
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert ["Bearer access-1"] == authorizations(desk, "limits")


def test_a_key_signs_for_a_user(
    desk: SalesforceDesk, office: Office, signed: dict[str, Any], private_key: rsa.RSAPrivateKey
) -> None:
    """For three minutes, and for whoever hands out tokens."""
    desk.on(TOKENS, tokens(1)).on("limits", {})

    office.connector(**signed).http.get(LIMITS)

    (asked,) = desk.requests(TOKENS)
    assert "urn:ietf:params:oauth:grant-type:jwt-bearer" == asked.body["grant_type"]
    claims = jwt.decode(
        asked.body["assertion"], private_key.public_key(), ["RS256"], {"verify_exp": False, "verify_aud": False}
    )
    expires = int(office.clock.now().timestamp()) + 180
    assert {
        "iss": "latido", "sub": "ana@example.com", "aud": "https://login.salesforce.com", "exp": expires,
    } == claims  # fmt: skip


def test_a_key_signs_again_for_each_token(desk: SalesforceDesk, office: Office, signed: dict[str, Any]) -> None:
    desk.on(TOKENS, tokens(1), tokens(2)).on("limits", EXPIRED, {})

    office.connector(**signed).http.get(LIMITS)

    assert ["Bearer access-1", "Bearer access-2"] == authorizations(desk, "limits")
    assert 2 == len(desk.requests(TOKENS))


@pytest.mark.parametrize("content", [None, b"no key", b"\xff\xfe"])
def test_a_key_that_cannot_be_read_is_named(office: Office, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "other.pem"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(ConfigurationError, match=r"other\.pem holds no private key"):
        office.connector(client_secret=None, username="ana@example.com", private_key_file=file).http.get(LIMITS)


@pytest.mark.parametrize(
    "said",
    [
        {"error": "invalid_grant", "error_description": "user hasn't approved this consumer"},
        {"error": "invalid_grant", "error_description": "authentication failure"},
        {"error": "invalid_client_id"},
        {"error": "inactive_user"},
    ],
)
def test_a_refusal_to_hand_out_tokens_is_passed_on(desk: SalesforceDesk, office: Office, said: dict[str, str]) -> None:
    """Its description may be missing."""
    desk.on(TOKENS, Says(400, said))

    with pytest.raises(CredentialError, match=said.get("error_description", said["error"])) as caught:
        office.connector().http.get(LIMITS)

    assert "latido check crm" in str(caught.value.hint)


def test_a_session_that_ends_between_pages_is_renewed_once(desk: SalesforceDesk, office: Office) -> None:
    """Its lifetime is the org's secret, so that being rejected is how we hear of its end."""
    desk.on(TOKENS, tokens(1), tokens(2))
    desk.rows("Account", found(account(1), done=False, following=MORE)).on(MORE, EXPIRED, found(account(2)))

    pages = office.pages("accounts")

    assert ["001000000000001AAA", "001000000000002AAA"] == [each.source_id for each in rows(pages, Account)]
    assert ["Bearer access-1", "Bearer access-2"] == authorizations(desk, MORE)


def test_a_credential_that_stays_rejected_ends_after_one_renewal(desk: SalesforceDesk, office: Office) -> None:
    desk.on(TOKENS, tokens(1), tokens(2)).on("limits", EXPIRED)

    with pytest.raises(CredentialError):
        office.connector().http.get(LIMITS)

    assert 2 == len(desk.requests(TOKENS))


def test_streams_that_meet_an_expired_session_together_renew_it_once(desk: SalesforceDesk, office: Office) -> None:
    """The library would log in once for each of them."""
    desk.on(TOKENS, tokens(1), tokens(2), tokens(3)).on("limits", {}).lock("limits", "Bearer access-2", EXPIRED)
    http = office.connector().http
    both = threading.Barrier(2)

    def read() -> int:
        both.wait()
        return http.get(LIMITS).status

    with ThreadPoolExecutor(2) as pool:
        assert [200, 200] == [each.result() for each in [pool.submit(read), pool.submit(read)]]

    assert 2 == len(desk.requests(TOKENS))


def test_an_org_that_moved_is_followed(desk: SalesforceDesk, office: Office) -> None:
    """The token says where the org lives, also when it lives elsewhere since."""
    desk.on(TOKENS, tokens(1), tokens(2, instance_url="https://acme2.my.salesforce.com"))
    desk.on("limits", EXPIRED, {"ok": True})
    connector = office.connector()

    assert {"ok": True} == connector.http.get(LIMITS).json()
    assert "https://acme2.my.salesforce.com" == connector.auth.address()


def test_an_org_does_not_live_at_an_address_that_is_not_safe(desk: SalesforceDesk, office: Office) -> None:
    desk.on(TOKENS, tokens(1, instance_url="http://acme.my.salesforce.com"))

    with pytest.raises(ConfigurationError, match="https"):
        office.connector().http.get(LIMITS)


def test_a_login_takes_the_code_from_the_browser(desk: SalesforceDesk, office: Office, redirect_uri: str) -> None:
    desk.on(TOKENS, tokens(1, refresh_token="refresh-1"))
    shown: list[str] = []

    def browse(address: str) -> None:
        shown.append(address)
        asked = httpx.URL(address).params
        answer = {"code": "the-code", "state": asked["state"]}
        threading.Thread(target=lambda: httpx.get(asked["redirect_uri"], params=answer, trust_env=False)).start()

    office.connector(redirect_uri=redirect_uri).login(Person(show=browse, pasted=lambda: None))

    (address,) = shown
    assert address.startswith(f"{desk.url}/services/oauth2/authorize?")
    assert ("latido", "api refresh_token") == tuple(httpx.URL(address).params[name] for name in ("client_id", "scope"))
    assert "the-secret" not in address
    assert ("authorization_code", "the-code") == tuple(
        desk.requests(TOKENS)[0].body[name] for name in ("grant_type", "code")
    )


def test_after_a_login_its_token_is_used(desk: SalesforceDesk, office: Office) -> None:
    logged_in(desk, office)
    desk.on("limits", {})

    office.connector().http.get(LIMITS)

    assert ["Bearer access-1"] == authorizations(desk, "limits")


def test_an_app_may_insist_on_acting_for_itself(desk: SalesforceDesk, office: Office) -> None:
    logged_in(desk, office)
    desk.on(TOKENS, tokens(7)).on("limits", {})

    office.connector(grant="client_credentials").http.get(LIMITS)

    assert ["Bearer access-7"] == authorizations(desk, "limits")


def test_a_renewed_pair_is_stored_before_it_is_used(desk: SalesforceDesk, office: Office, tmp_path: Path) -> None:
    """Where an org rotates refresh tokens, the old one is worthless at once."""
    logged_in(desk, office)
    desk.on(TOKENS, tokens(2, refresh_token="refresh-2")).on("limits", EXPIRED, {})

    office.connector().http.get(LIMITS)

    assert "refresh-1" == desk.requests(TOKENS)[-1].body["refresh_token"]
    stored = orjson.loads((tmp_path / "tokens.json").read_bytes())["crm"]
    assert ("access-2", "refresh-2") == (stored["access_token"], stored["refresh_token"])


def test_a_refresh_token_that_is_not_rotated_is_kept(desk: SalesforceDesk, office: Office, tmp_path: Path) -> None:
    logged_in(desk, office)
    desk.on(TOKENS, tokens(2)).on("limits", EXPIRED, {})

    office.connector().http.get(LIMITS)

    kept = TokenStore(tmp_path).get("crm")
    assert kept is not None
    assert ("access-2", "refresh-1") == (kept.access_token, kept.refresh_token)


def test_a_revoked_refresh_token_asks_for_a_login(desk: SalesforceDesk, office: Office) -> None:
    logged_in(desk, office)
    desk.on(TOKENS, Says(400, {"error": "invalid_grant", "error_description": "expired access/refresh token"}))
    desk.on("limits", EXPIRED)

    with pytest.raises(CredentialError, match="expired access/refresh token") as caught:
        office.connector().http.get(LIMITS)

    assert "latido login crm" in str(caught.value.hint)


def test_without_a_login_the_command_is_named(office: Office) -> None:
    with pytest.raises(ConfigurationError) as caught:
        office.connector(**BY_CODE).http.get(LIMITS)

    assert "latido login crm" in str(caught.value.hint)


def test_a_key_needs_no_login(office: Office, signed: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="needs no login"):
        office.connector(**signed).login()
