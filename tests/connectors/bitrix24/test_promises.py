"""What every connector promises, kept by this one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from latido.connect import Tokens, TokenStore
from latido.testing import Sandbox, connector_tests
from latido_bitrix24.connector import Bitrix24
from latido_bitrix24.sandbox import BitrixSandbox
from latido_bitrix24.sandbox._oauth import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN

if TYPE_CHECKING:
    from latido.connect import Clock, Runtime
    from latido.testing import World
    from latido_bitrix24.sandbox._desk import Kept
    from latido_bitrix24.settings import Bitrix24Settings

APP = {"webhook_url": None, "portal": "acme.bitrix24.com", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
"""Unlike a webhook, an app has tokens, which expire."""

CONTRACTS = {"invoices": {"months": 12}, "product_rows": {"billed": "month", "starts_on": "ufCrm_1698765433"}}


class App(Bitrix24):
    """A local app, to which somebody logged in long ago."""

    def __init__(self, settings: Bitrix24Settings, runtime: Runtime) -> None:
        store, then = TokenStore(runtime.folder), datetime(2026, 1, 1, tzinfo=UTC)
        if store.get(runtime.source) is None:
            store.put(runtime.source, Tokens("long-expired", then, then, REFRESH_TOKEN))
        super().__init__(settings, runtime)


class Lasting(BitrixSandbox):
    """A portal without apps: a webhook does not expire."""

    expire_tokens = Sandbox.expire_tokens


class Webhook(Bitrix24):
    """Comes in by a webhook."""

    kept: ClassVar[Kept] = "spa"

    @classmethod
    def sandbox(cls, world: World, clock: Clock | None = None) -> Sandbox:
        return Lasting(world.branch("bitrix24", tickets=12, territory=(2, 3)), clock, kept=cls.kept)


class OpenLines(Webhook):
    """Tickets are sessions of an open channel."""

    kept = "openlines"


class Tasks(Webhook):
    """Tickets are tasks."""

    kept = "tasks"


TestApp = connector_tests(
    App,
    settings=APP,
    streams=("companies", "contacts", "leads", "deals", "deal_stages", "exchange_rates", "users", "deletions"),
)

TestSupport = connector_tests(App, settings=APP, streams=("tickets", "ticket_stages", "ticket_replies", "surveys"))

TestContracts = connector_tests(
    App, settings={**APP, **CONTRACTS}, streams=("recurring_deals", "product_rows", "invoices", "orders")
)

TestWebhook = connector_tests(Webhook, streams=("companies",))

TestOpenLines = connector_tests(OpenLines, settings={"tickets": "openlines"}, streams=("sessions", "session_messages"))

TestTasks = connector_tests(Tasks, settings={"tickets": "tasks"}, streams=("tasks", "task_history"))
