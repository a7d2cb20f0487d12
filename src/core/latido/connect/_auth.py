"""How a request says who asks."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Protocol

from latido.connect._redact import keep_secret
from latido.errors import ConfigurationError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SecretStr

_ = marker("latido")


class Auth(Protocol):
    """What signs requests. Shared by the threads of a source."""

    def headers(self) -> Mapping[str, str]:
        """Return the headers of the next request; may renew a token that is about to expire."""

    def renew(self, used: Mapping[str, str]) -> bool:
        """Renew the credential that the vendor rejected (*used*: its headers). False: there is nothing to renew."""


class Anonymous:
    """Asks without saying who."""

    def headers(self) -> Mapping[str, str]:
        return {}

    def renew(self, used: Mapping[str, str]) -> bool:
        del used
        return False


class _Fixed:
    """A credential that never changes."""

    def __init__(self, authorization: str) -> None:
        keep_secret(authorization)
        self._headers = {"Authorization": authorization}

    def headers(self) -> Mapping[str, str]:
        return self._headers

    def renew(self, used: Mapping[str, str]) -> bool:
        del used
        return False


class Basic(_Fixed):
    """A user and a secret; where the user is the secret and the password any word, either may be one."""

    def __init__(self, user: str | SecretStr, secret: str | SecretStr) -> None:
        keep_secret(*(each for each in (user, secret) if not isinstance(each, str)))
        pair = f"{_plain(user)}:{_plain(secret)}".encode()
        super().__init__(f"Basic {base64.b64encode(pair).decode()}")


def _plain(text: str | SecretStr) -> str:
    return text if isinstance(text, str) else text.get_secret_value()


class Bearer(_Fixed):
    """A token that does not expire."""

    def __init__(self, token: SecretStr) -> None:
        keep_secret(token)
        super().__init__(f"Bearer {printable(token.get_secret_value())}")


def printable(token: str) -> str:
    """Return *token* if a header can carry it, else raise ConfigurationError."""
    if not (token.isascii() and token.isprintable() and token.strip() == token != ""):
        raise ConfigurationError(
            _("A token holds characters that no token has."),
            _("Check that it was copied whole, without spaces or line breaks."),
        )
    return token
