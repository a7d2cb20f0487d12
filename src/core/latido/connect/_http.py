"""Requests to one vendor: signed, paced, repeated where that helps, and never sent anywhere else."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from latido.connect._address import check_base_url, is_loopback, joined
from latido.connect._auth import Anonymous
from latido.connect._complaints import Complaints
from latido.connect._limits import Limiter
from latido.connect._meter import METER
from latido.connect._redact import hush
from latido.connect._reply import Reply, Trouble, trouble
from latido.connect._retry import Retry, Tries
from latido.connect._waiting import pause, wait

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import httpx

    from latido.connect._auth import Auth
    from latido.connect._connector import Runtime
    from latido.connect._page import Pace
    from latido.connect._shape import Shape

LOGGERS = ("httpx", *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")))


@dataclass(frozen=True, slots=True)
class _Asked:
    method: str
    path: str
    content: Mapping[str, Any]
    bucket: str | None
    give_up_on: Collection[int]
    shape: Shape | None = None


class Http:
    """The way to one vendor, shared by the streams of a source and their threads.

    Every request goes below *base_url*, redirects are not followed, and only there a credential is shown. *limiter*
    paces the requests, *retry* says how long each insists, *timeouts* are 10 s to connect, 60 s to read, 30 s to write.
    """

    def __init__(
        self,
        base_url: str,
        runtime: Runtime,
        *,
        auth: Auth | None = None,
        limiter: Limiter | None = None,
        headers: Mapping[str, str] | None = None,
        retry: Retry | None = None,
        timeouts: httpx.Timeout | None = None,
    ) -> None:
        check_base_url(base_url)
        self.base_url = base_url
        self.host = urlsplit(base_url).hostname or ""
        self._runtime = runtime
        self._auth = auth or Anonymous()
        self._limiter = limiter or Limiter({}, runtime.clock)
        self._retry = retry or Retry()
        self._client = _client(self.host, runtime.transport, headers or {}, timeouts)
        self._complaints = Complaints(self.host, runtime.source)
        self._reached = False

    def get(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        *,
        bucket: str | None = None,
        give_up_on: Collection[int] = (),
        shape: Shape | None = None,
    ) -> Reply:
        """Return the answer to a GET of *path*, which is relative to the base address; of a *shape*, only that part.

        Raises Refused for an answer that asking again does not change, and for a status in *give_up_on* at once;
        CredentialError, ConfigurationError (redirected), RateLimited, VendorUnavailable, Stopped.
        """
        return self._answer(_Asked("GET", path, {"params": params}, bucket, give_up_on, shape))

    def post(
        self,
        path: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        bucket: str | None = None,
        give_up_on: Collection[int] = (),
    ) -> Reply:
        """Return the answer to a POST that reads; it is repeated like a GET, and raises what that raises."""
        return self._answer(_Asked("POST", path, {"json": json, "data": form}, bucket, give_up_on))

    def pace(self, bucket: str | None = None) -> Pace | None:
        """Return how fast requests on *bucket* may follow each other; None where no limit is known."""
        return self._limiter.pace(bucket)

    def close(self) -> None:
        """Give up connections; a transport that was handed over belongs to whoever made it."""
        if self._runtime.transport is None:
            self._client.close()

    def _answer(self, asked: _Asked) -> Reply:
        url = joined(self.base_url, asked.path)
        tries = Tries(self._retry, self._runtime.clock)
        while True:
            signature = self._auth.headers()
            request = self._client.build_request(asked.method, url, headers=signature, **asked.content)
            outcome = self._attempt(request, asked)
            if not isinstance(outcome, Reply):
                found = Trouble.FAILING
            elif (found := trouble(outcome, asked.give_up_on)) is Trouble.NOTHING:
                return outcome
            renewed = found is Trouble.UNAUTHORIZED and tries.may_renew() and self._auth.renew(signature)
            if not (renewed or self._waited(found, outcome, tries, asked.bucket)):
                raise self._complaints.about(found, outcome, asked.path)
            _count(retries=1)

    def _attempt(self, request: httpx.Request, asked: _Asked) -> Reply | httpx.RequestError:
        """Send *request* in its turn; the turn ends when the answer begins."""
        import httpx

        response: httpx.Response | None = None
        try:
            with self._limiter.turn(asked.bucket, lambda seconds: pause(self._runtime, seconds)) as turn:
                _count(requests=1)
                response = self._client.send(request, stream=True)
            self._reached = True
            self._limiter.learn(turn, response.headers)
            # Not `read`: a response that keeps megabytes is part of a cycle, and lives until somebody looks for those.
            return Reply(response.status_code, response.headers, b"".join(response.iter_bytes()), asked.shape)
        except httpx.RequestError as error:
            return error
        finally:
            if response is not None:
                response.close()
                _count(received_bytes=response.num_bytes_downloaded)

    def _waited(self, found: Trouble, outcome: Reply | httpx.RequestError, tries: Tries, bucket: str | None) -> bool:
        """Wait as long as it takes until another attempt may help. False: none does."""
        asked = outcome.headers.get("retry-after") if isinstance(outcome, Reply) else None
        seconds = tries.wait_after(found, asked, reached=self._reached)
        if seconds is None:
            return False
        if found is Trouble.THROTTLED:
            self._limiter.hold(bucket, seconds)
        wait(self._runtime, seconds)
        return True


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


def _count(requests: int = 0, retries: int = 0, received_bytes: int = 0) -> None:
    if meter := METER.get(None):
        meter.count(requests=requests, retries=retries, received_bytes=received_bytes)
