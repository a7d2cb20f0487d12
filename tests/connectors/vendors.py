"""The connectors, each to be tried with all that its sandbox offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido_bitrix24.connector import Bitrix24
from latido_google_analytics.connector import GoogleAnalytics
from latido_hubspot.connector import HubSpot
from latido_salesforce.connector import Salesforce
from latido_zendesk.connector import Zendesk

if TYPE_CHECKING:
    from latido.connect import Connector
    from latido.testing import Imitation

CONNECTORS: dict[str, type[Connector]] = {
    each.name: each for each in (Bitrix24, GoogleAnalytics, HubSpot, Salesforce, Zendesk)
}

STREAMS = {
    "bitrix24": (
        "companies", "contacts", "leads", "deals", "deal_stages", "recurring_deals", "product_rows", "invoices",
        "orders", "tickets", "ticket_stages", "ticket_replies", "surveys", "users",
    ),
    "google-analytics": ("web_sessions",),
    "hubspot": (
        "companies", "contacts", "leads", "deals", "line_items", "subscriptions", "orders", "tickets", "carts",
        "owners", "deal_stages", "ticket_statuses", "email_replies", "feedback_submissions", "campaigns",
        "exchange_rates", "associations", "conversation_replies",
    ),
    "salesforce": (
        "accounts", "contacts", "leads", "users", "queues", "account_contact_relations", "opportunities",
        "opportunity_history", "cases", "case_history", "email_messages", "case_comments", "case_milestones",
        "line_items", "contracts", "asset_state_periods", "campaigns", "currencies", "survey_responses",
        "survey_objects",
    ),
    "zendesk": (
        "organizations", "users", "tickets", "satisfaction_ratings", "survey_responses", "deleted_tickets",
        "deleted_users", "ticket_events", "sla_events",
    ),
}  # fmt: skip
"""All but those of which the sandbox has no records. A portal keeps its tickets in one place."""

RECURRING = {
    "line_items": {"months": "Term_Months__c"},
    "contracts": {"monthly": "Monthly_Amount__c", "deal": "Opportunity__c", "cancelled_on": "Cancelled_On__c"},
}
"""What recurs in the org of Salesforce's sandbox."""

MORE: dict[str, dict[str, Any]] = {
    "bitrix24": {"product_rows": {"billed": "month", "starts_on": "ufCrm_1698765433"}, "invoices": {"months": 12}},
    "google-analytics": {"start_date": "2026-08-01"},
    "salesforce": {"recurring": RECURRING},
}


def said(sandbox: Imitation, **more: Any) -> dict[str, Any]:
    """Return the settings with which everything is read that *sandbox* has, as `[sources.<name>]` says them."""
    settings = sandbox.settings()
    name = settings["connector"]
    return {**settings, "streams": STREAMS[name], **MORE.get(name, {}), **more}
