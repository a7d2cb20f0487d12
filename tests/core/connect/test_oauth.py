"""Tokens are renewed in time, once, by one renewer, and stored before they are used."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from pydantic import SecretStr

from latido.connect import ACCOUNT, METER, Bucket, Limiter, Meter, OAuth, Refused, Tokens, TokenStore
from latido.errors import ConfigurationError, CredentialError, VendorUnavailable
from tests.core.connect.token_servers import TokenServer
from tests.core.connect.vendors import HOST, NOON, Scripted, Setting, answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from latido.connect import Http

SECRET = SecretStr("s3cr3t-of-ours")


def client(setting: Setting, **settings: Any) -> OAuth:
    return OAuth(f"{HOST}/token", setting.runtime, **{"client_id": "latido", "client_secret": SECRET, **settings})


@pytest.fixture
def server() -> TokenServer:
    return TokenServer()


@pytest.fixture
def setting(server: TokenServer, tmp_path: Path) -> Setting:
    return Setting(server, folder=tmp_path / ".latido")


@pytest.fixture
def store(setting: Setting) -> TokenStore:
    """Holds what a login left a minute ago."""
    store = TokenStore(setting.folder)
    store.put("support", Tokens("access-0", NOON, NOON + timedelta(minutes=30), "refresh-0"))
    return store


@pytest.fixture
def http(setting: Setting, store: TokenStore) -> Http:
    """Reads for the person who logged in."""
    return setting.http(auth=client(setting, grant="refresh_token", store=store))


def test_a_client_acts_for_itself(server: TokenServer, setting: Setting) -> None:
    """With client credentials there is nothing to keep but the secret."""
    http = setting.http(auth=client(setting, scope="read", fields={"expires_in": 172_800}))

    http.get("tickets")
    http.get("tickets")

    assert [
        {
            "grant_type": "client_credentials", "client_id": "latido", "client_secret": "s3cr3t-of-ours",
            "scope": "read", "expires_in": 172_800,
        }
    ] == server.grants  # fmt: skip
    assert not setting.folder.exists()


def test_a_token_may_be_asked_for_with_a_form(server: TokenServer, setting: Setting) -> None:
    setting.http(auth=client(setting, form=True)).get("tickets")

    assert ["client_credentials"] == [grant["grant_type"] for grant in server.grants]


@pytest.mark.parametrize("refusal", [answer(405), answer(400, {"error": "invalid_request"})])
def test_a_token_is_asked_for_by_a_query_where_no_form_is_taken(refusal: httpx.Response) -> None:
    """Of some servers it is not known which of the two they take."""
    vendor = Scripted(refusal, answer(200, {"access_token": "access-1"}), answer())
    setting = Setting(vendor)

    setting.http(auth=client(setting, form=True, or_query=True)).get("tickets")

    posted, asked, _read = vendor.requests
    assert ("POST", "GET") == (posted.method, asked.method)
    assert "client_credentials" == asked.url.params["grant_type"]


def test_a_refusal_with_the_status_of_a_yes_is_one() -> None:
    """It says so in its body alone."""
    setting = Setting(Scripted(answer(200, {"error": "WRONG_CLIENT", "error_description": "Unknown client"})))

    with pytest.raises(CredentialError, match="WRONG_CLIENT: Unknown client"):
        setting.http(auth=client(setting)).get("tickets")


@pytest.mark.parametrize(
    ("life", "used_for"),
    [
        (1800, 1800 - 180),  # a tenth is left
        (300, 300 - 60),  # a minute is left
        (20, 10),  # a minute is more than it ever had
    ],
)
def test_a_token_is_renewed_before_it_expires(setting: Setting, server: TokenServer, life: int, used_for: int) -> None:
    server.said["expires_in"] = life
    http = setting.http(auth=client(setting))
    http.get("tickets")

    setting.clock.sleep(used_for - 1)
    http.get("tickets")
    assert 1 == len(server.grants)

    setting.clock.sleep(1)
    http.get("tickets")
    assert 2 == len(server.grants)
    assert ["Bearer access-1", "Bearer access-1", "Bearer access-2"] == server.opened


@pytest.mark.parametrize("expires_in", [None, "never", float("1e300")])
def test_a_token_that_says_nothing_of_its_end_lives_until_it_is_rejected(
    setting: Setting, server: TokenServer, expires_in: Any
) -> None:
    """As those of older clients do."""
    server.said["expires_in"] = expires_in
    http = setting.http(auth=client(setting))
    http.get("tickets")
    setting.clock.sleep(10 * 365 * 86_400)

    http.get("tickets")

    assert 1 == len(server.grants)


def test_a_life_may_be_a_text(setting: Setting, server: TokenServer) -> None:
    server.said["expires_in"] = "1800"
    http = setting.http(auth=client(setting))
    http.get("tickets")
    setting.clock.sleep(1800)

    http.get("tickets")

    assert 2 == len(server.grants)


def test_a_token_that_was_revoked_is_renewed_and_the_request_repeated(
    server: TokenServer, http: Http, store: TokenStore
) -> None:
    server.revoke()

    assert {"ok": True} == http.get("tickets").json()
    assert "Bearer access-2" == server.opened[-1]
    assert Tokens("access-2", NOON, NOON + timedelta(minutes=30), "refresh-2") == store.get("support")


def test_a_long_backfill_outlives_many_tokens(setting: Setting, server: TokenServer, http: Http) -> None:
    """Half an hour each; every renewal takes the refresh token of the one before."""
    for _ in range(100):
        http.get("tickets")
        setting.clock.sleep(600)

    assert 33 == len(server.grants)
    assert [f"refresh-{n}" for n in range(33)] == [grant["refresh_token"] for grant in server.grants]


class Watching(TokenServer):
    """Looks into the store whenever a token is used."""

    def __init__(self, store: TokenStore) -> None:
        super().__init__()
        self._store = store
        self.stored: list[Tokens | None] = []

    def say(self, path: str, authorization: str, body: bytes) -> tuple[int, Mapping[str, Any]]:
        if path != "/token":
            self.stored.append(self._store.get("support"))
        return super().say(path, authorization, body)


def test_a_new_pair_is_stored_before_it_is_used(setting: Setting, store: TokenStore) -> None:
    """The old pair is worthless by then: whoever used the new one first and crashed would be locked out."""
    setting.clock.sleep(1800)
    server = Watching(store)
    behind = Setting(server, setting.clock, folder=setting.folder)

    behind.http(auth=client(behind, grant="refresh_token", store=store)).get("tickets")

    now = setting.clock.now()
    assert [Tokens("access-1", now, now + timedelta(minutes=30), "refresh-1")] == server.stored


def test_a_server_may_let_the_refresh_token_live(setting: Setting, store: TokenStore) -> None:
    """Not every vendor rotates it."""
    setting.clock.sleep(1800)
    transport = Scripted(answer(200, {"access_token": "access-9", "expires_in": 60}), answer())
    same = Setting(transport, setting.clock, folder=setting.folder)

    same.http(auth=client(same, grant="refresh_token", store=store)).get("tickets")

    renewed = store.get("support")
    assert renewed is not None
    assert ("access-9", "refresh-0") == (renewed.access_token, renewed.refresh_token)


def test_what_another_program_has_renewed_is_taken_over(
    setting: Setting, server: TokenServer, http: Http, store: TokenStore
) -> None:
    """Two runs share the tokens of a source: the second finds the pair of the first, and asks for none."""
    http.get("tickets")
    setting.http(auth=client(setting, grant="refresh_token", store=store))
    setting.clock.sleep(1800)
    setting.http(auth=client(setting, grant="refresh_token", store=store)).get("tickets")

    http.get("tickets")

    assert 1 == len(server.grants)
    assert ["Bearer access-0", "Bearer access-1", "Bearer access-1"] == server.opened


def test_streams_side_by_side_renew_once(setting: Setting, server: TokenServer, http: Http) -> None:
    setting.clock.sleep(1800)

    with ThreadPoolExecutor(8) as streams:
        list(streams.map(lambda n: http.get(f"page/{n}"), range(40)))

    assert 1 == len(server.grants)
    assert 40 == len(server.opened)


def test_streams_side_by_side_renew_a_revoked_token_once(server: TokenServer, http: Http) -> None:
    server.revoke()

    with ThreadPoolExecutor(8) as streams:
        list(streams.map(lambda n: http.get(f"page/{n}"), range(40)))

    assert 2 == len(server.grants)


def test_a_dead_refresh_token_asks_for_a_login(setting: Setting, server: TokenServer, http: Http) -> None:
    server.refresh_token = "another"
    setting.clock.sleep(1800)

    with pytest.raises(CredentialError) as caught:
        http.get("tickets")

    assert (
        "vendor.test does not accept the token (invalid_grant: The refresh token is dead.)." == str(caught.value)
    )  # fmt: skip
    assert "Run: latido login support" == str(caught.value.hint)
    assert [] == server.opened


def test_nobody_logged_in_yet(setting: Setting) -> None:
    http = setting.http(auth=client(setting, grant="refresh_token"))

    with pytest.raises(ConfigurationError, match="There is no token for support yet") as caught:
        http.get("tickets")

    assert "Run: latido login support" == str(caught.value.hint)


@pytest.mark.parametrize("grant", ["client_credentials", "refresh_token"])
def test_a_wrong_secret_is_said_to_be_wrong_and_not_said(setting: Setting, store: TokenStore, grant: Any) -> None:
    setting.clock.sleep(1800)
    auth = client(setting, client_secret=SecretStr("mistyped-secret"), grant=grant, store=store)

    with pytest.raises(CredentialError) as caught:
        setting.http(auth=auth).get("tickets")

    assert (
        "vendor.test rejects the client id or secret (invalid_client: bad secret ***)." == str(caught.value)
    )  # fmt: skip
    assert "Check client_id and client_secret, then run: latido check support" == str(caught.value.hint)


def test_a_token_that_is_rejected_at_once_ends_the_run() -> None:
    """A scope that the vendor accepted without a word: renewing for ever would not help."""
    transport = Scripted(
        *[answer(200, {"access_token": f"access-{n}"}) if n % 2 else answer(401) for n in (1, 2, 3, 4)]
    )
    behind = Setting(transport)

    with pytest.raises(CredentialError):
        behind.http(auth=client(behind)).get("tickets")

    assert ["/token", "/tickets", "/token", "/tickets"] == [request.url.path for request in transport.requests]


@pytest.mark.parametrize("said", [{}, [], {"access_token": None}, {"access_token": 7}])
def test_a_token_server_that_hands_out_nothing_is_out_of_order(said: Any) -> None:
    setting = Setting(Scripted(answer(200, said)))

    with pytest.raises(VendorUnavailable, match=r"vendor\.test answers without a token\."):
        setting.http(auth=client(setting)).get("tickets")


def test_a_token_server_that_is_not_there_is_a_refusal() -> None:
    """A wrong subdomain, say: the connector knows."""
    setting = Setting(Scripted(answer(404)))

    with pytest.raises(Refused):
        setting.http(auth=client(setting)).get("tickets")


def test_a_token_server_that_is_gone_for_a_while_is_waited_for_in_mid_run() -> None:
    """It has answered before, though over another connection."""
    reset = httpx.ConnectError("no route")
    first, second = answer(200, {"access_token": "a", "expires_in": 60}), answer(200, {"access_token": "b"})
    behind = Setting(Scripted(first, answer(), *[reset] * 5, second, answer(body=[1])))
    http = behind.http(auth=client(behind))
    http.get("page/1")
    behind.clock.sleep(60)

    assert [1] == http.get("page/2").json()


def test_an_outage_of_the_token_server_is_waited_out() -> None:
    reset = httpx.ReadError("reset")
    behind = Setting(Scripted(answer(503), reset, answer(200, {"access_token": "access-1"}), answer(body=[1])))

    assert [1] == behind.http(auth=client(behind)).get("tickets").json()


def test_a_token_server_is_https_or_on_this_machine(setting: Setting) -> None:
    with pytest.raises(ConfigurationError):
        OAuth("http://vendor.test/token", setting.runtime, client_id="latido", client_secret=SECRET)


def test_a_key_signs_each_request_for_a_token(server: TokenServer, setting: Setting) -> None:
    signed = iter(["signed-1", "signed-2"])
    auth = client(setting, grant="jwt_bearer", client_secret=SecretStr(""), form=True, assertion=lambda: next(signed))
    http = setting.http(auth=auth)

    http.get("cases")
    server.revoke()
    http.get("cases")

    granted = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "client_id": "latido"}
    assert [{**granted, "assertion": "signed-1"}, {}, {**granted, "assertion": "signed-2"}] == server.grants
    assert not setting.folder.exists()


def test_an_assertion_that_is_rejected_is_about_the_key(setting: Setting) -> None:
    setting.transport = Scripted(answer(400, {"error": "invalid_grant", "error_description": "user hasn't approved"}))
    auth = client(setting, grant="jwt_bearer", client_secret=SecretStr(""), assertion=lambda: "signed-1")

    with pytest.raises(CredentialError) as caught:
        auth.headers()

    assert "Check client_id, the user and the private key, then run: latido check support" == str(caught.value.hint)


def test_a_token_server_may_say_where_the_requests_belong(setting: Setting, store: TokenStore) -> None:
    setting.transport = TokenServer(instance_url="https://acme.vendor.test")
    auth = client(setting, grant="refresh_token", store=store)
    auth.renew({"Authorization": "Bearer access-0"})

    assert "https://acme.vendor.test" == auth.address()
    assert "https://acme.vendor.test" == client(setting, grant="refresh_token", store=store).address()


def test_a_token_that_expires_while_its_request_waits_is_renewed_before(server: TokenServer, setting: Setting) -> None:
    server.said = {"expires_in": 120}
    limiter = Limiter({ACCOUNT: Bucket(1, per_seconds=300, share=1.0)}, setting.clock)
    meter, http = Meter(), setting.http(auth=client(setting), limiter=limiter)

    copy_context().run(lambda: (METER.set(meter), http.get("tickets"), http.get("tickets")))

    assert ["Bearer access-1", "Bearer access-2"] == server.opened
    assert 0 == meter.retries
