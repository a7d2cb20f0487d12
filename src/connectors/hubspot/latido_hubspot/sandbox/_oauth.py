"""Who may come in: the app's own token, and those of OAuth with their short lives."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

from starlette.responses import RedirectResponse

from latido.testing import body_of, json
from latido_hubspot.sandbox import _bodies as bodies
from latido_hubspot.sandbox._book import PORTAL

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from latido.connect import Clock
    from latido_hubspot.sandbox._switches import HubSpotSwitches

ACCESS_TOKEN = "pat-eu1-00000000-sandbox-4000-8000-000000000000"  # noqa: S105 - opens nothing but this sandbox
CLIENT_ID = "0a1b2c3d-sandbox"
CLIENT_SECRET = "sandbox-client-secret"  # noqa: S105 - opens nothing but this sandbox
REFRESH_TOKEN = "eu1-sandbox-refresh-token"  # noqa: S105 - opens nothing but this sandbox


class Doorkeeper:
    """Hands out tokens and looks at those it is shown. A refresh token stays good until it is revoked."""

    def __init__(self, clock: Clock, switches: HubSpotSwitches) -> None:
        self._clock = clock
        self._switches = switches
        self._access: dict[str, float] = {}
        self._refresh = {REFRESH_TOKEN}
        self._own = {ACCESS_TOKEN}
        self._codes: dict[str | None, str] = {}

    def expire(self) -> None:
        """Let every access token that was handed out expire now."""
        self._access = dict.fromkeys(self._access, self._now())

    def revoke(self) -> None:
        """Let nothing be worth anything: the app was uninstalled, its token rotated."""
        for each in (self._access, self._refresh, self._own):
            each.clear()

    def refusal(self, request: Request) -> Response | None:
        """Return why a request may not be answered, None if it may."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind != "Bearer":
            return bodies.no_credentials()
        if token in self._own:
            return None
        if token not in self._access:
            return bodies.unknown_token()
        late = self._now() - self._access[token]
        return bodies.expired_token(int(late)) if late >= 0 else None

    def authorize(self, request: Request) -> Response:
        """Answer the page on which somebody agrees: at once, with a code."""
        asked = request.query_params
        if asked.get("client_id") != CLIENT_ID or "redirect_uri" not in asked:
            return _refused("BAD_CLIENT_ID", "missing or unknown client ID")
        code = secrets.token_hex(16)
        self._codes[code] = asked["redirect_uri"]
        answer = {"code": code} | ({"state": asked["state"]} if "state" in asked else {})
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 302)

    def token(self, request: Request) -> Response:
        """Answer the token endpoint: what it needs stands in the body, as a form."""
        asked = {name: values[0] for name, values in parse_qs(body_of(request).decode()).items()}
        if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return _refused("BAD_CLIENT_ID", "missing or unknown client ID")
        if asked.get("grant_type") == "authorization_code":
            if self._codes.pop(asked.get("code"), "") != asked.get("redirect_uri"):
                return _refused("BAD_AUTH_CODE", "missing or unknown auth code")
            return json(self._granted(REFRESH_TOKEN))
        if asked.get("grant_type") != "refresh_token":
            return _refused("BAD_GRANT_TYPE", "missing or unknown grant type")
        if asked.get("refresh_token") not in self._refresh:
            return _refused("BAD_REFRESH_TOKEN", "missing or invalid refresh token")
        return json(self._granted(asked["refresh_token"]))

    def _granted(self, refresh_token: str) -> dict[str, Any]:
        access = secrets.token_urlsafe(192)
        self._access[access] = self._now() + self._switches.token_life
        return {
            "token_type": "bearer",
            "refresh_token": refresh_token,
            "access_token": access,
            "expires_in": self._switches.token_life,
            "scopes": ["oauth", "crm.objects.contacts.read"],
            "hub_id": PORTAL,
            "user_id": 2_506_672,
        }

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _refused(status: str, message: str) -> Response:
    return json({"status": status, "message": message, "correlationId": bodies.correlation()}, 400)
