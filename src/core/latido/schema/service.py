"""What customers ask of support, and how it went."""

from __future__ import annotations

from typing import ClassVar, Literal

from latido.schema._columns import Double, Flag, Instant, Tags, Text, Whole
from latido.schema._record import Record


class Ticket(Record):
    """A request for help.

    `solved_at` is the last solve and stays when the ticket is opened again; `sla_met` is false if any target was
    breached, true if at least one was met and none breached, else null.
    """

    table: ClassVar[str] = "tickets"

    subject: Text | None = None
    account_id: Text | None = None
    contact_id: Text | None = None
    requester_email: Text | None = None
    assignee_id: Text | None = None
    team: Text | None = None
    status: Literal["new", "open", "pending", "on_hold", "solved", "closed", "unknown"] | None = None
    status_raw: Text | None = None
    priority: Text | None = None
    type: Text | None = None
    channel: Text | None = None
    created_by_agent: Flag | None = None
    first_reply_at: Instant | None = None
    agent_replies: Whole | None = None
    requester_replies: Whole | None = None
    first_solved_at: Instant | None = None
    solved_at: Instant | None = None
    closed_at: Instant | None = None
    reopens: Whole | None = None
    csat: Literal["good", "bad", "offered", "none", "unknown"] | None = None
    csat_score: Double | None = None
    csat_scale_min: Double | None = None
    csat_scale_max: Double | None = None
    csat_comment: Text | None = None
    sla_met: Flag | None = None
    is_spam: Flag | None = None
    tags: Tags | None = None


class TicketEvent(Record):
    """Something that happened to a ticket; `actor_role` is the role that the actor had then.

    An `sla` event has `to_value` 'met' or 'breached'; a `first_reply` is one that the vendor measured itself.
    """

    table: ClassVar[str] = "ticket_events"

    ticket_id: Text | None = None
    kind: Text | None = None
    actor_id: Text | None = None
    actor_role: Literal["agent", "requester", "system", "unknown"] | None = None
    public: Flag | None = None
    from_value: Text | None = None
    to_value: Text | None = None
    occurred_at: Instant | None = None


class SurveyResponse(Record):
    """An answer to one scored question. A vendor's legacy good/bad rating has `survey_id` 'rating' and scale 0-1."""

    table: ClassVar[str] = "survey_responses"

    kind: Literal["nps", "csat", "ces", "other", "unknown"] | None = None
    survey_id: Text | None = None
    score: Double | None = None
    scale_min: Double | None = None
    scale_max: Double | None = None
    higher_is_better: Flag | None = None
    comment: Text | None = None
    contact_id: Text | None = None
    respondent_email: Text | None = None
    account_id: Text | None = None
    ticket_id: Text | None = None
    deal_id: Text | None = None
    touchpoint: Text | None = None
    channel: Text | None = None
    answered_at: Instant | None = None


class SurveyInvitation(Record):
    """A survey that was sent, answered or not."""

    table: ClassVar[str] = "survey_invitations"

    survey_id: Text | None = None
    kind: Literal["nps", "csat", "ces", "other", "unknown"] | None = None
    contact_id: Text | None = None
    respondent_email: Text | None = None
    account_id: Text | None = None
    sent_at: Instant | None = None
    delivered: Flag | None = None
    responded_at: Instant | None = None
