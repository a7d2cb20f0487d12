"""A property on this machine that says what a test, or a recording, lets it say."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from latido.connect import Tokens, TokenStore
from latido_google_analytics.connector import GoogleAnalytics
from tests import desk, office
from tests.desk import Desk, Says

RECORDED = Path(__file__).parent / "recorded"
NUMBER = "123456789"
REPORT = "/v1beta/properties/123456789:runReport"
METADATA = "/v1beta/properties/123456789/metadata"
PROPERTY = "/v1beta/properties/123456789"
TOKENS = "/token"
ZONE = "Europe/Madrid"
DIMENSIONS = ("date", "sessionSource", "sessionMedium")
METRICS = ("sessions", "screenPageViews", "keyEvents", "engagedSessions")


def recorded(name: str) -> Any:
    """Return a recorded answer."""
    return desk.recorded(RECORDED / name)


def row(date: str, source: str, medium: str, *figures: object) -> dict[str, Any]:
    """Return a row of a report; figures that are not given are zero."""
    told = [*figures, *[0] * (len(METRICS) - len(figures))]
    return {
        "dimensionValues": [{"value": each} for each in (date, source, medium)],
        "metricValues": [{"value": str(each)} for each in told],
    }


def report(*rows: Any, n: int | None = None, metrics: tuple[str, ...] = METRICS, **more: Any) -> dict[str, Any]:
    """Return an answer with *rows*, of *n* in all; *more* is metadata, but for totals and propertyQuota."""
    told: dict[str, Any] = {name: more.pop(name) for name in ("totals", "propertyQuota") if name in more}
    count = len(rows) if n is None else n
    return {
        "dimensionHeaders": [{"name": name} for name in DIMENSIONS],
        "metricHeaders": [{"name": name, "type": "TYPE_INTEGER"} for name in metrics],
        **({"rows": list(rows)} if rows else {}),
        **({"rowCount": count} if count else {}),
        **told,
        "metadata": {"currencyCode": "EUR", "timeZone": ZONE, **more},
        "kind": "analyticsData#runReport",
    }


def metadata(*names: str, **were: str) -> dict[str, Any]:
    """Return what a property knows: the usual metrics if none is named, and those that *were* called otherwise."""
    told: list[Any] = [{"apiName": name, "type": "TYPE_INTEGER"} for name in (names or (*METRICS, "activeUsers"))]
    told += [{"apiName": new, "deprecatedApiNames": [old], "type": "TYPE_FLOAT"} for new, old in were.items()]
    return {"name": "properties/123456789/metadata", "dimensions": [], "metrics": told}


def refused(status: int, message: str, code: str = "PERMISSION_DENIED", reason: str | None = None) -> Says:
    """Return an error as the Data API sends it."""
    details = {"details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]} if reason else {}
    return Says(status, {"error": {"code": status, "message": message, "status": code, **details}})


class PropertyDesk(Desk):
    """A property that may be read, in which nothing ever happened; the Admin API is not enabled."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.on(TOKENS, {"access_token": "secret-access", "expires_in": 3599, "token_type": "Bearer"})
        self.on(METADATA, metadata())
        self.on(REPORT, report())

    def asked_for(self) -> list[tuple[str, str]]:
        """Return the first and the last day of each report that was asked for."""
        ranges = [each.body["dateRanges"][0] for each in self.requests(REPORT)]
        return [(each["startDate"], each["endDate"]) for each in ranges]

    def unknown(self) -> Says:
        return refused(403, "Google Analytics Admin API has not been used.", reason="SERVICE_DISABLED")


class Office(office.Office[GoogleAnalytics]):
    """Makes connectors of a person who has logged in."""

    vendor = GoogleAnalytics
    source = "web"
    desks = PropertyDesk
    credential: ClassVar = {"property_id": NUMBER, "client_id": "latido", "client_secret": "the-secret"}

    def settings(self, **more: Any) -> Any:
        return super().settings(**{"token_url": f"{self.desk.url}{TOKENS}", **more})

    def connector(self, **settings: Any) -> GoogleAnalytics:
        TokenStore(self.folder).put(self.source, Tokens("secret-access", self.clock.now(), None, "secret-refresh"))
        return super().connector(**settings)
