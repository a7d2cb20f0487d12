"""What every connector promises, kept by this one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from latido.connect import Tokens, TokenStore
from latido.testing import Sandbox, connector_tests
from latido_bitrix24.connector import Bitrix24
from latido_bitrix24.sandbox import BitrixSandbox
from latido_bitrix24.sandbox._oauth import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN

if TYPE_CHECKING:
    from latido.connect import Clock, Runtime
    from latido.testing import World
    from latido_bitrix24.settings import Bitrix24Settings

APP = {"webhook_url": None, "portal": "acme.bitrix24.com", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
"""Unlike a webhook, an app has tokens, which expire."""

STREAMS = ("companies", "contacts", "leads", "deals", "deal_stages", "users")


class App(Bitrix24):
    """A local app, to which somebody logged in long ago."""

    def __init__(self, settings: Bitrix24Settings, runtime: Runtime) -> None:
        store, then = TokenStore(runtime.folder), datetime(2026, 1, 1, tzinfo=UTC)
        if store.get(runtime.source) is None:
            store.put(runtime.source, Tokens("long-expired", then, then, REFRESH_TOKEN))
        super().__init__(settings, runtime)


TestApp = connector_tests(App, settings=APP, streams=STREAMS)


class Lasting(BitrixSandbox):
    """A portal without apps: a webhook does not expire."""

    expire_tokens = Sandbox.expire_tokens


class Webhook(Bitrix24):
    """Comes in by a webhook."""

    @classmethod
    def sandbox(cls, world: World, clock: Clock | None = None) -> Sandbox:
        return Lasting(world.branch(cls.name, tickets=12, territory=(2, 3)), clock)


TestWebhook = connector_tests(Webhook, streams=("companies",))
