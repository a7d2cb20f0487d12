"""Requests to one vendor: signed, paced, repeated where that helps, and never sent anywhere else."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from latido.connect._address import check_base_url, joined
from latido.connect._auth import Anonymous
from latido.connect._complaints import Complaints
from latido.connect._limits import Limiter
from latido.connect._meter import METER
from latido.connect._reply import JSON, Reply, Trouble, trouble
from latido.connect._retry import Retry, Tries
from latido.connect._underway import Underway
from latido.connect._waiting import pause, wait
from latido.connect._wire import HttpxWire, Outgoing, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    import httpx

    from latido.connect._auth import Auth
    from latido.connect._connector import Runtime
    from latido.connect._page import Pace
    from latido.connect._shape import Shape
    from latido.connect._wire import Answer, Wire


@dataclass(frozen=True, slots=True)
class _Asked:
    method: str
    path: str
    bucket: str | None
    give_up_on: Collection[int]
    params: Mapping[str, str | int] | None = None
    json: Any = None
    form: Mapping[str, str] | None = None
    shape: Shape | None = None
    accepts: str = JSON


class Http:
    """The way to one vendor, shared by the streams of a source and their threads.

    Every request goes below *base_url*, redirects are not followed, and only there a credential is shown. *limiter*
    paces the requests, *retry* says how long each insists, *timeouts* are 10 s to connect, 60 s to read, 30 s to write.
    *wire* is how they travel, if not by httpx; then *headers* and *timeouts* are its own business. *judge* says what an
    answer means where this vendor has rules of its own, None where it has not.
    """

    def __init__(  # noqa: PLR0913 - by name only
        self,
        base_url: str,
        runtime: Runtime,
        *,
        auth: Auth | None = None,
        limiter: Limiter | None = None,
        headers: Mapping[str, str] | None = None,
        retry: Retry | None = None,
        timeouts: httpx.Timeout | None = None,
        wire: Wire | None = None,
        judge: Callable[[Reply], Trouble | None] | None = None,
    ) -> None:
        check_base_url(base_url)
        self.base_url = base_url
        self.host = urlsplit(base_url).hostname or ""
        self._runtime = runtime
        self._auth = auth or Anonymous()
        self._limiter = limiter or Limiter({}, runtime.clock)
        self._retry = retry or Retry()
        self._wire = wire or HttpxWire(self.host, runtime.transport, headers or {}, timeouts)
        self._judge = judge or (lambda _reply: None)
        self._complaints = Complaints(self.host, runtime.source)
        self._reached = False
        self._underway = Underway()

    def get(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        *,
        bucket: str | None = None,
        give_up_on: Collection[int] = (),
        shape: Shape | None = None,
        accepts: str = JSON,
    ) -> Reply:
        """Return the answer to a GET of *path*, which is relative to the base address; of a *shape*, only that part.

        An answer of another type than it *accepts* is none. Raises Refused for an answer that asking again does not
        change, and for a status in *give_up_on* at once; CredentialError, ConfigurationError (redirected), RateLimited,
        VendorUnavailable, Stopped.
        """
        return self._answer(_Asked("GET", path, bucket, give_up_on, params, shape=shape, accepts=accepts))

    def post(
        self,
        path: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        bucket: str | None = None,
        give_up_on: Collection[int] = (),
        shape: Shape | None = None,
    ) -> Reply:
        """Return the answer to a POST that reads; it is repeated like a GET, and raises what that raises."""
        return self._answer(_Asked("POST", path, bucket, give_up_on, json=json, form=form, shape=shape))

    def delete(self, path: str, *, bucket: str | None = None) -> Reply:
        """Return the answer to a DELETE of something that was made in order to read, as a job at the vendor."""
        return self._answer(_Asked("DELETE", path, bucket, ()))

    def pace(self, bucket: str | None = None) -> Pace | None:
        """Return how fast requests on *bucket* may follow each other; None where no limit is known."""
        return self._limiter.pace(bucket)

    def close(self) -> None:
        """Give up connections; waits for a request that another thread has under way, and lets no other begin."""
        self._underway.end()
        self._wire.close()

    def _answer(self, asked: _Asked) -> Reply:
        url = joined(self.base_url, asked.path)
        tries = Tries(self._retry, self._runtime.clock)
        while True:
            signature, outcome = self._attempt(url, asked)
            found = self._trouble(outcome, asked)
            if found is Trouble.NOTHING and isinstance(outcome, Reply):
                return outcome
            renewed = found is Trouble.UNAUTHORIZED and tries.may_renew() and self._auth.renew(signature)
            if not (renewed or self._waited(found, outcome, tries, asked.bucket)):
                raise self._complaints.about(found, outcome, asked.path)
            _count(retries=1)

    def _trouble(self, outcome: Reply | Unreachable, asked: _Asked) -> Trouble:
        if not isinstance(outcome, Reply):
            return Trouble.FAILING
        if outcome.status in asked.give_up_on:
            return Trouble.REFUSED
        return self._judge(outcome) or trouble(outcome, asked.accepts)

    def _attempt(self, url: str, asked: _Asked) -> tuple[Mapping[str, str], Reply | Unreachable]:
        """Sign and send what is *asked* in its turn, which ends when the answer begins; a token may expire before."""
        signature: Mapping[str, str] = {}
        try:
            with ExitStack() as exchange:
                with self._limiter.turn(asked.bucket, lambda seconds: pause(self._runtime, seconds)) as turn:
                    signature = self._auth.headers()
                    exchange.enter_context(self._underway.one())
                    answer = exchange.enter_context(closing(self._sent(url, signature, asked)))
                exchange.callback(lambda: _count(received_bytes=answer.received_bytes))
                self._reached = True
                self._limiter.learn(turn, answer.headers)
                return signature, Reply(answer.status, answer.headers, answer.read(), asked.shape)
        except Unreachable as error:
            return signature, error

    def _sent(self, url: str, signature: Mapping[str, str], asked: _Asked) -> Answer:
        _count(requests=1)
        return self._wire.send(Outgoing(asked.method, url, signature, asked.params, asked.json, asked.form))

    def _waited(self, found: Trouble, outcome: Reply | Unreachable, tries: Tries, bucket: str | None) -> bool:
        """Wait as long as it takes until another attempt may help. False: none does."""
        asked = outcome.headers.get("retry-after") if isinstance(outcome, Reply) else None
        seconds = tries.wait_after(found, asked, reached=self._reached)
        if seconds is None:
            return False
        if found is Trouble.THROTTLED:
            self._limiter.hold(bucket, seconds)
        wait(self._runtime, seconds)
        return True


def _count(requests: int = 0, retries: int = 0, received_bytes: int = 0) -> None:
    if meter := METER.get(None):
        meter.count(requests=requests, retries=retries, received_bytes=received_bytes)
