"""How requests are signed, and how tokens are kept alive."""

from __future__ import annotations

import base64
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import orjson
import pytest

from latido.connect import Person, TokenStore
from latido.errors import ConfigurationError, CredentialError
from latido.schema import Ticket
from tests.connectors.zendesk.builders import cursor_page, ticket
from tests.desk import Desk, Says, rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.connectors.zendesk.desk import Office

EXPORT, TOKENS = "incremental/tickets/cursor", "/oauth/tokens"
API_TOKEN = {"client_id": None, "client_secret": None, "email": "ana@example.com", "api_token": "the-token"}
BY_CODE = {"grant": "authorization_code", "redirect_uri": "http://localhost:1/nowhere"}
EXPIRED = Says(401, {"error": "invalid_token", "error_description": "The access token provided is expired."})


def tokens(number: int, **more: Any) -> dict[str, Any]:
    pair = {"access_token": f"access-{number}", "refresh_token": f"refresh-{number}"}
    return {**pair, "token_type": "bearer", "scope": "read", "expires_in": 1800, **more}


def authorizations(desk: Desk, path: str) -> list[str]:
    return [each.headers["authorization"] for each in desk.requests(path)]


def logged_in(desk: Desk, office: Office) -> None:
    """Let somebody log in, by pasting the code."""
    desk.on(TOKENS, tokens(1))
    office.connector(**BY_CODE).login(Person(show=lambda _address: None, pasted=lambda: "the-code"))


def test_who_logs_in_is_told_what_to_do_with_the_address(desk: Desk, office: Office) -> None:
    logged_in(desk, office)

    assert [True] == [each.startswith("Open this address in a browser and agree.") for each in office.warnings]


def test_a_client_asks_for_a_token_and_for_reading_only(desk: Desk, office: Office) -> None:
    desk.on(TOKENS, tokens(1)).on(EXPORT, cursor_page("tickets"))

    office.pages("tickets")

    (asked,) = desk.requests(TOKENS)
    said = {"grant_type": "client_credentials", "client_id": "latido", "client_secret": "the-secret", "scope": "read"}
    assert said == asked.body
    assert ["Bearer access-1"] == authorizations(desk, EXPORT)


def test_an_api_token_needs_its_suffix(desk: Desk, office: Office) -> None:
    desk.on(EXPORT, cursor_page("tickets"))

    office.pages("tickets", **API_TOKEN)
    office.pages("tickets", **{**API_TOKEN, "email": "ana@example.com/token"})

    expected = "Basic " + base64.b64encode(b"ana@example.com/token:the-token").decode()
    assert [expected, expected] == authorizations(desk, EXPORT)


def test_an_api_token_is_used_with_a_dated_warning(desk: Desk, office: Office) -> None:
    desk.on(EXPORT, cursor_page("tickets"))

    office.pages("tickets", **API_TOKEN)

    assert ["2027-04-30"] == [
        word for text in office.warnings for word in text.replace(",", "").split() if "-30" in word
    ]


def test_a_token_that_expires_between_pages_is_renewed_once(desk: Desk, office: Office) -> None:
    pages = [cursor_page("tickets", ticket(n), after=f"c{n}", end=False) for n in range(1, 5)]
    desk.on(TOKENS, tokens(1, expires_in=None), tokens(2, expires_in=None))
    desk.on(EXPORT, *pages, EXPIRED, cursor_page("tickets", ticket(5), after="c5"))

    read = office.pages("tickets")

    assert ["1", "2", "3", "4", "5"] == [row.source_id for row in rows(read, Ticket)]
    assert 2 == len(desk.requests(TOKENS))
    assert [*["Bearer access-1"] * 5, "Bearer access-2"] == authorizations(desk, EXPORT)


def test_a_credential_that_stays_rejected_ends_after_one_renewal(desk: Desk, office: Office) -> None:
    desk.on(TOKENS, tokens(1), tokens(2)).on(EXPORT, EXPIRED)

    with pytest.raises(CredentialError):
        office.pages("tickets")

    assert 2 == len(desk.requests(TOKENS))


def test_a_login_keeps_the_first_pair_for_its_owner_only(desk: Desk, office: Office, tmp_path: Path) -> None:
    logged_in(desk, office)

    (asked,) = desk.requests(TOKENS)
    assert ("authorization_code", "the-code") == (asked.body["grant_type"], asked.body["code"])
    kept = TokenStore(tmp_path).get("support")
    assert kept is not None
    assert ("access-1", "refresh-1") == (kept.access_token, kept.refresh_token)
    assert 0o600 == (tmp_path / "tokens.json").stat().st_mode & 0o777


def test_a_login_takes_the_code_from_the_browser(desk: Desk, office: Office, redirect_uri: str) -> None:
    """The address that is shown leads to Zendesk, and the browser comes back to this machine."""
    desk.on(TOKENS, tokens(1))
    shown: list[str] = []

    def browse(address: str) -> None:
        shown.append(address)
        asked = httpx.URL(address).params
        answer = {"code": "the-code", "state": asked["state"]}
        threading.Thread(target=lambda: httpx.get(asked["redirect_uri"], params=answer, trust_env=False)).start()

    office.connector(redirect_uri=redirect_uri).login(Person(show=browse, pasted=lambda: None))

    (address,) = shown
    assert address.startswith(f"{desk.url}/oauth/authorizations/new?")
    assert ("latido", "read", "code") == tuple(
        httpx.URL(address).params[name] for name in ("client_id", "scope", "response_type")
    )
    assert "the-secret" not in address
    assert redirect_uri == desk.requests(TOKENS)[0].body["redirect_uri"]


def test_after_a_login_its_token_is_used(desk: Desk, office: Office) -> None:
    logged_in(desk, office)
    desk.on(EXPORT, cursor_page("tickets"))

    office.pages("tickets")

    assert ["Bearer access-1"] == authorizations(desk, EXPORT)


def test_a_client_may_insist_on_acting_for_itself(desk: Desk, office: Office) -> None:
    logged_in(desk, office)
    desk.on(TOKENS, tokens(7)).on(EXPORT, cursor_page("tickets"))

    office.pages("tickets", grant="client_credentials")

    assert ["Bearer access-7"] == authorizations(desk, EXPORT)


def test_a_renewed_pair_is_stored_before_it_is_used(desk: Desk, office: Office, tmp_path: Path) -> None:
    """A refresh makes both old tokens worthless at once."""
    logged_in(desk, office)
    desk.on(TOKENS, tokens(2)).on(EXPORT, EXPIRED, cursor_page("tickets"))

    office.pages("tickets")

    assert "refresh-1" == desk.requests(TOKENS)[-1].body["refresh_token"]
    stored = orjson.loads((tmp_path / "tokens.json").read_bytes())["support"]
    assert ("access-2", "refresh-2") == (stored["access_token"], stored["refresh_token"])


def test_a_token_is_renewed_before_it_expires(desk: Desk, office: Office) -> None:
    logged_in(desk, office)
    office.clock.sleep(1800 - 100)
    desk.on(TOKENS, tokens(2)).on(EXPORT, cursor_page("tickets"))

    office.pages("tickets")

    assert ["Bearer access-2"] == authorizations(desk, EXPORT)


def test_streams_that_meet_an_expired_token_together_renew_it_once(desk: Desk, office: Office) -> None:
    logged_in(desk, office)
    desk.on(TOKENS, tokens(2), tokens(3)).on(EXPORT, cursor_page("tickets")).lock(EXPORT, "Bearer access-2", EXPIRED)
    connector = office.connector()
    both = threading.Barrier(2)

    def read() -> int:
        both.wait()
        return connector.http.get(f"/api/v2/{EXPORT}").status

    with ThreadPoolExecutor(2) as pool:
        assert [200, 200] == [each.result() for each in [pool.submit(read), pool.submit(read)]]

    assert 2 == len(desk.requests(TOKENS))


def test_a_dead_refresh_token_asks_for_a_login(desk: Desk, office: Office) -> None:
    logged_in(desk, office)
    desk.on(TOKENS, Says(400, {"error": "invalid_grant"})).on(EXPORT, EXPIRED)

    with pytest.raises(CredentialError) as caught:
        office.pages("tickets")

    assert "latido login support" in str(caught.value.hint)


def test_without_a_login_the_command_is_named(office: Office) -> None:
    with pytest.raises(ConfigurationError) as caught:
        office.pages("tickets", **BY_CODE)

    assert "latido login support" in str(caught.value.hint)


def test_an_api_token_needs_no_login(office: Office) -> None:
    with pytest.raises(ConfigurationError, match="needs no login"):
        office.connector(**API_TOKEN).login()


def test_further_headers_are_sent_with_every_request(desk: Desk, office: Office) -> None:
    desk.on(EXPORT, cursor_page("tickets"))

    office.pages("tickets", headers={"X-Zendesk-Marketplace-Name": "Latido"})

    (asked,) = desk.requests(EXPORT)
    assert "Latido" == asked.headers["x-zendesk-marketplace-name"]
    assert asked.headers["user-agent"].startswith("latido/")
