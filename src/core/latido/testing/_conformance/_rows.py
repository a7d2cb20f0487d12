"""Promises about rows: filled, referring to each other, mapped as the user wants."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from latido.testing._conformance._laboratory import sound
from latido.testing._conformance._promise import Broken
from latido.testing._conformance._tables import delivered, keys, live, some

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from latido.connect import Connector, Stream
    from latido.connect import Mapping as RowMapping
    from latido.schema import Record
    from latido.testing._conformance._laboratory import Laboratory
    from latido.testing._conformance._promise import Candidate
    from latido.testing._conformance._tables import Row, Tables

REFERENCES = {
    "account_id": ("accounts",),
    "contact_id": ("contacts",),
    "owner_id": ("users",),
    "assignee_id": ("users",),
    "ticket_id": ("tickets",),
    "deal_id": ("deals",),
    "campaign_id": ("campaigns",),
}
"""Columns that hold the id of a row of the same source, and the table in which it is found."""

TO_THE_SAME = ("parent_id", "supersedes", "merged_into")
REFUSED = 3
STAMPS = ("created_at", "updated_at")


def required_fields_are_filled(lab: Laboratory, stream: str) -> None:
    """Each mapping makes ids, and the times that it is made for are in every row."""
    rows = [(table, row) for (table, _), row in delivered(lab.undisturbed(stream).reading.pages(stream))]
    with lab.quiet.reader(stream) as (reader, _):
        for mapping in reader.effective_mappings:
            table = mapping.entity.table
            if "source_id" not in mapping.fields:
                raise Broken(f"the mapping of {table} fills no source_id")
            for stamp in mapping.fields.keys() & set(STAMPS):
                if empty := [row["source_id"] for each, row in rows if each == table and stamp not in row]:
                    raise Broken(f"{table}: {stamp} is mapped and empty in {len(empty)} rows: {some(empty)}")


def references_lead_to_stored_rows(lab: Laboratory, stream: str) -> None:
    """What a row refers to is found in its table, under the same id."""
    lab.undisturbed(stream)
    with lab.quiet.reader(stream) as (_, connector):
        tables = {table: lab.whole.tables.get(table, {}) for table in filled(connector, lab.streams)}
    stored = live(lab.whole.tables)
    for table, key in keys(lab.whole.reading.pages(stream)):
        row = stored.get(table, {}).get(key)
        if row and (lost := next(lost_references(table, row, tables), None)):
            raise Broken(f"{table} {key}: {lost} is in no row")


def filled(connector: Connector, streams: Collection[str]) -> set[str]:
    """Return the tables that are filled by *streams* of *connector* and by no other one."""
    others = {each.table for stream in connector.streams() if stream.name not in streams for each in stream.entities}
    return {each.table for stream in connector.streams() for each in stream.entities} - others


def lost_references(table: str, row: Row, tables: Tables) -> Iterator[str]:
    """Yield the references of *row* that lead nowhere in *tables*."""
    for column, into in _referring(table, row):
        value = row.get(column)
        if value not in (None, "unknown") and into in tables and value not in tables[into]:
            yield f"{column} {value}"


def _referring(table: str, row: Row) -> Iterator[tuple[str, str]]:
    for column, targets in REFERENCES.items():
        yield from ((column, target) for target in targets)
    yield from ((column, table) for column in TO_THE_SAME)
    if "from_entity" in row:
        yield from ((f"{end}_id", str(row[f"{end}_entity"])) for end in ("from", "to"))


def fields_of_the_user_are_honoured(lab: Laboratory, stream: str) -> None:
    """A column that the user maps to another field of the vendor holds that, in rows that were stored before too."""
    before = lab.undisturbed(stream)
    place = before.place.copy()
    with lab.quiet.reader(stream) as (reader, connector):
        offered = connector.vendor_fields()
        pairs = overridable(reader, offered)
    reading = place.sync(stream, settings={"fields": {table: {to: path} for table, (to, _, path) in pairs.items()}})
    if reading.exit_code == REFUSED and any(
        path not in offered.get(table, ()) for table, (_, _, path) in pairs.items()
    ):
        return  # What the vendor does not list as a field may be refused, in words, before anything is read.
    if not any(stream in each for each in sound(reading).watch.warnings):
        raise Broken("the mapping changed, and nobody said that everything is read again")
    for table, (target, source, path) in pairs.items():
        for key, row in live(place.tables()).get(table, {}).items():
            if source is not None and row[target] != row[source]:
                raise Broken(f"{table} {key}: {target} was mapped to {path} and holds {row[target]!r}")


def maps_plainly(candidate: Candidate) -> bool:
    """Whether a stream has a column whose field can be mapped to another column too."""
    return bool(overridable(candidate.stream))


def overridable(
    stream: Stream, offered: Mapping[str, Collection[str]] = MappingProxyType({})
) -> Mapping[str, tuple[str, str | None, str]]:
    """Return for each table a column to override, a column that is mapped plainly, and the path of that one.

    Where the vendor says which fields it *offered*, the path is one of those: others may be a connector's own. If none
    of them is mapped plainly, there is no column to compare with.
    """
    found = {each.entity.table: _pair(each, offered.get(each.entity.table, ())) for each in stream.mappings}
    return {table: pair for table, pair in found.items() if pair is not None}


def _pair(mapping: RowMapping, offered: Collection[str]) -> tuple[str, str | None, str] | None:
    texts = _texts(mapping.entity)
    free = next((name for name in texts if name not in {*mapping.fields, *REFERENCES, *TO_THE_SAME}), None)
    plain = {name: mapping.fields[name].description for name in texts if _is_plain(mapping, name)}
    known = {name: path for name, path in plain.items() if not offered or path in offered}
    if free is None or not plain:
        return None
    name = next(iter(known), None)
    return (free, None, min(offered)) if name is None else (free, name, known[name])


def _texts(entity: type[Record]) -> list[str]:
    return [name for name, kind in entity.columns().items() if kind.name == "text"]


def _is_plain(mapping: RowMapping, name: str) -> bool:
    return name in mapping.fields and mapping.fields[name].paths == (mapping.fields[name].description,)
