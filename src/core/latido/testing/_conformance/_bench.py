"""A connector beside its sandbox."""

from __future__ import annotations

import shutil
import ssl
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import httpx

from latido.connect import METER, Meter, Runtime
from latido.testing._clocks import ManualClock
from latido.testing._conformance._place import Loaded, Place
from latido.testing._sandbox import Sandbox
from latido.testing.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from starlette.types import Receive, Scope, Send

    from latido.connect import Connector, ConnectorSettings, Cursor, Page, Stream
    from latido.testing._imitation import Imitation

END = date(2026, 11, 1)
MORNING = datetime(2026, 11, 1, 6, tzinfo=UTC)
PAGE_LIMIT = 5
"""Records on a page, so that a small world has many pages."""

READER = "reader"


class Timeline(ManualClock):
    """A clock that can begin anew, so that no test depends on how long another one waited."""

    def rewind(self) -> None:
        self._passed = 0.0


@dataclass(frozen=True, slots=True)
class Subject:
    """Which connector is tested, with which settings beside those of its sandbox, in a world of how many tickets."""

    connector: type[Connector]
    settings: Mapping[str, Any]
    tickets: int

    def sandbox(self, clock: Timeline, tickets: int) -> Imitation:
        """Return what stands in for the connector's vendor; raises TypeError if nothing does."""
        world = World("promises", end=END, tickets=tickets, people=tickets)
        found = self.connector.sandbox(world, clock)
        if found is None:
            raise TypeError(
                f"{self.connector.__name__} brings no sandbox. The suite reads from what its class method `sandbox` "
                "returns: see latido.testing.Sandbox."
            )
        return found

    def said(self, sandbox: Imitation, **more: Any) -> ConnectorSettings:
        """Return the settings with which *sandbox* is read."""
        return self.connector.Settings.model_validate({**sandbox.settings(), **self.settings, **more})


class Front:
    """One address for one sandbox after the other: to open and close a server takes longer than a small run."""

    def __init__(self) -> None:
        self.url = ""
        self.behind: Sandbox

    def lead_to(self, sandbox: Imitation) -> None:
        """Have *sandbox* answer from now on, if it answers at all."""
        if isinstance(sandbox, Sandbox):
            self.behind, sandbox.url = sandbox, self.url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.behind(scope, receive, send)


class Bench:
    """A sandbox that stands on loopback, and the clock that it and the connector go by.

    In *folder* is one warehouse, which begins as a copy of the *empty* one: each project is a source of its own in it.
    """

    def __init__(self, subject: Subject, folder: Path, empty: Path, *, scale: int = 1) -> None:
        self.subject = subject
        self.clock = Timeline(MORNING)
        self.sandbox = subject.sandbox(self.clock, subject.tickets * scale)
        self.sandbox.switches.page_limit = PAGE_LIMIT
        # Nothing here is encrypted: without the certificates of the whole world a connection is there at once.
        self.transport = httpx.HTTPTransport(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        self.folder = folder
        self.warehouse = Loaded(folder / "latido.duckdb")
        self._empty = empty
        self._places = 0

    @contextmanager
    def standing(self, front: Front) -> Iterator[Bench]:
        """Let *front* lead to the sandbox while the block lasts."""
        self.folder.mkdir()
        shutil.copy(self._empty, self.warehouse.path)
        front.lead_to(self.sandbox)
        with self.transport, self.warehouse.loaded():
            yield self

    @property
    def server(self) -> Sandbox:
        """The sandbox, which the promise that asks for it can be tried on only if it is asked over HTTP."""
        if not isinstance(self.sandbox, Sandbox):
            raise TypeError(f"{type(self.sandbox).__name__} is no server")
        return self.sandbox

    @property
    def requests(self) -> int:
        """How many requests were made so far."""
        return self.sandbox.stats.total if isinstance(self.sandbox, Sandbox) else 0

    def calm(self) -> Bench:
        """Return the bench as it was at first: nothing goes wrong, and it is morning."""
        switches = self.sandbox.switches
        switches.faults, switches.limits, switches.writes_per_request = [], {}, 0
        self.clock.rewind()
        return self

    def place(self) -> Place:
        """Return an empty project."""
        self._places += 1
        return Place(f"promised_{self._places}", self)

    def read(self, name: str, cursor: Cursor | None = None) -> list[Page]:
        """Return what stream *name* yields from *cursor* (None: its start), without storing it."""
        with self.reader(name) as (stream, _):
            return list(stream.pages(stream.start(None) if cursor is None else cursor))

    @contextmanager
    def reader(self, name: str) -> Iterator[tuple[Stream, Connector]]:
        """Yield stream *name*, ready to be read."""
        METER.set(Meter())
        said = self.subject.said(self.sandbox, streams=[name])
        runtime = Runtime(READER, clock=self.clock, transport=self.transport, folder=self.folder)
        with closing(self.subject.connector(said, runtime)) as connector:
            (stream,) = connector.chosen()
            connector.context([stream])
            yield stream, connector
