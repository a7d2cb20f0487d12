"""Where HubSpot keeps what, by version of its API.

The versions are in the paths: v3 and v4 until 2027, and dated ones, a new one every March and September. The library
that carries our requests knows only the older ones; the paths are therefore built here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

LEGACY = "legacy"

END_OF_LEGACY = date(2027, 3, 30)
"""The day until which HubSpot supports the v4 paths; v3 follows in September 2027."""

_TABLE = {
    "account": ("/account-info/v3/details", "/account-info/{version}/details"),
    "associations": (
        "/crm/v4/associations/{from_type}/{to_type}/batch/read",
        "/crm/associations/{version}/{from_type}/{to_type}/batch/read",
    ),
    "batch_read": ("/crm/v3/objects/{object_type}/batch/read", "/crm/objects/{version}/{object_type}/batch/read"),
    "campaigns": ("/marketing/v3/campaigns", "/marketing/campaigns/{version}"),
    "exchange_rates": ("/settings/v3/currencies/exchange-rates", "/settings/currencies/{version}/exchange-rates"),
    "objects": ("/crm/v3/objects/{object_type}", "/crm/objects/{version}/{object_type}"),
    "owners": ("/crm/v3/owners", "/crm/owners/{version}"),
    "pipelines": ("/crm/v3/pipelines/{object_type}", "/crm/pipelines/{version}/{object_type}"),
    "properties": ("/crm/v3/properties/{object_type}", "/crm/properties/{version}/{object_type}"),
    "search": ("/crm/v3/objects/{object_type}/search", "/crm/objects/{version}/{object_type}/search"),
    # These two are older or younger than the rest, whichever version that has.
    "threads": (
        "/conversations/v3/conversations/threads",
        "/conversations/conversations/2026-09-beta/threads",
    ),
    "token": ("/oauth/v3/token", "/oauth/2026-09/token"),
}


@dataclass(frozen=True, slots=True)
class Paths:
    """The paths of one version: `legacy` (v3 and v4), or a dated one such as `2026-03`."""

    version: str = LEGACY

    @property
    def account(self) -> str:
        return self._path("account")

    @property
    def campaigns(self) -> str:
        return self._path("campaigns")

    @property
    def exchange_rates(self) -> str:
        return self._path("exchange_rates")

    @property
    def owners(self) -> str:
        return self._path("owners")

    @property
    def threads(self) -> str:
        return self._path("threads")

    @property
    def token(self) -> str:
        return self._path("token")

    def associations(self, from_type: str, to_type: str) -> str:
        return self._path("associations", from_type=from_type, to_type=to_type)

    def batch_read(self, object_type: str) -> str:
        return self._path("batch_read", object_type=object_type)

    def objects(self, object_type: str) -> str:
        return self._path("objects", object_type=object_type)

    def pipelines(self, object_type: str) -> str:
        return self._path("pipelines", object_type=object_type)

    def properties(self, object_type: str) -> str:
        return self._path("properties", object_type=object_type)

    def search(self, object_type: str) -> str:
        return self._path("search", object_type=object_type)

    def _path(self, resource: str, **parts: str) -> str:
        legacy, dated = _TABLE[resource]
        return legacy.format(**parts) if self.version == LEGACY else dated.format(version=self.version, **parts)
