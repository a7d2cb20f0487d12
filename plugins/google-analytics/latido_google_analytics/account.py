"""Who we are to Google."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import orjson
from pydantic import SecretStr

from latido.connect import OAuth, TokenStore, keep_secret
from latido.errors import ConfigurationError, CredentialError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from latido.connect import Runtime
    from latido.messages import Message
    from latido_google_analytics.settings import GoogleAnalyticsSettings

_ = marker("latido_google_analytics")

SCOPE = "https://www.googleapis.com/auth/analytics.readonly"
LIFE = timedelta(hours=1)
"""Google accepts no assertion that lives longer."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a key file of a service account says."""

    email: str
    identifier: str
    private_key: str

    def signed(self, runtime: Runtime, audience: str) -> str:
        """Return an assertion of who we are, for an hour from now on."""
        import jwt

        now = runtime.clock.now()
        claims = {
            "iss": self.email,
            "scope": SCOPE,
            "aud": audience,
            "iat": int(now.timestamp()),
            "exp": int((now + LIFE).timestamp()),
        }
        return jwt.encode(claims, self.private_key, algorithm="RS256", headers={"kid": self.identifier})


class Credential:
    """Signs requests, as a service account or as the person who logged in; says what to do if Google says no."""

    def __init__(self, settings: GoogleAnalyticsSettings, runtime: Runtime) -> None:
        self._settings = settings
        self._runtime = runtime
        by_login = settings.service_account_file is None
        self._oauth = OAuth(
            settings.token_url,
            runtime,
            client_id=settings.client_id or "",
            client_secret=settings.client_secret or SecretStr(""),
            grant="refresh_token" if by_login else "jwt_bearer",
            scope=SCOPE if by_login else None,
            store=TokenStore(runtime.folder) if by_login else None,
            form=True,
            assertion=self._assertion,
        )

    @property
    def oauth(self) -> OAuth:
        """The client with which a person logs in."""
        return self._oauth

    def headers(self) -> Mapping[str, str]:
        try:
            return self._oauth.headers()
        except CredentialError as refusal:
            raise CredentialError(refusal.message, self._fix) from refusal

    def renew(self, used: Mapping[str, str]) -> bool:
        try:
            return self._oauth.renew(used)
        except CredentialError as refusal:
            raise CredentialError(refusal.message, self._fix) from refusal

    def somebody(self) -> str | None:
        """Return the e-mail address to which a property is opened; None for a person, of whom we know none."""
        file = self._settings.service_account_file
        return None if file is None else read_key(file, self._runtime.source).email

    def _assertion(self) -> str:
        file, source = self._settings.service_account_file, self._runtime.source
        if file is None:
            raise no_key(file, source)
        import jwt

        try:
            return read_key(file, source).signed(self._runtime, self._settings.token_url)
        except (ValueError, TypeError, jwt.PyJWTError) as error:
            raise no_key(file, source) from error

    @property
    def _fix(self) -> Message:
        source = self._runtime.source
        if self._settings.service_account_file is None:
            return _(
                "Run: latido login {source} (while the consent screen is in testing, Google ends a login after 7 days)",
                source=source,
            )
        return _(
            "Check that the key in service_account_file was not deleted and that this machine's clock is right, "
            "then run: latido check {source}",
            source=source,
        )


def read_key(file: Path, source: str) -> Key:
    """Return the key in *file*; raises ConfigurationError where there is none."""
    try:
        said = orjson.loads(file.read_bytes())
        key = Key(said["client_email"], said["private_key_id"], said["private_key"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise no_key(file, source) from error
    if not all(isinstance(each, str) and each for each in (key.email, key.identifier, key.private_key)):
        raise no_key(file, source)
    keep_secret(key.private_key)
    return key


def no_key(file: Path | None, source: str) -> ConfigurationError:
    return ConfigurationError(
        _("{file} holds no key of a service account.", file=file),
        _(
            "Create one (Google Cloud → IAM → Service accounts → Keys → JSON), set service_account_file to it, "
            "then run: latido check {source}",
            source=source,
        ),
    )
