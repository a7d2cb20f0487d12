"""How one request travels: by httpx, or by the transport of a vendor's own library."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Protocol

from latido.connect._address import is_loopback
from latido.connect._redact import hush, redacted

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

LOGGERS = ("httpx", *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One request: `url` is absolute and below the base address, `headers` say who asks."""

    method: str
    url: str
    headers: Mapping[str, str]
    params: Mapping[str, str | int] | None = None
    json: Any = None
    form: Mapping[str, str] | None = field(default=None, repr=False)


class Answer(Protocol):
    """An answer that has begun: its head is there, its body is not read yet. Names of headers are found in any case."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def received_bytes(self) -> int:
        """Bytes of the body as they came over the wire so far."""

    def read(self) -> bytes:
        """Return the whole body, decompressed. Raises Unreachable when it breaks off."""

    def close(self) -> None:
        """Give the connection back."""


class Unreachable(Exception):
    """No answer came, or not a whole one. The reason is one that people may read."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Wire(Protocol):
    """Sends requests, each once and within a time limit; follows no redirects. Shared by threads.

    Every status is an answer; only Unreachable is raised.
    """

    def send(self, request: Outgoing) -> Answer: ...

    def close(self) -> None: ...


class HttpxWire:
    """Sends requests by httpx, over a *transport* that was handed over or a pool of its own."""

    def __init__(
        self,
        host: str,
        transport: httpx.BaseTransport | None,
        headers: Mapping[str, str],
        timeouts: httpx.Timeout | None,
    ) -> None:
        self._client = _client(host, transport, headers, timeouts)
        self._lent = transport is not None

    def send(self, request: Outgoing) -> Answer:
        import httpx

        content = {"params": request.params, "json": request.json, "data": request.form}
        built = self._client.build_request(
            request.method,
            request.url,
            headers=request.headers,
            **{name: value for name, value in content.items() if value is not None},
        )
        try:
            return _HttpxAnswer(self._client.send(built, stream=True))
        except httpx.RequestError as error:
            raise Unreachable(_reason(error)) from error

    def close(self) -> None:
        """Give up connections; a transport that was handed over belongs to whoever made it."""
        if not self._lent:
            self._client.close()


class _HttpxAnswer:
    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers

    @property
    def received_bytes(self) -> int:
        return self._response.num_bytes_downloaded

    def read(self) -> bytes:
        import httpx

        try:
            # Not `read`: a response that keeps megabytes is part of a cycle, and lives until somebody looks for those.
            return b"".join(self._response.iter_bytes())
        except httpx.RequestError as error:
            raise Unreachable(_reason(error)) from error

    def close(self) -> None:
        self._response.close()


def _client(
    host: str, transport: httpx.BaseTransport | None, headers: Mapping[str, str], timeouts: httpx.Timeout | None
) -> httpx.Client:
    from http.cookiejar import CookieJar, DefaultCookiePolicy

    # httpx would load its command line, and with it two libraries for terminals, for a fifth of a second.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
    import httpx

    hush(LOGGERS)
    return httpx.Client(
        headers={"Accept": "application/json", "User-Agent": f"latido/{version('latido')}", **headers},
        timeout=timeouts or httpx.Timeout(connect=10, read=60, write=30, pool=30),
        limits=httpx.Limits(max_connections=10, max_keepalive_connections=10, keepalive_expiry=60),
        transport=transport,
        follow_redirects=False,
        trust_env=not is_loopback(host),  # a proxy does not reach this machine's loopback
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # a session must not outlive its credential
    )


def _reason(error: httpx.RequestError) -> str:
    """A connection that fails says why; another error may hold parts of the request."""
    import httpx

    return redacted(str(error)) if isinstance(error, httpx.ConnectError) else type(error).__name__
