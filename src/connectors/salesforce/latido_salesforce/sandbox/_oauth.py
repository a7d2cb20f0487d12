"""The door: who gets a session, and how long it lasts."""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from starlette.responses import RedirectResponse

from latido.testing import body_of, json
from latido_salesforce.sandbox import _ids as ids

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from starlette.requests import Request
    from starlette.responses import Response

    from latido_salesforce.sandbox._org import Org

CLIENT_ID = "3MVG9latidoSandboxConsumerKey"
CLIENT_SECRET = "sandbox-consumer-secret"  # noqa: S105 - opens nothing but this sandbox
REFRESH_TOKEN = "5Aep861sandboxRefreshToken"  # noqa: S105 - opens nothing but this sandbox
USERNAME = "latido@acme.example"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCES = ("https://login.salesforce.com", "https://test.salesforce.com")
_ASSERTION_LIFE = 180
_SKEW = 60
_CODE_LIFE = 900
ORGANIZATION_ID = ids.identity("00D", 0)


@dataclass(slots=True)
class Session:
    """Until when a session lives, and how many requests it still has; each request moves the end."""

    until: float
    requests: int | None


class Doorkeeper:
    """Hands out sessions. `expires_in` is nobody's business here: a session lives as long as it is used."""

    def __init__(self, org: Org, home: str) -> None:
        self._org = org
        self._home = home
        self._sessions: dict[str, Session] = {}
        self._refresh = {REFRESH_TOKEN}
        self._codes: dict[str, float] = {}

    def expire(self) -> None:
        """End every session."""
        self._sessions.clear()

    def revoke(self) -> None:
        """End every session, and let no refresh token be worth anything."""
        self._sessions.clear()
        self._refresh.clear()

    def admits(self, request: Request) -> bool:
        """Return whether the request has a session; it counts as one of the session's requests."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        session = self._sessions.get(token) if kind in {"Bearer", "OAuth"} else None
        if session is None or self._now >= session.until or session.requests == 0:
            return False
        session.until = self._now + self._org.switches.token_life
        if session.requests is not None:
            session.requests -= 1
        return True

    def token(self, request: Request) -> Response:
        """Answer `POST /services/oauth2/token`."""
        asked = dict(parse_qsl(body_of(request).decode())) | _basic(request)
        grant = asked.get("grant_type")
        if grant == JWT_BEARER:
            return self._asserted(asked.get("assertion", ""))
        if (refused := _stranger(asked)) is not None:
            return refused
        match grant:
            case "client_credentials":
                return self._granted()
            case "refresh_token":
                return self._refreshed(asked.get("refresh_token", ""))
            case "authorization_code":
                return self._agreed(asked.get("code", ""))
            case _:
                return _refused("unsupported_grant_type", "grant type not supported")

    def authorize(self, request: Request) -> Response:
        """Answer the page where somebody agrees: at once."""
        asked = request.query_params
        if asked.get("client_id") != CLIENT_ID or "redirect_uri" not in asked:
            return _refused("invalid_client_id", "client identifier invalid")
        code = secrets.token_hex(16)
        self._codes[code] = self._now + _CODE_LIFE
        answer = {"code": code} | ({"state": asked["state"]} if "state" in asked else {})
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 302)

    def user_info(self, request: Request) -> Response:
        """Answer who one is."""
        del request
        return json({"user_id": self._user, "organization_id": ORGANIZATION_ID, "preferred_username": USERNAME})

    @property
    def _user(self) -> str:
        table = self._org.table("User")
        return "" if table is None else table.identity(0)

    @property
    def _now(self) -> float:
        return self._org.clock.now().timestamp()

    def _agreed(self, code: str) -> Response:
        if self._codes.pop(code, 0) < self._now:
            return _refused("invalid_grant", "expired authorization code")
        return self._granted(refresh_token=self._fresh_refresh_token())

    def _refreshed(self, token: str) -> Response:
        if token not in self._refresh:
            return _refused("invalid_grant", "expired access/refresh token")
        if not self._org.switches.rotate:
            return self._granted()
        self._refresh.remove(token)
        return self._granted(refresh_token=self._fresh_refresh_token())

    def _fresh_refresh_token(self) -> str:
        token = f"5Aep861{secrets.token_hex(24)}"
        self._refresh.add(token)
        return token

    def _asserted(self, assertion: str) -> Response:
        import jwt

        try:
            claims = jwt.decode(
                assertion, _key_pair().public_key(), algorithms=["RS256"],
                options={"verify_exp": False, "verify_aud": False, "verify_iat": False, "verify_nbf": False},
            )  # fmt: skip
        except jwt.InvalidTokenError:
            return _refused("invalid_grant", "invalid assertion")
        if claims.get("iss") != CLIENT_ID:
            return _refused("invalid_client_id", "client identifier invalid")
        if claims.get("aud") not in {*AUDIENCES, self._home}:
            return _refused("invalid_grant", "audience is invalid")
        if not self._now - _SKEW <= int(claims.get("exp", 0)) <= self._now + _ASSERTION_LIFE + _SKEW:
            return _refused("invalid_grant", "invalid assertion")
        if claims.get("sub") != USERNAME:
            return _refused("invalid_grant", "user hasn't approved this consumer")
        return self._granted()

    def _granted(self, **more: str) -> Response:
        access = f"00D7Q!{secrets.token_hex(48)}"
        switches = self._org.switches
        self._sessions[access] = Session(self._now + switches.token_life, switches.token_requests)
        answer: dict[str, Any] = {
            "access_token": access,
            "signature": base64.b64encode(secrets.token_bytes(32)).decode(),
            "scope": "api refresh_token" if more else "api",
            "instance_url": switches.moved_to or self._home,
            "id": f"https://login.salesforce.com/id/{ORGANIZATION_ID}/{self._user}",
            "token_type": "Bearer",
            "issued_at": str(int(self._now * 1000)),
            **more,
        }
        return json(answer)


@cache
def _key_pair() -> RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_key() -> str:
    """Return the key that belongs to the certificate of the app, in PEM. All sandboxes of a process share it."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return _key_pair().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _basic(request: Request) -> dict[str, str]:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind != "Basic":
        return {}
    try:
        identifier, _, secret = base64.b64decode(value).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return {}
    return {"client_id": identifier, "client_secret": secret}


def _stranger(asked: dict[str, str]) -> Response | None:
    if asked.get("client_id") != CLIENT_ID:
        return _refused("invalid_client_id", "client identifier invalid")
    if asked.get("client_secret") != CLIENT_SECRET:
        return _refused("invalid_client", "invalid client credentials")
    return None


def _refused(error: str, description: str) -> Response:
    return json({"error": error, "error_description": description}, 400)
