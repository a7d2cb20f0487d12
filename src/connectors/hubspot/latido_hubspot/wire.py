"""How requests travel to HubSpot: by the transport of its own library.

Of `hubspot-api-client` only that is used. Its objects take ten times as long as JSON, its retries wait without end and
without a word, and its exceptions differ from package to package.
"""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from latido.connect import Outgoing, Unreachable, redacted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from urllib3 import BaseHTTPResponse

    from latido.connect import Answer

SECONDS = (10.0, 60.0)
"""The library itself would wait for ever."""

LANES = 8
"""Requests that are under way at once: more are no quicker, since the limit lets no more through."""

FORM = "application/x-www-form-urlencoded"


class HubSpotWire:
    """Sends each request once, over one pool of connections that all threads share.

    *seconds* may pass until there is a connection, and between two pieces of an answer.
    """

    def __init__(self, base_url: str, seconds: tuple[float, float] = SECONDS) -> None:
        address = urlsplit(base_url)
        self._origin = f"{address.scheme}://{address.netloc}"
        self._seconds = seconds
        self._making = threading.Lock()
        self._lanes = threading.BoundedSemaphore(LANES)

    def send(self, request: Outgoing) -> Answer:
        self._lanes.acquire()
        try:
            return self._sent(request)
        except BaseException:
            self._lanes.release()
            raise

    def close(self) -> None:
        """Give up connections."""
        if client := self.__dict__.get("_client"):
            client.rest_client.pool_manager.clear()

    def _sent(self, request: Outgoing) -> Answer:
        from hubspot.crm.objects.exceptions import ApiException  # type: ignore[import-untyped]
        from urllib3.exceptions import HTTPError

        try:
            return _Begun(self._called(request), self._lanes.release)
        except ApiException as refusal:
            return self._refused(refusal)
        except (AttributeError, UnicodeDecodeError) as error:
            # The library decodes the body of every error as UTF-8, also where there is none, or another charset.
            if not isinstance(error.__context__, ApiException):
                raise
            return self._refused(error.__context__)
        except HTTPError as error:
            raise Unreachable(_reason(error)) from error

    def _refused(self, refusal: Any) -> Answer:
        """Return the answer in *refusal*. Without a status there is none: the way there is not secure."""
        if not refusal.status:
            raise Unreachable(redacted(str(refusal.reason))) from refusal
        body = refusal.body.encode() if isinstance(refusal.body, str) else refusal.body
        return _Read(refusal.status, refusal.headers, body, self._lanes.release)

    def _called(self, request: Outgoing) -> BaseHTTPResponse:
        with self._making:
            client = self._client
        headers: dict[str, str] = {"Accept": "application/json", **request.headers}
        if request.form is not None:
            headers["Content-Type"] = FORM
        response: BaseHTTPResponse = client.call_api(
            request.url.removeprefix(self._origin),
            request.method,
            query_params=list((request.params or {}).items()),
            # The token of this very request: the one that the library was made with would be frozen.
            header_params=headers,
            auth_settings=[],
            body=request.json,
            post_params=list((request.form or {}).items()),
            _preload_content=False,
            _request_timeout=self._seconds,
        )
        return response

    @cached_property
    def _client(self) -> Any:
        from hubspot import HubSpot  # type: ignore[import-untyped]
        from urllib3 import Retry

        nothing = Retry(0, redirect=False, respect_retry_after_header=False)
        # `host` is what the generated clients call, `base_url` what the library's other half does.
        library = HubSpot(
            host=self._origin,
            base_url=self._origin,
            retry=nothing,
            connection_pool_maxsize=LANES,
            proxy=_proxy(self._origin),
        )
        client = library.crm.objects.basic_api.api_client
        client.set_default_header("Accept-Encoding", "gzip, deflate")
        return client


class _Begun:
    """An answer that the library has only begun to read; *leave* makes room for the next one."""

    def __init__(self, response: BaseHTTPResponse, leave: Callable[[], None]) -> None:
        self._response = response
        self._leave = leave
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers

    @property
    def received_bytes(self) -> int:
        return self._response.tell()

    def read(self) -> bytes:
        from urllib3.exceptions import HTTPError

        try:
            return self._response.read(decode_content=True)
        except HTTPError as error:
            raise Unreachable(type(error).__name__) from error

    def close(self) -> None:
        self._response.close()
        self._response.release_conn()
        self._leave()


class _Read:
    """An answer that the library has read whole, because it is an error to it."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes, leave: Callable[[], None]) -> None:
        self.status = status
        self.headers = headers
        self.received_bytes = len(body)
        self._body = body
        self._leave = leave

    def read(self) -> bytes:
        return self._body

    def close(self) -> None:
        self._leave()


def _reason(error: Exception) -> str:
    """Return what people may read: why a connection fails, and of any other error only its name."""
    failure = getattr(error, "reason", None) or error
    cause = failure.__cause__ or failure.__context__
    return redacted(str(cause)) if isinstance(cause, OSError) else type(failure).__name__


def _proxy(origin: str) -> str | None:
    """Return the proxy that this machine asks for; none reaches its own loopback."""
    from urllib.request import getproxies, proxy_bypass

    address = urlsplit(origin)
    host = address.hostname or ""
    if host in {"localhost", "::1"} or host.startswith("127.") or proxy_bypass(host):
        return None
    return getproxies().get(address.scheme)
