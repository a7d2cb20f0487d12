"""The orders of a shop, as won deals, for those who ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from latido.connect import Mapping, computed, local_date
from latido.schema import Deal
from latido_bitrix24.chain import Listing
from latido_bitrix24.reading import KeysetStream
from latido_bitrix24.transforms import linked, moment, number, prefixed, text

if TYPE_CHECKING:
    from datetime import datetime

ORDER = "order:"

FIELDS = (
    "id", "accountNumber", "price", "currency", "payed", "canceled", "dateInsert", "dateUpdate", "datePayed",
    "dateCanceled", "companyId", "responsibleId", "xmlId",
)  # fmt: skip


def outcome(cancelled: Any, paid: Any) -> str:
    """Return what became of an order: it is money once it is paid."""
    if cancelled == "Y":
        return "lost"
    return "won" if paid == "Y" else "open"


def closing(cancelled: Any, paid: Any, cancelled_at: str | None, paid_at: str | None) -> datetime | str | None:
    return {"lost": cancelled_at, "won": paid_at}.get(outcome(cancelled, paid)) or None


class Orders(KeysetStream):
    """Orders. Carts that were left behind Bitrix24 does not tell of."""

    name = "orders"
    entities = (Deal,)
    listing = Listing("sale.order.list", ("orders",))
    changed = "dateUpdate"
    created = "dateInsert"
    prefix = ORDER
    optional = True
    deletions: ClassVar[Literal["reported", "census", "none"]] = "census"
    mappings = (
        Mapping(
            Deal,
            source_id=prefixed(ORDER),
            created_at=moment("dateInsert"),
            updated_at=moment("dateUpdate"),
            name=text("accountNumber"),
            account_id=linked("companyId"),
            owner_id=linked("responsibleId"),
            status=computed("lost if cancelled, won if paid", outcome, "canceled", "payed"),
            amount=number("price"),
            currency=text("currency"),
            close_date=local_date(computed("datePayed or dateCanceled", closing, "canceled", "payed",
                                           "dateCanceled", "datePayed")),
        ),
    )  # fmt: skip

    @property
    def on_by_default(self) -> bool:  # type: ignore[override] # for others it is a constant
        return self.connector.settings.orders_as_deals

    def params(self) -> dict[str, Any]:
        return {"select": list(FIELDS)}
