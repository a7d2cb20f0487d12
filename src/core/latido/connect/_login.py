"""The one time that a person says yes in a browser."""

from __future__ import annotations

import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import parse_qs, urlencode, urlsplit

from latido.connect._redact import keep_secret, redacted
from latido.errors import ConfigurationError, CredentialError, UsageError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ = marker("latido")

Parameters: TypeAlias = "dict[str, str]"

LOGIN_PORT = 8765
"""Where the browser comes back to, unless the settings say otherwise: vendors want to know it beforehand."""


def redirect_uri(port: int = LOGIN_PORT) -> str:
    """Return the address on this machine that a vendor sends the browser back to."""
    return f"http://localhost:{port}/"


def authorization_code(
    address: str,
    parameters: Mapping[str, str],
    show: Callable[[str], None],
    *,
    port: int = LOGIN_PORT,
    pasted: Callable[[], str] | None = None,
    timeout: float = 300.0,
) -> str:
    """Return the code that the vendor gives when a person agrees at *address* within *timeout* seconds.

    *show* is given the whole address to open. The browser comes back to `redirect_uri(port)`, or the person pastes the
    address that it ended at, or the code in it, which *pasted* waits for.
    """
    state = secrets.token_urlsafe(24)
    answers: SimpleQueue[Parameters] = SimpleQueue()
    with _Listener(port, answers):
        if pasted is not None:
            threading.Thread(target=lambda: answers.put(_from_paste(pasted(), state)), daemon=True).start()
        asked = {"response_type": "code", "redirect_uri": redirect_uri(port), "state": state, **parameters}
        show(f"{address}?{urlencode(asked)}")
        try:
            answer = answers.get(timeout=timeout)
        except Empty:
            raise UsageError(_("Nobody agreed in time."), _("Run the same command again.")) from None
    return _code(answer, state)


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


def _from_paste(text: str, state: str) -> Parameters:
    """A bare code was copied by hand from the answer to this login; an address still carries its state."""
    text = text.strip()
    return _parameters(text) if "://" in text else {"code": text, "state": state}


def _parameters(url: str) -> Parameters:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


class _Listener:
    """Takes the browser's request on loopback."""

    def __init__(self, port: int, answers: SimpleQueue[Parameters]) -> None:
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
