"""Asking the sandbox as a program with a token does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import jwt
import orjson

from latido.testing import ManualClock, World
from latido_google_analytics.sandbox import GoogleAnalyticsSandbox
from tests.asking import ask

if TYPE_CHECKING:
    import httpx

END = date(2026, 11, 1)
NOW = datetime(2026, 11, 1, 12, 0, 0, tzinfo=UTC)
PROPERTY = "/v1beta/properties/314159265"
TOKEN = "/token"
HERE = "http://127.0.0.1/token"
"""How the sandbox's own address for tokens reads to who asks it in this process."""

SCOPE = "https://www.googleapis.com/auth/analytics.readonly"


class Visitor:
    """A sandbox at noon of the day on which its world ends, and a service account that is let in."""

    def __init__(self, people: int = 600) -> None:
        self.clock = ManualClock(NOW)
        self.sandbox = GoogleAnalyticsSandbox(World("acme", end=END, tickets=1_500, people=people), self.clock)
        self.switches = self.sandbox.switches
        self.key = orjson.loads(self.sandbox.doorkeeper.key_file.read_bytes())
        self.headers: dict[str, str] = {}
        self.enter()

    def enter(self) -> None:
        """Get a token."""
        granted = self.token(grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer", assertion=self.assertion())
        self.headers = {"authorization": f"Bearer {granted.json()['access_token']}"}

    def assertion(self, **more: Any) -> str:
        now = int(self.clock.now().timestamp())
        claims = {"iss": self.key["client_email"], "scope": SCOPE, "aud": HERE, "iat": now, "exp": now + 3600, **more}
        return jwt.encode(claims, self.key["private_key"], "RS256")

    def token(self, **form: str) -> httpx.Response:
        return ask(self.sandbox, "POST", TOKEN, data=form)

    def get(self, path: str = "") -> httpx.Response:
        return ask(self.sandbox, "GET", f"{PROPERTY}{path}", headers=self.headers)

    def run(self, **body: Any) -> httpx.Response:
        """Ask for a report; by default for the visits of October by day, source and medium."""
        asked: dict[str, Any] = {
            "dimensions": [{"name": each} for each in ("date", "sessionSource", "sessionMedium")],
            "metrics": [{"name": each} for each in ("sessions", "screenPageViews", "keyEvents")],
            "dateRanges": [{"startDate": "2026-10-01", "endDate": "2026-10-31"}],
        }
        said = {name: value for name, value in (asked | body).items() if value is not None}
        return ask(self.sandbox, "POST", f"{PROPERTY}:runReport", json=said, headers=self.headers)

    def report(self, **body: Any) -> Any:
        """Return a report that is answered."""
        answer = self.run(**body)
        assert 200 == answer.status_code, answer.text
        return answer.json()
