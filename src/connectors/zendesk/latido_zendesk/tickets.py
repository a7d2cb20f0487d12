"""Tickets, with what Zendesk measured about them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from latido.connect import Mapping, Page, Rejected, Rows, computed, custom, lookup, requested
from latido.errors import CredentialError, NotOffered
from latido.messages import marker
from latido.schema import SurveyResponse, Ticket
from latido_zendesk import limits
from latido_zendesk.keyset import LIST, TicketList
from latido_zendesk.reading import HOUR, CursorExport, ZendeskStream, answer, count_in, embed_metrics, instant, listed
from latido_zendesk.surveys import field_answers, field_mapping
from latido_zendesk.transforms import (
    MERGED,
    closing,
    export_version,
    first_reply,
    first_solve,
    link,
    opened_by_agent,
    subject,
    survivor,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from latido.connect import Count, Cursor, JsonObject
    from latido.messages import Message
    from latido.schema import Record

_ = marker("latido_zendesk")

MANY, AT_ONCE = "/api/v2/tickets/show_many", 100
PRIVATE = "description"
"""What a customer wrote: kept nowhere, quarantine included, unless the user maps it."""


def label(custom: str | None, status: str | None) -> str | None:
    """Return what the account calls a status; for a closed or deleted ticket its label is that of the status before."""
    return status if custom is None or status in {"closed", "deleted"} else custom


TICKET = Mapping(
    Ticket,
    source_id="id",
    version=export_version(),
    external_id="external_id",
    url=link("tickets"),
    created_at="created_at",
    updated_at="updated_at",
    is_deleted=computed("is_deleted", lambda status: status == "deleted", "status"),
    merged_into=survivor(),
    custom=custom("custom_fields"),
    subject=subject(),
    account_id="organization_id",
    contact_id="requester_id",
    assignee_id="assignee_id",
    team=lookup("group_id", "groups"),
    status=lookup("status", {"hold": "on_hold", "deleted": None}),
    status_raw=computed("label_unless_final", label, lookup("custom_status_id", "custom_statuses"), "status"),
    priority="priority",
    type="type",
    channel="via.channel",
    created_by_agent=opened_by_agent(),
    first_reply_at=first_reply(),
    agent_replies="metric_set.replies",
    first_solved_at=first_solve(),
    solved_at="metric_set.solved_at",
    closed_at=closing(),
    reopens="metric_set.reopens",
    csat=lookup("satisfaction_rating.score", {"unoffered": "none"}),
    csat_comment="satisfaction_rating.comment",
    tags="tags",
)


class Tickets(CursorExport):
    """Tickets in the order of the export's clock, `generated_timestamp`: system jobs move it, people or not.

    So a row may come whose `updated_at` lies before the start; it is not filtered out. Deleted tickets come with the
    status `deleted` and without metrics, and restored ones come again as they are.
    """

    name = "tickets"
    entities = (Ticket,)
    mappings = (TICKET,)
    reference = ("agents", "custom_statuses", "groups")
    deletions = "reported"
    path = "/api/v2/incremental/tickets/cursor"
    key = "tickets"
    bucket = limits.EXPORTS
    # Without the scope, tickets that only an AI agent has handled are left out.
    extra: ClassVar[dict[str, str]] = {"include": "metric_sets", "support_type_scope": "all"}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        if self.connector.settings.strategy == "keyset":
            yield from TicketList(self).pages(cursor)
            return
        reached = begin = exportable(cursor)
        for _attempt in range(2):
            try:
                for page in super().pages(reached):
                    reached = page.cursor or reached
                    yield page
            except NotOffered as refusal:
                given_up = refusal
            else:
                return
        self._announce_lists(given_up)
        yield from TicketList(self).pages(cursor if reached is begin else reached)

    def probe(self) -> None:
        if self.connector.settings.strategy == "keyset":
            answer(self.connector.http, LIST, {"page[size]": 1})
        else:
            super().probe()

    def lists(self) -> dict[str, Collection[str]]:
        surveyed = (field_mapping("", "", each) for each in self.connector.settings.surveys.values())
        mapped = requested([*self.effective_mappings, *surveyed])
        measured = {name.split(".")[1] for name in mapped if name.startswith("metric_set.")}
        return {self.key: {name.partition(".")[0] for name in mapped}, "metric_sets": {"ticket_id", *measured}}

    def changed(self, record: JsonObject) -> int:
        seconds = record.get("generated_timestamp") if isinstance(record, dict) else None
        return seconds if isinstance(seconds, int) else 0

    def export_page(self, records: Sequence[JsonObject], body: JsonObject, cursor: Cursor) -> Page:
        embed_metrics(records, body.get("metric_sets"))
        if missing := unmeasured(records):
            self._look_up(missing)
        page = self.page(records, cursor)
        answers, unanswered = field_answers(self.connector, records)
        return replace(
            page,
            rows=(*page.rows, *(rows for rows, _ in answers)),
            rejected=(*page.rejected, *(fault for _, faults in answers for fault in faults)),
            deleted={SurveyResponse: unanswered} if unanswered else {},
            warnings=announced(len(unmeasured(records))) if missing else (),
        )

    def rows(self, entity: type[Record], records: Sequence[JsonObject]) -> tuple[Rows, list[Rejected]]:
        for record in records:
            key_fields(record)
        rows, rejected = super().rows(entity, records)
        if any(PRIVATE in each.paths for each in self.effective_mappings):
            return rows, rejected
        return rows, [replace(each, payload=without_text(each.payload)) for each in rejected]

    def fingerprint(self) -> str:
        surveys = [(kind, each) for kind, each in self.connector.settings.surveys.items() if each.ticket_field]
        return super().fingerprint() + (f"+{surveys}" if surveys else "")

    def count(self) -> Count:
        """Return what the search counts: archived tickets too, but an index that lags."""
        query = f"type:ticket -tags:{MERGED}"
        return count_in(answer(self.connector.http, "/api/v2/search/count", {"query": query}))

    def estimate(self, cursor: Cursor) -> int | None:
        if cursor.get("start_time") != cursor["high_water"]:
            return None
        rows = 100 if self.connector.settings.strategy == "keyset" else 1000
        return 1 + self.count().n // rows

    def _look_up(self, tickets: Sequence[JsonObject]) -> None:
        """Ask for the metrics of *tickets*: a search brings none, and a row without them would replace one with."""
        for at in range(0, len(tickets), AT_ONCE):
            ids = ",".join(str(each.get("id")) for each in tickets[at : at + AT_ONCE])
            try:
                body = answer(self.connector.http, MANY, {"ids": ids, "include": "metric_sets"})
            except NotOffered:
                return
            embed_metrics(tickets, body.get("metric_sets") or [each.get("metric_set") for each in body["tickets"]])

    def _announce_lists(self, refusal: NotOffered) -> None:
        """Say that tickets are read from lists from now on; an agent would silently see only some of them there."""
        if self.connector.me().get("role") != "admin":
            raise CredentialError(refusal.message, refusal.hint)
        self.connector.runtime.warn(
            _(
                "Zendesk refuses the export of tickets ({why}). They are read from lists instead: changes that only "
                'touch metrics or SLAs are not seen. To do so from the start, set strategy = "keyset".',
                why=refusal.message,
            )
        )


class DeletedTickets(ZendeskStream):
    """The tickets that were deleted within 30 days, once a day: for what the export does not tell."""

    name = "deleted_tickets"
    entities = (Ticket,)
    deletions = "reported"
    sweep = True
    optional = True
    path = "/api/v2/deleted_tickets"
    key = "deleted_tickets"
    bucket = limits.DELETED_TICKETS

    def start(self, since: datetime | None) -> Cursor:
        del since
        return {}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        for body, _after in listed(self.connector.http, self.path, self.key, bucket=self.bucket):
            gone = [each for each in body[self.key] if isinstance(each, dict) and each.get("id") is not None]
            deleted = {str(each["id"]): instant(each.get("deleted_at")) for each in gone}
            yield Page(fetched=len(body[self.key]), deleted={Ticket: deleted}, cursor=cursor)


def exportable(cursor: Cursor) -> Cursor:
    """Return *cursor* as the export understands it: behind lists it begins an hour before the last change seen.

    Behind lists that were not read to their end it begins anew: what was archived is still missing.
    """
    if "cursor" in cursor or "start_time" in cursor:
        return cursor
    if cursor["step"] != "changes":
        return {"start_time": cursor["since"], "high_water": cursor["since"]}
    level = int(cursor["high_water"])
    return {"start_time": max(0, level - HOUR), "high_water": level}


def key_fields(ticket: Any) -> None:
    """Turn the list of custom fields into an object by field id, without the empty ones; leave alone what is none."""
    try:
        fields = ticket["custom_fields"]
        if isinstance(fields, list):
            ticket["custom_fields"] = {
                str(each["id"]): value for each in fields if (value := each["value"]) is not None
            }
    except (KeyError, TypeError):  # The mapping will say what does not fit.
        return


def without_text(payload: Any) -> Any:
    """Return *payload* without what the customer wrote."""
    return {k: v for k, v in payload.items() if k != PRIVATE} if isinstance(payload, dict) else payload


def unmeasured(tickets: Sequence[Any]) -> list[JsonObject]:
    """Return the live ones among *tickets* that came without metrics."""
    return [
        each
        for each in tickets
        if isinstance(each, dict) and each.get("metric_set") is None and each.get("status") != "deleted"
    ]


def announced(n: int) -> tuple[Message, ...]:
    return (_("{n} tickets came without metrics: their replies and solves are not known.", n=n),) if n else ()
