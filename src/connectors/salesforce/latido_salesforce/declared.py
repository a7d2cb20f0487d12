"""Streams whose mapping depends on what the settings declare, and the sources that such mappings are made of."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from latido.connect import Mapping, Source, computed
from latido.errors import ConfigurationError
from latido.messages import marker
from latido_salesforce import soql
from latido_salesforce.fields import type_of
from latido_salesforce.reading import SObjectStream
from latido_salesforce.window import instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Mapping as Map
    from datetime import datetime

    from latido.connect import Cursor, JsonObject, Page

_ = marker("latido_salesforce")


class DeclaredStream(SObjectStream):
    """Records of which the settings say what some columns are made of: `declared` goes over the stream's own mapping.

    The user's own fields go over both. What is declared stands in the fingerprint, so that a change is read again.
    """

    def declared(self) -> Map[str, Source | str]:
        """Return, by column, what the settings make of it."""
        return {}

    @property
    def effective_mappings(self) -> tuple[Mapping, ...]:
        fields = self.connector.settings.fields
        ours = (Mapping(each.entity, **{**each.fields, **self._of(each)}) for each in self.mappings)
        return tuple(each.overridden(fields.get(each.entity.table, {})) for each in ours)

    def read_up_to(self, cursor: Cursor) -> datetime | None:
        """Return up to where everything was read before *cursor*, less the overlap; None for a first reading."""
        since, begin = instant(cursor.get("since")), instant(cursor.get("begin"))
        return begin if since is None else since - self.overlap

    def looked_up(self, conditions: Sequence[str | None]) -> Iterator[Page]:
        """Yield the records that meet *conditions*, in pages that are stored with the next one that has a cursor."""
        query = soql.select(list(self.layout.types), self.sobject, [*self.conditions, *conditions], ("Id",))
        for answer in self.rest.answers(query):
            yield self.page(self.layout.settled(answer), None)

    def _of(self, mapping: Mapping) -> Map[str, Source | str]:
        columns = mapping.entity.columns()
        return {name: source for name, source in self.declared().items() if name in columns}


def made(name: str, *paths: str) -> Source:
    """What the stream itself makes of *paths*, which it has put into the record under this *name*."""
    key = f":{name}"
    return Source(f"{name}({', '.join(paths)})", paths, lambda _context: lambda record: record.get(key))


def said_in(setting: str) -> Source:
    """A column that a setting fills."""
    return Source(f"as said in {setting}", (), lambda _context: lambda _record: None)


def check_named(stream: SObjectStream, paths: Iterable[str]) -> None:
    """Raise ConfigurationError for the first of *paths*, which the settings name, that the stream's object has not."""
    for path in paths:
        if type_of(stream.connector, stream.described, path) is None:
            near = ", ".join(get_close_matches(path, stream.described.fields, n=1))
            raise ConfigurationError(
                _("{sobject} has no field {path} that this user may see.", sobject=stream.sobject, path=path),
                _("Did you mean {near}? See latido.toml, then run: latido check", near=near)
                if near
                else _("Name another in latido.toml, or give the user access to it. Then run: latido check"),
            )


def prefixed(word: str, key: str = "Id") -> Source:
    """The id of a further object in a table."""
    return computed(f"{word}:", lambda found: None if found is None else f"{word}:{found}", key)


def keyed(record: Any, field: str) -> bool:
    """Whether *record* has an id under *field*."""
    return isinstance(record, dict) and isinstance(record.get(field), str)


def value(record: JsonObject, path: str) -> Any:
    """Return what *record* has at *path*, dots leading to related records."""
    found: Any = record
    for name in path.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(name)
    return found
