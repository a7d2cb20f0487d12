"""Token servers that hand out numbered tokens and forget the old ones, as vendors do."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import httpx
import orjson

from tests.core.connect.vendors import Asked, answer, raw_json

if TYPE_CHECKING:
    from collections.abc import Mapping


class TokenServer(httpx.BaseTransport):
    """A vendor whose newest access token alone opens everything but `/token`.

    A refresh makes the tokens before it worthless. *said* adds to what is said of a token, null takes it out.
    """

    def __init__(self, expires_in: int | None = 1800, **said: Any) -> None:
        self.said = {"expires_in": expires_in, **said}
        self.grants: list[dict[str, str]] = []
        self.opened: list[str] = []
        self.refresh_token = "refresh-0"
        self._lock = threading.Lock()

    @property
    def access_token(self) -> str:
        return f"access-{len(self.grants)}"

    def revoke(self) -> None:
        """Forget all tokens; the next grant has a new number."""
        self.grants.append({})

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        status, said = self.say(request.url.path, request.headers.get("Authorization", ""), body)
        return answer(status, said)

    def say_raw(self, asked: Asked) -> bytes:
        status, said = self.say(asked.path, asked.headers.get("authorization", ""), asked.body)
        return raw_json(said, f"{status} OK")

    def say(self, path: str, authorization: str, body: bytes) -> tuple[int, Mapping[str, Any]]:
        with self._lock:
            if path == "/token":
                return self._grant(body)
            if authorization != f"Bearer {self.access_token}":
                return 401, {"error": "invalid_token"}
            self.opened.append(authorization)
            return 200, {"ok": True}

    def _grant(self, body: bytes) -> tuple[int, Mapping[str, Any]]:
        asked = orjson.loads(body) if body.startswith(b"{") else dict(parse_qsl(body.decode()))
        secret = asked.get("client_secret")
        if "assertion" not in asked and secret != "s3cr3t-of-ours":
            return 401, {"error": "invalid_client", "error_description": f"bad secret {secret}"}
        if asked["grant_type"] == "refresh_token" and asked["refresh_token"] != self.refresh_token:
            return 400, {"error": "invalid_grant", "error_description": "The refresh token is dead."}
        self.grants.append(asked)
        said = {"access_token": self.access_token, "token_type": "bearer", **self.said}
        if asked["grant_type"] in {"authorization_code", "refresh_token"}:
            self.refresh_token = f"refresh-{len(self.grants)}"
            said["refresh_token"] = self.refresh_token
        return 200, {name: value for name, value in said.items() if value is not None}
