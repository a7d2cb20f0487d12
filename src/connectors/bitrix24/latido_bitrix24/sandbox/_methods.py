"""Everything that can be called, by name, and what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido_bitrix24.sandbox import _bodies as bodies
from latido_bitrix24.sandbox._items import Items
from latido_bitrix24.sandbox._legacy import Legacy
from latido_bitrix24.sandbox._operating import OperatingTime
from latido_bitrix24.sandbox._rows import Rows
from latido_bitrix24.sandbox._tables import Tables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from latido_bitrix24.sandbox._bodies import Answer
    from latido_bitrix24.sandbox._events import Events
    from latido_bitrix24.sandbox._service import Service

    Method = Callable[[Mapping[str, Any]], Answer]

_SCOPES = {
    "crm.": ("crm",), "user.": ("user", "user_basic", "user_brief"), "tasks.": ("task", "tasks"),
    "imopenlines.": ("imopenlines",), "sale.": ("sale",),
}  # fmt: skip


class Methods:
    """Calls methods, one by one: each may lack its scope or its module, or be blocked for a while.

    `by_application`: whether an application calls, or only a webhook, to which events are closed.
    """

    def __init__(self, service: Service, events: Events) -> None:
        self._service = service
        self._switches = service.switches
        self.operating = OperatingTime()
        self.by_application = False
        items, tables, rows, legacy = Items(service), Tables(service), Rows(service), Legacy(service)
        self.by_name: dict[str, Method] = {
            "crm.item.list": items.listed,
            "crm.item.get": items.one,
            "crm.item.fields": items.fields,
            "crm.category.list": tables.categories,
            "crm.status.list": tables.statuses,
            "crm.currency.list": tables.currencies,
            "crm.type.list": tables.types,
            "server.time": tables.server_time,
            "profile": tables.profile,
            "scope": tables.scope,
            "feature.get": tables.feature,
            "methods": self._names,
            "method.get": self._about,
            "crm.item.productrow.list": rows.products,
            "crm.item.payment.list": rows.payments,
            **legacy.methods,
            **events.methods,
        }

    def call(self, name: str, params: Mapping[str, Any]) -> Answer:
        """Return the answer of a method; raises Failure."""
        if name not in self.by_name or any(each in name for each in self._switches.missing_methods):
            raise bodies.no_method()
        self._check_scope(name)
        self._check_caller(name)
        now = self._service.seconds
        if self.operating.used(name, now) >= self._switches.operating_limit:
            raise bodies.too_long()
        answer = self.by_name[name](params)
        self.operating.add(name, answer.seconds, now)
        return answer

    def time(self, name: str, seconds: float = 0.0) -> dict[str, Any]:
        """Return what an answer says of the time that it took."""
        now, stamp = self._service.seconds, self._service.time.stamp(self._service.now)
        told: dict[str, Any] = {
            "start": now,
            "finish": now + seconds,
            "duration": seconds,
            "processing": seconds,
            "date_start": stamp,
            "date_finish": stamp,
        }
        if self._switches.tell_operating:
            told["operating_reset_at"] = self.operating.resets_at(name, now)
            told["operating"] = self.operating.used(name, now)
        return told

    def _check_scope(self, name: str) -> None:
        needed = next((scopes for part, scopes in _SCOPES.items() if name.startswith(part)), ())
        if needed and all(each in self._switches.missing_scopes for each in needed):
            raise bodies.Failure(
                "insufficient_scope", "The request requires higher privileges than provided by the access token", 403
            )

    def _check_caller(self, name: str) -> None:
        if name.startswith("event.") and not self.by_application:
            raise bodies.Failure("WRONG_AUTH_TYPE", "Current authorization type is denied for this method", 403)
        if name.startswith("event.") and not self._switches.administrator:
            raise bodies.denied()

    def _names(self, params: Mapping[str, Any]) -> Answer:
        del params
        missing = self._switches.missing_methods
        return bodies.Answer(sorted(name for name in self.by_name if not any(each in name for each in missing)))

    def _about(self, params: Mapping[str, Any]) -> Answer:
        name = str(params.get("name"))
        exists = name in self.by_name and not any(each in name for each in self._switches.missing_methods)
        return bodies.Answer({"isExisting": exists, "isAvailable": exists})
