"""What `[sources.<name>]` says for Bitrix24."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from latido.connect import HttpSettings
from latido.messages import marker
from latido_bitrix24.declared import DeclaredSettings

_ = marker("latido_bitrix24")

CLOUD = re.compile(
    r"[a-z0-9-]+\.bitrix24\."
    r"(com|eu|de|ru|es|com\.br|in|fr|it|pl|ua|by|kz|cn|jp|vn|id|mx|co|com\.tr|uk)"
)
"""Hosts of Bitrix24's own. Any other has to be named, so that a credential goes nowhere by mistake."""

LOOPBACK = re.compile(r"localhost|127(\.\d{1,3}){3}|\[::1\]")
ADDRESS = re.compile(r"(?:(https?)://)?([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?((?:/[\w.~-]+)*?)/?", re.IGNORECASE)
WEBHOOK = re.compile(rf"{ADDRESS.pattern[:-2]}/rest/(\d+)/([\w-]{{6,}})/?", re.IGNORECASE)
LOGIN_SERVER = "https://oauth.bitrix.info"

DealClass = Literal["new", "expansion", "renewal", "reactivation", "unknown"]


class Bitrix24Settings(DeclaredSettings, HttpSettings):
    """Credentials are the address of an inbound webhook, or an OAuth app for which somebody logs in.

    `portal` is the address of the portal. Beside a webhook it names a host that is none of Bitrix24's own cloud.
    """

    webhook_url: SecretStr | None = Field(
        default=None, description="An inbound webhook, such as https://acme.bitrix24.com/rest/1/…/; it is a secret."
    )
    portal: str | None = Field(
        default=None,
        description="The address of the portal, such as acme.bitrix24.com; with a webhook only where you host it.",
    )
    client_id: str | None = Field(default=None, description="The client id of a local app, instead of a webhook.")
    client_secret: SecretStr | None = Field(default=None, description="The client secret of that app.")
    redirect_uri: str = Field(
        default="http://localhost:8917/", description="Where the browser returns to after `latido login`."
    )
    token_server: str = Field(
        default=LOGIN_SERVER, description="Where tokens come from, if not from Bitrix24: on isolated networks."
    )
    ca_file: Path | None = Field(
        default=None, description="The certificates (PEM) to trust where the portal's are private."
    )
    enterprise: bool = Field(
        default=False, description="Whether the portal is on the Enterprise plan, which allows 5 requests a second."
    )
    operating_limit: float = Field(
        default=480, gt=0, description="The seconds of work that Bitrix24 does per method in ten minutes."
    )
    deal_classes: Mapping[str, DealClass] = Field(
        default_factory=dict, description="What a deal's type (such as SALE) means: new, expansion, renewal, …"
    )
    deletion_events: bool = Field(
        default=True, description="Whether an app keeps a queue at the portal that tells it of deletions."
    )
    expect: Mapping[str, int] = Field(
        default_factory=dict,
        description="How many records of a stream there are at least; `latido check` warns where fewer can be seen.",
    )

    @field_validator("webhook_url")
    @classmethod
    def _a_webhook(cls, written: SecretStr | None) -> SecretStr | None:
        if written is not None and not WEBHOOK.fullmatch(written.get_secret_value().strip()):
            raise ValueError(_("write webhook_url whole: https://acme.bitrix24.com/rest/1/<secret>/"))
        return written

    @field_validator("portal")
    @classmethod
    def _an_address(cls, written: str | None) -> str | None:
        if written is None:
            return None
        found = ADDRESS.fullmatch(written.strip())
        if not found:
            raise ValueError(_("write portal as acme.bitrix24.com."))
        return origin(found)

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        client = (self.client_id, self.client_secret)
        if all(client) == bool(self.webhook_url) or any(client) != all(client):
            raise ValueError(_("give webhook_url, or portal, client_id and client_secret."))
        if not self.webhook_url and not self.portal:
            raise ValueError(_("portal is missing: the acme.bitrix24.com of your Bitrix24."))
        return self

    @model_validator(mode="after")
    def _where_it_should_go(self) -> Self:
        scheme, host = self.address.partition("://")[::2]
        bare = re.sub(r"(:\d+)?(/.*)?$", "", host)
        named = self.portal is None or self.portal == self.address
        if not named and self.base_url is None:
            raise ValueError(_("webhook_url leads to {host}, and portal names another.", host=bare))
        if self.portal is None and not (CLOUD.fullmatch(bare) or LOOPBACK.fullmatch(bare)):
            raise ValueError(
                _('{host} is none of Bitrix24\'s own: if it is yours, name it by portal = "{host}".', host=bare)
            )
        if scheme == "http" and not LOOPBACK.fullmatch(bare):
            raise ValueError(_("{host} must be reached by https:// (plain http only on this machine).", host=bare))
        return self

    @property
    def address(self) -> str:
        """Where the portal is: its origin, and the folder that it lives in where somebody hosts it so."""
        return origin(self._hook) if self._hook else self.portal or ""

    @property
    def secret(self) -> str | None:
        """What is secret in the address of the webhook."""
        return self._hook[6] if self._hook else None

    @property
    def site(self) -> str:
        """Below which the methods lie. It holds the webhook's secret."""
        below = f"/{self._hook[5]}/{self._hook[6]}" if self._hook else ""
        return f"{(self.base_url or self.address).rstrip('/')}/rest{below}"

    @property
    def _hook(self) -> re.Match[str] | None:
        return WEBHOOK.fullmatch(self.webhook_url.get_secret_value().strip()) if self.webhook_url else None

    @property
    def tokens(self) -> str:
        """The address that hands out tokens: never the portal, which must not see the client secret."""
        return f"{(self.base_url or self.token_server).rstrip('/')}/oauth/token/"

    @property
    def login_page(self) -> str:
        return f"{(self.base_url or self.address).rstrip('/')}/oauth/authorize/"


def origin(found: re.Match[str]) -> str:
    """Return the beginning of an address in one spelling."""
    return f"{(found[1] or 'https').lower()}://{found[2].lower()}{found[3] or ''}{found[4]}"
