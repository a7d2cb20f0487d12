"""Tokens, kept where only their owner reads them."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

from latido.errors import ConfigurationError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from filelock import BaseFileLock

_ = marker("latido")

RESERVE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a token server handed out. Without `expires_at` the access token lives until it is rejected.

    `address` is where the requests of this client belong, if the server says so.
    """

    access_token: str
    obtained_at: datetime
    expires_at: datetime | None = None
    refresh_token: str | None = None
    address: str | None = None

    def __repr__(self) -> str:
        return f"Tokens(obtained_at={self.obtained_at}, expires_at={self.expires_at})"

    def fresh(self, now: datetime) -> bool:
        """Whether more than a tenth of its life and a minute are left; of a token that lives for seconds, half."""
        if self.expires_at is None:
            return True
        life = self.expires_at - self.obtained_at
        return self.expires_at - now > max(life / 10, min(RESERVE, life / 2))


class TokenStore:
    """`tokens.json` in *folder*, by source. Whole at any moment, readable by its owner only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "tokens.json"

    def get(self, source: str) -> Tokens | None:
        """Return the tokens of *source*, if there are any."""
        found = self._read().get(source)
        return None if found is None else self._parsed(found)

    def put(self, source: str, tokens: Tokens) -> None:
        """Store *tokens*: on return they survive a crash."""
        self.update(source, lambda _stored: tokens)

    def update(self, source: str, change: Callable[[Tokens | None], Tokens]) -> Tokens:
        """Store and return what *change* makes of the tokens of *source*; nobody else changes them meanwhile."""
        with self._locked(f"tokens.{quote(source, safe='')}.lock"):
            stored = self.get(source)
            tokens = change(stored)
            if tokens != stored:
                with self._locked("tokens.lock"):
                    self._write({**self._read(), source: asdict(tokens)})
            return tokens

    def _locked(self, name: str) -> BaseFileLock:
        """Return a lock that ends with the process that holds it, however that one ends."""
        from filelock import FileLock

        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return FileLock(self._folder / name, mode=0o600)

    def _read(self) -> Mapping[str, Any]:
        try:
            found = orjson.loads(self._file.read_bytes())
        except FileNotFoundError:
            return {}
        except orjson.JSONDecodeError as error:
            raise self._damaged() from error
        if not isinstance(found, dict):
            raise self._damaged()
        return found

    def _parsed(self, found: Any) -> Tokens:
        try:
            expires_at = found["expires_at"]
            return Tokens(
                found["access_token"],
                datetime.fromisoformat(found["obtained_at"]),
                None if expires_at is None else datetime.fromisoformat(expires_at),
                found["refresh_token"],
                found.get("address"),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise self._damaged() from error

    def _damaged(self) -> ConfigurationError:
        return ConfigurationError(
            _("{file} is damaged.", file=self._file.name),
            _("Delete it, then run: latido login <source>"),
        )

    def _write(self, everything: Mapping[str, Any]) -> None:
        draft = self._folder / "tokens.json.new"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(orjson.dumps(everything))
                stream.flush()
                os.fsync(descriptor)
            draft.replace(self._file)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        self._sync_folder()

    def _sync_folder(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
