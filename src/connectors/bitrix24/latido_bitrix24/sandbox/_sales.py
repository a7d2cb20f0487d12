"""Deals, invoices, product rows and orders as a portal tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from latido.testing.world import CLOSED
from latido_bitrix24.sandbox._book import Row
from latido_bitrix24.sandbox._kinds import DEAL, EMPTY_IN_ORDERS, INVOICE, KINDS
from latido_bitrix24.sandbox._people import base, closing, origin, user_id
from latido_bitrix24.sandbox._stages import RENEWALS, SEMANTICS

if TYPE_CHECKING:
    from datetime import date

    from latido.testing.world import Cart, Deal, Line, Move, Product
    from latido_bitrix24.sandbox._stamps import PortalTime

_STAGES = {
    "lead_in": "NEW", "qualified": "PREPARATION", "proposal": "PREPAYMENT_INVOICE", "negotiation": "EXECUTING",
    "won": "WON", "lost": "LOSE",
}  # fmt: skip
_SOURCES = {
    "web": "WEB", "referral": "RECOMMENDATION", "event": "TRADE_SHOW", "outbound": "CALL", "partner": "PARTNER",
}  # fmt: skip
_PROBABILITY = {"lead_in": 10, "qualified": 30, "proposal": 50, "negotiation": 80, "won": 100, "lost": 0}
_APOLOGIES = 4
PAID = "DT31_3:P"
UNPAID = 5
"""One invoice in so many is not paid."""
_NULL_IN_ORDERS = (
    "affiliateId", "dateCanceled", "dateLock", "dateMarked", "dateStatus", "empCanceledId", "empMarkedId",
    "empStatusId",
)  # fmt: skip
_TAX = 21
_REASON = 71
_REASONS = ("price", "competitor", "no_budget", "no_answer", "missing_feature", "timing")


class Parties(NamedTuple):
    """The ids of a company and a contact, 0 where there is none."""

    company: int
    contact: int

    @property
    def told(self) -> dict[str, Any]:
        return {
            "companyId": self.company,
            "contactId": self.contact,
            "contactIds": [self.contact] if self.contact else [],
        }


def category_of(deal: Deal) -> int:
    return RENEWALS if deal.kind == "renewal" else 0


def stage_of(deal: Deal, move: Move) -> str:
    """Return the stage that a move led to. Some lose with an apology, which means lost too."""
    stage = _STAGES[move.stage]
    if stage == "LOSE" and deal.number % _APOLOGIES == 0:
        stage = "APOLOGY"
    return f"C{RENEWALS}:{stage}" if deal.kind == "renewal" else stage


def deal_row(time: PortalTime, deal: Deal, parties: Parties, campaign: str | None, superseded: int | None) -> Row:
    stage = stage_of(deal, deal.moves[-1])
    told = {
        **base(time, deal.created_at, deal.updated_at, deal.owner),
        "title": deal.name,
        "typeId": "SALE" if deal.kind == "new" else "SERVICES",
        "categoryId": category_of(deal),
        "stageId": stage,
        "stageSemanticId": SEMANTICS[stage],
        "isNew": "Y" if len(deal.moves) == 1 else "N",
        "isRecurring": "N",
        "isReturnCustomer": "N" if deal.kind == "new" else "Y",
        "isRepeatedApproach": "N",
        "closed": "Y" if deal.stage in CLOSED else "N",
        **money(deal.amount, deal.currency),
        "probability": _PROBABILITY[deal.stage],
        "begindate": time.day(time.date(deal.created_at), deal.number),
        # The planned end, until the deal closes: then the day of that.
        "closedate": time.day(deal.planned_close if deal.closed_at is None else time.date(deal.closed_at), deal.number),
        "leadId": None,
        "movedBy": user_id(deal.owner),
        "movedTime": time.stamp(deal.moves[-1].at),
        "comments": "",
        **parties.told,
        **origin(_SOURCES.get(deal.lead_source)),
        **closing(DEAL, time, deal.updated_at, deal.owner, utmCampaign=campaign),
        "ufCrm_1698765432": None if deal.lost_reason is None else _REASON + _REASONS.index(deal.lost_reason),
        "ufCrm_1698765433": on_day(time, deal.starts_on, deal.number),
        "ufCrm_1698765434": on_day(time, deal.ends_on, deal.number),
        "ufCrm_1698765435": superseded,
        "ufCrm2_BAJA": "",
        "ufCrm2Estado": "",
    }
    return Row(told, deal.updated_at)


def money(cents: int, currency: str) -> dict[str, Any]:
    return {
        "opportunity": units(cents),
        "isManualOpportunity": "Y",
        "taxValue": 0,
        "currencyId": currency,
    }


def invoice_row(time: PortalTime, deal: Deal, parties: Parties) -> Row:
    """Return the invoice of a won deal; most were paid."""
    at = deal.moves[-1].at
    paid = deal.number % UNPAID > 0
    told = {
        **base(time, at, at, deal.owner),
        "xmlId": "",
        "title": f"Factura #{deal.number + 1}",
        "categoryId": 3,
        "movedBy": user_id(deal.owner),
        "movedTime": time.stamp(at),
        "stageId": PAID if paid else "DT31_3:S",
        "previousStageId": "DT31_3:N",
        **parties.told,
        **origin(),
        **money(deal.amount, deal.currency),
        "begindate": time.day(time.date(at), deal.number),
        "closedate": time.day(time.date(at), deal.number),
        "accountNumber": str(deal.number + 1),
        "parentId2": KINDS["deals"].identity(deal.number),
        **closing(INVOICE, time, at, deal.owner),
    }
    return Row(told, at, KINDS["deals"].identity(deal.number))


def payment_json(time: PortalTime, deal: Deal) -> dict[str, Any]:
    """Return what was paid for a deal."""
    return {
        "id": deal.number + 1,
        "accountNumber": f"{deal.number + 1}/1",
        "paid": "Y",
        "datePaid": time.stamp(deal.moves[-1].at),
        "empPaidId": user_id(deal.owner),
        "paySystemId": 3,
        "sum": units(deal.amount),
        "currency": deal.currency,
        "paySystemName": "",
    }


def product_rows(deal: Deal, owner: tuple[str, int], products: list[Product]) -> list[dict[str, Any]]:
    """Return the rows of what was sold; `price` is of one unit, with tax."""
    return [_product_row(place, line, owner, products[line.product]) for place, line in enumerate(deal.lines)]


def order_row(time: PortalTime, cart: Cart, company: int) -> Row:
    """Return an order of the shop. Carts that were left behind are not told."""
    at = cart.completed_at or cart.created_at
    told = {
        **dict.fromkeys(EMPTY_IN_ORDERS, ""),
        **dict.fromkeys(_NULL_IN_ORDERS),
        "accountNumber": str(cart.number + 1),
        "price": units(cart.amount),
        "currency": cart.currency,
        "payed": "Y",
        "canceled": "N",
        "statusId": "F",
        "dateInsert": time.stamp(cart.created_at),
        "dateUpdate": time.stamp(at),
        "datePayed": time.stamp(at),
        "userId": 2,
        "companyId": company or None,
        "personTypeId": 4,
        "lid": "s1",
        "responsibleId": 1,
        "taxValue": 0,
        "discountValue": 0,
        "xmlId": f"bx_{cart.number:012x}",
        "version": 0,
        "deducted": "N",
        "marked": "N",
        "additionalInfo": "",
    }
    return Row(told, at)


def _product_row(place: int, line: Line, owner: tuple[str, int], product: Product) -> dict[str, Any]:
    price = units(line.unit_price)
    return {
        "id": _row_id(owner, place),
        "ownerId": owner[1],
        "ownerType": owner[0],
        "productId": 9_001 + line.product,
        "productName": product.name,
        "price": price,
        "priceAccount": price,
        "priceExclusive": round(price / (1 + _TAX / 100), 2),
        "priceNetto": round(price / (1 + _TAX / 100), 2),
        "priceBrutto": price,
        "quantity": line.quantity,
        "discountTypeId": 2,
        "discountRate": 0,
        "discountSum": 0,
        "taxRate": _TAX,
        "taxIncluded": "Y",
        "customized": "Y",
        "measureCode": 362 if line.months is not None else 796,
        "measureName": "mes" if line.months is not None else "pcs",
        "sort": 10 * (place + 1),
        "xmlId": "",
        "type": 7 if line.months is not None else 1,
    }


def _row_id(owner: tuple[str, int], place: int) -> int:
    """Return the id of a row: whatever it belongs to, no other has it."""
    kind, first = ("deals", 1) if owner[0] == "D" else ("invoices", 1_000_001)
    return first + (KINDS[kind].number(owner[1]) or 0) * 8 + place


def units(cents: int) -> int | float:
    """Return an amount as JSON has it: 19000, 999.9."""
    return cents // 100 if cents % 100 == 0 else cents / 100


def on_day(time: PortalTime, on: date | None, number: int) -> str | None:
    return None if on is None else time.day(on, number)
