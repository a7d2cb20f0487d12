"""Deals, templates of recurring deals, invoices, product rows and orders as a portal tells them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from latido.testing.world import CLOSED
from latido_bitrix24.sandbox._book import Row
from latido_bitrix24.sandbox._kinds import DEAL, EMPTY_IN_ORDERS, INVOICE, KINDS
from latido_bitrix24.sandbox._people import base, closing, origin, user_id
from latido_bitrix24.sandbox._stages import RENEWALS, SEMANTICS
from latido_bitrix24.sandbox._stamps import months_later

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from latido.testing.world import Cart, Contract, Deal, Instant, Line, Move, Product
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
YEARLY = 3
"""One template in so many is for a year at a time."""
PAID = "DT31_3:P"
UNPAID = 5
"""One invoice in so many is not paid."""
_NULL_IN_ORDERS = (
    "affiliateId", "dateCanceled", "dateLock", "dateMarked", "dateStatus", "empCanceledId", "empMarkedId",
    "empStatusId",
)  # fmt: skip
_TAX = 21
_REASON = 71
_RUNNING, _GIVEN_UP = 111, 112
_LONGEST = 240
_DAY = timedelta(days=1)
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
        "ufCrm_1698765433": _day(time, deal.starts_on, deal.number),
        "ufCrm_1698765434": _day(time, deal.ends_on, deal.number),
        "ufCrm_1698765435": superseded,
        "ufCrm2_BAJA": "",
        "ufCrm2Estado": "",
    }
    return Row(told, deal.updated_at)


def money(cents: int, currency: str) -> dict[str, Any]:
    return {
        "opportunity": _units(cents),
        "isManualOpportunity": "Y",
        "taxValue": 0,
        "currencyId": currency,
    }


def template_row(time: PortalTime, deal: Row, contract: Contract, product: Product) -> Row:
    """Return the template of a recurring deal: a deal like another one, but for a flag and the amount of one turn."""
    written = _booked(time, contract)
    told = {
        **deal.told,
        "title": f"{product.name} · {contract.number}",
        "createdTime": time.stamp(written),
        "updatedTime": time.stamp(written),
        "stageId": "NEW",
        "stageSemanticId": "P",
        "categoryId": 0,
        "closed": "N",
        "isNew": "Y",
        "isRecurring": "Y",
        "movedTime": time.stamp(written),
        **money(contract.monthly * turn(contract), contract.currency),
        "ufCrm_1698765432": None,
        "ufCrm_1698765433": _day(time, contract.starts_on, contract.number),
        "ufCrm_1698765434": _day(time, contract.ends_on, contract.number),
        "ufCrm_1698765435": None,
        "ufCrm2_BAJA": _day(time, contract.cancelled_on, contract.number),
        "ufCrm2Estado": _RUNNING if contract.cancelled_on is None else _GIVEN_UP,
    }
    return Row(told, written)


def recurring_row(time: PortalTime, contract: Contract, template: int, today: date) -> Row:
    """Return how a template recurs, with keys in both cases, as they come."""
    turns = [due for due in _turns(contract) if due <= today]
    following = next((due for due in _turns(contract) if due > today), None)
    limit = None if contract.ends_on is None else contract.ends_on - _DAY
    told = {
        "deal_id": str(template),
        "based_id": str(KINDS["deals"].identity(contract.deal)),
        "ACTIVE": "N" if following is None else "Y",
        "category_id": "0",
        "IS_LIMIT": "N" if limit is None else "D",
        "COUNTER_REPEAT": str(len(turns)),
        "LIMIT_REPEAT": None,
        "LIMIT_DATE": _day(time, limit, contract.number) or "",
        "START_DATE": _day(time, contract.starts_on, contract.number),
        "NEXT_EXECUTION": _day(time, following, contract.number) or "",
        "LAST_EXECUTION": _day(time, turns[-1], contract.number) if turns else "",
        "PARAMS": _recurs(contract),
    }
    return Row(told)


def _recurs(contract: Contract) -> dict[str, Any]:
    return {
        "MODE": "multiple",
        "SINGLE_BEFORE_START_DATE_TYPE": "day",
        "SINGLE_BEFORE_START_DATE_VALUE": 0,
        "MULTIPLE_TYPE": "month" if turn(contract) == 1 else "year",
        "MULTIPLE_INTERVAL": 1,
        "OFFSET_BEGINDATE_TYPE": "day",
        "OFFSET_BEGINDATE_VALUE": 0,
        "OFFSET_CLOSEDATE_TYPE": "day",
        "OFFSET_CLOSEDATE_VALUE": 0,
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
        "sum": _units(deal.amount),
        "currency": deal.currency,
        "paySystemName": "",
    }


def product_rows(deal: Deal, owner: tuple[str, int], products: list[Product]) -> list[dict[str, Any]]:
    """Return the rows of what was sold; `price` is of one unit, with tax."""
    return [_product_row(deal, place, line, owner, products[line.product]) for place, line in enumerate(deal.lines)]


def order_row(time: PortalTime, cart: Cart, company: int) -> Row:
    """Return an order of the shop. Carts that were left behind are not told."""
    at = cart.completed_at or cart.created_at
    told = {
        **dict.fromkeys(EMPTY_IN_ORDERS, ""),
        **dict.fromkeys(_NULL_IN_ORDERS),
        "accountNumber": str(cart.number + 1),
        "price": _units(cart.amount),
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


def _product_row(deal: Deal, place: int, line: Line, owner: tuple[str, int], product: Product) -> dict[str, Any]:
    price = _units(line.unit_price)
    return {
        "id": deal.number * 8 + place + 1,
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


def _units(cents: int) -> int | float:
    """Return an amount as JSON has it: 19000, 999.9."""
    return cents // 100 if cents % 100 == 0 else cents / 100


def _day(time: PortalTime, on: date | None, number: int) -> str | None:
    return None if on is None else time.day(on, number)


def turn(contract: Contract) -> int:
    """Return for how many months a contract is paid at a time."""
    if contract.cancelled_on is not None or contract.number % YEARLY:
        return 1
    start, end = contract.starts_on, contract.ends_on
    whole = end is None or ((end.year - start.year) * 12 + end.month - start.month) % 12 == 0
    return 12 if whole and (end is None or end.day == start.day) else 1


def _turns(contract: Contract) -> Iterator[date]:
    """Yield the days on which a contract is due, until it ends."""
    over = min((each for each in (contract.ends_on, contract.cancelled_on) if each is not None), default=None)
    for months in range(0, _LONGEST, turn(contract)):
        due = months_later(contract.starts_on, months)
        if over is not None and due >= over:
            return
        yield due


def _booked(time: PortalTime, contract: Contract) -> Instant:
    return time.instant(f"{contract.booked_on} 12:00:00") or 0
