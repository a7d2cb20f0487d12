"""A connector speaks to one vendor."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from latido.connect._clock import Clock, SystemClock
from latido.connect._mapping import UTC_ZONE, Context
from latido.connect._refusal import Refused
from latido.errors import ConfigurationError, CredentialError, LatidoError
from latido.messages import marker
from latido.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from zoneinfo import ZoneInfo

    import httpx

    from latido.connect._stream import Stream
    from latido.messages import Message
    from latido.testing import Imitation, World


_ = marker("latido")


class ConnectorSettings(BaseModel):
    """What `[sources.<name>]` may say for every connector. A connector's own settings extend it; secrets are SecretStr.

    `fields` holds the user's own mapping per table, `custom` the user-defined fields to keep (None: all), `rate_share`
    the share of the vendor's limits to use (None: 0.7 of an account-wide limit, 1.0 of an endpoint's own).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    connector: str = Field(description="Which connector speaks to it; see `latido plugins`.")
    start_date: date | None = Field(default=None, description="Read nothing that was last changed before this day.")
    streams: tuple[str, ...] | None = Field(
        default=None, description="What to read; unset: every stream that is on by default."
    )
    fields: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        description="Your own mapping per table, on top of the connector's: column = vendor's path.",
    )
    custom: tuple[str, ...] | None = Field(
        default=None, description="The user-defined fields to keep in `custom`; unset: all."
    )
    sweep_every: timedelta = Field(
        default=timedelta(hours=24), description="How often archives, counts and deletions are gone through in full."
    )

    @classmethod
    def may_stand_in_clear(cls, name: str, value: str) -> bool:
        """Whether *value* of the secret setting *name* may stand in latido.toml: an address without its password."""
        del name, value
        return False


class HttpSettings(ConnectorSettings):
    """What every connector that speaks HTTP takes. `base_url` redirects it: https, or http on loopback only."""

    base_url: str | None = Field(
        default=None, description="Another address for the vendor: https, or http on this machine only."
    )
    rate_share: float | None = Field(
        default=None,
        gt=0,
        le=1,
        description="The share of the vendor's limits to use; unset: 0.7 of an account's, 1.0 of an endpoint's own.",
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that `check` found: in plain words, with the fix for what is not well.

    `wrong` says what kind of trouble it is: a `credential` (or what it may not do) ends `check` with exit code 4, a
    `setting` with 3, an `outage` with 6; a `warning` is only shown.
    """

    text: Message | str
    wrong: Literal["credential", "setting", "outage", "warning"] | None = None
    fix: Message | str | None = None

    @classmethod
    def of(cls, error: LatidoError) -> Self:
        """Return what *error* means where the vendor means nothing else by it."""
        match error:
            case ConfigurationError():
                return cls(error.message, "setting", error.hint)
            case CredentialError() | Refused(status=403):
                return cls(error.message, "credential", error.hint)
            case _:
                return cls(error.message, "outage", error.hint)


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a connector is given to work with. Tests hand over their own transport and clock.

    `folder` is the project's folder for tokens; `remembered` returns a reference table that was read within the hour,
    else reads it with the function that it is given. `stopping` is set when the run is asked to end: whoever waits
    looks at it. `warn` reports something that the user should know and that is no error.
    """

    source: str
    clock: Clock = field(default_factory=SystemClock)
    transport: httpx.BaseTransport | None = None
    folder: Path = Path(".latido")
    time_zone: ZoneInfo = UTC_ZONE
    stopping: threading.Event = field(default_factory=threading.Event)
    remembered: Callable[[str, Callable[[], Any]], Any] = lambda _name, read: read()
    warn: Callable[[Message], None] = lambda _message: None


class Connector(ABC):
    """One vendor: how to speak to it, what can be read, and whether it can be read now.

    `undeliverable` declares promises that this vendor cannot keep, each with the reason; `latido plugins` prints them.
    `asks` names the settings that `latido init` asks for; by default those that have no default themselves.
    `unreadable` says of a table, or `table.column`, why this vendor does not give it out and what would: the catalogue
    of KPIs shows it. From `stream_types`, the classes of its streams, it tells what this connector would bring where it
    is installed and not connected; one that takes `any_table` reads what people write down themselves. One that is not
    `in_demo` is left out of `latido demo`.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    Settings: ClassVar[type[ConnectorSettings]]
    undeliverable: ClassVar[Mapping[str, Message | str]] = MappingProxyType({})
    asks: ClassVar[tuple[str, ...]] = ()
    unreadable: ClassVar[Mapping[str, Message | str]] = MappingProxyType({})
    stream_types: ClassVar[Sequence[type[Stream]]] = ()
    any_table: ClassVar[bool] = False
    in_demo: ClassVar[bool] = True

    def __init__(self, settings: Any, runtime: Runtime) -> None:
        self.settings = settings
        self.runtime = runtime
        self._context: Context | None = None
        self._reading = threading.Lock()

    @classmethod
    def sandbox(cls, world: World, clock: Clock | None = None) -> Imitation | None:
        """Return what behaves like this vendor and tells of *world*, mostly a server; None if there is none."""
        del world, clock
        return None

    @abstractmethod
    def streams(self) -> Sequence[Stream]:
        """Return every stream that this vendor offers, those that are off by default included."""

    @abstractmethod
    def check(self) -> Iterable[Finding]:
        """Try the credentials and say what can and cannot be read, in plain words. Raises no CredentialError."""

    def references(self) -> Mapping[str, Callable[[], Any]]:
        """Return, by name, the functions that read the vendor's reference tables: JSON values with text keys."""
        return {}

    def chosen(self) -> list[Stream]:
        """Return the streams that the settings name, or those that are on by default.

        Raises ConfigurationError for a stream that this connector does not have, and for the fields of such a table.
        """
        streams = {each.name: each for each in self.streams()}
        self._check_tables({entity.table for each in streams.values() for entity in each.entities})
        wanted = self.settings.streams
        if wanted is None:
            return [each for each in streams.values() if each.on_by_default]
        for name in wanted:
            if name not in streams:
                near = nearest(name, streams) or ", ".join(streams)
                raise ConfigurationError(
                    _("{source}: there is no stream {name}.", source=self.runtime.source, name=name),
                    _("Did you mean {near}? See [sources.{source}] streams.", near=near, source=self.runtime.source),
                )
        return [streams[name] for name in dict.fromkeys(wanted)]

    def _check_tables(self, filled: set[str]) -> None:
        """Raise ConfigurationError where the user's mapping is for a table that no stream fills."""
        for table in self.settings.fields.keys() - filled:
            near = nearest(table, filled) or ", ".join(sorted(filled))
            raise ConfigurationError(
                _("{source}: nothing fills a table {table}.", source=self.runtime.source, table=table),
                _("Did you mean {near}? See [sources.{source}] fields.", near=near, source=self.runtime.source),
            )

    def context(self, streams: Sequence[Stream] | None = None) -> Context:
        """Return what mappings may know: the reference tables that *streams* (default: the chosen) need.

        They are read once, when this is first called, and at most hourly.
        """
        with self._reading:
            if self._context is None:
                needed = {name for each in (self.chosen() if streams is None else streams) for name in each.reference}
                readers = self.references()
                tables = {name: self.runtime.remembered(name, readers[name]) for name in sorted(needed)}
                self._context = Context(MappingProxyType(tables), self.runtime.time_zone, self.settings.custom)
        return self._context

    def vendor_fields(self) -> Mapping[str, Mapping[str, str]]:
        """Return the vendor's fields per table, each with its type, as far as reference tables tell.

        What `latido fields` shows as not mapped, and what a sync compares with the last one to notice changes.
        """
        return {}

    def login(self) -> None:  # noqa: B027 - a vendor without interactive login has nothing to do
        """Obtain the first token interactively, where the vendor works that way."""

    def close(self) -> None:  # noqa: B027 - a connector without connections has nothing to close
        """Give up connections."""
