"""Makes connectors for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from latido.connect import Connector, Runtime

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from latido.connect import Page, Stream
    from latido.messages import Message
    from latido.testing import ManualClock
    from tests.desk import Desk

C = TypeVar("C", bound=Connector)


class Office(Generic[C]):
    """Makes connectors that speak to a desk, by a clock that stands still until somebody waits."""

    vendor: type[C]
    source: ClassVar[str]
    """What the connectors are called in the settings: another name than the vendor's."""
    desks: ClassVar[type[Desk]]
    """What the connectors speak to."""
    credential: ClassVar[Mapping[str, Any]]
    """The settings without which there is no connector."""

    def __init__(self, desk: Desk, folder: Path, clock: ManualClock) -> None:
        self.desk = desk
        self.folder = folder
        self.clock = clock
        self.warnings: list[str] = []
        self._connectors: list[C] = []

    def settings(self, **more: Any) -> Any:
        said = {"connector": self.vendor.name, "base_url": self.desk.url, **self.credential, **more}
        return self.vendor.Settings.model_validate(said)

    def runtime(self, **more: Any) -> Runtime:
        return Runtime(self.source, clock=self.clock, folder=self.folder, warn=self._note, **more)

    def connector(self, **settings: Any) -> C:
        connector = self.vendor(self.settings(**settings), self.runtime())
        self._connectors.append(connector)
        return connector

    def close(self) -> None:
        for connector in self._connectors:
            connector.close()

    def stream(self, name: str, **settings: Any) -> Stream:
        """Return the stream *name*, which the settings have chosen."""
        connector = self.connector(**{"streams": [name], **settings})
        return next(each for each in connector.streams() if each.name == name)

    def pages(self, name: str, cursor: Any = None, **settings: Any) -> list[Page]:
        """Return what the stream *name* reads from *cursor*, by default everything."""
        stream = self.stream(name, **settings)
        return list(stream.pages(stream.start(None) if cursor is None else cursor))

    def _note(self, message: Message) -> None:
        self.warnings.append(str(message))
