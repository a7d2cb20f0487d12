"""Who we are to Zendesk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from latido.connect import Basic, OAuth, TokenStore
from latido.errors import ConfigurationError, CredentialError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido.connect import Auth, Runtime
    from latido.messages import Message
    from latido_zendesk.settings import ZendeskSettings

_ = marker("latido_zendesk")

ME = "/api/v2/users/me"
LAST_DAY_OF_TOKENS = "2027-04-30"


def credential(settings: ZendeskSettings, runtime: Runtime) -> Auth:
    """Return what signs requests; an OAuth client acts for the person who logged in, once somebody did."""
    if settings.email and settings.api_token:
        return Basic(f"{settings.email.removesuffix('/token')}/token", settings.api_token)
    if settings.grant is not None:
        return client(settings, runtime, by_code=settings.grant == "authorization_code")
    return client(settings, runtime, by_code=TokenStore(runtime.folder).get(runtime.source) is not None)


def client(settings: ZendeskSettings, runtime: Runtime, *, by_code: bool) -> OAuth:
    """Return the OAuth client, which acts for itself or *by_code* for a person."""
    return OAuth(
        f"{settings.site.rstrip('/')}/oauth/tokens",
        runtime,
        client_id=settings.client_id or "",
        client_secret=settings.client_secret or SecretStr(""),
        grant="refresh_token" if by_code else "client_credentials",
        scope=settings.scope,
        store=TokenStore(runtime.folder) if by_code else None,
    )


def somebody(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the user in an answer of `users/me`: to a wrong credential Zendesk answers 200 and an anonymous user."""
    user = body.get("user")
    if not isinstance(user, dict) or user.get("id") is None:
        raise CredentialError(
            _("Zendesk does not know this credential: it answers as to an anonymous user."),
            _("Check client_id (the identifier, not the number) and client_secret, or email and api_token."),
        )
    return user


def no_account(site: str) -> ConfigurationError:
    """Return what to say where nobody has an account: most likely a wrong subdomain."""
    return ConfigurationError(
        _("There is no Zendesk account at {site}.", site=site),
        _("Check subdomain in latido.toml, then run: latido check"),
    )


def token_warning() -> Message:
    """Return what users of API tokens should know."""
    return _(
        "API tokens of Zendesk stop working on {day}, and earlier if unused for 30 days. Set client_id and "
        "client_secret of an OAuth client instead: docs/vendors/zendesk.md says how.",
        day=LAST_DAY_OF_TOKENS,
    )
