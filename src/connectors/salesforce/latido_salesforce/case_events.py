"""What happened to cases: changes, replies by e-mail and comment, and promises met or missed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from latido.connect import Count, Mapping, Source, computed, constant, first, lookup
from latido.schema import TicketEvent
from latido_salesforce import soql
from latido_salesforce.declared import DeclaredStream, keyed, made, prefixed, value
from latido_salesforce.statuses import status_word
from latido_salesforce.transforms import deletion
from latido_salesforce.window import LAG

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from collections.abc import Mapping as Map
    from datetime import datetime

    from latido.connect import Context, Cursor, JsonObject, Page

KINDS = {
    "Status": "status", "Owner": "assignment", "ownerAssignment": "assignment", "ownerAccepted": "assignment",
    "ownerEscalated": "assignment", "Priority": "priority",
}  # fmt: skip
"""What CaseHistory calls a change, and what it is called here."""

OTHERS = "'ownerAssignment', 'ownerAccepted', 'ownerEscalated'"
OWNER = re.compile(r"(005|00G)\w{12}(\w{3})?", re.ASCII)
DRAFT = "5"
MILESTONE, FIRST_REPLY = "milestone:", "first_reply:"
KEY = ":milestone_or_first_reply"
INTERNAL = "Standard"
AUTOMATIC = frozenset({"AutomatedProcess", "CloudIntegrationUser"})
"""Types of users who are no people."""


def actor_role(user: str, automated: Collection[str] = ()) -> Source:
    """`agent` for an internal user, `system` for one who is no person or *automated*, else `requester`.

    Today's type of user counts; whom the users do not list is `unknown`.
    """

    def bind(context: Context) -> Any:
        users = context.reference.get("users", {})
        return lambda event: role(event.get(user), users, automated)

    named = f", automated: {', '.join(sorted(automated))}" if automated else ""
    return Source(f"role_today({user}{named})", (user,), bind)


def role(key: Any, users: Map[str, Any], automated: Collection[str]) -> str | None:
    if key is None:
        return None
    user = users.get(key)
    if key in automated or (user is not None and user.get("Username") in automated):
        return "system"
    if user is None:
        return "unknown"
    if user.get("UserType") in AUTOMATIC:
        return "system"
    return "agent" if user.get("UserType") == INTERNAL else "requester"


def sender_role(automated: Collection[str] = ()) -> Source:
    """`requester` for a message that came in, else the role of the user who sent it."""
    sent = actor_role("CreatedById", automated)

    def bind(context: Context) -> Any:
        role_of_sender = sent.bind(context)
        return lambda message: "requester" if message.get("Incoming") else role_of_sender(message)

    return Source(f"requester_if(Incoming), else {sent.description}", ("Incoming", *sent.paths), bind)


def changed_to(value: str, words: Map[str, str] | None = None) -> Source:
    """A value of a history row: of a status the common word, of anything else what Salesforce keeps."""
    common = status_word(value, words)

    def bind(context: Context) -> Any:
        word = common.bind(context)
        return lambda change: word(change) if change.get("Field") == "Status" else change.get(value)

    return Source(f"{common.description} of Status, else {value}", ("Field", *common.paths), bind)


class CaseHistories(DeclaredStream):
    """Changes of status, owner and priority, where the organization tracks them.

    Salesforce keeps them for some two years, we for ever. A case that is deleted hides them, one that is restored shows
    them again, and neither stamps them: whether they count its case says. A change of owner makes two rows, one with
    ids and one with names: the one with ids is kept.
    """

    name = "case_history"
    sobject = "CaseHistory"
    where = f"Field IN ({', '.join(soql.text(each) for each in KINDS)})"
    entities = (TicketEvent,)
    mappings = (
        Mapping(
            TicketEvent,
            source_id="Id",
            created_at="CreatedDate",
            updated_at="CreatedDate",
            ticket_id="CaseId",
            kind=lookup("Field", KINDS),
            actor_id="CreatedById",
            actor_role=actor_role("CreatedById"),
            from_value=changed_to("OldValue"),
            to_value=changed_to("NewValue"),
            occurred_at="CreatedDate",
        ),
    )
    deletions = "none"
    reference = ("case_statuses", "users")
    optional = True
    shares_table = True

    def declared(self) -> Map[str, Source | str]:
        settings = self.connector.settings
        return {
            "actor_role": actor_role("CreatedById", settings.automated_users),
            "from_value": changed_to("OldValue", settings.case_statuses),
            "to_value": changed_to("NewValue", settings.case_statuses),
        }

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        told = [each for each in records if not (isinstance(each, dict) and names_an_owner(each))]
        return replace(super().page(told, cursor), fetched=len(records))

    def count(self) -> Count | None:
        """Return how many changes Salesforce still has: of every two rows about an owner one is kept."""
        every, _now = self.counted(self.conditions)
        owners, _now = self.counted(["Field = 'Owner'"])
        # Of the other words for a change of owner nobody says whether they make two rows.
        others, _now = self.counted([f"Field IN ({OTHERS})"])
        return Count(every - owners // 2 - others // 2, exact=others == 0 and self.unchanged(), least=True)


def names_an_owner(change: JsonObject) -> bool:
    """Whether *change* is the second row about an owner, the one with names."""
    if KINDS.get(str(change.get("Field"))) != "assignment":
        return False
    return not any(OWNER.fullmatch(str(change.get(side))) for side in ("OldValue", "NewValue"))


class EmailMessages(DeclaredStream):
    """E-mails about cases, without their text. A draft is no reply until it is sent."""

    name = "email_messages"
    sobject = "EmailMessage"
    prefix = "email:"
    where = f"ParentId != null AND Status != '{DRAFT}'"
    entities = (TicketEvent,)
    mappings = (
        Mapping(
            TicketEvent,
            source_id=prefixed("email"),
            created_at="CreatedDate",
            updated_at="SystemModstamp",
            is_deleted="IsDeleted",
            deleted_at=deletion(),
            ticket_id="ParentId",
            kind=constant("reply"),
            actor_id=computed("unless", lambda user, incoming: None if incoming else user, "CreatedById", "Incoming"),
            actor_role=sender_role(),
            public=constant(True),
            occurred_at=first("MessageDate", "CreatedDate"),
        ),
    )
    reference = ("users",)
    optional = True
    shares_table = True

    def declared(self) -> Map[str, Source | str]:
        return {"actor_role": sender_role(self.connector.settings.automated_users)}


class CaseComments(DeclaredStream):
    """Comments on cases, without their text: those that the customer sees are replies, the others notes."""

    name = "case_comments"
    sobject = "CaseComment"
    prefix = "comment:"
    entities = (TicketEvent,)
    mappings = (
        Mapping(
            TicketEvent,
            source_id=prefixed("comment"),
            created_at="CreatedDate",
            updated_at="SystemModstamp",
            is_deleted="IsDeleted",
            deleted_at=deletion(),
            ticket_id="ParentId",
            kind=constant("reply"),
            actor_id="CreatedById",
            actor_role=actor_role("CreatedById"),
            public="IsPublished",
            occurred_at="CreatedDate",
        ),
    )
    reference = ("users",)
    optional = True
    shares_table = True

    def declared(self) -> Map[str, Source | str]:
        return {"actor_role": actor_role("CreatedById", self.connector.settings.automated_users)}


class CaseMilestones(DeclaredStream):
    """Promises of entitlements: met, breached, or still open, which is no event.

    The milestone that the settings name (`first_response_milestone`) also tells when the first reply was. A target that
    passes need not touch its record, so each run looks again at those that were due since the last one.
    """

    name = "case_milestones"
    sobject = "CaseMilestone"
    prefix = MILESTONE
    entities = (TicketEvent,)
    mappings = (
        Mapping(
            TicketEvent,
            source_id=made("milestone_or_first_reply", "Id"),
            created_at="CreatedDate",
            updated_at="SystemModstamp",
            is_deleted="IsDeleted",
            ticket_id="CaseId",
            kind=made("sla_or_first_reply", "MilestoneType.Name"),
            actor_role=made("system_or_agent", "MilestoneType.Name"),
            public=made("true_of_first_reply", "MilestoneType.Name"),
            from_value="MilestoneType.Name",
            to_value=made("met_or_breached", "IsCompleted", "IsViolated"),
            occurred_at=made("completed_or_due", "CompletionDate", "TargetDate"),
        ),
    )
    optional = True
    shares_table = True

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        if (since := self.read_up_to(cursor)) is not None:
            due = soql.between("TargetDate", since, self.connector.runtime.clock.now() + LAG)
            yield from self.looked_up(["IsCompleted = false", due])
        yield from super().pages(cursor)

    def ids(self) -> Iterator[list[str]]:
        for keys in super().ids():
            yield [key for each in keys for key in (each, each.replace(self.prefix, FIRST_REPLY))]

    def count(self) -> Count | None:
        """Return how many milestones have come to an end, and how many of them tell of a first reply."""
        measured = self.connector.settings.first_response_milestone
        ended, _now = self.counted(["IsCompleted = true OR IsViolated = true"], deleted=False)
        named = f"MilestoneType.Name = {soql.text(measured)}" if measured else None
        first_replies = self.counted(["IsCompleted = true", named], deleted=False)[0] if named else 0
        return Count(ended + first_replies, exact=self.unchanged() and self._nothing_was_due())

    def _nothing_was_due(self) -> bool:
        """Whether no target has passed since milestones were read, or a while before."""
        now = self.connector.runtime.clock.now()
        due = soql.between("TargetDate", (self._read_until or now) - self.overlap, now + LAG)
        return self.counted(["IsCompleted = false", due])[0] == 0

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        measured = self.connector.settings.first_response_milestone
        strange = [each for each in records if not keyed(each, "Id")]
        milestones = [each for each in records if keyed(each, "Id")]
        events = [event for each in milestones for event in outcomes(each, measured)]
        told = {event[KEY] for event in events}
        silent = [f"{word}{each['Id']}" for each in milestones for word in (MILESTONE, FIRST_REPLY)]
        page = super().page([*events, *strange], cursor)
        gone: dict[str, datetime | None] = {key: None for key in silent if key not in told}
        return replace(page, fetched=len(records), deleted={TicketEvent: gone} if gone else {})


def outcomes(milestone: JsonObject, measured: str | None) -> Iterator[JsonObject]:
    """Yield what *milestone* tells: whether it was met, and when the first reply was if that is what it measures."""
    done, late = milestone.get("IsCompleted"), milestone.get("IsViolated")
    if done or late:
        yield {
            **milestone,
            KEY: f"{MILESTONE}{milestone['Id']}",
            ":sla_or_first_reply": "sla",
            ":system_or_agent": "system",
            ":met_or_breached": "breached" if late else "met",
            ":completed_or_due": milestone.get("TargetDate" if late else "CompletionDate"),
        }
    if done and measured is not None and value(milestone, "MilestoneType.Name") == measured:
        yield {
            **milestone,
            KEY: f"{FIRST_REPLY}{milestone['Id']}",
            ":sla_or_first_reply": "first_reply",
            ":system_or_agent": "agent",
            ":true_of_first_reply": True,
            ":completed_or_due": milestone.get("CompletionDate"),
        }
