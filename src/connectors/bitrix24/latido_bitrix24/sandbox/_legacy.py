"""Lists of older make: names in capitals, rows without a container, fields that are not known ignored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido_bitrix24.sandbox import _bodies as bodies
from latido_bitrix24.sandbox import _people as people
from latido_bitrix24.sandbox._bodies import Answer
from latido_bitrix24.sandbox._filters import number
from latido_bitrix24.sandbox._kinds import COMPANY, CONTACT, ITEMS
from latido_bitrix24.sandbox._lists import Lists
from latido_bitrix24.sandbox._params import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from latido_bitrix24.sandbox._service import Service

_WITHOUT_STAGES = (CONTACT, COMPANY)


class Legacy:
    """Stage histories, users, activities, templates."""

    def __init__(self, service: Service) -> None:
        self._service = service

    @property
    def methods(self) -> dict[str, Callable[[Mapping[str, Any]], Answer]]:
        return {
            "crm.stagehistory.list": self.stage_history,
            "crm.deal.recurring.list": self.recurring,
            "user.get": self.users,
        }

    def stage_history(self, params: Mapping[str, Any]) -> Answer:
        kind = ITEMS.get(number(params.get("entityTypeId")))
        if kind is None or kind.type_id in _WITHOUT_STAGES:
            raise bodies.Failure(0, f"{kind.name.upper() if kind else 'SHIPMENT_DOCUMENT'} entity is not supported")
        if kind.type_id in self._service.switches.blind_to:
            return Answer({"items": []}, 0)
        found = self._found(f"history:{kind.type_id}", params)
        return found._replace(result={"items": [self._history_row(row) for row in found.result]})

    def recurring(self, params: Mapping[str, Any]) -> Answer:
        found = self._found("recurring", params)
        return found._replace(result=[{**row, "id": str(row["id"])} for row in found.result])

    def users(self, params: Mapping[str, Any]) -> Answer:
        """Answer with users, whoever asks for a narrower scope with less of each."""
        asked = {name.upper(): value for name, value in params.items()}
        found = self._found(
            "users", {"filter": asked.get("FILTER"), "order": {"ID": "ASC"}, "start": asked.get("START", 0)}
        )
        rows = [{**row, "ID": str(row["ID"])} for row in found.result]
        missing = self._service.switches.missing_scopes
        if "user" in missing:
            rows = [people.brief(row, email="user_basic" not in missing) for row in rows]
        return found._replace(result=rows)

    def _history_row(self, row: dict[str, Any]) -> dict[str, Any]:
        texts = ("ID", "OWNER_ID") if self._service.switches.text_ids else ()
        return {name: str(value) if name in texts else value for name, value in row.items()}

    def _found(self, name: str, params: Mapping[str, Any]) -> Answer:
        """Return a page of rows; `select` is heard, and what it does not name left out."""
        book = self._service.book(name)
        found = Lists(self._service, book, strict=False).page(params)
        chosen = {str(each) for each in listed(params.get("select") or ["*"])}
        rows = map(book.told, found.numbers)
        if "*" not in chosen:
            rows = ({key: value for key, value in row.items() if key in chosen} for row in rows)
        return Answer(list(rows), found.total, found.next, found.seconds)
