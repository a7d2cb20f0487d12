"""Which fields to ask for: those that the mappings read and the org has, and the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.connect import requested
from latido.errors import ConfigurationError, NotOffered
from latido.messages import marker
from latido.suggest import nearest
from latido_salesforce.describe import NUMBERS
from latido_salesforce.values import CURRENCY, CUSTOM, SITE, TEXT, Layout

if TYPE_CHECKING:
    from collections.abc import Collection

    from latido_salesforce.connector import Salesforce
    from latido_salesforce.describe import Description
    from latido_salesforce.reading import SObjectStream

_ = marker("latido_salesforce")

NAME = "Name"
"""What nearly every record has; to describe its object only for that would cost a request."""


def layout(stream: SObjectStream, without: Collection[str]) -> Layout:
    """Return what *stream* asks for, *without* the fields that were refused.

    Raises ConfigurationError when the user maps a field that the object does not have.
    """
    described, paths = stream.described, requested(stream.effective_mappings)
    wanted = {"Id", "IsDeleted", stream.cursor_field, *stream.extra, *paths} - {CUSTOM, *without}
    types = {name: kind for name in sorted(wanted) if (kind := type_of(stream.connector, described, name))}
    if not stream.shares_table:
        _check_own_mapping(stream, types, without)
    exact = frozenset(name for name, kind in types.items() if kind in NUMBERS)
    own = _own(stream, described, without) if CUSTOM in paths else {}
    unseen = frozenset(name for name in wanted - types.keys() if name[0].isalpha())
    return Layout({**types, **own}, tuple(own), frozenset(types), exact, _given(stream, types, paths), unseen)


def type_of(connector: Salesforce, described: Description, path: str) -> str | None:
    """Return the type of the field at *path*, which may lead into related records; None if there is none to read."""
    outer, _dot, rest = path.partition(".")
    if not rest:
        field = described.fields.get(outer)
        return field.type if field is not None and field.readable else None
    lookup = described.related(outer)
    if lookup is None:
        return None
    if rest == NAME:
        return TEXT
    for target in lookup.targets:
        try:
            found = type_of(connector, connector.described(target), rest)
        except NotOffered:
            continue
        if found is not None:
            return found
    return None


def _given(stream: SObjectStream, types: Collection[str], paths: Collection[str]) -> dict[str, str | None]:
    settings = stream.connector.settings
    values = {SITE: settings.site.rstrip("/"), CURRENCY: settings.currency}
    return {name: value for name, value in values.items() if name in paths and name not in types}


def _own(stream: SObjectStream, described: Description, without: Collection[str]) -> dict[str, str]:
    chosen = stream.connector.settings.custom
    return {
        each.name: each.type
        for each in described.own
        if (chosen is None or each.name in chosen) and each.name not in without
    }


def _check_own_mapping(stream: SObjectStream, types: Collection[str], without: Collection[str]) -> None:
    table = stream.entities[0].table
    for column, path in stream.connector.settings.fields.get(table, {}).items():
        if path in types or path in without or path.partition(".")[0] == CUSTOM:
            continue
        near = nearest(path, stream.described.fields)
        raise ConfigurationError(
            _("{sobject} has no field {path} that this user may see.", sobject=stream.sobject, path=path),
            _("Did you mean {near}? See fields.{table}.{column}.", near=near, table=table, column=column)
            if near
            else _("See fields.{table}.{column}, and run: latido fields", table=table, column=column),
        )
