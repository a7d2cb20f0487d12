"""What every connector promises, kept by this one."""

from __future__ import annotations

from latido.testing import connector_tests
from latido_zendesk.connector import Zendesk

STREAMS = (
    "organizations", "users", "tickets", "satisfaction_ratings", "survey_responses", "deleted_tickets",
    "deleted_users", "ticket_events", "sla_events",
)  # fmt: skip
"""All but the NPS surveys that Zendesk has withdrawn."""

TestZendesk = connector_tests(Zendesk, streams=STREAMS)
