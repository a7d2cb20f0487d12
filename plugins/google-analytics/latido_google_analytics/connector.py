"""Google Analytics 4."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from latido.connect import Connector
from latido.errors import ConfigurationError
from latido.messages import marker
from latido.schema import WebSession
from latido_google_analytics import check
from latido_google_analytics.days import DAY
from latido_google_analytics.property import Property
from latido_google_analytics.query import DIMENSIONS
from latido_google_analytics.sessions import WebSessions
from latido_google_analytics.settings import GoogleAnalyticsSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date
    from typing import Any

    from latido.connect import Clock, Finding, Person, Runtime, Stream
    from latido.testing import Sandbox, World

_ = marker("latido_google_analytics")

STREAMS: tuple[type[Stream], ...] = (WebSessions,)

UNDELIVERABLE = MappingProxyType(
    {
        "time_of_deletion": _("Google Analytics does not tell that a figure is gone: a day comes without it."),
        "cost_follows_change": _(
            "Google Analytics does not tell what changed: each run reads all rows of the last days again."
        ),
    }
)
"""What Google Analytics makes impossible, and why."""

UNREADABLE = MappingProxyType(
    {
        "web_sessions.visitor_id": _(
            "Google Analytics counts visitors and does not tell them apart: those of two days or sources do not add up."
        ),
        "carts": _("Google Analytics counts what happens to carts, and does not tell them apart."),
    }
)
"""What Google Analytics does not give."""


class GoogleAnalytics(Connector):
    """Reads the daily visits of one property."""

    name = "google-analytics"
    title = "Google Analytics 4"
    Settings = GoogleAnalyticsSettings
    asks = ("property_id", "service_account_file")
    settings: GoogleAnalyticsSettings
    undeliverable: ClassVar = UNDELIVERABLE
    stream_types: ClassVar = STREAMS
    unreadable: ClassVar = UNREADABLE

    def __init__(self, settings: GoogleAnalyticsSettings, runtime: Runtime) -> None:
        super().__init__(settings, runtime)
        self.property = Property(settings, runtime)

    @classmethod
    def sandbox(cls, world: World, clock: Clock | None = None) -> Sandbox:
        """Return a server that behaves like Google Analytics and tells of *world*."""
        from latido_google_analytics.sandbox import GoogleAnalyticsSandbox

        return GoogleAnalyticsSandbox(world, clock)

    def streams(self) -> list[Stream]:
        return [each(self) for each in STREAMS]

    def check(self) -> Iterable[Finding]:
        return check.findings(self)

    def login(self, person: Person | None = None) -> None:
        if self.settings.service_account_file is not None:
            raise ConfigurationError(
                _("A service account needs no login."),
                _("To log in as a person, set client_id and client_secret in latido.toml instead."),
            )
        # Google gives a token that outlives the hour only to who asks for it, and but once unless consent is asked too.
        self.property.credential.oauth.log_in(
            self.settings.consent_url, self.settings.redirect_uri, person, access_type="offline", prompt="consent"
        )

    def close(self) -> None:
        self.property.close()

    def references(self) -> Mapping[str, Callable[[], Any]]:
        return {"metrics": self.property.metrics}

    def vendor_fields(self) -> Mapping[str, Mapping[str, str]]:
        known = self.runtime.remembered("metrics", self.property.metrics)
        told = {name: each.get("type") or "?" for name, each in known.items()}
        return {WebSession.table: {**dict.fromkeys(DIMENSIONS, "dimension"), **told}}

    def made_on(self) -> date | None:
        """Return a day on which the property did not exist yet, or on which it was made; None if nothing tells."""
        told = (self.property.described() or {}).get("createTime")
        try:
            return datetime.fromisoformat(str(told)).date() - DAY
        except ValueError:
            return None
