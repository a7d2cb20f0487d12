"""`latido login`: a person agrees in a browser, once."""

from __future__ import annotations

import socket
from threading import Event, Thread
from typing import TYPE_CHECKING

import httpx
import orjson
import pytest
from pydantic import SecretStr

from latido.connect import OAuth, Person, Tokens, TokenStore
from latido.connect._login import authorization_code
from latido.errors import CredentialError
from tests.core.connect.vendors import NOON, Scripted, Setting, answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AGREE = "https://vendor.test/oauth/authorizations/new"


def nobody_pastes() -> None:
    return None


@pytest.fixture
def here() -> str:
    """An address on this machine that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://localhost:{free.getsockname()[1]}/back"


def browser(*paths: str, then: Callable[[httpx.URL], str]) -> Callable[[str], None]:
    """Return what opens an address as a browser does: it asks for *paths* first, and *then* goes where it is sent."""

    def open_address(address: str) -> None:
        url = httpx.URL(address)
        back = httpx.URL(url.params["redirect_uri"]).copy_with(host="127.0.0.1")

        def visit() -> None:
            for path in (*paths, f"{back.path}?{then(url)}"):
                httpx.get(back.copy_with(raw_path=path.encode()), trust_env=False)

        Thread(target=visit, daemon=True).start()

    return open_address


def agreed(url: httpx.URL) -> str:
    return f"code=c-123456&state={url.params['state']}"


def test_who_agrees_is_sent_back_with_a_code(here: str) -> None:
    shown: list[str] = []
    visit = browser(then=agreed)

    def show(address: str) -> None:
        shown.append(address)
        visit(address)

    code = authorization_code(AGREE, {"client_id": "latido", "scope": "read"}, here, Person(show, nobody_pastes))

    assert "c-123456" == code
    (address,) = shown
    assert address.startswith(f"{AGREE}?response_type=code&redirect_uri=http%3A%2F%2Flocalhost%3A")
    assert {"client_id": "latido", "scope": "read"}.items() <= dict(httpx.URL(address).params).items()
    assert 32 <= len(httpx.URL(address).params["state"])


def test_a_browser_asks_for_other_things_too(here: str) -> None:
    """An icon, or the page without an answer."""
    show = browser("/favicon.ico", "/back", "/elsewhere?code=1", then=agreed)

    assert "c-123456" == authorization_code(AGREE, {}, here, Person(show, nobody_pastes))


def test_an_answer_to_somebody_elses_login_is_not_taken(here: str) -> None:
    """Or a stranger could make us read from an account of theirs."""
    show = browser(then=lambda _url: "code=c-123456&state=guessed")

    with pytest.raises(CredentialError, match="does not belong to this login"):
        authorization_code(AGREE, {}, here, Person(show, nobody_pastes))


def test_who_does_not_agree_is_told_what_the_vendor_said(here: str) -> None:
    show = browser(then=lambda url: f"error=access_denied&error_description=No.&state={url.params['state']}")

    with pytest.raises(CredentialError, match=r"The vendor did not agree \(No\.\)\."):
        authorization_code(AGREE, {}, here, Person(show, nobody_pastes))


@pytest.mark.parametrize("redirect_uri", ["http://localhost:{port}/back", "https://acme.test/back"])
@pytest.mark.parametrize("paste", ["https://acme.test/back?{answer}\n", "c-123456\n"])
def test_what_a_browser_elsewhere_was_answered_can_be_pasted(redirect_uri: str, paste: str) -> None:
    """On a server without a browser, or where another program has the port."""
    shown: list[str] = []
    opened = Event()

    def show(address: str) -> None:
        shown.append(address)
        opened.set()

    def pasted() -> str:
        opened.wait()
        return paste.format(answer=agreed(httpx.URL(shown[0])))

    with socket.create_server(("127.0.0.1", 0)) as taken:
        back = redirect_uri.format(port=taken.getsockname()[1])
        assert "c-123456" == authorization_code(AGREE, {}, back, Person(show, pasted))


def test_a_pasted_answer_to_another_login_is_not_taken(here: str) -> None:
    person = Person(lambda _address: None, lambda: "http://localhost/?code=c-123456&state=old")

    with pytest.raises(CredentialError, match="does not belong to this login"):
        authorization_code(AGREE, {}, here, person)


def test_nobody_is_waited_for_for_ever(here: str) -> None:
    with pytest.raises(CredentialError, match="Nobody agreed in time"):
        authorization_code(AGREE, {}, here, Person(lambda _address: None, nobody_pastes), timeout=0.01)


def test_the_code_becomes_the_first_tokens(here: str, tmp_path: Path) -> None:
    tokens = {"access_token": "a-1", "refresh_token": "r-1", "expires_in": 1800}
    transport = Scripted(answer(200, tokens))
    setting = Setting(transport, folder=tmp_path / ".latido")
    oauth = OAuth(
        "https://vendor.test/oauth/tokens", setting.runtime,
        client_id="latido", client_secret=SecretStr("s3cr3t"), grant="refresh_token", scope="read",
    )  # fmt: skip

    oauth.log_in(AGREE, here, Person(browser(then=agreed), nobody_pastes))

    (request,) = transport.requests
    assert {
        "grant_type": "authorization_code", "code": "c-123456", "redirect_uri": here,
        "client_id": "latido", "client_secret": "s3cr3t", "scope": "read",
    } == orjson.loads(request.content)  # fmt: skip
    stored = TokenStore(tmp_path / ".latido").get("support")
    assert Tokens("a-1", NOON, NOON.replace(minute=30), "r-1") == stored
    assert {"Authorization": "Bearer a-1"} == oauth.headers()
