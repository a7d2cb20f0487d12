"""Who asks, what time it is, what there is: methods that are called once per sync."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido_bitrix24.sandbox._bodies import Answer
from latido_bitrix24.sandbox._filters import number
from latido_bitrix24.sandbox._items import kind_of
from latido_bitrix24.sandbox._kinds import REQUEST, SURVEY
from latido_bitrix24.sandbox._lists import PAGE
from latido_bitrix24.sandbox._params import listed
from latido_bitrix24.sandbox._stages import categories_json, statuses_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido_bitrix24.sandbox._service import Service

SCOPES = ("crm", "user", "department", "task", "imopenlines", "im", "sale", "catalog", "telephony")


class Tables:
    """Small tables."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def server_time(self, params: Mapping[str, Any]) -> Answer:
        del params
        return Answer(self._service.time.stamp(self._service.now))

    def profile(self, params: Mapping[str, Any]) -> Answer:
        del params
        user = self._service.book("users").told(0)
        shown = {"ID": str(user["ID"]), "NAME": user["NAME"], "LAST_NAME": user["LAST_NAME"], "PERSONAL_GENDER": ""}
        return Answer({**shown, "ADMIN": self._service.switches.administrator, "TIME_ZONE": ""})

    def scope(self, params: Mapping[str, Any]) -> Answer:
        del params
        return Answer([each for each in SCOPES if each not in self._service.switches.missing_scopes])

    def feature(self, params: Mapping[str, Any]) -> Answer:
        has = self._service.switches.offline_extended and params.get("CODE") == "rest_offline_extended"
        return Answer({"value": "Y" if has else "N"})

    def currencies(self, params: Mapping[str, Any]) -> Answer:
        """Answer with today's rates; this list counts nothing, and says so with a total of 0."""
        del params
        latest = {each.currency: each.rate for each in self._service.world.rates()}
        rates = [("EUR", "1.0000"), *((name, f"{rate:.4f}") for name, rate in sorted(latest.items()))]
        return Answer([self._currency(place, *each) for place, each in enumerate(rates)], 0)

    def categories(self, params: Mapping[str, Any]) -> Answer:
        """Answer with the funnels of a type, 50 at a time."""
        found = categories_json(kind_of(params).type_id)
        return _paged(found, params, lambda rows: {"categories": rows})

    def statuses(self, params: Mapping[str, Any]) -> Answer:
        asked = params.get("filter") or {}
        found = [
            row
            for row in statuses_json()
            if all(str(row.get(name.lstrip("=@"))) in map(str, listed(value)) for name, value in asked.items())
        ]
        return Answer(found, len(found))

    def types(self, params: Mapping[str, Any]) -> Answer:
        """Answer with the smart processes: requests only where support works with them."""
        kept = self._service.records.desk.kept == "spa"
        found = [_type_json(0, REQUEST, "Requests")] if kept else []
        found.append(_type_json(1, SURVEY, "Surveys"))
        return _paged(found, params, lambda rows: {"types": rows})

    def _currency(self, place: int, currency: str, amount: str) -> dict[str, Any]:
        return {
            "CURRENCY": currency,
            "AMOUNT_CNT": "1",
            "AMOUNT": amount,
            "SORT": str(100 * (place + 1)),
            "BASE": "N" if place else "Y",
            "FULL_NAME": currency,
            "LID": "es",
            "FORMAT_STRING": "#",
            "DEC_POINT": ",",
            "THOUSANDS_SEP": "&nbsp;",
            "DECIMALS": "2",
            "DATE_UPDATE": self._service.time.stamp(self._service.world.start),
        }


def _paged(found: list[dict[str, Any]], params: Mapping[str, Any], told: Any) -> Answer:
    start = max(0, number(params.get("start", 0)))
    more = start + PAGE < len(found)
    return Answer(told(found[start : start + PAGE]), len(found), start + PAGE if more else None)


def _type_json(place: int, type_id: int, title: str) -> dict[str, Any]:
    flags = ("isCategoriesEnabled", "isStagesEnabled", "isClientEnabled", "isRecyclebinEnabled", "isAutomationEnabled")
    return {"id": 4 + 2 * place, "entityTypeId": type_id, "title": title, "code": "", **dict.fromkeys(flags, "Y")}
