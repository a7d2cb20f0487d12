"""Zendesk Support."""

from __future__ import annotations

import threading
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from latido.connect import Connector, Http, Limiter
from latido.errors import ConfigurationError, NotOffered
from latido.messages import marker
from latido.schema import Account, Contact, Record, Ticket, User
from latido_zendesk import check
from latido_zendesk.account import ME, client, credential, somebody, token_warning
from latido_zendesk.events import SlaEvents, TicketEvents
from latido_zendesk.limits import BUCKETS, announced
from latido_zendesk.people import STAFF, DeletedUsers, Organizations, Users
from latido_zendesk.reading import ZendeskStream, answer, listed
from latido_zendesk.settings import ZendeskSettings
from latido_zendesk.surveys import NpsResponses, SatisfactionRatings, SurveyResponses
from latido_zendesk.tickets import DeletedTickets, Tickets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from latido.connect import Clock, Context, Finding, Person, Runtime, Stream
    from latido.testing import Sandbox, World

_ = marker("latido_zendesk")

STREAMS: tuple[type[ZendeskStream], ...] = (
    Organizations, Users, Tickets, SatisfactionRatings, SurveyResponses, DeletedTickets, DeletedUsers,
    TicketEvents, SlaEvents, NpsResponses,
)  # fmt: skip

FIELDS: dict[str, tuple[type[Record], ...]] = {"ticket": (Ticket,), "user": (Contact, User), "organization": (Account,)}
"""The objects that have fields of the user's own, and the tables that they fill."""

SYSTEM_FIELDS = {
    "subject", "description", "status", "tickettype", "priority", "basic_priority", "group", "assignee",
    "custom_status",
}  # fmt: skip

STANDARD = {
    "ticket": dict.fromkeys(
        (
            "brand_id", "collaborator_ids", "description", "due_at", "follower_ids", "followup_ids", "has_incidents",
            "is_public", "problem_id", "raw_subject", "recipient", "satisfaction_rating.reason", "ticket_form_id",
            "via.source.rel", *(f"metric_set.{name}" for name in (
                "agent_wait_time_in_minutes.calendar", "assigned_at", "assignee_stations",
                "full_resolution_time_in_minutes.business", "group_stations", "initially_assigned_at",
                "on_hold_time_in_minutes.calendar", "reply_time_in_minutes.business",
                "requester_wait_time_in_minutes.calendar",
            )),
        ),
        "standard",
    ),
    "user": dict.fromkeys(
        ("alias", "custom_role_id", "details", "iana_time_zone", "last_login_at", "notes", "role_type", "verified"),
        "standard",
    ),
    "organization": dict.fromkeys(("details", "group_id", "notes", "shared_tickets"), "standard"),
}  # fmt: skip
"""Fields that every account has and that no mapping reads by default."""


UNDELIVERABLE = MappingProxyType(
    {
        "exact_count": _(
            "Zendesk counts tickets by a search that lags, and people and organizations up to a day late."
        ),
        "cost_follows_change": _(
            "Survey answers may be changed for a month, and nothing tells that they were: each run reads them again."
        ),
        "survivor_of_a_merge": _("Zendesk closes and tags a merged ticket, but does not say into which it went."),
        "time_of_deletion": _("Zendesk's export tells that a ticket was deleted, but not when."),
        "role_at_the_time": _("Zendesk does not tell who was an agent when, only who is one today."),
        "spam": _("Zendesk deletes spam and does not mark it."),
    }
)
"""What Zendesk makes impossible, and why."""


class Zendesk(Connector):
    """Reads tickets, people, organizations and survey answers of one account."""

    name = "zendesk"
    title = "Zendesk Support"
    Settings = ZendeskSettings
    asks = ("subdomain", "client_id", "client_secret")
    settings: ZendeskSettings
    undeliverable = UNDELIVERABLE
    stream_types = STREAMS

    def __init__(self, settings: ZendeskSettings, runtime: Runtime) -> None:
        super().__init__(settings, runtime)
        auth = credential(settings, runtime)
        limiter = Limiter(BUCKETS, runtime.clock, settings.rate_share, announced)
        self.http = Http(settings.site, runtime, auth=auth, limiter=limiter, headers=settings.headers)
        self._warned = threading.Event()

    @classmethod
    def sandbox(cls, world: World, clock: Clock | None = None) -> Sandbox:
        """Return a server that behaves like Zendesk and tells of *world*."""
        from latido_zendesk.sandbox import ZendeskSandbox

        return ZendeskSandbox(world, clock)

    def streams(self) -> list[ZendeskStream]:
        return [each(self) for each in STREAMS]

    def check(self) -> Iterable[Finding]:
        return check.findings(self)

    def login(self, person: Person | None = None) -> None:
        if self.settings.client_id is None:
            raise ConfigurationError(
                _("An API token needs no login."),
                _("To log in, set client_id and client_secret in latido.toml instead."),
            )
        auth = client(self.settings, self.runtime, by_code=True)
        auth.log_in(f"{self.settings.site}/oauth/authorizations/new", self.settings.redirect_uri, person)

    def close(self) -> None:
        self.http.close()

    def context(self, streams: Sequence[Stream] | None = None) -> Context:
        if self.settings.api_token and not self._warned.is_set():
            self._warned.set()
            self.runtime.warn(token_warning())
        return super().context(streams)

    def references(self) -> Mapping[str, Callable[[], Any]]:
        return {
            "agents": lambda: dict(self._agents()),
            "custom_statuses": lambda: self._named("/api/v2/custom_statuses", "custom_statuses", "agent_label"),
            "groups": lambda: self._named("/api/v2/groups", "groups", "name"),
            **{f"{of}_fields": lambda of=of: self._fields(of) for of in FIELDS},  # type: ignore[misc]
        }

    def vendor_fields(self) -> Mapping[str, Mapping[str, str]]:
        told = {of: self._told(of) for of in FIELDS}
        return {
            entity.table: {**STANDARD[of], **fields}
            for of, entities in FIELDS.items()
            for entity in entities
            if (fields := told[of]) is not None
        }

    def me(self) -> Mapping[str, Any]:
        """Return who this credential is. Raises CredentialError."""
        return somebody(answer(self.http, ME))

    def _told(self, of: str) -> Mapping[str, str] | None:
        """Return the user-defined fields, None if we may not know: that there are none would be another thing."""
        try:
            fields: Mapping[str, str] = self.runtime.remembered(f"{of}_fields", self.references()[f"{of}_fields"])
        except NotOffered as refusal:
            self.runtime.warn(_("{why}", why=refusal.message))
            return None
        return fields

    def _agents(self) -> Iterator[tuple[str, str]]:
        for role in STAFF:
            for user in self._all("/api/v2/users", "users", {"role": role}):
                if user.get("role") == role:
                    yield str(user["id"]), role

    def _named(self, path: str, key: str, label: str) -> dict[str, Any]:
        return {str(each["id"]): each.get(label) for each in self._all(path, key)}

    def _fields(self, of: str) -> dict[str, str]:
        """Return the user-defined fields: by id for tickets, where they have no other name, else by key."""
        return {
            f"custom_fields.{each['id']}" if of == "ticket" else f"{of}_fields.{each['key']}": (
                f"{each['type']} ({each['title']})"
            )
            for body, _after in listed(self.http, f"/api/v2/{of}_fields", f"{of}_fields")
            for each in body[f"{of}_fields"]
            if each["type"] not in SYSTEM_FIELDS
        }

    def _all(self, path: str, key: str, params: Mapping[str, str | int] | None = None) -> Iterator[Mapping[str, Any]]:
        """Yield a reference table, empty where it may not be read: what is looked up there is then not known."""
        try:
            for body, _after in listed(self.http, path, key, params):
                yield from body[key]
        except NotOffered as refusal:
            self.runtime.warn(_("{why}", why=refusal.message))
