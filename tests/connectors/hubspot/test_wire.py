"""How requests travel: by HubSpot's own library, kept from doing more than that."""

from __future__ import annotations

import gzip
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from latido.connect import Outgoing, Unreachable
from latido.errors import ConfigurationError, CredentialError, VendorUnavailable
from latido_hubspot.wire import HubSpotWire
from tests.connectors.hubspot.builders import listed
from tests.desk import Desk, Says

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.connectors.hubspot.desk import Office


@pytest.fixture
def wire(desk: Desk) -> Iterator[HubSpotWire]:
    wire = HubSpotWire(desk.url)
    yield wire
    wire.close()


def outgoing(desk: Desk, path: str = "/crm/v3/objects/contacts", bearer: str = "one", **more: Any) -> Outgoing:
    return Outgoing(more.pop("method", "GET"), f"{desk.url}{path}", {"Authorization": f"Bearer {bearer}"}, **more)


def test_a_get_arrives_as_it_was_meant(desk: Desk, wire: HubSpotWire) -> None:
    desk.on("contacts", listed())

    answer = wire.send(outgoing(desk, params={"limit": 100, "properties": "a,b"}))

    assert (200, {"results": []}) == (answer.status, orjson.loads(answer.read()))
    (asked,) = desk.asked
    assert ({"limit": "100", "properties": "a,b"}, "Bearer one") == (asked.params, asked.headers["authorization"])
    assert "application/json" == answer.headers["CONTENT-TYPE"]


def test_each_request_shows_its_own_token(desk: Desk, wire: HubSpotWire) -> None:
    """The library keeps the token that it was made with; ours are renewed on the way."""
    for token in ("one", "two"):
        wire.send(outgoing(desk, bearer=token)).read()

    assert ["Bearer one", "Bearer two"] == [asked.headers["authorization"] for asked in desk.asked]


def test_a_post_carries_json(desk: Desk, wire: HubSpotWire) -> None:
    desk.on("contacts/search", listed())

    wire.send(outgoing(desk, "/crm/v3/objects/contacts/search", method="POST", json={"limit": 200, "é": [1, None]}))

    assert {"limit": 200, "é": [1, None]} == desk.asked[0].body


def test_a_post_carries_a_form(desk: Desk, wire: HubSpotWire) -> None:
    wire.send(outgoing(desk, method="POST", form={"grant_type": "refresh_token"}))

    assert {"grant_type": "refresh_token"} == desk.asked[0].body


@pytest.mark.parametrize("status", [207, 400, 401, 403, 404, 409, 414, 423, 429, 477, 500, 502, 504, 521, 530])
def test_every_status_is_an_answer(desk: Desk, wire: HubSpotWire, status: int) -> None:
    """The library raises other exceptions for them in each of its packages."""
    desk.on("contacts", Says(status, {"message": "why"}, {"Retry-After": "3600"}))

    answer = wire.send(outgoing(desk))

    assert (status, "3600", {"message": "why"}) == (
        answer.status,
        answer.headers["retry-after"],
        orjson.loads(answer.read()),
    )
    assert 1 == len(desk.asked)


def test_an_error_in_another_charset_is_an_answer_too(desk: Desk, wire: HubSpotWire) -> None:
    """The library stumbles over it."""
    page = "<h2>Página no encontrada</h2>".encode("iso-8859-1")
    desk.on("contacts", Says(404, page, {"content-type": "text/html;charset=iso-8859-1"}))

    answer = wire.send(outgoing(desk))

    assert (404, page) == (answer.status, answer.read())


def test_an_error_without_a_body_is_an_answer_too(desk: Desk, wire: HubSpotWire) -> None:
    desk.on("contacts", Says(502, b""))

    answer = wire.send(outgoing(desk))

    assert (502, b"") == (answer.status, answer.read())


def test_redirects_are_not_followed(desk: Desk, office: Office) -> None:
    desk.on("contacts", Says(302, b"", {"Location": "https://elsewhere.example/login"}))

    with pytest.raises(ConfigurationError, match=r"elsewhere\.example"):
        office.pages("contacts")

    assert 1 == len(desk.requests("contacts"))


def test_answers_are_compressed_on_the_way(desk: Desk, wire: HubSpotWire) -> None:
    """The library asks for the contrary."""
    body = orjson.dumps(listed(*[{"id": str(n)} for n in range(1000)]))
    packed = gzip.compress(body)
    desk.on("contacts", Says(200, packed, {"content-encoding": "gzip", "content-type": "application/json"}))

    answer = wire.send(outgoing(desk))

    assert body == answer.read()
    assert len(packed) == answer.received_bytes
    assert "gzip, deflate" == desk.asked[0].headers["accept-encoding"]


def test_a_proxy_is_used_where_this_machine_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """But never to reach the machine itself."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        heard: list[bytes] = []

        def serve() -> None:
            connection, _address = proxy.accept()
            with connection:
                heard.append(connection.recv(1000))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.delenv("no_proxy", raising=False)
        wire = HubSpotWire("https://api.hubapi.com")

        with pytest.raises(Unreachable):
            wire.send(Outgoing("GET", "https://api.hubapi.com/x", {}))
        thread.join(60)
        wire.close()

    assert heard[0].startswith(b"CONNECT api.hubapi.com:443")


def test_nobody_there_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"

        with pytest.raises(Unreachable, match="refused"):
            HubSpotWire(url).send(Outgoing("GET", f"{url}/x", {}))


class Counting:
    """A server that counts its connections and may break off its answers."""

    def __init__(self, sent: bytes) -> None:
        self.connections = 0
        counting = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                counting.connections += 1
                super().setup()

            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(sent)
                self.close_connection = len(sent) < len(b"{}")

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def counting(request: pytest.FixtureRequest) -> Iterator[Counting]:
    server = Counting(getattr(request, "param", b"{}"))
    yield server
    server.close()


def test_one_connection_serves_many_requests(counting: Counting) -> None:
    wire = HubSpotWire(counting.url)

    for _turn in range(5):
        answer = wire.send(Outgoing("GET", f"{counting.url}/x", {}))
        assert b"{}" == answer.read()
        answer.close()
    wire.close()

    assert 1 == counting.connections


def test_only_so_many_requests_are_under_way_at_once(counting: Counting) -> None:
    """The ninth waits until one of the others has been answered and read."""
    wire = HubSpotWire(counting.url)
    begun = [wire.send(Outgoing("GET", f"{counting.url}/x", {})) for _turn in range(8)]
    late: list[bytes] = []
    waiting = threading.Thread(target=lambda: late.append(wire.send(Outgoing("GET", f"{counting.url}/x", {})).read()))
    waiting.start()
    waiting.join(0.05)
    early = list(late)

    for answer in begun:
        answer.close()
    waiting.join(60)
    wire.close()

    assert ([], [b"{}"]) == (early, late)


@pytest.mark.parametrize("counting", [b"{"], indirect=True)
def test_an_answer_that_breaks_off_is_unreachable(counting: Counting) -> None:
    wire = HubSpotWire(counting.url)
    answer = wire.send(Outgoing("GET", f"{counting.url}/x", {}))

    with pytest.raises(Unreachable):
        answer.read()

    answer.close()
    wire.close()


def test_a_server_that_says_nothing_is_given_up() -> None:
    """The library itself would wait for ever."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        wire = HubSpotWire(url, (1.0, 0.05))

        with pytest.raises(Unreachable, match="timed out"):
            wire.send(Outgoing("GET", f"{url}/x", {}))

        wire.close()


def test_a_page_instead_of_json_is_asked_for_again(desk: Desk, office: Office) -> None:
    """Maintenance, or somebody in between; the library's models would make "no records" of it."""
    desk.on("contacts", Says(200, "<html>maintenance</html>"))

    with pytest.raises(VendorUnavailable, match="nothing readable"):
        office.pages("contacts")

    assert 3 == len(desk.requests("contacts"))


@pytest.mark.parametrize(
    ("status", "category"), [(401, "INVALID_AUTHENTICATION"), (401, "EXPIRED_AUTHENTICATION"), (530, "")]
)
def test_a_token_that_is_none_is_a_credential_error(desk: Desk, office: Office, status: int, category: str) -> None:
    desk.on("contacts", Says(status, {"status": "error", "message": "The token expired", "category": category}))

    with pytest.raises(CredentialError, match="expired"):
        office.pages("contacts")

    assert 1 == len(desk.requests("contacts"))


def test_no_token_is_shown_in_errors(desk: Desk, office: Office) -> None:
    desk.on("contacts", Says(401, {"message": "Bearer pat-eu1-secret is no token"}))

    with pytest.raises(CredentialError) as caught:
        office.pages("contacts")

    assert "pat-eu1-secret" not in f"{caught.value} {caught.value.hint} {caught.value.__cause__}"
