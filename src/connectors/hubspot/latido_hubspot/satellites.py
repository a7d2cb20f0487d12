"""The streams of what surrounds companies, contacts, deals and tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido_hubspot.associations import Associations
from latido_hubspot.campaigns import Campaigns
from latido_hubspot.conversations import ConversationReplies
from latido_hubspot.currencies import ExchangeRates
from latido_hubspot.emails import EmailReplies
from latido_hubspot.feedback import FeedbackSubmissions
from latido_hubspot.history import DealStages, TicketStatuses
from latido_hubspot.owners import Owners

if TYPE_CHECKING:
    from latido_hubspot.reading import HubSpotStream

SATELLITES: tuple[type[HubSpotStream], ...] = (
    Owners, DealStages, TicketStatuses, EmailReplies, FeedbackSubmissions, Campaigns, ExchangeRates, Associations,
    ConversationReplies,
)  # fmt: skip
