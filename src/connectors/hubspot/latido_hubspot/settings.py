"""What `[sources.<name>]` says for HubSpot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from latido.connect import HttpSettings, Scale
from latido.messages import marker
from latido_hubspot.versions import LEGACY, Paths

_ = marker("latido_hubspot")

SITE = "https://api.hubapi.com"
LOGIN_PAGE = "https://app.hubspot.com/oauth/authorize"

SCOPES = (
    "oauth",
    "crm.objects.companies.read",
    "crm.objects.contacts.read",
    "crm.objects.deals.read",
    "crm.objects.line_items.read",
    "crm.objects.owners.read",
    "crm.schemas.companies.read",
    "crm.schemas.contacts.read",
    "crm.schemas.deals.read",
    "tickets",
)
"""What a login asks for unless told otherwise. HubSpot has no scope that only reads tickets."""


class Survey(Scale):
    """How the scores of one survey are to be read. HubSpot says neither the ends of a scale nor its direction."""

    kind: Literal["nps", "csat", "ces", "other"] | None = Field(
        default=None, description="What the survey asks for; unset: what HubSpot says."
    )


class HubSpotSettings(HttpSettings):
    """Credentials are the token of a private app or service key, or an OAuth client for which somebody logs in."""

    access_token: SecretStr | None = Field(
        default=None, description="The token of a private app or a service key, such as pat-eu1-…"
    )
    client_id: str | None = Field(default=None, description="The client id of an OAuth app, instead of a token.")
    client_secret: SecretStr | None = Field(default=None, description="The client secret of that app.")
    refresh_token: SecretStr | None = Field(
        default=None, description="A refresh token of that app, where nobody can run `latido login`."
    )
    redirect_uri: str = Field(
        default="http://localhost:8917/", description="Where the browser returns to after `latido login`."
    )
    scopes: tuple[str, ...] = Field(default=SCOPES, description="The scopes that `latido login` asks for.")
    api_version: str = Field(
        default=LEGACY,
        pattern=r"^(legacy|20\d\d-(03|09))$",
        description="The version of HubSpot's API: legacy (v3 and v4), or a dated one such as 2026-03.",
    )
    orders_as_deals: bool = Field(
        default=False, description="Whether the orders of a shop are read as won deals, source_id order:<id>."
    )
    completed_carts: tuple[str, ...] = Field(
        default=("completed", "complete", "converted", "paid", "purchased"),
        description="The external statuses of a cart that was bought, in any case.",
    )
    surveys: Mapping[str, Survey] = Field(
        default_factory=dict, description="How the scores of a survey are to be read, by the survey's id."
    )

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        client = (self.client_id, self.client_secret)
        if all(client) == bool(self.access_token) or any(client) != all(client):
            raise ValueError(_("give access_token, or client_id and client_secret."))
        if self.refresh_token and not self.client_id:
            raise ValueError(_("a refresh_token is worth nothing without the client_id and client_secret of its app."))
        return self

    @property
    def site(self) -> str:
        """Where every request goes."""
        return (self.base_url or SITE).rstrip("/")

    @property
    def paths(self) -> Paths:
        return Paths(self.api_version)
