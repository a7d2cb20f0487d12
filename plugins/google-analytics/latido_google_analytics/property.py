"""The way to one property."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from latido.connect import Http, Refused, Retry, Shape
from latido.errors import LatidoError, RateLimited, VendorUnavailable
from latido.messages import marker
from latido_google_analytics.account import Credential
from latido_google_analytics.refusals import TRIES, Judge, check_left, exhausted, explained
from latido_google_analytics.report import BESIDE_ROWS, Report

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from latido.connect import Reply, Runtime
    from latido_google_analytics.query import Metrics
    from latido_google_analytics.settings import GoogleAnalyticsSettings

_ = marker("latido_google_analytics")

CONCURRENT = (30.0, 35.0)
"""Seconds, least and most, until one of the property's ten places is free again."""

BACKOFF = 4.0
"""Seconds, at most, before the second of three tries: each that fails brings the property closer to being shut."""

INSISTING = Retry(tries=TRIES, first_contact=TRIES, unannounced=CONCURRENT, first_backoff=BACKOFF)

SHARE = 0.7


class TooHeavy(Exception):
    """Google fails on this report each time: it may give a shorter one."""


class Property:
    """Asks one property, one request at a time. Everything that it raises says what to do about it."""

    def __init__(self, settings: GoogleAnalyticsSettings, runtime: Runtime) -> None:
        self.number = settings.property_id
        self.credential = Credential(settings, runtime)
        self._settings = settings
        self._runtime = runtime
        self._judge = Judge(runtime.clock)
        self._http = self._to(settings.data_api, INSISTING, self._judge)
        self._quota: Mapping[str, Mapping[str, int]] = {}
        self._shape = Shape({}, *BESIDE_ROWS, packed=["rows"])

    def close(self) -> None:
        self._http.close()
        if "_admin" in vars(self):
            self._admin.close()

    def report(self, body: Mapping[str, Any]) -> Report:
        """Return the answer to *body*; raises TooHeavy where Google keeps failing."""
        check_left(self._quota, self._settings.rate_share or SHARE, self._runtime.source)
        told = self._asked("runReport", body).json()
        if not isinstance(told, dict):
            raise VendorUnavailable(
                _("Google Analytics answers with something that is no report."),
                _("See what can be reached: latido check {source}", source=self._runtime.source),
            )
        report = Report.of(told)
        self._quota = report.quota
        return report

    @property
    def left(self) -> Mapping[str, Mapping[str, int]]:
        """What remained of each quota after the last report, as far as Google said."""
        return self._quota

    def metrics(self) -> Metrics:
        """Return what the property can tell."""
        found = self._tried(lambda: self._http.get(f"{self._path}/metadata")).json()
        return {
            each["apiName"]: {
                "type": each.get("type"),
                "was": list(each.get("deprecatedApiNames") or ()),
                "blocked": list(each.get("blockedReasons") or ()),
            }
            for each in found.get("metrics") or ()
        }

    def described(self, more: str = "") -> Mapping[str, Any] | None:
        """Return what the Admin API says of the property, or of *more* below it; None where it says nothing.

        It is another API, which may not be enabled: nothing depends on it.
        """
        try:
            found = self._admin.get(f"{self._path}{more}").json()
        except LatidoError:
            return None
        return found if isinstance(found, dict) else None

    def _asked(self, what: str, body: Mapping[str, Any]) -> Reply:
        self._judge.check()
        failures = self._judge.failures
        try:
            return self._tried(lambda: self._http.post(f"{self._path}:{what}", json=body, shape=self._shape))
        except VendorUnavailable as error:
            if self._judge.failures > failures:
                raise TooHeavy from error
            raise

    def _tried(self, ask: Any) -> Reply:
        try:
            reply: Reply = ask()
        except Refused as refusal:
            email, source = self.credential.somebody(), self._runtime.source
            raise explained(refusal, self.number, email, source) from refusal
        except RateLimited as error:
            if self._judge.group is None:
                raise
            raise exhausted(self._judge, self._runtime.clock, self._runtime.source) from error
        return reply

    @property
    def _path(self) -> str:
        return f"/v1beta/properties/{self.number}"

    @cached_property
    def _admin(self) -> Http:
        return self._to(self._settings.admin_api, Retry(tries=2, first_contact=1, patience=0), None)

    def _to(self, address: str, retry: Retry, judge: Judge | None) -> Http:
        return Http(address, self._runtime, auth=self.credential, retry=retry, timeouts=patient(), judge=judge)


def patient() -> httpx.Timeout:
    """Return how long to wait: two minutes for an answer, because long ranges are slow."""
    import httpx

    return httpx.Timeout(connect=10, read=120, write=30, pool=30)
