"""Bitrix24."""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from latido.connect import Connector, Http
from latido.errors import ConfigurationError
from latido.messages import marker
from latido_bitrix24 import check, invoices, references, ticketing
from latido_bitrix24.account import Wire, client, credential
from latido_bitrix24.answers import judge
from latido_bitrix24.contracts import RecurringDeals
from latido_bitrix24.currencies import ExchangeRates
from latido_bitrix24.deals import Deals, DealStages
from latido_bitrix24.deletions import Deletions
from latido_bitrix24.invoices import Invoices
from latido_bitrix24.limits import RETRY, limiter
from latido_bitrix24.orders import Orders
from latido_bitrix24.own_mapping import check_own_fields
from latido_bitrix24.people import Companies, Contacts, Leads
from latido_bitrix24.portal import Portal
from latido_bitrix24.product_rows import ProductRows
from latido_bitrix24.sessions import SessionMessages, Sessions
from latido_bitrix24.settings import Bitrix24Settings
from latido_bitrix24.surveys import Surveys
from latido_bitrix24.tasks import TaskHistory, Tasks
from latido_bitrix24.tickets import TicketReplies, Tickets, TicketStages
from latido_bitrix24.users import Users

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from latido.connect import Clock, Context, Finding, Person, Runtime, Stream
    from latido.testing import Sandbox, World
    from latido_bitrix24.reading import BitrixStream

_ = marker("latido_bitrix24")

STREAMS: tuple[type[BitrixStream], ...] = (
    Companies, Contacts, Leads, Deals, DealStages, RecurringDeals, ProductRows, Invoices, Orders, Tickets, TicketStages,
    TicketReplies, Sessions, SessionMessages, Tasks, TaskHistory, Surveys, ExchangeRates, Users, Deletions,
)  # fmt: skip

UNDELIVERABLE = MappingProxyType(
    {
        "time_of_deletion": _("Bitrix24 no longer lists what was deleted, and does not tell a webhook when that was."),
        "merges": _("Bitrix24 deletes the losers of a merge, and does not tell which they were."),
        "survivor_of_a_merge": _("Bitrix24 deletes the losers of a merge, and does not tell into which they went."),
        "spam": _("Bitrix24 does not tell spam from other requests: people delete it, or move it to a stage."),
    }
)
"""What Bitrix24 makes impossible, and why."""

UNREADABLE = MappingProxyType(
    {
        "marketing_spend": _("Bitrix24 does not give out ad spend. Put it into a file and install latido-files."),
        "carts": _("Bitrix24 tells of orders, and not of carts that were left behind. Put them into a file."),
        "survey_responses": _(
            "Bitrix24 has no surveys of its own: say where answers are kept, as [sources.<name>.surveys.<survey>]."
        ),
        "tickets.csat": _(
            "Bitrix24 does not give out what customers vote at the end of a chat, only what supervisors do. Keep "
            "answers as items of a smart process and map them, or put them into a file and install latido-files."
        ),
    }
)
"""What Bitrix24 has and does not give out, and what to do instead."""


class Bitrix24(Connector):
    """Reads companies, contacts, leads, deals and what belongs to them from one portal."""

    name = "bitrix24"
    title = "Bitrix24"
    Settings = Bitrix24Settings
    asks = ("webhook_url",)
    settings: Bitrix24Settings
    undeliverable = UNDELIVERABLE
    stream_types = STREAMS
    unreadable = UNREADABLE

    def __init__(self, settings: Bitrix24Settings, runtime: Runtime) -> None:
        super().__init__(settings, runtime)
        http = Http(
            settings.site,
            runtime,
            auth=credential(settings, runtime),
            limiter=limiter(
                settings.site.partition("/rest")[0], runtime.clock,
                enterprise=settings.enterprise, share=settings.rate_share,
            ),
            retry=RETRY,
            wire=Wire(settings, runtime),
            judge=judge,
        )  # fmt: skip
        self.portal = Portal(http, runtime, settings.operating_limit)

    @classmethod
    def sandbox(cls, world: World, clock: Clock | None = None) -> Sandbox:
        """Return a server that behaves like Bitrix24 and tells of *world*, of the part that is kept here."""
        from latido_bitrix24.sandbox import BitrixSandbox

        return BitrixSandbox(world.branch(cls.name, tickets=world.ticket_count // 3, territory=(2, 4)), clock)

    def streams(self) -> list[BitrixStream]:
        return [each(self) for each in STREAMS]

    def context(self, streams: Sequence[Stream] | None = None) -> Context:
        context = super().context(streams)
        check_own_fields(self, context)
        return context

    def check(self) -> Iterable[Finding]:
        return check.findings(self)

    def login(self, person: Person | None = None) -> None:
        if self.settings.client_id is None:
            raise ConfigurationError(
                _("A webhook needs no login."),
                _("To log in, set portal, client_id and client_secret in latido.toml instead."),
            )
        client(self.settings, self.runtime).log_in(self.settings.login_page, self.settings.redirect_uri, person)

    def close(self) -> None:
        self.portal.http.close()

    def references(self) -> Mapping[str, Callable[[], Any]]:
        types = {kind for each in self.streams() for kind in each.types if kind}
        return {**references.readers(self, types), **ticketing.readers(self), **invoices.readers(self)}

    @cached_property
    def likely_ticket_type(self) -> int:
        """The type of items that are called as if they were tickets: asked for once, before anything needs it."""
        return int(self.runtime.remembered(ticketing.TICKET_TYPE, lambda: ticketing.likely(self.portal)))

    def vendor_fields(self) -> Mapping[str, Mapping[str, str]]:
        return check.offered_per_table(self)
