"""HubSpot."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from latido.connect import Connector, Http, Limiter, Refused
from latido.errors import ConfigurationError
from latido.messages import marker
from latido_hubspot import check, references
from latido_hubspot.account import client, credential, login_page
from latido_hubspot.answers import meant, told
from latido_hubspot.carts import Carts
from latido_hubspot.contracts import LineItems, Subscriptions
from latido_hubspot.deals import Deals, Orders
from latido_hubspot.limits import BUCKETS, RETRY, announced, date_in, judge
from latido_hubspot.people import Companies, Contacts, Leads
from latido_hubspot.properties import check_own_fields, offered_per_table
from latido_hubspot.reading import HubSpotStream, ObjectStream
from latido_hubspot.satellites import SATELLITES
from latido_hubspot.settings import HubSpotSettings
from latido_hubspot.tickets import Tickets
from latido_hubspot.wire import HubSpotWire

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from latido.connect import Clock, Context, Finding, Person, Reply, Runtime, Shape, Stream
    from latido.testing import Sandbox, World

_ = marker("latido_hubspot")

STREAMS: tuple[type[HubSpotStream], ...] = (
    Companies, Contacts, Leads, Deals, LineItems, Subscriptions, Orders, Tickets, Carts, *SATELLITES,
)  # fmt: skip

UNDELIVERABLE = MappingProxyType(
    {
        "exact_count": _("HubSpot counts by its search, which lags behind what is stored."),
        "spam": _("HubSpot keeps spam out of its tickets, or tells of none."),
    }
)
"""What HubSpot makes impossible, and why."""


class HubSpot(Connector):
    """Reads companies, contacts, deals, tickets and what belongs to them from one account."""

    name = "hubspot"
    title = "HubSpot"
    Settings = HubSpotSettings
    asks = ("access_token",)
    settings: HubSpotSettings
    undeliverable = UNDELIVERABLE
    stream_types = STREAMS

    def __init__(self, settings: HubSpotSettings, runtime: Runtime) -> None:
        super().__init__(settings, runtime)
        self.paths = settings.paths
        self.http = Http(
            settings.site,
            runtime,
            auth=credential(settings, runtime),
            limiter=Limiter(BUCKETS, runtime.clock, settings.rate_share, announced),
            retry=RETRY,
            wire=HubSpotWire(settings.site),
            judge=judge,
        )
        self.drift = timedelta()
        """How far HubSpot's clock is ahead of ours, as its last answer told it."""

    @classmethod
    def sandbox(cls, world: World, clock: Clock | None = None) -> Sandbox:
        """Return a server that behaves like HubSpot and tells of *world*, of the part that is kept here."""
        from latido_hubspot.sandbox import HubSpotSandbox

        return HubSpotSandbox(world.branch(cls.name, tickets=world.ticket_count // 3, territory=(0, 4)), clock)

    def streams(self) -> list[HubSpotStream]:
        return [each(self) for each in STREAMS]

    def chosen(self) -> list[Stream]:
        left_out = set() if self.settings.orders_as_deals or self.settings.streams else {Orders.name}
        return [each for each in super().chosen() if each.name not in left_out]

    def check(self) -> Iterable[Finding]:
        return check.findings(self)

    def login(self, person: Person | None = None) -> None:
        if self.settings.client_id is None:
            raise ConfigurationError(
                _("An access token needs no login."),
                _("To log in, set client_id and client_secret in latido.toml instead."),
            )
        asking = client(self.settings, self.runtime, scope=" ".join(self.settings.scopes))
        asking.log_in(login_page(self.settings), self.settings.redirect_uri, person)

    def close(self) -> None:
        self.http.close()

    def context(self, streams: Sequence[Stream] | None = None) -> Context:
        context = super().context(streams)
        check_own_fields(self, context)
        return context

    def references(self) -> Mapping[str, Callable[[], Any]]:
        return references.readers(self, {each.object_type for each in STREAMS if issubclass(each, ObjectStream)})

    def vendor_fields(self) -> Mapping[str, Mapping[str, str]]:
        return offered_per_table(self)

    def get(
        self, path: str, params: Mapping[str, str | int] | None = None, *, shape: Shape | None = None
    ) -> dict[str, Any]:
        """Return the answer to a GET. Raises NotOffered for what this credential or this account may not read."""
        return told(self._asked(path, lambda: self.http.get(path, params, shape=shape)), path)

    def post(
        self, path: str, body: Any, *, bucket: str | None = None, give_up_on: Collection[int] = ()
    ) -> dict[str, Any]:
        """Return the answer to a POST that reads, and raise as `get` does."""
        return told(
            self._asked(path, lambda: self.http.post(path, json=body, bucket=bucket, give_up_on=give_up_on)), path
        )

    def now_there(self) -> int:
        """Return the present by HubSpot's clock, in milliseconds since 1970."""
        return int((self.runtime.clock.now() + self.drift).timestamp() * 1000)

    def _asked(self, path: str, ask: Callable[[], Reply]) -> Reply:
        try:
            reply = ask()
        except Refused as refusal:
            if (meaning := meant(refusal, path)) is refusal:
                raise
            raise meaning from refusal
        if (said := date_in(reply.headers)) is not None:
            self.drift = said - self.runtime.clock.now()
        return reply
