"""Which of the vendor's fields each column of the common schema comes from."""

from __future__ import annotations

from latido.connect import Mapping, Source, computed, constant, custom, lookup
from latido.schema import Contact, SurveyResponse, Ticket

RECORD: dict[str, Source | str] = {
    "source_id": "id",
    "created_at": "created_at",
    "updated_at": "updated_at",
    "is_deleted": computed("is set", lambda at: at is not None, "deleted_at"),
    "deleted_at": "deleted_at",
    "custom": custom("properties"),
}
"""What all of the vendor's records have."""

CONTACTS = Mapping(Contact, **RECORD, name="name", email="email", phone="phone")

TICKETS = Mapping(
    Ticket,
    **RECORD,
    subject="subject",
    contact_id="contact_id",
    assignee_id="agent",
    status=lookup("state", {"waiting": "pending", "archived": "closed"}),
    status_raw="state",
    priority="priority",
    first_reply_at="first_reply_at",
    agent_replies="agent_replies",
    solved_at="solved_at",
    reopens="reopened",
    is_spam="spam",
)

ANSWERS = Mapping(
    SurveyResponse,
    **{**RECORD, "created_at": "answered_at"},
    kind=constant("csat"),
    survey_id="survey",
    score="rating",
    scale_min=constant(1),
    scale_max=constant(5),
    higher_is_better=constant(value=True),
    comment="comment",
    contact_id="contact_id",
    ticket_id="ticket_id",
    answered_at="answered_at",
)
