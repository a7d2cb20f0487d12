"""What belongs to one item: product rows, payments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from latido.testing.world import Line
from latido_bitrix24.sandbox import _bodies as bodies
from latido_bitrix24.sandbox import _sales as sales
from latido_bitrix24.sandbox._bodies import Answer
from latido_bitrix24.sandbox._filters import number
from latido_bitrix24.sandbox._items import kind_of
from latido_bitrix24.sandbox._kinds import DEAL, KINDS
from latido_bitrix24.sandbox._templates import turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido.testing.world import Deal
    from latido_bitrix24.sandbox._service import Service

_DEAL, _INVOICE = "D", "SI"


class Rows:
    """`crm.item.productrow.list` and `crm.item.payment.list`."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._records = service.records

    def products(self, params: Mapping[str, Any]) -> Answer:
        """Answer with the product rows of one owner: by type and id, both of which have to be given."""
        told = {name.lstrip("="): value for name, value in (params.get("filter") or {}).items()}
        if not {"ownerType", "ownerId"} <= told.keys():
            raise bodies.Failure("ERROR_CORE", "Required filter fields: ownerType, ownerId")
        owner = str(told["ownerType"]), number(told["ownerId"])
        rows = self._rows_of(*owner)
        return Answer({"productRows": rows}, len(rows), None, self._service.switches.page_seconds)

    def payments(self, params: Mapping[str, Any]) -> Answer:
        """Answer with the payments of an item; there are no pages."""
        if kind_of(params).type_id != DEAL:
            return Answer([])
        deal = self._deal(number(params.get("entityId")))
        paid = deal is not None and deal.status == "won" and deal.number % sales.UNPAID > 0
        return Answer([sales.payment_json(self._service.time, deal)] if deal is not None and paid else [])

    def _rows_of(self, owner_type: str, owner: int) -> list[dict[str, Any]]:
        found = {_INVOICE: self._of_invoice, _DEAL: self._deal}.get(owner_type)
        deal = None if found is None else found(owner)
        return [] if deal is None else sales.product_rows(deal, (owner_type, owner), self._records.products)

    def _deal(self, identity: int) -> Deal | None:
        """Return a deal by its id; a template sells one line once, and what somebody copied later nothing."""
        place = self._service.book("deals").find(identity)
        if place is None:
            return None
        contract = self._records.template(place)
        if contract is not None:
            line = Line(contract.product, 1, contract.monthly * turn(contract), 1)
            return replace(self._records.deal(contract.deal), lines=(line,))
        original = self._service.book("deals").original(place)
        return self._records.deal(original) if original < self._records.world.deal_count else None

    def _of_invoice(self, identity: int) -> Deal | None:
        book = self._service.book("invoices")
        place = book.find(identity)
        parent = None if place is None else book.told(place)["parentId2"]
        return None if parent is None else self._records.deal(KINDS["deals"].number(parent) or 0)
