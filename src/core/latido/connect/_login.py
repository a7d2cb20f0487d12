"""The one time that a person says yes in a browser."""

from __future__ import annotations

import secrets
import sys
import threading
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import parse_qs, urlencode, urlsplit

from latido.connect._redact import keep_secret, redacted
from latido.errors import ConfigurationError, CredentialError, UsageError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from http.server import BaseHTTPRequestHandler

_ = marker("latido")

Parameters: TypeAlias = "dict[str, str]"

LOGIN_PORT = 8765
"""Where the browser comes back to, unless the settings say otherwise: vendors want to know it beforehand."""


def redirect_uri(port: int = LOGIN_PORT) -> str:
    """Return the address on this machine that a vendor sends the browser back to."""
    return f"http://localhost:{port}/"


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
    address: str, parameters: Mapping[str, str], person: Person, port: int = LOGIN_PORT, timeout: float = 300.0
) -> str:
    """Return the code that the vendor gives when *person* agrees at *address* within *timeout* seconds.

    The browser comes back to `redirect_uri(port)`. Where it cannot reach this machine, the address that it tried is
    pasted, or the code in it.
    """
    state = secrets.token_urlsafe(24)
    answers: SimpleQueue[Parameters] = SimpleQueue()
    with _Listener(port, answers):
        asked = {"response_type": "code", "redirect_uri": redirect_uri(port), "state": state, **parameters}
        person.show(f"{address}?{urlencode(asked)}")
        threading.Thread(target=_take_paste, args=(person, state, answers), daemon=True).start()
        try:
            answer = answers.get(timeout=timeout)
        except Empty:
            raise UsageError(_("Nobody agreed in time."), _("Run the same command again.")) from None
    return _code(answer, state)


def _take_paste(person: Person, state: str, answers: SimpleQueue[Parameters]) -> None:
    """A bare code was copied by hand from the answer to this login; an address still carries its state."""
    text = (person.pasted() or "").strip()
    if text:
        answers.put(_parameters(text) if "://" in text else {"code": text, "state": state})


def _code(answer: Parameters, state: str) -> str:
    if not secrets.compare_digest(answer.get("state", "").encode(), state.encode()):
        raise CredentialError(
            _("The answer does not belong to this login."), _("Run the same command again and open its address.")
        )
    if "code" not in answer:
        said = redacted(answer.get("error_description") or answer.get("error", "?"))[:200]
        raise CredentialError(_("The vendor did not agree ({said}).", said=said), _("Run the same command again."))
    keep_secret(answer["code"])
    return answer["code"]


def _parameters(url: str) -> Parameters:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


class _Listener:
    """Takes the browser's request on loopback."""

    def __init__(self, port: int, answers: SimpleQueue[Parameters]) -> None:
        from http.server import ThreadingHTTPServer

        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), _answering(answers))
        except OSError as error:
            raise ConfigurationError(
                _("Port {port} of this machine is taken.", port=port), _("End the program that uses it, or paste.")
            ) from error
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _answering(answers: SimpleQueue[Parameters]) -> type[BaseHTTPRequestHandler]:
    from http.server import BaseHTTPRequestHandler

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = _parameters(self.path)
            awaited = "code" in found or "error" in found
            self._say(200 if awaited else 404)
            if awaited:
                answers.put(found)

        def _say(self, status: int) -> None:
            said = str(_("You may close this window.")).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_arguments: object) -> None:
            """The request holds the code."""

    return Handler
