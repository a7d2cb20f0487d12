"""What the sources of a project could bring, and what the installed connectors could."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from latido.errors import LatidoError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from latido.cli._session import Session
    from latido.config import SourceConfig
    from latido.connect import Connector, Stream
    from latido.metrics import Connected, Entry, Way


class Unlocking:
    """Finds, for the KPIs that cannot be computed, what would unlock them. No vendor is asked."""

    def __init__(self, here: Session) -> None:
        self.here = here
        self.installed = here.plugins.connectors()
        self.standing = self._standing()
        self.connected = [self._connected(config) for config in here.project.sources.values()]

    def ways(self, entry: Entry) -> Sequence[Way]:
        """Return the ways to what a KPI lacks, the nearest first."""
        from latido.metrics import ways

        known = [each for each in self.connected if each is not None]
        return ways(entry.lacking, known, self.installed.values())

    def _standing(self) -> Mapping[tuple[str, str], Mapping[str, Any]]:
        from latido.warehouse import last_receipts

        if not self.here.warehouse.path.exists():
            return {}
        with self.here.warehouse.reading() as connection:
            return {(row["source"], row["stream"]): row for row in last_receipts(connection)}

    def _connected(self, config: SourceConfig) -> Connected | None:
        from latido.metrics import Connected, Readable

        kind = self.installed.get(config.connector_name)
        if kind is None:
            return None
        own: dict[str, set[str]] = {}
        for keys in config.written:
            if keys[0] == "fields" and len(keys) > 2:  # noqa: PLR2004 - fields, table, column
                own.setdefault(keys[1], set()).add(keys[2])
        streams, chosen = self._streams(config, kind)
        readable = [
            Readable.of(each, own, chosen=chosen is None or each.name in chosen, **self._read(config.name, each.name))
            for each in streams
        ]
        return Connected(config.name, kind, readable)

    def _streams(self, config: SourceConfig, kind: type[Connector]) -> tuple[Iterable[type[Stream]], set[str] | None]:
        """Return the streams of a source, and the names of those that are chosen, as far as the settings tell."""
        from latido.cli._connecting import connector

        with suppress(LatidoError):  # What is wrong with the settings, `latido check` says.
            found = connector(self.here, self.here.project, config)
            try:
                return [type(each) for each in found.streams()], {each.name for each in found.chosen()}
            finally:
                found.close()
        return kind.stream_types, None

    def _read(self, source: str, stream: str) -> dict[str, Any]:
        row = self.standing.get((source, stream))
        return {} if row is None else {"was_read": bool(row["complete"]), "problem": row["problem"]}
