"""Which properties an account has, and whether the user's own mapping names them rightly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.errors import ConfigurationError, NotOffered
from latido.messages import marker
from latido.suggest import nearest
from latido_hubspot.reading import ObjectStream
from latido_hubspot.references import offered
from latido_hubspot.transforms import PROPERTIES, named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from latido.connect import Context
    from latido_hubspot.connector import HubSpot

_ = marker("latido_hubspot")

RECORD = ("id", "createdAt", "updatedAt", "archived", "archivedAt", "url")
"""What a record tells beside its properties."""


def check_own_fields(connector: HubSpot, context: Context) -> None:
    """Raise ConfigurationError where the user's mapping names a property that no stream of that table has.

    HubSpot itself passes over a name that it does not know, and the column would stay empty.
    """
    for table, fields in connector.settings.fields.items():
        known = _known(connector, context, table)
        for column, where in fields.items():
            if known and where not in known and where.split(".")[0] not in RECORD:
                raise unknown(table, column, where, known)


def offered_per_table(connector: HubSpot) -> dict[str, dict[str, str]]:
    """Return the properties of each table's main object, as far as this credential may know them."""
    readers, tables = connector.references(), dict[str, dict[str, str]]()
    for stream in connector.chosen():
        if isinstance(stream, ObjectStream) and not stream.prefix and stream.entities[0].table not in tables:
            name = f"properties_{stream.object_type}"
            try:
                tables[stream.entities[0].table] = dict(offered(connector.runtime.remembered(name, readers[name])))
            except NotOffered as refusal:
                connector.runtime.warn(_("{why}", why=refusal.message))
    return tables


def _known(connector: HubSpot, context: Context, table: str) -> set[str]:
    """Return the properties that fill *table*; none where only some of its streams are read, and theirs are known."""
    types = [
        each.object_type
        for each in connector.chosen()
        if isinstance(each, ObjectStream) and table in {entity.table for entity in each.entities}
    ]
    tables: list[Mapping[str, Any] | None] = [context.reference.get(f"properties_{each}") for each in types]
    return set() if None in tables else {named(name) for each in tables for name in each or ()}


def unknown(table: str, column: str, where: str, known: Iterable[str]) -> ConfigurationError:
    """Return what to say of a property that is not among the *known* ones."""
    near = nearest(where if where.startswith(PROPERTIES) else named(where), known)
    return ConfigurationError(
        _(
            "{table}: {column} is to come from {where}, which HubSpot does not have.",
            table=table,
            column=column,
            where=where,
        ),
        _("Did you mean {near}? See them all: latido fields", near=near)
        if near
        else _("See what there is: latido fields. Properties are written properties.<internal name>."),
    )
