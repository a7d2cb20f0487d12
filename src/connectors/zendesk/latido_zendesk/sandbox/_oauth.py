"""Who may come in: tokens, their scopes and their short lives."""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson
from starlette.responses import RedirectResponse, Response

from latido.testing import body_of, json

if TYPE_CHECKING:
    from starlette.requests import Request

    from latido.connect import Clock
    from latido_zendesk.sandbox._switches import ZendeskSwitches

CLIENT_ID = "latido"
CLIENT_SECRET = "sandbox-client-secret"  # noqa: S105 - opens nothing but this sandbox
EMAIL = "admin@desk.example"
API_TOKEN = "sandbox-api-token"  # noqa: S105 - opens nothing but this sandbox
_CODE_LIFE = 120


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token opens, and until when (None: for ever)."""

    scopes: frozenset[str]
    until: float | None


class Doorkeeper:
    """Hands out tokens and looks at those it is shown.

    A refresh token works once: whoever uses it gets a new pair, and both tokens of the old one are dead at once.
    """

    def __init__(self, clock: Clock, switches: ZendeskSwitches) -> None:
        self._clock = clock
        self._switches = switches
        self._access: dict[str, Grant] = {}
        self._refresh: dict[str, tuple[Grant, str]] = {}
        self._codes: dict[str, Grant] = {}

    def expire(self) -> None:
        """Let every access token expire now."""
        self._access.clear()

    def revoke(self) -> None:
        """Let nothing that was handed out be worth anything."""
        self._access.clear()
        self._refresh.clear()

    def scopes(self, request: Request) -> frozenset[str] | None:
        """Return what the request may read, None if nobody we know sent it."""
        kind, _, value = request.headers.get("authorization", "").partition(" ")
        if kind == "Basic" and _decoded(value) == f"{EMAIL}/token:{API_TOKEN}" and self._switches.api_tokens:
            return frozenset({"read"})
        grant = self._access.get(value) if kind == "Bearer" else None
        return grant.scopes if grant is not None and self._alive(grant) else None

    def token(self, request: Request) -> Response:
        """Answer `POST /oauth/tokens`."""
        asked = _body(request)
        if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return _refused(401, "invalid_client", "Client authentication failed.")
        match asked.get("grant_type"):
            case "client_credentials":
                return self._granted(asked, frozenset(str(asked.get("scope", "read")).split()), refreshable=False)
            case "authorization_code":
                grant = self._codes.pop(str(asked.get("code")), None)
                return self._renewed(asked, grant if grant is not None and self._alive(grant) else None)
            case "refresh_token":
                grant, access = self._refresh.pop(str(asked.get("refresh_token")), (None, ""))
                self._access.pop(access, None)
                return self._renewed(asked, grant)
            case _:
                return _refused(400, "unsupported_grant_type", "The authorization grant type is not supported.")

    def authorize(self, request: Request) -> Response:
        """Answer the page where somebody agrees: at once, with a code that lives for two minutes."""
        asked = request.query_params
        if asked.get("client_id") != CLIENT_ID or "redirect_uri" not in asked:
            return _refused(400, "invalid_request", "Unknown client.")
        code = secrets.token_hex(16)
        scopes = frozenset(asked.get("scope", "read").split())
        self._codes[code] = Grant(scopes, self._now() + _CODE_LIFE)
        answer = {"code": code} | ({"state": asked["state"]} if "state" in asked else {})
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 302)

    def _renewed(self, asked: dict[str, Any], grant: Grant | None) -> Response:
        if grant is None:
            return _refused(400, "invalid_grant", "The provided authorization grant is invalid, expired or revoked.")
        return self._granted(asked, grant.scopes, refreshable=True)

    def _granted(self, asked: dict[str, Any], scopes: frozenset[str], *, refreshable: bool) -> Response:
        life = asked.get("expires_in") or self._switches.token_life
        access, refresh = secrets.token_hex(32), secrets.token_hex(32)
        grant = Grant(scopes, None if life is None else self._now() + float(life))
        self._access[access] = grant
        answer: dict[str, Any] = {
            "access_token": access,
            "token_type": "bearer",
            "scope": " ".join(sorted(scopes)),
            "expires_in": life,
        }
        if refreshable:
            self._refresh[refresh] = grant, access
            answer |= {"refresh_token": refresh, "refresh_token_expires_in": 30 * 86_400}
        return json(answer)

    def _alive(self, grant: Grant) -> bool:
        return grant.until is None or self._now() < grant.until

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _body(request: Request) -> dict[str, Any]:
    try:
        body = orjson.loads(body_of(request))
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _refused(status: int, error: str, description: str) -> Response:
    return json({"error": error, "error_description": description}, status)
