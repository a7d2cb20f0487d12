"""The common schema: what a contact, a deal, a ticket is. One definition; tables, checks and docs are derived from it.

Times are UTC instants, dates are calendar dates that never move, money is decimal with an ISO 4217 currency beside it.
"""

from latido.schema._columns import ColumnType, whole_characters
from latido.schema._record import Record
from latido.schema.customers import Account, Association, Contact, User
from latido.schema.revenue import Campaign, Cart, Contract, Deal, DealStage, FxRate, MarketingSpend
from latido.schema.service import SurveyInvitation, SurveyResponse, Ticket, TicketEvent
from latido.schema.usage import Milestone, WebSession

ENTITIES: tuple[type[Record], ...] = (
    Account,
    Contact,
    User,
    Deal,
    Contract,
    DealStage,
    Ticket,
    TicketEvent,
    SurveyResponse,
    SurveyInvitation,
    Campaign,
    MarketingSpend,
    WebSession,
    Cart,
    Milestone,
    Association,
    FxRate,
)
"""Every table, in the order of the documentation."""

TABLES: dict[str, type[Record]] = {entity.table: entity for entity in ENTITIES}

__all__ = [
    "ENTITIES",
    "TABLES",
    "Account",
    "Association",
    "Campaign",
    "Cart",
    "ColumnType",
    "Contact",
    "Contract",
    "Deal",
    "DealStage",
    "FxRate",
    "MarketingSpend",
    "Milestone",
    "Record",
    "SurveyInvitation",
    "SurveyResponse",
    "Ticket",
    "TicketEvent",
    "User",
    "WebSession",
    "whole_characters",
]
