"""Who may come in: a webhook by its secret, an application by its tokens."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse

from latido.testing import json
from latido_bitrix24.sandbox._bodies import Failure
from latido_bitrix24.sandbox._params import asked

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from latido.connect import Clock
    from latido_bitrix24.sandbox._switches import BitrixSwitches

USER = 1
SECRET = "s4ndb0xs3cr3tk3y0001"  # noqa: S105 - opens nothing but this sandbox
CLIENT_ID = "local.0a1b2c3d4e5f60.12345678"
CLIENT_SECRET = "sandboxclientsecretsandboxclientsecret0000"  # noqa: S105 - opens nothing but this sandbox
REFRESH_TOKEN = "sandboxrefreshtokensandboxrefresh"  # noqa: S105 - opens nothing but this sandbox
MEMBER = "a223c6b3710f85df22e9377d6c4f7553"
CODE_LIFE = 30
_STATUS_OF = {"WRONG_CLIENT": 200, "invalid_grant": 400, "invalid_client": 401, "PAYMENT_REQUIRED": 402}


class Doorkeeper:
    """Hands out tokens and looks at those it is shown. Each refresh brings another refresh token.

    `REFRESH_TOKEN` is that of somebody who logged in long ago: it alone may be used more than once.
    """

    def __init__(self, clock: Clock, switches: BitrixSwitches) -> None:
        self._clock = clock
        self._switches = switches
        self._access: dict[str, float] = {}
        self._refresh = {REFRESH_TOKEN}
        self._secrets = {SECRET}
        self._codes: dict[str, float] = {}

    def expire(self) -> None:
        """Let every access token that was handed out expire now."""
        self._access = dict.fromkeys(self._access, self._now())

    def revoke(self) -> None:
        """Let nothing be worth anything: the app was removed, the webhook given another secret."""
        for each in (self._access, self._refresh, self._secrets):
            each.clear()

    def admit(self, request: Request) -> str:
        """Return the credential that a request is let in with; raises Failure."""
        if "secret" in request.path_params:
            return self._webhook(request.path_params)
        token = str(asked(request).get("auth", ""))
        if not token:
            raise Failure("NO_AUTH_FOUND", "Wrong authorization data", 401)
        if token not in self._access:
            raise Failure("invalid_token", "Unable to get application by token", 401)
        if self._now() >= self._access[token]:
            raise Failure("expired_token", "The access token provided has expired.", 401)
        return token

    def authorize(self, request: Request) -> Response:
        """Answer the page on which somebody agrees: at once, with a code."""
        params = request.query_params
        code = secrets.token_hex(16)
        self._codes[code] = self._now() + CODE_LIFE
        host = request.url.netloc
        told = {"code": code, "state": params.get("state", ""), "domain": host, "member_id": MEMBER, "scope": "crm"}
        return RedirectResponse(f"{params.get('redirect_uri', 'https://app.example/')}?{urlencode(told)}", 302)

    def token(self, request: Request) -> Response:
        """Answer the token server: asked by a query or a form."""
        params = asked(request)
        if self._switches.token_trouble is not None:
            return _refused(self._switches.token_trouble)
        if (params.get("client_id"), params.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return _refused("invalid_client")
        match params.get("grant_type"):
            case "authorization_code" if self._codes.pop(params.get("code", ""), 0) > self._now():
                pass
            case "refresh_token" if params.get("refresh_token") in self._refresh:
                self._refresh -= {params["refresh_token"]} - {REFRESH_TOKEN}
            case "authorization_code" | "refresh_token":
                return _refused("invalid_grant")
            case _:
                return _refused("invalid_request")
        return json(self._granted(f"{request.url.scheme}://{request.url.netloc}"))

    def _webhook(self, names: dict[str, str]) -> str:
        if names["user"] != str(USER) or names["secret"] not in self._secrets:
            raise Failure("INVALID_CREDENTIALS", "Invalid request credentials", 403)
        return names["secret"]

    def _granted(self, portal: str) -> dict[str, Any]:
        access, refresh = secrets.token_hex(16), secrets.token_hex(16)
        expires = self._now() + self._switches.token_life
        self._access[access] = expires
        self._refresh.add(refresh)
        return {
            "access_token": access,
            "client_endpoint": f"{portal}/rest/",
            # The token server, whatever the name says.
            "domain": "oauth.bitrix.info",
            "expires": int(expires),
            "expires_in": self._switches.token_life,
            "member_id": MEMBER,
            "refresh_token": refresh,
            "scope": "crm,user,task,imopenlines,sale",
            "server_endpoint": "https://oauth.bitrix.info/rest/",
            "status": "L",
            "user_id": USER,
        }

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _refused(code: str) -> Response:
    return json({"error": code, "error_description": code.replace("_", " ")}, _STATUS_OF.get(code, 400))
