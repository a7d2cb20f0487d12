"""Sessions of open channels as tickets: Bitrix24 lists them among the activities alone, and their messages apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from latido.connect import Mapping, Page, Source, computed, constant
from latido.messages import marker
from latido.schema import Ticket, TicketEvent
from latido_bitrix24 import ticketing
from latido_bitrix24.chain import Listing
from latido_bitrix24.commands import Command
from latido_bitrix24.dialogs import channel, latest_session, messages, owner, session_id, user_code
from latido_bitrix24.reading import LegacyStream
from latido_bitrix24.satellites import told
from latido_bitrix24.transforms import linked, moment, prefixed, text

if TYPE_CHECKING:
    from collections.abc import Mapping as Map
    from collections.abc import Sequence

    from latido.connect import Cursor, JsonObject
    from latido.schema import Record

_ = marker("latido_bitrix24")

PROVIDER = "IMOPENLINES_SESSION"
SESSION = "session:"
DIALOG, HISTORY = "imopenlines.dialog.get", "imopenlines.session.history.get"
OVER = "Y"

FIELDS = (
    "ID", "SUBJECT", "OWNER_TYPE_ID", "OWNER_ID", "PROVIDER_TYPE_ID", "PROVIDER_PARAMS", "ASSOCIATED_ENTITY_ID",
    "CREATED", "LAST_UPDATED", "END_TIME", "COMPLETED", "RESPONSIBLE_ID",
)  # fmt: skip


def belongs(column: str) -> Source:
    """The company, or the contact or lead, that the activity belongs to."""
    return Source(
        f"{column} of OWNER_TYPE_ID, OWNER_ID",
        ("OWNER_TYPE_ID", "OWNER_ID"),
        lambda _context: lambda record: owner(record).get(column),
    )


def ended() -> Source:
    """When a session that is over ended."""
    return computed("if over", lambda over, *at: next(filter(None, at), None) if over == OVER else None,
                    "COMPLETED", "END_TIME", "LAST_UPDATED")  # fmt: skip


class OfSessions(LegacyStream):
    """The activities that sessions of open channels leave in the CRM."""

    listing = Listing("crm.activity.list", (), "ID")
    changed = "LAST_UPDATED"
    optional = True

    @property
    def on_by_default(self) -> bool:  # type: ignore[override] # for others it is a constant
        return ticketing.are(self.connector, ticketing.OPENLINES)

    def params(self) -> dict[str, Any]:
        return {"filter": {"PROVIDER_ID": PROVIDER}, "select": list(FIELDS)}


class Sessions(OfSessions):
    """Sessions, read where the settings say that they are the tickets. A session that is over is never opened again."""

    name = "sessions"
    entities = (Ticket,)
    prefix = SESSION
    deletions: ClassVar[Literal["reported", "census", "none"]] = "census"
    mappings = (
        Mapping(
            Ticket,
            source_id=prefixed(SESSION, "ID"),
            created_at=moment("CREATED"),
            updated_at=moment("LAST_UPDATED"),
            subject=text("SUBJECT"),
            account_id=belongs("account"),
            contact_id=belongs("contact"),
            assignee_id=linked("RESPONSIBLE_ID"),
            team=text("PROVIDER_TYPE_ID"),
            status=computed("solved if over", lambda over: "solved" if over == OVER else "open", "COMPLETED"),
            channel=Source("first part of PROVIDER_PARAMS.USER_CODE", ("PROVIDER_PARAMS",), lambda _context: channel),
            first_solved_at=ended(),
            solved_at=ended(),
            reopens=constant(0),
        ),
    )


class SessionMessages(OfSessions):
    """Who said something when, in the sessions that changed: up to fifty sessions a request. No text is kept.

    The activity names its session. Where it does not, the dialog does, but only the latest one.
    """

    name = "session_messages"
    entities = (TicketEvent,)
    prefix = "message:"
    mappings = (
        Mapping(
            TicketEvent,
            source_id=prefixed("message:"),
            created_at=moment("date"),
            updated_at=moment("date"),
            ticket_id="ticket",
            kind=constant("reply"),
            actor_id=computed(
                "sender if agent", lambda role, who: who if role == "agent" else None, "role", "senderid"
            ),
            actor_role="role",
            public=constant(True),
            occurred_at=moment("date"),
        ),
    )

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        histories = self._asked(HISTORY, "SESSION_ID", self._sessions(records))
        said = [{**each, "ticket": ticket} for ticket, history in histories.items() for each in messages(history)]
        rows, rejected = self.rows(TicketEvent, said)
        replaces: dict[type[Record], tuple[str, Sequence[str]]] = {TicketEvent: ("ticket_id", sorted(histories))}
        return Page((rows,), cursor, len(records), replaces=replaces, rejected=rejected)

    def _sessions(self, activities: Sequence[JsonObject]) -> dict[str, str]:
        """Return the id of each session, by the ticket's."""
        keys = {f"{SESSION}{each['ID']}": each for each in activities}
        codes = {key: code for key, each in keys.items() if session_id(each) is None and (code := user_code(each))}
        dialogs = self._asked(DIALOG, "USER_CODE", codes)
        found = {key: session_id(each) or latest_session(dialogs.get(key)) for key, each in keys.items()}
        return {key: session for key, session in found.items() if session}

    def _asked(self, method: str, name: str, values: Map[str, str]) -> Map[str, Any]:
        """Return what *method* answers to each of *values*. Raises where it answers to none; a few may be closed."""
        answered = told(self.connector.portal, {key: Command(method, {name: value}) for key, value in values.items()})
        if answered.why is not None:
            if answered.is_refused:
                raise answered.why
            n, why = len(answered.failed), answered.why.message
            self.connector.runtime.warn(
                _("{stream}: {n:,} sessions cannot be read. {why}", stream=self.name, n=n, why=why)
            )
        return answered.done
