"""What `[sources.<name>]` says for Google Analytics."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from latido.connect import HttpSettings, check_base_url
from latido.errors import ConfigurationError
from latido.messages import marker

_ = marker("latido_google_analytics")

DATA_API = "https://analyticsdata.googleapis.com"
ADMIN_API = "https://analyticsadmin.googleapis.com"
TOKENS = "https://oauth2.googleapis.com/token"
CONSENT = "https://accounts.google.com/o/oauth2/v2/auth"

PROPERTY = re.compile(r"[0-9]{1,18}")
EVENT = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
SHORTEST_RESTATEMENT = 5
"""Events arrive up to three days late and are worked through within two more."""

MOST_KEY_EVENTS = 8
"""A report takes ten metrics, two of which are visits and page views."""


class GoogleAnalyticsSettings(HttpSettings):
    """Credentials are a service account's key file, or an OAuth client with which a person ran `latido login`.

    `restate_days` are read again with each run, because their figures still change; `weekly_restate_days`, once a week,
    are more of them. `key_events` are those that count as conversions, by name: unset, all of the property's.
    `token_url` redirects where tokens come from, as `base_url` does the rest.
    """

    property_id: str
    service_account_file: Path | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None
    redirect_uri: str = "http://localhost:8917/"
    token_url: str = TOKENS
    restate_days: int = Field(default=30, ge=SHORTEST_RESTATEMENT, le=400)
    weekly_restate_days: int | None = Field(default=None, ge=SHORTEST_RESTATEMENT, le=800)
    key_events: tuple[str, ...] = Field(default=(), max_length=MOST_KEY_EVENTS)

    @field_validator("property_id", mode="before")
    @classmethod
    def _the_number(cls, written: Any) -> str:
        return property_number(str(written))

    @field_validator("key_events")
    @classmethod
    def _names_of_events(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if not EVENT.fullmatch(name):
                raise ValueError(_("key_events holds names of events, such as purchase."))
        return tuple(dict.fromkeys(names))

    @field_validator("token_url")
    @classmethod
    def _a_safe_address(cls, url: str) -> str:
        try:
            check_base_url(url)
        except ConfigurationError:
            raise ValueError(_("write token_url as https://host/path (plain http only on this machine).")) from None
        return url

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        client = (self.client_id, self.client_secret)
        if bool(self.service_account_file) == any(client) or any(client) != all(client):
            raise ValueError(_("give service_account_file, or client_id and client_secret."))
        return self

    @property
    def data_api(self) -> str:
        """Where reports are asked for."""
        return self.base_url or DATA_API

    @property
    def admin_api(self) -> str:
        """Where a property is described."""
        return self.base_url or ADMIN_API

    @property
    def consent_url(self) -> str:
        """Where a person agrees: at the server that hands out the tokens, if that is not Google's own."""
        if self.token_url == TOKENS:
            return CONSENT
        address = urlsplit(self.token_url)
        return f"{address.scheme}://{address.netloc}{urlsplit(CONSENT).path}"


def property_number(written: str) -> str:
    """Return the number in `123456789` or `properties/123456789`; raises ValueError for anything else."""
    number = written.strip().removeprefix("properties/")
    if number.upper().startswith(("G-", "GT-", "AW-", "UA-")):
        raise ValueError(
            _(
                "property_id is the number of the property, not {written}: see Admin → Property → Property details.",
                written=number,
            )
        )
    if not PROPERTY.fullmatch(number):
        raise ValueError(_("write property_id as the number of the property: 123456789."))
    return number
