"""Who we are to HubSpot."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import SecretStr

from latido.connect import Bearer, OAuth, Tokens, TokenStore
from latido_hubspot.settings import LOGIN_PAGE

if TYPE_CHECKING:
    from latido.connect import Auth, Runtime
    from latido_hubspot.settings import HubSpotSettings


_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def credential(settings: HubSpotSettings, runtime: Runtime) -> Auth:
    """Return what signs requests: a fixed token, or those that somebody's login gave to an OAuth app."""
    if settings.access_token:
        return Bearer(settings.access_token)
    if settings.refresh_token:
        remember(TokenStore(runtime.folder), runtime.source, settings.refresh_token.get_secret_value())
    return client(settings, runtime)


def remember(store: TokenStore, source: str, refresh_token: str) -> None:
    """Let *store* begin with a refresh token that nobody's login brought, and with an access token that is past."""

    def begun(stored: Tokens | None) -> Tokens:
        if stored is not None and stored.refresh_token == refresh_token:
            return stored
        return Tokens("", _LONG_AGO, _LONG_AGO, refresh_token)

    store.update(source, begun)


def client(settings: HubSpotSettings, runtime: Runtime, *, scope: str | None = None) -> OAuth:
    """Return the OAuth app; only its login names a *scope*, since renewing may not ask for what was not granted."""
    return OAuth(
        f"{settings.site}{settings.paths.token}",
        runtime,
        client_id=settings.client_id or "",
        client_secret=settings.client_secret or SecretStr(""),
        grant="refresh_token",
        scope=scope,
        store=TokenStore(runtime.folder),
        form=True,
    )


def login_page(settings: HubSpotSettings) -> str:
    """Return the page on which a person agrees: on another host than the API, unless that was redirected."""
    return LOGIN_PAGE if settings.base_url is None else f"{settings.site}/oauth/authorize"
