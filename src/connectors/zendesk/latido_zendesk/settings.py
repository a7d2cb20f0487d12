"""What `[sources.<name>]` says for Zendesk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from latido.connect import HttpSettings, Scale
from latido.messages import marker

_ = marker("latido_zendesk")

SUBDOMAIN = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
SITE = ".zendesk.com"


class Survey(Scale):
    """How a scored question is to be read. Zendesk says neither scale nor direction, and nothing is inferred.

    The question is the one with that `alias` in a survey, or the `ticket_field` (its id) that the answer is kept in,
    as a number or as a tag that ends in one (`ces_5`).
    """

    alias: str | None = None
    ticket_field: int | None = None
    higher_is_better: bool


FIVE_POINTS = Survey(scale_min=1, scale_max=5, higher_is_better=True)
"""The scale that Zendesk mirrors into a ticket's rating: 1 to 3 are bad, 4 and 5 are good."""


class ZendeskSettings(HttpSettings):
    """Credentials are an OAuth client, or an agent's e-mail with an API token for as long as those live.

    `grant` is `authorization_code` when the client acts for the person who ran `latido login`; by default it does once
    such a login is stored. `strategy` is the way in which tickets are read. `headers` are sent with every request.
    """

    subdomain: str | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None
    grant: Literal["client_credentials", "authorization_code"] | None = None
    scope: str = "read"
    redirect_uri: str = "http://localhost:8917/"
    email: str | None = None
    api_token: SecretStr | None = None
    headers: Mapping[str, str] = Field(default_factory=dict)
    strategy: Literal["incremental", "keyset"] = "incremental"
    csat: Survey = FIVE_POINTS
    ces: Survey | None = None
    nps: Survey | None = None

    @field_validator("subdomain")
    @classmethod
    def _only_the_name(cls, written: str | None) -> str | None:
        return written if written is None else subdomain(written)

    @field_validator("headers")
    @classmethod
    def _no_credentials_there(cls, headers: Mapping[str, str]) -> Mapping[str, str]:
        if any(name.lower() in {"authorization", "cookie", "host"} for name in headers):
            raise ValueError(_("headers are for names such as X-Zendesk-Marketplace-Name, not for credentials."))
        return headers

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if not self.subdomain and not self.base_url:
            raise ValueError(_("subdomain is missing: the acme in acme.zendesk.com."))
        client, token = (self.client_id, self.client_secret), (self.email, self.api_token)
        if all(client) == all(token) or any(client) != all(client) or any(token) != all(token):
            raise ValueError(_("give client_id and client_secret, or email and api_token."))
        return self

    @property
    def site(self) -> str:
        """Where every request goes."""
        return self.base_url or f"https://{self.subdomain}{SITE}"

    @property
    def surveys(self) -> Mapping[str, Survey]:
        """The questions that have a kind, by kind."""
        each = {"csat": self.csat, "ces": self.ces, "nps": self.nps}
        return {kind: survey for kind, survey in each.items() if survey is not None}


def subdomain(written: str) -> str:
    """Return the name in *written*: a name itself, or the address of a page whose host ends in .zendesk.com.

    Raises ValueError for anything else, so that credentials go nowhere else.
    """
    name = written.strip().lower()
    if "://" in name:
        address: Any = urlsplit(name)
        host = address.hostname or ""
        name = host.removesuffix(SITE) if host.endswith(SITE) and not address.username else ""
    if not SUBDOMAIN.fullmatch(name):
        raise ValueError(_("write only the acme of https://acme.zendesk.com."))
    return name
