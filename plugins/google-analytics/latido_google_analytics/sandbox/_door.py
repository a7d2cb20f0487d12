"""Who may come in: a service account that signs, or a person who agreed."""

from __future__ import annotations

import secrets
import tempfile
import weakref
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import orjson
from starlette.responses import RedirectResponse

from latido.testing import body_of, json

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from starlette.requests import Request
    from starlette.responses import Response

    from latido.connect import Clock
    from latido_google_analytics.sandbox._switches import GoogleAnalyticsSwitches

EMAIL = "latido@sandbox.iam.gserviceaccount.example"
CLIENT_ID = "latido.apps.googleusercontent.example"
CLIENT_SECRET = "sandbox-client-secret"  # noqa: S105 - opens nothing but this sandbox
REFRESH_TOKEN = "1//sandbox-refresh-token"  # noqa: S105 - opens nothing but this sandbox
SCOPE = "https://www.googleapis.com/auth/analytics.readonly"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
KEY_FILE = "google-analytics-key.json"
_KEY_ID = "5a9db0c5sandbox"
_LONGEST = 3600
_SKEW = 300


class Doorkeeper:
    """Hands out tokens and looks at those it is shown; `key_file` holds the key of the service account."""

    def __init__(self, clock: Clock, switches: GoogleAnalyticsSwitches, key_file: Path | None) -> None:
        self._clock = clock
        self._switches = switches
        self._file = key_file
        self._until: dict[str, float] = {}
        self._codes: set[str] = set()
        self._refresh = {REFRESH_TOKEN}

    @property
    def key_file(self) -> Path:
        if self._file is None:
            folder = tempfile.TemporaryDirectory(prefix="latido-ga-")
            weakref.finalize(self, folder.cleanup)
            self._file = Path(folder.name) / KEY_FILE
        if not self._file.is_file():
            self._file.touch(mode=0o600)
            self._file.write_bytes(orjson.dumps(_told()))
        return self._file

    def move(self, folder: Path) -> None:
        """Keep the key in *folder*; one that lies there already is the one that opens."""
        self._file = folder / KEY_FILE

    def expire(self) -> None:
        """Let every access token expire now."""
        self._until.clear()

    def revoke(self) -> None:
        """Let nothing that was handed out be worth anything."""
        self._until.clear()
        self._refresh.clear()

    def admits(self, request: Request) -> bool:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        return kind == "Bearer" and self._until.get(token, 0.0) > self._now

    def token(self, request: Request) -> Response:
        """Answer `POST /token`."""
        asked = dict(parse_qsl(body_of(request).decode()))
        if asked.get("grant_type") == JWT_BEARER:
            return self._asserted(asked.get("assertion", ""), str(request.url))
        if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return _refused("invalid_client", "The OAuth client was not found.", 401)
        match asked.get("grant_type"):
            case "refresh_token":
                return self._refreshed(asked.get("refresh_token", ""))
            case "authorization_code":
                return self._agreed(asked.get("code", ""))
        return _refused("unsupported_grant_type", "Invalid grant_type.")

    def authorize(self, request: Request) -> Response:
        """Answer the page where somebody agrees: at once."""
        asked = request.query_params
        if asked.get("client_id") != CLIENT_ID or "redirect_uri" not in asked:
            return _refused("invalid_request", "Unknown client.")
        code = f"4/{secrets.token_hex(16)}"
        self._codes.add(code)
        answer = {"code": code, "scope": SCOPE} | ({"state": asked["state"]} if "state" in asked else {})
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 302)

    def _refreshed(self, token: str) -> Response:
        if token not in self._refresh:
            return _refused("invalid_grant", "Token has been expired or revoked.")
        return self._granted()

    def _agreed(self, code: str) -> Response:
        if code not in self._codes:
            return _refused("invalid_grant", "Malformed auth code.")
        self._codes.discard(code)
        token = f"1//{secrets.token_hex(24)}"
        self._refresh.add(token)
        return self._granted(refresh_token=token)

    def _asserted(self, assertion: str, here: str) -> Response:
        import jwt

        unchecked = {"verify_exp": False, "verify_aud": False, "verify_iat": False, "verify_nbf": False}
        try:
            claims: dict[str, Any] = jwt.decode(assertion, self._public, algorithms=["RS256"], options=unchecked)  # type: ignore[arg-type]
        except jwt.InvalidTokenError:
            return _refused("invalid_grant", "Invalid JWT Signature.")
        if claims.get("iss") != EMAIL:
            return _refused("invalid_grant", "Invalid grant: account not found")
        if SCOPE not in str(claims.get("scope", "")).split() or claims.get("aud") != here:
            return _refused("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        begins, ends = float(claims.get("iat", 0)), float(claims.get("exp", 0))
        if abs(begins - self._now) > _SKEW or not begins < ends <= begins + _LONGEST:
            said = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
            return _refused("invalid_grant", said)
        return self._granted()

    def _granted(self, **more: str) -> Response:
        access = f"ya29.{secrets.token_hex(48)}"
        self._until[access] = self._now + self._switches.token_life
        return json({"access_token": access, "expires_in": self._switches.token_life, "token_type": "Bearer", **more})

    @property
    def _public(self) -> Any:
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        kept = orjson.loads(self.key_file.read_bytes())["private_key"]
        return load_pem_private_key(kept.encode(), None).public_key()

    @property
    def _now(self) -> float:
        return self._clock.now().timestamp()


@cache
def _key() -> RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _told() -> dict[str, str]:
    """Return a key file. All sandboxes of a process share the key."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pem = _key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {
        "type": "service_account",
        "project_id": "sandbox",
        "private_key_id": _KEY_ID,
        "private_key": pem,
        "client_email": EMAIL,
        "client_id": "1",
        "token_uri": "https://oauth2.googleapis.com/token",
    }


def _refused(error: str, description: str, status: int = 400) -> Response:
    return json({"error": error, "error_description": description}, status)
