"""The user's own mapping: read as Bitrix24 tells such a field, and checked against the fields that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.connect import Mapping, Source, computed
from latido.errors import ConfigurationError
from latido.messages import marker
from latido.suggest import nearest
from latido_bitrix24.transforms import calendar_day, fields_of, flag, is_told, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from collections.abc import Mapping as Map

    from latido.connect import Context, JsonObject
    from latido.schema import Record
    from latido_bitrix24.connector import Bitrix24

_ = marker("latido_bitrix24")

BESIDE = ("fm", "contactIds", "companyIds")
"""What records tell that no list of fields holds."""


def with_own_fields(
    mappings: Iterable[Mapping], fields: Map[str, Map[str, str]], types: Collection[int]
) -> tuple[Mapping, ...]:
    """Return *mappings* with the user's own *fields* per table on top; records are of one of *types*.

    Raises ConfigurationError for no such column.
    """
    return tuple(_with(each, fields.get(each.entity.table, {}), types) for each in mappings)


def _with(mapping: Mapping, fields: Map[str, str], types: Collection[int]) -> Mapping:
    if not fields:
        return mapping
    checked = mapping.overridden(fields)
    return Mapping(mapping.entity, **{**checked.fields, **_fitted(mapping.entity, fields, types)})


def _fitted(entity: type[Record], fields: Map[str, str], types: Collection[int]) -> dict[str, Source]:
    columns = entity.columns()
    return {name: _source(columns[name].name, where, types) for name, where in fields.items()}


def _source(column: str, where: str, types: Collection[int]) -> Source:
    """Return what a *column* of that type is made of: Bitrix24 tells money with its currency, choices by their ids."""
    match column:
        case "date":
            return calendar_day(single(where))
        case "instant":
            return moment(single(where))
        case "boolean":
            return flag(single(where))
        case "json" | "texts":
            return told(where, types, list)
        case "text":
            return told(where, types, ", ".join)
        case _:
            return told(where, types, lambda values: values[0])


def single(where: str) -> Source:
    """The value of a field, the first one where it has several."""
    return computed("single", lambda value: next(iter(value), None) if isinstance(value, list) else value, where)


def told(where: str, types: Collection[int], several: Callable[[list[str]], Any]) -> Source:
    """What the values of a field are: words for choices, numbers for money, *several* in one; null for nothing.

    No choice may be told as false, and no value of a field that has several.
    """

    def bind(context: Context) -> Callable[[JsonObject], Any]:
        known = (context.reference.get(fields_of(each)) or {} for each in types)
        field: Map[str, Any] = next((each[where] for each in known if where in each), {})
        choices, money = field.get("items") or {}, field.get("type") == "money"

        def find(record: JsonObject) -> Any:
            value = record.get(where)
            if not is_told(value, field):
                return None
            return several([str(one(each)) for each in value]) if isinstance(value, list) else one(value)

        def one(value: Any) -> Any:
            if money and isinstance(value, str):
                value = value.partition("|")[0] or None
            return choices.get(str(value), value)

        return find

    return Source(f"told({where})", (where,), bind)


def check_own_fields(connector: Bitrix24, context: Context) -> None:
    """Raise ConfigurationError where the user's mapping names a field that nothing which fills its table has.

    Bitrix24 itself passes over a name that it does not know, and the column would stay empty.
    """
    for table, fields in connector.settings.fields.items():
        known = _known(connector, context, table)
        for column, where in fields.items():
            if known and where not in known and where not in BESIDE:
                raise unknown(table, column, where, known)


def _known(connector: Bitrix24, context: Context, table: str) -> Map[str, Any]:
    """Return the fields of what fills *table*; none where not all of them are known."""
    filling: list[Any] = [each for each in connector.chosen() if table in {entity.table for entity in each.entities}]
    types = [kind for each in filling for kind in each.types]
    tables: list[Map[str, Any] | None] = [context.reference.get(fields_of(each)) for each in types]
    if None in tables or len(filling) > len(types):
        return {}
    return {name: field for each in tables for name, field in (each or {}).items()}


def unknown(table: str, column: str, where: str, known: Map[str, Any]) -> ConfigurationError:
    """Return what to say of a field that is not among the *known* ones: it may be spelled as older methods do."""
    spelled = {str(field["upper"]): name for name, field in known.items()}
    near = spelled.get(where) or nearest(where, known)
    return ConfigurationError(
        _(
            "{table}: {column} is to come from {where}, which Bitrix24 does not have.",
            table=table,
            column=column,
            where=where,
        ),
        _("Did you mean {near}? See them all: latido fields", near=near)
        if near
        else _("See what there is: latido fields"),
    )
