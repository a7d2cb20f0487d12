"""Smart invoices that recur: each is paid for so many months, and where none follows the customer has left."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from latido.connect import Mapping, first, local_date
from latido.schema import Contract
from latido_bitrix24.contracts import HOME, made_of
from latido_bitrix24.declared import Invoices as Declared
from latido_bitrix24.own_mapping import with_own_fields
from latido_bitrix24.reading import ItemStream
from latido_bitrix24.references import CURRENCY, stages
from latido_bitrix24.terms import day, later, per_month
from latido_bitrix24.transforms import filled, linked, moment, prefixed, record_url, text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from latido.connect import JsonObject
    from latido_bitrix24.connector import Bitrix24

INVOICE = 31
INVOICE_STAGES = "invoice_stages"
PREFIX = "invoice:"


def readers(connector: Bitrix24) -> dict[str, Callable[[], Any]]:
    """Return what reads the stages of invoices."""
    return {
        INVOICE_STAGES: lambda: stages(connector.portal, INVOICE, lambda category: f"SMART_INVOICE_STAGE_{category}")
    }


def begins(record: JsonObject) -> date | None:
    return day(record.get("begindate")) or day(record.get("createdTime"))


def mapping(declared: Declared) -> Mapping:
    """Return how a contract is made of an invoice that recurs as *declared*."""

    def net(record: JsonObject) -> Any:
        total, tax = filled(record.get("opportunity")), record.get("taxValue") or 0
        return None if total is None else Decimal(str(total)) - (0 if declared.with_tax else Decimal(str(tax)))

    def ends(record: JsonObject) -> date | None:
        begin = begins(record)
        return None if begin is None else later(begin, "month", declared.months)

    months = f"{declared.months} month" + ("s" if declared.months > 1 else "")
    taxed = "opportunity" if declared.with_tax else "opportunity - taxValue"
    return Mapping(
        Contract,
        source_id=prefixed(PREFIX),
        url=record_url(f"type/{INVOICE}"),
        created_at=moment("createdTime"),
        updated_at=moment("updatedTime"),
        account_id=linked("companyId"),
        deal_id=linked("parentId2"),
        product=text("title"),
        recurring_monthly_amount=made_of(
            f"({taxed}) / {months}", lambda record: per_month(net(record), declared.months)
        ),
        currency=first(text("currencyId"), HOME),
        starts_on=made_of("begindate, else createdTime", begins),
        ends_on=made_of(f"{months} later", ends),
        booked_on=local_date(text("createdTime")),
    )


class Invoices(ItemStream):
    """Smart invoices, read where the settings say that they recur. Stages say which are paid."""

    name = "invoices"
    entity_type_id = INVOICE
    entities = (Contract,)
    prefix = PREFIX
    optional = True
    needs = ("portal", CURRENCY, INVOICE_STAGES)
    extra = ("stageId", "opportunity", "taxValue", "begindate")
    mappings = (mapping(Declared()),)

    @property
    def declared(self) -> Declared:
        return self.connector.settings.invoices or Declared()

    @property
    def on_by_default(self) -> bool:  # type: ignore[override] # for others it is a constant
        return self.connector.settings.invoices is not None

    @property
    def effective_mappings(self) -> tuple[Mapping, ...]:
        return with_own_fields((mapping(self.declared),), self.connector.settings.fields, self.types)

    def fingerprint(self) -> str:
        return f"{super().fingerprint()}+{self.declared.unpaid}"

    def wanted(self, record: JsonObject) -> bool:
        """Whether *record* is paid, if that is asked for."""
        stages_there: Any = self.connector.context().reference.get(INVOICE_STAGES) or {}
        stage = stages_there.get(str(record.get("stageId"))) or {}
        return self.declared.unpaid or stage.get("status") == "won"
