"""Tickets."""

from __future__ import annotations

from latido.connect import Mapping, Source, computed, constant, first, lookup
from latido.schema import Ticket
from latido_hubspot.reading import ObjectStream
from latido_hubspot.references import TICKET_PIPELINES
from latido_hubspot.transforms import lower, moment, named, own_properties, record_url


def status() -> Source:
    """Whether the stage of a ticket is open or closed: HubSpot knows no other words. A deleted stage is unknown."""
    return first(lookup(named("hs_pipeline_stage"), TICKET_PIPELINES, "status"), constant("unknown"))


class Tickets(ObjectStream):
    """Tickets. HubSpot's own durations are left alone, since both of their ends are told.

    When a ticket was closed is told of the last time, and may be forgotten when it opens again: earlier closings, and
    replies, are for other streams to tell.
    """

    name = "tickets"
    object_type = "tickets"
    object_type_id = "0-5"
    entities = (Ticket,)
    reference = ("account", TICKET_PIPELINES, "properties_tickets")
    mappings = (
        Mapping(
            Ticket,
            source_id="id",
            url=record_url("0-5"),
            created_at=first(moment(named("createdate")), "createdAt"),
            updated_at="updatedAt",
            custom=own_properties("tickets"),
            subject=named("subject"),
            account_id=named("hs_primary_company_id"),
            assignee_id=named("hubspot_owner_id"),
            status=status(),
            status_raw=first(lookup(named("hs_pipeline_stage"), TICKET_PIPELINES, "label"), named("hs_pipeline_stage")),
            priority=lower(named("hs_ticket_priority")),
            type=named("hs_ticket_category"),
            channel=lower(named("source_type")),
            first_reply_at=moment(named("first_agent_reply_date")),
            solved_at=moment(named("closed_date")),
            closed_at=computed(
                "closed_date if closed",
                lambda now, at: at if now == "closed" else None,
                status(),
                moment(named("closed_date")),
            ),
        ),
    )
