"""A terminal in a test: a project folder, a connector in memory, and what a command says and prints."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from pydantic import SecretStr

from latido import cli
from latido.connect import Connector, ConnectorSettings, Mapping, Page, Stream
from latido.plugins import hookimpl, plugin_manager
from latido.schema import Ticket

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from latido.connect import Cursor, Finding
    from latido.plugins import Plugins

TOML = """\
[latido]
timezone = "Europe/Madrid"

[sources.support]
connector = "desk"
token = "env:DESK_TOKEN"
"""


class DeskSettings(ConnectorSettings):
    token: SecretStr
    team: str = "all"


class DeskTickets(Stream):
    """Every ticket in one page."""

    name = "tickets"
    entities = (Ticket,)
    mappings = (
        Mapping(
            Ticket,
            source_id="id",
            subject="title",
            created_at="opened",
            first_reply_at="answered",
            solved_at="solved",
            status="status",
            csat="opinion",
            url="link",
        ),
    )
    connector: Desk

    def start(self, since: datetime | None) -> Cursor:
        return {"since": since and since.isoformat()}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        del cursor
        rows, rejected = self.rows(Ticket, self.connector.tickets)
        yield Page([rows], {"at": 1}, len(self.connector.tickets), rejected=rejected)


class Desk(Connector):
    """A vendor with two tickets. A test changes what it does."""

    name = "desk"
    title = "Desk"
    Settings = DeskSettings
    asks = ("team", "token")
    undeliverable: ClassVar[dict[str, str]] = {"exact_count": "the vendor counts every hour"}
    findings: ClassVar[Sequence[Finding]] = ()
    tickets: ClassVar[Sequence[dict[str, Any]]] = ({"id": 1, "title": "Help"}, {"id": 2})
    stream: ClassVar[type[Stream]] = DeskTickets

    def streams(self) -> Sequence[Stream]:
        return [self.stream(self)]

    def check(self) -> Sequence[Finding]:
        return self.findings

    def vendor_fields(self) -> dict[str, dict[str, str]]:
        return {"tickets": {"title": "text", "mood": "number"}}


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Terminal:
    """Runs `latido` in a folder of its own, in English unless told otherwise."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch
    connectors: list[type[Connector]] = field(default_factory=lambda: [Desk])
    environ: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, answers: str = "") -> Said:
        self.patch.setattr("sys.stdin", io.StringIO(answers))
        self.capture.readouterr()
        environ = {"HOME": str(self.folder / "home"), "DESK_TOKEN": "opensesame", **self.environ}
        code = cli.main([*arguments], environ=environ, installed=self.installed)
        said = self.capture.readouterr()
        return Said(code, said.out, said.err)

    def installed(self) -> Plugins:
        connectors = self.connectors

        class Offer:
            @hookimpl
            def latido_connectors(self) -> list[type[Connector]]:
                return connectors

        return plugin_manager(installed=[], in_memory={"desk": Offer()})

    def write(self, toml: str = TOML) -> None:
        """Put a project into the folder."""
        (self.folder / "latido.toml").write_text(toml, encoding="utf-8")


@pytest.fixture
def latido(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Return a terminal in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Terminal(tmp_path, capsys, monkeypatch)


@pytest.fixture
def project(latido: Terminal) -> Terminal:
    """Return a terminal in a project."""
    latido.write()
    return latido


@pytest.fixture
def synced(project: Terminal) -> Terminal:
    """Return a terminal in a project that was synced."""
    assert 0 == project("sync", "--quiet").code
    return project
