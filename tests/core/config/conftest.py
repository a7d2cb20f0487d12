"""Builders: a project folder from a text, and a connector that needs settings and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from pydantic import SecretStr

from latido import plugins
from latido.config import Project
from latido.connect import Connector, Finding, HttpSettings, Stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class DeskSettings(HttpSettings):
    subdomain: str
    client_id: str | None = None
    client_secret: SecretStr | None = None
    pages: int = 3
    attachments: Path | None = None


class Desk(Connector):
    name = "desk"
    title = "Desk"
    Settings = DeskSettings

    def streams(self) -> Sequence[Stream]:
        return []

    def check(self) -> Iterable[Finding]:
        return []


class Offer:
    @plugins.hookimpl
    def latido_connectors(self) -> list[type[Connector]]:
        return [Desk]


class Loading(Protocol):
    def __call__(
        self, toml: str, *, environ: Mapping[str, str] = ..., dotenv: str = ..., flags: Mapping[str, Any] = ...
    ) -> Project: ...


@pytest.fixture
def installed() -> plugins.Plugins:
    return plugins.plugin_manager(installed=[], in_memory={"desk": Offer()})


@pytest.fixture
def load(tmp_path: Path) -> Loading:
    """Return a function that writes a project and loads it."""

    def loaded(
        toml: str, *, environ: Mapping[str, str] | None = None, dotenv: str = "", flags: Mapping[str, Any] | None = None
    ) -> Project:
        (tmp_path / "latido.toml").write_text(toml, encoding="utf-8")
        if dotenv:
            (tmp_path / ".env").write_text(dotenv, encoding="utf-8")
        return Project.load(tmp_path, environ or {}, flags or {})

    return loaded
