"""How requests travel through the vendor's library."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from latido.connect import Outgoing, Unreachable
from latido.errors import ConfigurationError, VendorUnavailable
from latido_salesforce.quota import Quota
from latido_salesforce.wire import SalesforceWire
from tests.connectors.salesforce.desk import INSTANCE, TOKENS, refused
from tests.desk import Says

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.connectors.salesforce.desk import Office, SalesforceDesk

LIMITS = "/services/data/v64.0/limits"


@pytest.fixture
def wire(desk: SalesforceDesk) -> Iterator[SalesforceWire]:
    made = SalesforceWire(desk.url, "64.0", lambda: INSTANCE, Quota(0.8, "crm"), elsewhere=desk.url)
    yield made
    made.close()


@contextmanager
def server(says: bytes | None) -> Iterator[str]:
    """Yield the address of a server that says only this much to one request, and hangs up; None: it says nothing."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _address = listening.accept()
            with connection:
                connection.recv(65536)
                if says is None:
                    done.wait()
                else:
                    connection.sendall(says)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        done.set()
        thread.join()


def asking(desk: SalesforceDesk, path: str = LIMITS) -> Outgoing:
    return Outgoing("GET", f"{desk.url}{path}", {"Authorization": "Bearer mine"}, {"q": "a+b = 'ñ'"})


def test_requests_are_signed_as_core_signs_them(desk: SalesforceDesk, wire: SalesforceWire) -> None:
    desk.on("limits", {"ok": True})

    answer = wire.send(asking(desk))

    assert (200, b'{"ok":true}') == (answer.status, answer.read())
    (asked,) = desk.requests("limits")
    assert "Bearer mine" == asked.headers["authorization"]
    assert {"q": "a+b = 'ñ'"} == asked.params
    assert asked.headers["user-agent"].startswith("latido/")


def test_answers_are_asked_for_as_small_as_can_be(desk: SalesforceDesk, wire: SalesforceWire) -> None:
    """The library would ask for a third more, to be read by people."""
    desk.on("limits", {})

    wire.send(asking(desk)).close()

    (asked,) = desk.requests("limits")
    assert "gzip" == asked.headers["accept-encoding"]
    assert "x-prettyprint" not in asked.headers


@pytest.mark.parametrize("status", [300, 302, 400, 401, 403, 404, 420, 500, 503])
def test_every_status_is_an_answer(desk: SalesforceDesk, wire: SalesforceWire, status: int) -> None:
    """The library raises, and some of what it raises has lost what the vendor said."""
    desk.on("limits", Says(status, [{"errorCode": "SOME"}], {"retry-after": "7", "location": "https://e.example/"}))

    answer = wire.send(asking(desk))

    assert (status, "7", b'[{"errorCode":"SOME"}]') == (answer.status, answer.headers["Retry-After"], answer.read())
    assert 1 == len(desk.requests("limits"))


@pytest.mark.parametrize("body", [{"error": "an object"}, "<html>a page</html>", b""])
def test_an_error_may_have_any_form(desk: SalesforceDesk, wire: SalesforceWire, body: object) -> None:
    desk.on("limits", Says(401, body))

    assert 401 == wire.send(asking(desk)).status


def test_a_host_that_does_not_answer_is_unreachable(wire: SalesforceWire, desk: SalesforceDesk) -> None:
    """The reason names no address, because that holds the query."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = SalesforceWire(
            desk.url, "64.0", lambda: INSTANCE, Quota(0.8, "crm"), f"http://127.0.0.1:{taken.getsockname()[1]}"
        )

        with pytest.raises(Unreachable) as caught:
            nobody.send(asking(desk))

    nobody.close()
    wire.close()
    assert "ConnectionError" == caught.value.reason


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n50\r\nhalf",
    ],
)
def test_an_answer_that_breaks_off_is_none(head: bytes) -> None:
    """Nothing that came of it may count as the whole."""
    with server(head) as url:
        wire = SalesforceWire(url, "64.0", lambda: None, Quota(0.8, "crm"), elsewhere=url)
        answer = wire.send(Outgoing("GET", f"{url}{LIMITS}", {}))

        with pytest.raises(Unreachable):
            answer.read()
        wire.close()


def test_an_error_that_breaks_off_is_none() -> None:
    head = b"HTTP/1.1 500 Oh\r\ncontent-length: 100\r\n\r\nhalf"
    with server(head) as url:
        wire = SalesforceWire(url, "64.0", lambda: None, Quota(0.8, "crm"), elsewhere=url)

        with pytest.raises(Unreachable):
            wire.send(Outgoing("GET", f"{url}{LIMITS}", {}))
        wire.close()


def test_nothing_waits_for_ever() -> None:
    """Neither the library nor what it stands on has a time limit of its own."""
    with server(None) as url:
        wire = SalesforceWire(url, "64.0", lambda: None, Quota(0.8, "crm"), elsewhere=url, timeouts=(5, 0.05))

        with pytest.raises(Unreachable, match="ReadTimeout"):
            wire.send(Outgoing("GET", f"{url}{LIMITS}", {}))
        wire.close()


def test_credentials_come_from_nowhere_else(
    desk: SalesforceDesk, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A .netrc on this machine would sign instead of us."""
    (tmp_path / ".netrc").write_text("machine acme.my.salesforce.com login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    desk.on("limits", {})

    office.connector().http.get(LIMITS)

    assert "Bearer secret-access" == desk.requests("limits")[0].headers["authorization"]


def test_cookies_do_not_outlive_an_answer(desk: SalesforceDesk, office: Office) -> None:
    desk.on("limits", Says(200, {}, {"set-cookie": "sid=session; Path=/"}))
    http = office.connector().http

    http.get(LIMITS)
    http.get(LIMITS)

    assert ["cookie" in each.headers for each in desk.requests("limits")] == [False, False]


def test_a_redirection_is_a_wrong_address(desk: SalesforceDesk, office: Office) -> None:
    desk.on("limits", Says(302, "", {"location": "https://acme.lightning.force.com/"}))

    with pytest.raises(ConfigurationError, match=r"acme\.lightning\.force\.com"):
        office.connector().http.get(LIMITS)


def test_a_page_to_log_in_at_is_a_wrong_address(desk: SalesforceDesk, office: Office) -> None:
    """A host for people answers programs with 200."""
    desk.on("limits", Says(200, '<form><input name="pw" type="password"></form>'))

    with pytest.raises(ConfigurationError):
        office.connector().http.get(LIMITS)


def test_another_page_passes(desk: SalesforceDesk, office: Office) -> None:
    desk.on("limits", Says(200, "<h1>Down for maintenance</h1>"), {"ok": True})

    assert {"ok": True} == office.connector().http.get(LIMITS).json()


def test_an_error_without_end_ends_the_run(desk: SalesforceDesk, office: Office) -> None:
    desk.on("limits", refused("UNKNOWN_EXCEPTION", "An unexpected error occurred. Error Id: 1", 500))

    with pytest.raises(VendorUnavailable, match="keeps failing"):
        office.connector().http.get(LIMITS)


def test_threads_share_the_way(desk: SalesforceDesk, office: Office) -> None:
    desk.on("limits", {})
    http = office.connector().http

    with ThreadPoolExecutor(8) as pool:
        statuses = [each.result().status for each in [pool.submit(http.get, LIMITS) for _ in range(40)]]

    assert [200] * 40 == statuses
    assert 1 == len(desk.requests(TOKENS))
