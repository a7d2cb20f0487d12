"""Who we are to Bitrix24, and how that travels."""

from __future__ import annotations

import ssl
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from latido.connect import HttpxWire, OAuth, TokenStore, keep_secret
from latido.errors import ConfigurationError
from latido.messages import marker

if TYPE_CHECKING:
    import httpx

    from latido.connect import Answer, Auth, Outgoing, Runtime
    from latido_bitrix24.settings import Bitrix24Settings

_ = marker("latido_bitrix24")


def credential(settings: Bitrix24Settings, runtime: Runtime) -> Auth | None:
    """Return what signs requests; a webhook's address is signature enough, and a secret."""
    if settings.webhook_url:
        keep_secret(settings.secret)
        return None
    return client(settings, runtime)


def client(settings: Bitrix24Settings, runtime: Runtime) -> OAuth:
    """Return the OAuth app, for which somebody logs in."""
    return OAuth(
        settings.tokens,
        runtime,
        client_id=settings.client_id or "",
        client_secret=settings.client_secret or SecretStr(""),
        grant="refresh_token",
        store=TokenStore(runtime.folder),
        form=True,
        or_query=True,
    )


class Wire:
    """Sends requests with the token in their body, where no log of addresses or headers shows it."""

    def __init__(self, settings: Bitrix24Settings, runtime: Runtime) -> None:
        import httpx

        self._own = own_transport(settings, runtime)
        timeouts = httpx.Timeout(connect=10, read=75, write=30, pool=75)  # Bitrix24 itself gives up after 60.
        host = urlsplit(settings.site).hostname or ""
        self._wire = HttpxWire(host, self._own or runtime.transport, {}, timeouts)

    def send(self, request: Outgoing) -> Answer:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token:
            return self._wire.send(request)
        headers = {name: value for name, value in request.headers.items() if name != "Authorization"}
        return self._wire.send(replace(request, headers=headers, json={**(request.json or {}), "auth": token}))

    def close(self) -> None:
        self._wire.close()
        if self._own is not None:
            self._own.close()


def own_transport(settings: Bitrix24Settings, runtime: Runtime) -> httpx.HTTPTransport | None:
    """Return a transport that trusts the certificates in `ca_file`; None where everybody's are trusted."""
    if settings.ca_file is None or runtime.transport is not None:
        return None
    import httpx

    try:
        trusted = ssl.create_default_context(cafile=settings.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            _("{file} holds no certificates that can be read.", file=settings.ca_file),
            _("Set ca_file to the certificates (PEM) of your portal, then run: latido check {source}",
              source=runtime.source),
        ) from error  # fmt: skip
    return httpx.HTTPTransport(verify=trusted)
