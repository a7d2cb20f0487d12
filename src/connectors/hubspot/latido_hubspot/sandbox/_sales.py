"""Deals and what is sold in them as HubSpot tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from latido.testing.world import iso
from latido_hubspot.sandbox._book import Record
from latido_hubspot.sandbox._people import owner_id, user_id
from latido_hubspot.sandbox._pipelines import ARCHIVED_STAGE, DELETED_STAGE, NEW_BUSINESS, RENEWALS, pipelines_of
from latido_hubspot.sandbox._stamps import amount, binary, noted, told
from latido_hubspot.sandbox._tickets import entered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latido.testing.world import Contract, Deal, Instant, Lead, Line, Product, Rate
    from latido_hubspot.sandbox._book import Version

_STAGES = ("lead_in", "qualified", "proposal", "negotiation", "won", "lost")
_LIVE = {
    NEW_BUSINESS: (
        "appointmentscheduled", "qualifiedtobuy", "presentationscheduled", "contractsent", "closedwon", "closedlost",
    ),
    RENEWALS: tuple(stage.id for stage in pipelines_of("deals")[1].stages),
}  # fmt: skip
_PROBABILITY = {
    stage.id: stage.metadata["probability"] for pipeline in pipelines_of("deals") for stage in pipeline.stages
}
_SOURCES = {
    "web": "ORGANIC_SEARCH", "referral": "REFERRALS", "event": "OFFLINE", "outbound": "OFFLINE", "partner": "REFERRALS",
}  # fmt: skip
_MS, _HOUR = 1000, 3_600
_YEAR = 12


@dataclass(frozen=True, slots=True)
class Around:
    """What a deal has to do with: its company's id, its campaign, the rate to the company's currency."""

    company: str | None
    contacts: int
    campaign: str | None
    rate: Decimal
    superseded: str | None


def pipeline_of(deal: Deal) -> str:
    return RENEWALS if deal.kind == "renewal" else NEW_BUSINESS


def stage_of(deal: Deal, stage: str) -> str:
    return _LIVE[pipeline_of(deal)][_STAGES.index(stage)]


def deal_record(deal: Deal, around: Around) -> Record:
    """Return a deal. What it will close on is a date only, or not known, if somebody typed it so."""
    went = [(move.at, stage_of(deal, move.stage)) for move in deal.moves]
    given = {
        "dealname": deal.name,
        "pipeline": pipeline_of(deal),
        "dealstage": went[-1][1],
        "dealtype": "newbusiness" if deal.kind == "new" else "existingbusiness",
        "closedate": _close(deal),
        "hubspot_owner_id": owner_id(deal.owner),
        "hs_created_by_user_id": str(user_id(deal.owner)),
        "hs_primary_associated_company": around.company,
        "num_associated_contacts": str(around.contacts),
        "hs_num_of_associated_line_items": str(len(deal.lines)),
        "hs_campaign": around.campaign,
        "hs_analytics_source": _SOURCES.get(deal.lead_source, "OFFLINE"),
        "closed_lost_reason": deal.lost_reason,
        "hs_object_source": "CRM_UI",
        "inicio_contrato": None if deal.starts_on is None else deal.starts_on.isoformat(),
        "fin_contrato": None if deal.ends_on is None else deal.ends_on.isoformat(),
        "sustituye_a": around.superseded,
    }
    return Record(
        given | _money(deal, around.rate) | _judged(deal, went[-1][1]) | entered(went),
        noted(deal.created_at, deal.number),
        noted(deal.updated_at, deal.number),
        None if deal.gone_at is None else noted(deal.gone_at, deal.number),
        {"dealstage": _versions(deal)},
    )


def line_record(number: int, deal: Deal, line: Line, product: Product, product_id: str) -> Record:
    """Return a line of a deal: what comes every month may be billed every month or every year, or have no MRR yet."""
    recurring = line.months is not None
    frequency = _frequency(deal, line) if recurring else None
    factor = _YEAR if frequency == "annually" else 1
    given = {
        "name": product.name,
        "hs_product_id": product_id,
        "hs_sku": f"P-{product.number:03}",
        "quantity": str(line.quantity),
        "price": amount(line.unit_price * factor),
        "amount": amount(line.quantity * line.unit_price * factor),
        "discount": None,
        "hs_line_item_currency_code": deal.currency,
        "hs_object_source": "CRM_UI",
        "recurringbillingfrequency": frequency,
    }
    gone = None if deal.gone_at is None else noted(deal.gone_at, number)
    term = _term(deal, line) if recurring else {}
    created = noted(deal.created_at, number)
    return Record(given | term, created, max(created, noted(deal.updated_at, number)), gone)


def product_record(product: Product, born: Instant) -> Record:
    given = {
        "name": product.name,
        "description": None,
        "hs_sku": f"P-{product.number:03}",
        "price": None if product.monthly is None else amount(product.monthly),
        "recurringbillingfrequency": None if product.monthly is None else "monthly",
    }
    return Record(given, noted(born, product.number), noted(born, product.number))


def subscription_record(contract: Contract, product: Product, today: date) -> Record:
    """Return what a contract is as a subscription; a cancelled one says since when."""
    ended = min((day for day in (contract.ends_on, contract.cancelled_on) if day is not None), default=None)
    over = ended is not None and ended <= today
    status = "active" if not over else "canceled" if contract.cancelled_on == ended else "expired"
    given = {
        "hs_name": product.name,
        "hs_status": status,
        "hs_currency_code": contract.currency,
        "hs_recurring_billing_frequency": "monthly",
        "hs_mrr": binary(contract.monthly / 100),
        "hs_recurring_revenue": amount(contract.monthly),
        "hs_next_payment_amount": None if over else amount(contract.monthly),
        "hs_next_payment_due_date": None if over else _next(contract.starts_on, today).isoformat(),
        "hs_recurring_billing_start_date": contract.starts_on.isoformat(),
        "hs_recurring_billing_end_date": None if ended is None else ended.isoformat(),
        "hs_cancelled_date": None if contract.cancelled_on is None else f"{contract.cancelled_on}T00:00:00Z",
    }
    booked = _seconds(contract.booked_on)
    changed = booked if contract.cancelled_on is None else _seconds(min(contract.cancelled_on, today))
    return Record(given, noted(booked, contract.number), noted(max(booked, changed), contract.number))


def lead_record(lead: Lead, owner: int, contact: str | None, company: str | None) -> Record:
    """Return a lead. Once it became a contact, it belongs to that."""
    given = {
        "hs_lead_name": f"{lead.first_name} {lead.last_name}",
        "hs_associated_contact_firstname": lead.first_name,
        "hs_associated_contact_lastname": lead.last_name,
        "hs_associated_contact_email": lead.email,
        "hs_associated_company_name": lead.company,
        "hs_lead_type": "NEW_BUSINESS",
        "hs_lead_label": "WARM" if lead.number % 3 else "HOT",
        "hs_lead_source": "ORGANIC_SEARCH",
        "hs_pipeline": "lead-pipeline-id",
        "hs_pipeline_stage": "new-stage-id" if lead.converted_at is None else "qualified-stage-id",
        "hs_primary_contact_id": contact,
        "hs_primary_company_id": company,
        "hubspot_owner_id": owner_id(owner),
    }
    return Record(
        given, noted(lead.created_at, lead.number), noted(lead.converted_at or lead.created_at, lead.number + 7)
    )


def rate_at(rates: Sequence[Rate], currency: str, at: Instant) -> Decimal:
    """Return what 1 *currency* was worth in the company's currency."""
    day = iso(at)[:10]
    known = [each.rate for each in rates if each.currency == currency and each.on.isoformat() <= day]
    return known[-1] if known else Decimal(1)


def _close(deal: Deal) -> str | None:
    if deal.closed_at is not None:
        return told(deal.closed_at)
    planned = deal.planned_close.isoformat()
    return (planned, None)[deal.number % 6] if deal.number % 6 < 2 else f"{planned}T10:00:00Z"  # noqa: PLR2004


def _money(deal: Deal, rate: Decimal) -> dict[str, str | None]:
    """What all lines bring together is reckoned by HubSpot, and told with all its digits."""
    first = sum(line.amount if line.months is None else line.monthly * min(_YEAR, line.months) for line in deal.lines)
    return {
        "amount": amount(deal.amount),
        "deal_currency_code": deal.currency,
        "hs_exchange_rate": f"{rate}",
        "amount_in_home_currency": amount(deal.amount * rate),
        "hs_mrr": binary(deal.monthly / 100),
        "hs_arr": binary(deal.monthly * _YEAR / 100),
        "hs_acv": binary(first / 100),
        "hs_tcv": binary(deal.amount / 100),
    }


def _judged(deal: Deal, stage: str) -> dict[str, str | None]:
    closed = deal.closed_at
    days = None if closed is None else (closed - deal.created_at) // (24 * _HOUR)
    return {
        "hs_is_closed": "true" if closed is not None else "false",
        "hs_is_closed_won": "true" if deal.status == "won" else "false",
        "hs_is_closed_lost": "true" if deal.status == "lost" else "false",
        "hs_closed_won_date": told(closed) if deal.status == "won" else None,
        "hs_deal_stage_probability": binary(float(_PROBABILITY[stage])),
        "days_to_close": None if days is None else str(days),
        "hs_open_deal_create_date": str(deal.created_at * _MS) if closed is None else None,
    }


def _versions(deal: Deal) -> list[Version]:
    """Return what the stage was, newest first. Some went through stages that are archived, or deleted, by now."""
    told_once = [stage_of(deal, move.stage) for move in deal.moves]
    for turn, move in enumerate(deal.moves[:-1]):
        if deal.kind != "renewal" and move.stage == "negotiation" and deal.number % 5 == 1:
            told_once[turn] = ARCHIVED_STAGE
        if deal.kind != "renewal" and move.stage == "qualified" and deal.number % 7 == 2:  # noqa: PLR2004
            told_once[turn] = DELETED_STAGE
    user = user_id(deal.owner)
    source: dict[str, str | int] = {"sourceType": "CRM_UI", "sourceId": f"userId:{user}", "updatedByUserId": user}
    return [
        {"value": stage, "timestamp": iso(move.at), **source}
        for stage, move in zip(told_once[::-1], deal.moves[::-1], strict=True)
    ]


def _frequency(deal: Deal, line: Line) -> str:
    yearly = line.months is not None and line.months >= _YEAR and (deal.number + line.product) % 3 == 0
    return "annually" if yearly else "monthly"


def _term(deal: Deal, line: Line) -> dict[str, str | None]:
    """Return for when a line is billed. What goes on for ever has no end; what was given up was cut short."""
    begin, ends = deal.starts_on, _end(deal)
    months = None if begin is None or ends is None else _months(begin, ends)
    given = {
        "hs_recurring_billing_start_date": None if begin is None else begin.isoformat(),
        "hs_recurring_billing_end_date": None if ends is None else ends.isoformat(),
        "hs_billing_period_start_date": None if begin is None else begin.isoformat(),
        "hs_recurring_billing_period": None if months is None else f"P{months}M",
        "hs_term_in_months": None if months is None else str(months),
        "hs_tcv": binary(line.amount / 100),
    }
    if (deal.number + line.product) % 11 == 0:
        return given
    return given | {"hs_mrr": binary(line.monthly / 100), "hs_arr": binary(line.monthly * _YEAR / 100)}


def _end(deal: Deal) -> date | None:
    return min((day for day in (deal.ends_on, deal.cancelled_on) if day is not None), default=None)


def _months(begin: date, end: date) -> int:
    return (end.year - begin.year) * _YEAR + end.month - begin.month


def _next(start: date, today: date) -> date:
    """Return when the next payment of what began at *start* is due."""
    return max(start, today + timedelta(days=(start.day - today.day) % 28 + 1))


def _seconds(day: date) -> Instant:
    return (day.toordinal() - date(1970, 1, 1).toordinal()) * 24 * _HOUR + 10 * _HOUR
