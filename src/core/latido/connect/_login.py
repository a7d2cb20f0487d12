"""The one time that a person says yes in a browser."""

from __future__ import annotations

import secrets
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import parse_qs, urlencode, urlsplit

from latido.connect._address import is_loopback
from latido.connect._redact import keep_secret, redacted
from latido.errors import CredentialError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from http.server import BaseHTTPRequestHandler, HTTPServer

_ = marker("latido")

Parameters: TypeAlias = "dict[str, str]"

PAGE = "<!DOCTYPE html><meta charset=utf-8><title>Latido</title><p>Latido ✓".encode()


def _show(address: str) -> None:
    sys.stderr.write(f"{address}\n")


def _typed() -> str | None:
    return sys.stdin.readline() if sys.stdin.isatty() else None


@dataclass(frozen=True, slots=True)
class Person:
    """Who agrees in a browser: is shown the address to open, and may paste the one at which the browser ended.

    `pasted` waits for that, and returns None where nobody can paste.
    """

    show: Callable[[str], None] = _show
    pasted: Callable[[], str | None] = _typed


def authorization_code(
    address: str, parameters: Mapping[str, str], redirect_uri: str, person: Person, timeout: float = 300.0
) -> str:
    """Return the code that the vendor gives when *person* agrees at *address* within *timeout* seconds.

    The browser comes back to *redirect_uri* on this machine. Where it cannot, the address that it tried is pasted, or
    only the code in it.
    """
    state = secrets.token_urlsafe(24)
    answers: SimpleQueue[Parameters] = SimpleQueue()
    asked = {"response_type": "code", "redirect_uri": redirect_uri, "state": state, **parameters}
    with _listening(redirect_uri, answers):
        person.show(f"{address}?{urlencode(asked)}")
        threading.Thread(target=_take_paste, args=(person, state, answers), daemon=True).start()
        try:
            answer = answers.get(timeout=timeout)
        except Empty:
            raise CredentialError(_("Nobody agreed in time."), _("Run the same command again.")) from None
    return _code(answer, state)


def _code(answer: Parameters, state: str) -> str:
    if not secrets.compare_digest(answer.get("state", "").encode(), state.encode()):
        raise CredentialError(
            _("That answer does not belong to this login."),
            _("Run the same command again, open its address, and copy the answer whole."),
        )
    if "code" not in answer:
        said = redacted(answer.get("error_description") or answer.get("error", "?"))[:200]
        raise CredentialError(
            _("The vendor did not agree ({said}).", said=said),
            _("Agree as an administrator, and check the redirect address of the client."),
        )
    keep_secret(answer["code"])
    return answer["code"]


def _take_paste(person: Person, state: str, answers: SimpleQueue[Parameters]) -> None:
    """A bare code was copied by hand from the answer to this login; an address still carries its state."""
    if text := (person.pasted() or "").strip():
        answers.put(_parameters(text) if "://" in text else {"code": text, "state": state})


def _parameters(url: str) -> Parameters:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@contextmanager
def _listening(redirect_uri: str, answers: SimpleQueue[Parameters]) -> Iterator[None]:
    """Take the browser's request, if it comes to this machine and the port is free; else there is only paste."""
    server = _server(redirect_uri, answers)
    if server is None:
        yield
        return
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _server(redirect_uri: str, answers: SimpleQueue[Parameters]) -> HTTPServer | None:
    from http.server import ThreadingHTTPServer

    target = urlsplit(redirect_uri)
    if not target.port or not is_loopback(target.hostname or ""):
        return None
    try:
        return ThreadingHTTPServer(("127.0.0.1", target.port), _answering(target.path or "/", answers))
    except OSError:
        return None


def _answering(path: str, answers: SimpleQueue[Parameters]) -> type[BaseHTTPRequestHandler]:
    from http.server import BaseHTTPRequestHandler

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = _parameters(self.path)
            awaited = urlsplit(self.path).path == path and not found.keys().isdisjoint({"code", "error"})
            self.send_response(200 if awaited else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(PAGE)))
            self.end_headers()
            self.wfile.write(PAGE)
            if awaited:
                answers.put(found)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing: the address holds the code."""

    return Handler
