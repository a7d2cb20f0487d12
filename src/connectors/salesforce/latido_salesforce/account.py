"""Who we are to Salesforce."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import SecretStr

from latido.connect import OAuth, TokenStore, keep_secret
from latido.errors import ConfigurationError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Literal

    from latido.connect import Runtime
    from latido_salesforce.settings import SalesforceSettings

_ = marker("latido_salesforce")

TOKENS, AUTHORIZE = "/services/oauth2/token", "/services/oauth2/authorize"
SCOPE = "api refresh_token"
LIFE = timedelta(minutes=3)
"""Salesforce accepts no assertion that lives longer."""


def credential(settings: SalesforceSettings, runtime: Runtime) -> OAuth:
    """Return what signs requests: for a user that a key signs for, a person who logged in, or the app itself."""
    if settings.username:
        return client(settings, runtime, "jwt_bearer")
    by_code = settings.grant == "authorization_code"
    if settings.grant is None:
        by_code = TokenStore(runtime.folder).get(runtime.source) is not None
    return client(settings, runtime, "refresh_token" if by_code else "client_credentials")


def client(
    settings: SalesforceSettings,
    runtime: Runtime,
    grant: Literal["client_credentials", "refresh_token", "jwt_bearer"],
) -> OAuth:
    """Return the OAuth client. Its tokens say nothing of their life: they are renewed once they are rejected."""
    by_code = grant == "refresh_token"
    return OAuth(
        f"{settings.site.rstrip('/')}{TOKENS}",
        runtime,
        client_id=settings.client_id,
        client_secret=settings.client_secret or SecretStr(""),
        grant=grant,
        scope=SCOPE if by_code else None,
        store=TokenStore(runtime.folder) if by_code else None,
        form=True,
        assertion=signer(settings, runtime) if grant == "jwt_bearer" else None,
    )


def signer(settings: SalesforceSettings, runtime: Runtime) -> Callable[[], str]:
    """Return the function that signs an assertion for the configured user."""

    def sign() -> str:
        import jwt

        claims = {
            "iss": settings.client_id,
            "sub": settings.username,
            "aud": settings.signed_for,
            "exp": int((runtime.clock.now() + LIFE).timestamp()),
        }
        key = private_key(settings.private_key_file, runtime.source)
        try:
            return jwt.encode(claims, key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError) as error:
            raise no_key(settings.private_key_file, runtime.source) from error

    return sign


def private_key(file: Path | None, source: str) -> str:
    try:
        key = file.read_text("utf-8") if file else ""
    except (OSError, UnicodeDecodeError) as error:
        raise no_key(file, source) from error
    keep_secret(key)
    return key


def no_key(file: Path | None, source: str) -> ConfigurationError:
    return ConfigurationError(
        _("{file} holds no private key that can be read.", file=file),
        _(
            "Set private_key_file to an RSA key in PEM, without password, then run: latido check {source}",
            source=source,
        ),
    )
