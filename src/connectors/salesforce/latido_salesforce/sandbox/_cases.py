"""Cases and what hangs on them: history, messages, comments, milestones."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from latido.testing.world import MINUTE, SYSTEM, Author, Comment, promises, prose
from latido_salesforce.sandbox._words import CASE_STATUSES, KINDS, ORIGINS, PRIORITIES, STATUS_LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.testing.world import Assignment, Ticket
    from latido_salesforce.sandbox._account import Account

_CLOSED = {each.status for each in CASE_STATUSES if each.closed}
_SENT, _READ, _DRAFT = "3", "1", "5"
_NUL_EVERY = 97
_COMMENTS_EVERY, _RECEIPT_EVERY, _DRAFT_EVERY = 8, 5, 11
FIRST_RESPONSE, RESOLUTION = 0, 1
MILESTONES = ("First Response", "Resolution Time")
_MILESTONE_OF = {"reply_time": FIRST_RESPONSE, "requester_wait_time": RESOLUTION}
_ADDRESS = "support@acme.example"


def case_record(account: Account, ticket: Ticket) -> dict[str, Any]:
    """Return a case. One that was merged away is deleted, and names the one that stayed."""
    person = account.person(ticket.requester)
    closed_at = _closed_at(ticket)
    gone = deleted_at(ticket)
    text = prose(*ticket.prose)
    return {
        "IsDeleted": gone is not None,
        "MasterRecordId": None if ticket.merged_into is None else account.case(ticket.merged_into),
        "CaseNumber": f"{ticket.number + 1_000:08}",
        "ContactId": account.contact(ticket.requester),
        "AccountId": account.account_of(ticket.customer, ticket.requester),
        "SuppliedName": person.name if ticket.channel == "web" else None,
        "SuppliedEmail": person.email if ticket.channel == "email" else None,
        "Type": KINDS[ticket.kind],
        "Status": STATUS_LABELS[ticket.status],
        "Origin": ORIGINS[ticket.channel],
        "Subject": ticket.subject[:255],
        "Priority": PRIORITIES[ticket.priority],
        "Description": text + "\0" if ticket.number % _NUL_EVERY == 0 else text,
        "IsClosed": ticket.status in _CLOSED,
        "ClosedDate": closed_at,
        "IsEscalated": ticket.priority == "urgent",
        "CurrencyIsoCode": "EUR",
        "OwnerId": owner(account, ticket.assignments[-1] if ticket.assignments else None),
        "IsClosedOnCreate": closed_at == ticket.created_at,
        "SlaStartDate": ticket.created_at,
        "SlaExitDate": closed_at,
        "IsStopped": False,
        "CreatedDate": ticket.created_at,
        "CreatedById": account.author(ticket.opened_by),
        "LastModifiedDate": min(ticket.updated_at, stamp(ticket)),
        "LastModifiedById": account.author(ticket.steps[-1].by),
        "SystemModstamp": stamp(ticket),
        "ContactPhone": person.phone,
        "ContactEmail": person.email,
        "Product__c": ticket.details.product,
        "Tags__c": ";".join(ticket.tags) or None,
        "Age_Days__c": float((account.world.end - ticket.created_at) // 86_400),
    }


def deleted_at(ticket: Ticket) -> int | None:
    """Return when the case went to the recycle bin: deleted, spam, or merged away."""
    return ticket.steps[-1].at if ticket.fate == "merged" else ticket.gone_at


def stamp(ticket: Ticket) -> int:
    """Return when the record was last written: surveys and emails are records of their own."""
    latest = max(ticket.steps[-1].at, ticket.comments[0].at, ticket.touched_at or 0, deleted_at(ticket) or 0)
    return max(latest, ticket.assignments[-1].at if ticket.assignments else 0)


def owner(account: Account, assignment: Assignment | None) -> str:
    """Return the agent that has the case, or the queue that it waits in."""
    if assignment is None:
        return account.queue(0)
    return account.queue(assignment.team) if assignment.agent is None else account.user(assignment.agent)


def history_records(account: Account, ticket: Ticket) -> list[dict[str, Any]]:
    """Return what was tracked: the creation, each status, and each owner twice, by id and by name."""
    case = account.case(ticket.number)
    rows = [_history(case, "created", ticket.created_at, account.author(ticket.opened_by), None, None)]
    for before, after in pairwise(ticket.steps):
        labels = STATUS_LABELS[before.status], STATUS_LABELS[after.status]
        rows.append(_history(case, "Status", after.at, account.author(after.by), *labels))
    given = [None, *ticket.assignments]
    for former, assignment in pairwise(given):
        at = assignment.at if assignment is not None else ticket.created_at
        old, new = owner(account, former), owner(account, assignment)
        if old != new:
            rows.append(_history(case, "Owner", at, account.system, old, new, "EntityId"))
            rows.append(_history(case, "Owner", at, account.system, _name(account, former), _name(account, assignment)))
    return sorted(rows, key=lambda row: int(row["CreatedDate"]))


def email_records(account: Account, ticket: Ticket) -> Iterator[dict[str, Any]]:
    """Yield the messages of the conversation, but those that agents wrote as comments; bots answer too.

    Before them stand some that are no replies: drafts that nobody sent, and receipts that a rule sends.
    """
    at = ticket.created_at
    if ticket.number % _DRAFT_EVERY == 0:
        author = Author("agent", ticket.agent or 0)
        yield _message(account, ticket, Comment(at, author, public=True)) | {"Status": _DRAFT, "MessageDate": None}
    if ticket.number % _RECEIPT_EVERY == 0 and ticket.opened_by.role == "requester":
        yield _message(account, ticket, Comment(at, SYSTEM, public=True))
    for comment in ticket.comments:
        if comment.public and not _is_comment(ticket, comment):
            yield _message(account, ticket, comment)


def _message(account: Account, ticket: Ticket, comment: Comment) -> dict[str, Any]:
    person = account.person(ticket.requester)
    incoming = comment.author.role == "requester"
    address = person.email or "unknown@correo.example"
    return {
        "ParentId": account.case(ticket.number),
        "RelatedToId": account.case(ticket.number),
        "Subject": ticket.subject[:255],
        "TextBody": prose(ticket.prose[0] + comment.at % 97, 2),
        "FromName": person.name if incoming else "Acme Support",
        "FromAddress": address if incoming else _ADDRESS,
        "ToAddress": _ADDRESS if incoming else address,
        "Incoming": incoming,
        "HasAttachment": False,
        "Status": _READ if incoming else _SENT,
        "MessageDate": comment.at,
        "IsClientManaged": False,
        "IsExternallyVisible": True,
        "IsBounced": False,
        **_by(account.author(comment.author), comment.at),
    }


def comment_records(account: Account, ticket: Ticket) -> Iterator[dict[str, Any]]:
    """Yield notes, which are not published, and the replies that some agents write here."""
    for comment in ticket.comments:
        if comment.public and not _is_comment(ticket, comment):
            continue
        yield {
            "ParentId": account.case(ticket.number),
            "IsPublished": comment.public,
            "CommentBody": prose(ticket.prose[0] + comment.at % 89, 1),
            "CreatorName": "Acme",
            **_by(account.author(comment.author), comment.at),
        }


def milestone_records(account: Account, ticket: Ticket) -> Iterator[dict[str, Any]]:
    """Yield what was promised; nobody has looked yet whether an open promise is late."""
    for each in promises(ticket):
        due = each.due_at if each.due_at is not None else (each.kept_at or each.given_at) + each.target
        kind = _MILESTONE_OF[each.metric]
        elapsed = None if each.kept_at is None else (each.kept_at - each.given_at) // MINUTE
        yield {
            "CaseId": account.case(ticket.number),
            "StartDate": each.given_at,
            "TargetDate": due,
            "CompletionDate": each.kept_at,
            "MilestoneTypeId": milestone_type(kind),
            "IsCompleted": each.kept_at is not None,
            "IsViolated": each.broken,
            "TargetResponseInMins": each.target // MINUTE,
            "ElapsedTimeInMins": elapsed,
            **_by(account.system, each.given_at),
            "SystemModstamp": each.kept_at or each.given_at,
        }


def milestone_type(kind: int) -> str:
    from latido_salesforce.sandbox import _ids as ids

    return ids.identity("557", kind)


def _is_comment(ticket: Ticket, comment: Comment) -> bool:
    """Return whether an agent replied in a comment: agents of every eighth case do."""
    return comment.author.role == "agent" and ticket.number % _COMMENTS_EVERY == 0 and comment is not ticket.comments[0]


def _closed_at(ticket: Ticket) -> int | None:
    """Return when the case was last closed, None while it is open: from one closed status to another counts not."""
    closed_at = None
    for step in ticket.steps:
        if step.status not in _CLOSED:
            closed_at = None
        elif closed_at is None:
            closed_at = step.at
    return closed_at


def _name(account: Account, assignment: Assignment | None) -> str:
    if assignment is None or assignment.agent is None:
        return account.world.team(0 if assignment is None else assignment.team).name
    return account.world.agent(assignment.agent).name


def _history(  # noqa: PLR0917 - the columns of a row
    case: str, field: str, at: int, by: str, old: str | None, new: str | None, kind: str = "Text"
) -> dict[str, Any]:
    return {
        "CaseId": case,
        "Field": field,
        "DataType": kind,
        "OldValue": old,
        "NewValue": new,
        "CreatedDate": at,
        "CreatedById": by,
    }


def _by(user: str, at: int) -> dict[str, Any]:
    return {"CreatedDate": at, "CreatedById": user, "LastModifiedById": user, "SystemModstamp": at}
