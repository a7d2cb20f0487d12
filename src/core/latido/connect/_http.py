"""Requests to one vendor: signed, paced, repeated where that helps, and never sent anywhere else."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from latido.connect._address import check_base_url, is_loopback, joined
from latido.connect._auth import Anonymous
from latido.connect._limits import Limiter
from latido.connect._meter import METER
from latido.connect._redact import hush, redacted
from latido.connect._refusal import Refused, sentence
from latido.connect._reply import Reply, Trouble, trouble
from latido.connect._retry import Retry, Tries
from latido.connect._waiting import pause, wait
from latido.errors import ConfigurationError, CredentialError, LatidoError, RateLimited, Stopped, VendorUnavailable
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import httpx

    from latido.connect._auth import Auth
    from latido.connect._connector import Runtime
    from latido.messages import Message

_ = marker("latido")

LOGGERS = ("httpx", *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")))


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
        self._reached = False

    def get(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        *,
        bucket: str | None = None,
        give_up_on: Collection[int] = (),
    ) -> Reply:
        """Return the answer to a GET of *path*, which is relative to the base address.

        Raises Refused for an answer that asking again does not change, and for a status in *give_up_on* at once;
        CredentialError, ConfigurationError (redirected), RateLimited, VendorUnavailable, Stopped.
        """
        return self._ask("GET", path, bucket, give_up_on, params=params)

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
        return self._ask("POST", path, bucket, give_up_on, json=json, data=form)

    def close(self) -> None:
        self._client.close()

    def _ask(self, method: str, path: str, bucket: str | None, give_up_on: Collection[int], **content: Any) -> Reply:
        url = joined(self.base_url, path)
        tries = Tries(self._retry, self._runtime.clock)
        while True:
            signature = self._auth.headers()
            request = self._client.build_request(method, url, headers=signature, **content)
            outcome = self._attempt(request, bucket)
            found = trouble(outcome, give_up_on) if isinstance(outcome, Reply) else Trouble.FAILING
            if found is Trouble.NOTHING and isinstance(outcome, Reply):
                return outcome
            if not self._worth_repeating(found, outcome, tries, bucket, signature):
                raise self._error(found, outcome, path)
            if meter := METER.get(None):
                meter.retries += 1

    def _attempt(self, request: httpx.Request, bucket: str | None) -> Reply | httpx.RequestError:
        """Send *request* in its turn; the turn ends when the answer begins."""
        import httpx

        response: httpx.Response | None = None
        try:
            with self._limiter.turn(bucket, lambda seconds: pause(self._runtime, seconds)):
                response = self._client.send(request, stream=True)
            self._reached = True
            self._limiter.learn(response.headers)
            return Reply(response.status_code, response.headers, response.read())
        except httpx.RequestError as error:
            return error
        finally:
            _count(response)

    def _worth_repeating(
        self,
        found: Trouble,
        outcome: Reply | httpx.RequestError,
        tries: Tries,
        bucket: str | None,
        signature: Mapping[str, str],
    ) -> bool:
        """Do what may help against the trouble *found*: wait, or renew the credential. False: nothing does."""
        if found is Trouble.UNAUTHORIZED:
            return tries.may_renew() and self._auth.renew(signature)
        headers = outcome.headers if isinstance(outcome, Reply) else {}
        seconds = tries.wait_after(found, headers.get("retry-after"), reached=self._reached)
        if seconds is None:
            return False
        if found is Trouble.THROTTLED:
            self._limiter.hold(bucket, seconds)
        wait(self._runtime, seconds)
        return True

    def _error(self, found: Trouble, outcome: Reply | httpx.RequestError, path: str) -> LatidoError:
        host, source = self.host, self._runtime.source
        if not isinstance(outcome, Reply):
            return self._unavailable(_("cannot reach {host}: {reason}", host=host, reason=_reason(outcome)))
        match found:
            case Trouble.REDIRECTED:
                return ConfigurationError(
                    _("{host} sends us to another address ({target}).", host=host, target=_target(outcome)),
                    _("Check the address of {source}, then run: latido check {source}", source=source),
                )
            case Trouble.UNAUTHORIZED:
                return CredentialError(
                    _("{host} rejects the credential ({said}).", host=host, said=_said(outcome)),
                    _("Check the credential of {source}, then run: latido check {source}", source=source),
                )
            case Trouble.REFUSED | Trouble.CONFLICT:
                return self._refused(outcome, path)
            case _:
                return self._stopped(found, outcome)

    def _stopped(self, found: Trouble, reply: Reply) -> Stopped:
        host = self.host
        if found is Trouble.THROTTLED:
            return RateLimited(
                _("{host} asks to slow down for longer than a run waits.", host=host),
                _("Run it again later, it resumes: latido sync {source}", source=self._runtime.source),
            )
        if found is Trouble.BROKEN:
            form, n = reply.content_type or "?", len(reply.body)
            return self._unavailable(_("{host} answers no JSON ({form}, {n} bytes).", host=host, form=form, n=n))
        return self._unavailable(_("{host} keeps failing ({status}).", host=host, status=reply.status))

    def _unavailable(self, message: Message) -> VendorUnavailable:
        source = self._runtime.source
        return VendorUnavailable(message, _("See what can be reached: latido check {source}", source=source))

    def _refused(self, reply: Reply, path: str) -> Refused:
        where = redacted(path.partition("?")[0])
        said = _("{host} refuses {where} ({said}).", host=self.host, where=where, said=_said(reply))
        return Refused(said, reply.status, _parsed(reply), reply.headers)


def _client(
    host: str, transport: httpx.BaseTransport | None, headers: Mapping[str, str], timeouts: httpx.Timeout | None
) -> httpx.Client:
    from http.cookiejar import CookieJar, DefaultCookiePolicy

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


def _count(response: httpx.Response | None) -> None:
    if meter := METER.get(None):
        meter.requests += 1
        meter.received_bytes += response.num_bytes_downloaded if response else 0


def _parsed(reply: Reply) -> Any:
    try:
        return reply.json()
    except ValueError:
        return None


def _said(reply: Reply) -> str:
    return ", ".join(filter(None, (str(reply.status), sentence(_parsed(reply)))))


def _target(reply: Reply) -> str:
    return urlsplit(reply.headers.get("location", "")).hostname or "?"


def _reason(error: httpx.RequestError) -> str:
    """A failed connection says why; other errors may hold parts of the request."""
    import httpx

    return redacted(str(error)) if isinstance(error, httpx.ConnectError) else type(error).__name__
