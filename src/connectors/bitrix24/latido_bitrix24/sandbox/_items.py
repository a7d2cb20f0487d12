"""`crm.item.*`: companies, contacts, leads, deals, invoices and the items of smart processes, all by one door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido_bitrix24.sandbox import _bodies as bodies
from latido_bitrix24.sandbox._bodies import Answer
from latido_bitrix24.sandbox._filters import number
from latido_bitrix24.sandbox._kinds import ITEMS, REQUEST
from latido_bitrix24.sandbox._lists import Lists
from latido_bitrix24.sandbox._params import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido_bitrix24.sandbox._book import Book
    from latido_bitrix24.sandbox._kinds import Field, Kind
    from latido_bitrix24.sandbox._service import Service

_USER_FIELDS = "ufCrm*"


class Items:
    """The methods of items, all of which say by `entityTypeId` what they are about."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def listed(self, params: Mapping[str, Any]) -> Answer:
        kind = self._kind(params)
        if kind.type_id in self._service.switches.blind_to:
            return Answer({"items": []}, 0)
        book = self._service.book(kind.name)
        found = Lists(self._service, book).page(params)
        items = self._shown(book, found.numbers, params)
        return Answer({"items": items}, found.total, found.next, found.seconds)

    def one(self, params: Mapping[str, Any]) -> Answer:
        kind = self._kind(params)
        book = self._service.book(kind.name)
        place = book.find(number(params.get("id")))
        if place is None or kind.type_id in self._service.switches.blind_to:
            raise bodies.not_found()
        return Answer({"item": book.told(place)})

    def fields(self, params: Mapping[str, Any]) -> Answer:
        kind = self._kind(params)
        return Answer({"fields": {name: _field_json(name, each) for name, each in kind.fields.items()}})

    def _kind(self, params: Mapping[str, Any]) -> Kind:
        kind = kind_of(params)
        if kind.type_id == REQUEST and self._service.records.desk.kept != "spa":
            raise bodies.not_supported()
        return kind

    def _shown(self, book: Book, numbers: list[int], params: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return items with the fields that were selected: all, if nothing was."""
        selected = listed(params.get("select") or ["*"])
        if params.get("useOriginalUfNames") == "Y":
            return self._with_original_names(book, numbers, selected)
        names = _chosen(book.kind, selected)
        return [{name: told[name] for name in names if name in told} for told in map(book.told, numbers)]

    def _with_original_names(self, book: Book, numbers: list[int], selected: list[Any]) -> list[dict[str, Any]]:
        """User fields have their names in capitals; whoever selects fields too gets empty items."""
        if selected != ["*"]:
            return [{} for _ in numbers]
        fields = book.kind.fields
        return [
            {fields[name].upper if fields[name].is_dynamic else name: value for name, value in told.items()}
            for told in map(book.told, numbers)
        ]


def kind_of(params: Mapping[str, Any]) -> Kind:
    """Return what `entityTypeId` names; raises Failure where that is not served."""
    if "entityTypeId" not in params:
        raise bodies.Failure(100, "Could not find value for parameter {entityTypeId}")
    kind = ITEMS.get(number(params["entityTypeId"]))
    if kind is None:
        raise bodies.not_supported()
    return kind


def _chosen(kind: Kind, selected: list[Any]) -> list[str]:
    """Return the selected fields, in the order in which items have them; unknown ones are left out."""
    wanted = {str(each) for each in selected}
    if "*" in wanted:
        return list(kind.fields)
    own = _USER_FIELDS in wanted
    return [name for name, each in kind.fields.items() if name in wanted or (own and each.is_dynamic)]


def _field_json(name: str, each: Field) -> dict[str, Any]:
    shown = {
        "type": each.type,
        "isRequired": False,
        "isReadOnly": name in {"id", "createdTime", "updatedTime"},
        "isImmutable": name == "id",
        "isMultiple": each.is_multiple,
        "isDynamic": each.is_dynamic,
        "title": each.title,
        "upperName": each.upper,
    }
    if each.items:
        shown["items"] = [{"ID": str(key), "VALUE": value} for key, value in each.items.items()]
    return shown
