"""How to speak to the vendor, and what can be read there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, SecretStr

from latido.connect import ACCOUNT, Bearer, Bucket, Connector, Finding, Http, HttpSettings, Limiter
from latido.errors import LatidoError
from latido_template.streams import Answers, Contacts, Tickets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latido.connect import Clock, Runtime, Stream
    from latido.testing import Sandbox, World

ADDRESS = "https://api.template.example"
PER_MINUTE = 120
"""Requests that the vendor answers in a minute, whoever asks."""


class TemplateSettings(HttpSettings):
    """What `[sources.<name>]` says to read from this vendor."""

    token: SecretStr = Field(description="An API token with the scopes contacts, tickets and answers, all read-only.")


class Template(Connector):
    """A help desk with contacts, tickets and one survey."""

    name = "template"
    title = "Template"
    Settings = TemplateSettings
    in_demo = False  # only here
    settings: TemplateSettings

    def __init__(self, settings: TemplateSettings, runtime: Runtime) -> None:
        super().__init__(settings, runtime)
        limiter = Limiter({ACCOUNT: Bucket(PER_MINUTE)}, runtime.clock, settings.rate_share)
        self.http = Http(settings.base_url or ADDRESS, runtime, auth=Bearer(settings.token), limiter=limiter)

    @classmethod
    def sandbox(cls, world: World, clock: Clock | None = None) -> Sandbox:
        from latido_template.sandbox import TemplateSandbox

        return TemplateSandbox(world, clock)

    def streams(self) -> Sequence[Stream]:
        return [Contacts(self), Tickets(self), Answers(self)]

    def check(self) -> Iterator[Finding]:
        try:
            account = self.http.get("v1/account").json()
        except LatidoError as error:
            yield Finding.of(error)
            return
        yield Finding(f"Connected to {account['name']}.")
        for stream in self.streams():
            if stream.name not in account["scopes"]:
                fix = f"Make a token with the scope {stream.name} and put it into the settings."
                yield Finding(f"The token may not read {stream.name}.", "credential", fix)

    def close(self) -> None:
        self.http.close()
