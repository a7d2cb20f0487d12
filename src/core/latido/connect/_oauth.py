"""OAuth 2: tokens that expire and are renewed in time, by one renewer at a time."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, Protocol
from urllib.parse import urlsplit

from latido.connect._address import check_base_url
from latido.connect._auth import printable
from latido.connect._http import Http
from latido.connect._login import Person, authorization_code
from latido.connect._redact import keep_secret
from latido.connect._refusal import Refused, sentence
from latido.connect._retry import Retry
from latido.connect._tokens import Tokens, TokenStore
from latido.errors import ConfigurationError, CredentialError, VendorUnavailable
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import SecretStr

    from latido.connect._connector import Runtime
    from latido.connect._reply import Reply

_ = marker("latido")

PATIENCE = 120.0
"""Seconds to wait for a token server that asks to slow down: others wait meanwhile."""

REJECTIONS = (400, 401, 402, 403)

NO_POST = (404, 405)

GRANTS = {"jwt_bearer": "urn:ietf:params:oauth:grant-type:jwt-bearer"}
"""What a grant is called on the wire, where that is not its own name."""

ABOUT_CLIENT = {"invalid_client", "unauthorized_client"}


class OAuth:
    """Bearer tokens of an OAuth client.

    With `client_credentials` there is nothing to keep but the secret, so that a *store* is optional. With
    `refresh_token` the first pair comes from `latido login`; each renewal may hand out a new pair, which is stored
    before it is used, because the vendor has already forgotten the old one. With `jwt_bearer` each token is asked for
    with a new *assertion*, signed by whoever has the key, who may be no client and have no *client_id*. *token_url* is
    pinned like a `base_url`; *fields* are sent with each token request, which is JSON or a *form*, and a query where a
    server wants it *or_query*.
    """

    def __init__(  # noqa: PLR0913 - the words of OAuth, by name only
        self,
        token_url: str,
        runtime: Runtime,
        *,
        client_id: str,
        client_secret: SecretStr,
        grant: Literal["client_credentials", "refresh_token", "jwt_bearer"] = "client_credentials",
        scope: str | None = None,
        store: TokenStore | None = None,
        fields: Mapping[str, str | int] | None = None,
        form: bool = False,
        or_query: bool = False,
        assertion: Callable[[], str] | None = None,
    ) -> None:
        keep_secret(client_secret)
        check_base_url(token_url)
        address = urlsplit(token_url)
        self._server = f"{address.scheme}://{address.netloc}"
        self._host = address.hostname
        self._path = address.path
        self._runtime = runtime
        secret = client_secret.get_secret_value()
        told = {"client_id": client_id, "client_secret": secret}
        self._client = {name: value for name, value in told.items() if value}
        self._grant = grant
        self._scoped = {"scope": scope} if scope else {}
        self._fields = fields or {}
        self._form = form
        self._or_query = or_query
        self._assertion = assertion
        self._store: _Keeper = store or (TokenStore(runtime.folder) if grant == "refresh_token" else _Memory())
        self._lock = threading.Lock()
        self._tokens: Tokens | None = None

    def headers(self) -> Mapping[str, str]:
        tokens = self._tokens
        if tokens is None or not tokens.fresh(self._runtime.clock.now()):
            tokens = self._renewed(None)
        return {"Authorization": f"Bearer {tokens.access_token}"}

    def renew(self, used: Mapping[str, str]) -> bool:
        self._renewed(used["Authorization"].removeprefix("Bearer "))
        return True

    def address(self) -> str | None:
        """Return where this client's requests belong, if the token server says so (`instance_url`)."""
        self.headers()
        return self._tokens.address if self._tokens else None

    def log_in(self, address: str, redirect_uri: str, person: Person | None = None, **more: str) -> None:
        """Let a *person* (by default whoever sits at the terminal) agree at *address*; store the first tokens.

        *more* is asked there too, in the vendor's own words.
        """
        asked = {"client_id": self._client["client_id"], **self._scoped, **more}
        self._runtime.warn(
            _("Open this address in a browser and agree. If it ends at an empty page, paste the address of that.")
        )
        self.exchange(authorization_code(address, asked, redirect_uri, person or Person()), redirect_uri)

    def exchange(self, code: str, redirect_uri: str) -> None:
        """Turn the authorization code of `latido login` into the first pair of tokens, and store it."""
        keep_secret(code)
        pair = self._requested({"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}, None)
        self._tokens = self._store.update(self._runtime.source, lambda _stored: pair)

    def _renewed(self, rejected: str | None) -> Tokens:
        def change(stored: Tokens | None) -> Tokens:
            # Another thread or process may have renewed while we waited for our turn.
            if stored and stored.access_token != rejected and stored.fresh(self._runtime.clock.now()):
                return stored
            return self._next(stored)

        with self._lock:
            self._tokens = self._store.update(self._runtime.source, change)
            keep_secret(self._tokens.access_token, self._tokens.refresh_token)
            return self._tokens

    def _next(self, stored: Tokens | None) -> Tokens:
        if self._grant == "client_credentials":
            return self._requested({"grant_type": self._grant}, None)
        if self._grant == "jwt_bearer":
            return self._requested(self._asserted(), None)
        if stored is None or stored.refresh_token is None:
            raise ConfigurationError(
                _("There is no token for {source} yet.", source=self._runtime.source),
                _("Run: latido login {source}", source=self._runtime.source),
            )
        keep_secret(stored.refresh_token)
        return self._requested({"grant_type": self._grant, "refresh_token": stored.refresh_token}, stored.refresh_token)

    def _asserted(self) -> Mapping[str, str]:
        if self._assertion is None:
            raise TypeError("a JWT bearer grant needs somebody who signs")
        assertion = self._assertion()
        keep_secret(assertion)
        return {"grant_type": GRANTS[self._grant], "assertion": assertion}

    def _requested(self, grant: Mapping[str, str], refresh_token: str | None) -> Tokens:
        body = {**grant, **self._client, **self._scoped, **self._fields}
        retry = (
            Retry(patience=PATIENCE) if self._tokens is None else Retry(first_contact=Retry().tries, patience=PATIENCE)
        )
        with closing(Http(self._server, self._runtime, retry=retry)) as http:
            try:
                reply = self._answer(http, body)
            except Refused as refusal:
                if refusal.status not in REJECTIONS:
                    raise
                raise self._rejected(_code(refusal.body), refusal.sentence or str(refusal.status)) from refusal
        return self._parsed(reply.json(), refresh_token)

    def _answer(self, http: Http, body: Mapping[str, Any]) -> Reply:
        content: Mapping[str, Any] = {"form": body} if self._form else {"json": body}
        try:
            return http.post(self._path, give_up_on=REJECTIONS, **content)
        except Refused as refusal:
            if not self._or_query or not (refusal.status in NO_POST or _code(refusal.body) == "invalid_request"):
                raise
            return http.get(self._path, body, give_up_on=REJECTIONS)

    def _parsed(self, answer: Any, refresh_token: str | None) -> Tokens:
        if not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str):
            if _code(answer) is not None:  # Some say no with the status of a yes.
                raise self._rejected(_code(answer), sentence(answer))
            raise VendorUnavailable(_("{host} answers without a token.", host=self._host))
        keep_secret(answer["access_token"], answer.get("refresh_token"))
        now, life = self._runtime.clock.now(), _life(answer.get("expires_in"))
        return Tokens(
            printable(answer["access_token"]),
            now,
            None if life is None else now + life,
            answer.get("refresh_token") or refresh_token,
            answer.get("instance_url"),
        )

    def _rejected(self, code: Any, said: str) -> CredentialError:
        source = self._runtime.source
        if self._grant == "refresh_token" and code not in ABOUT_CLIENT:
            return CredentialError(
                _("{host} does not accept the token ({said}).", host=self._host, said=said),
                _("Run: latido login {source}", source=source),
            )
        if self._grant == "jwt_bearer":
            return CredentialError(
                _("{host} does not accept the signed assertion ({said}).", host=self._host, said=said),
                _("Check client_id, the user and the private key, then run: latido check {source}", source=source),
            )
        return CredentialError(
            _("{host} rejects the client id or secret ({said}).", host=self._host, said=said),
            _("Check client_id and client_secret, then run: latido check {source}", source=source),
        )


def _code(answer: Any) -> Any:
    """Return the error in *answer*, None if there is none."""
    return answer.get("error") if isinstance(answer, dict) else None


def _life(expires_in: Any) -> timedelta | None:
    """Return how long a token lives; older clients hand out tokens that say nothing and do not expire."""
    try:
        return timedelta(seconds=float(expires_in))
    except (TypeError, ValueError, OverflowError):
        return None


class _Keeper(Protocol):
    def update(self, source: str, change: Callable[[Tokens | None], Tokens]) -> Tokens: ...


class _Memory:
    """Keeps tokens as long as this process lives."""

    def __init__(self) -> None:
        self._tokens: Tokens | None = None

    def update(self, source: str, change: Callable[[Tokens | None], Tokens]) -> Tokens:
        del source
        self._tokens = change(self._tokens)
        return self._tokens
