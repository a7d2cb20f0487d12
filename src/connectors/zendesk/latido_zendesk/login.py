"""The first token of a person who lets Latido read for them."""

from __future__ import annotations

import secrets
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Empty, Queue
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from latido.errors import ConfigurationError, CredentialError
from latido.messages import marker
from latido_zendesk.account import client

if TYPE_CHECKING:
    from collections.abc import Callable

    from latido.connect import Runtime
    from latido_zendesk.settings import ZendeskSettings

_ = marker("latido_zendesk")

PATIENCE_SECONDS = 300.0
THANKS = "<!DOCTYPE html><meta charset=utf-8><title>Latido</title><p>Latido ✓"


def to_terminal(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def log_in(
    settings: ZendeskSettings,
    runtime: Runtime,
    tell: Callable[[str], None] = to_terminal,
    pasted: Callable[[], str] = input,
) -> None:
    """Show where to allow access, wait for Zendesk to send the browser back, and store the first pair of tokens.

    Where that browser runs on another machine, the address that it ends at can be pasted (read with *pasted*).
    """
    if settings.client_id is None:
        raise ConfigurationError(
            _("An API token needs no login."), _("Set client_id and client_secret in latido.toml to log in instead.")
        )
    state = secrets.token_urlsafe(24)
    asked = {
        "response_type": "code",
        "client_id": settings.client_id,
        "redirect_uri": settings.redirect_uri,
        "scope": settings.scope,
        "state": state,
    }
    with Redirect(settings.redirect_uri, pasted) as redirect:
        tell(f"{settings.site}/oauth/authorizations/new?{urlencode(asked)}")
        code = code_in(redirect.address(), state)
    client(settings, runtime, by_code=True).exchange(code, settings.redirect_uri)


def code_in(address: str, state: str) -> str:
    """Return the code in the *address* that Zendesk sent the browser to. Raises CredentialError."""
    said = {name: values[0] for name, values in parse_qs(urlsplit(address.strip()).query).items()}
    if "error" in said:
        raise CredentialError(
            _("Zendesk did not allow it: {said}.", said=said.get("error_description", said["error"])),
            _("Allow the access as an administrator, and check the client's redirect address."),
        )
    if not secrets.compare_digest(said.get("state", "").encode(), state.encode()) or "code" not in said:
        raise CredentialError(
            _("That is not the address that Zendesk sent you to."), _("Copy it whole from the browser's address bar.")
        )
    return said["code"]


class Redirect:
    """Waits for the address that the browser is sent to: caught on this machine, or pasted."""

    def __init__(self, redirect_uri: str, pasted: Callable[[], str]) -> None:
        self._addresses: Queue[str] = Queue()
        self._pasted = pasted
        self._server = self._listener(redirect_uri)

    def __enter__(self) -> Self:
        threading.Thread(target=self._read_pasted, daemon=True).start()
        if self._server:
            threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def address(self) -> str:
        try:
            return self._addresses.get(timeout=PATIENCE_SECONDS)
        except Empty:
            raise CredentialError(_("Nobody allowed the access in time."), _("Run the login again.")) from None

    def _read_pasted(self) -> None:
        try:
            self._addresses.put(self._pasted())
        except EOFError:  # There is no terminal: only the redirect is left.
            return

    def _listener(self, redirect_uri: str) -> HTTPServer | None:
        """Return a server on the redirect's port; None if it leads elsewhere or the port is taken."""
        target, addresses = urlsplit(redirect_uri), self._addresses

        class Caught(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(THANKS.encode())
                if urlsplit(self.path).path == (target.path or "/"):
                    addresses.put(self.path)

            def log_message(self, *_arguments: object) -> None:
                """Say nothing: the path holds a code."""

        if target.hostname not in {"localhost", "127.0.0.1"} or not target.port:
            return None
        try:
            return HTTPServer(("127.0.0.1", target.port), Caught)
        except OSError:
            return None
