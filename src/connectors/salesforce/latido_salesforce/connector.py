"""Salesforce."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from latido.connect import Connector, Http, Retry, wait
from latido.errors import ConfigurationError, NotOffered
from latido.messages import marker
from latido_salesforce import check, describe, references
from latido_salesforce.account import AUTHORIZE, client, credential
from latido_salesforce.assets import Assets, AssetStatePeriods
from latido_salesforce.campaigns import Campaigns
from latido_salesforce.case_events import CaseComments, CaseHistories, CaseMilestones, EmailMessages
from latido_salesforce.cases import Cases
from latido_salesforce.contracts import Contracts, Subscriptions
from latido_salesforce.currencies import Currencies
from latido_salesforce.deals import Opportunities, OpportunityHistories
from latido_salesforce.describe import Description
from latido_salesforce.money import LineItems, Schedules
from latido_salesforce.people import AccountContactRelations, Accounts, Contacts, Leads, Queues, Users
from latido_salesforce.quota import LONGEST_WAIT, Quota, judge
from latido_salesforce.settings import SalesforceSettings
from latido_salesforce.survey_objects import SurveyObjects
from latido_salesforce.surveys import SurveyResponses
from latido_salesforce.wire import SalesforceWire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from latido.connect import Clock, Finding, Person, Runtime
    from latido.testing import Sandbox, World
    from latido_salesforce.reading import SObjectStream

_ = marker("latido_salesforce")

STREAMS: tuple[type[SObjectStream], ...] = (
    Accounts, Contacts, Leads, Users, Queues, AccountContactRelations, Opportunities, OpportunityHistories,
    Cases, CaseHistories, EmailMessages, CaseComments, CaseMilestones, LineItems, Schedules, Contracts, Subscriptions,
    Assets, AssetStatePeriods, Campaigns, Currencies, SurveyResponses, SurveyObjects,
)  # fmt: skip

UNDELIVERABLE = MappingProxyType({"spam": _("Salesforce does not mark cases as spam.")})
"""What Salesforce makes impossible, and why."""

TABLES = {
    each.__name__: each
    for each in (references.organization, references.opportunity_stages, references.case_statuses, references.users)
}

OBJECTS = {"accounts": "Account", "contacts": "Contact", "users": "User", "deals": "Opportunity", "tickets": "Case"}
"""The main object of each table that has fields of the user's own."""


class Salesforce(Connector):
    """Reads accounts, people, opportunities, cases and survey answers of one org."""

    name = "salesforce"
    title = "Salesforce"
    Settings = SalesforceSettings
    asks = ("domain", "client_id", "client_secret")
    settings: SalesforceSettings
    undeliverable = UNDELIVERABLE
    stream_types = STREAMS

    def __init__(self, settings: SalesforceSettings, runtime: Runtime) -> None:
        super().__init__(settings, runtime)
        self.auth = credential(settings, runtime)
        self.quota = Quota(settings.rate_share or settings.quota_share, runtime.source)
        wire = SalesforceWire(
            settings.site, settings.api_version, self.auth.address, self.quota, elsewhere=settings.base_url
        )
        retry = Retry(unannounced=LONGEST_WAIT)
        self.http = Http(settings.site, runtime, auth=self.auth, wire=wire, judge=judge, retry=retry)
        self._described: dict[str, Description] = {}

    @classmethod
    def sandbox(cls, world: World, clock: Clock | None = None) -> Sandbox:
        """Return a server that behaves like Salesforce and tells of its branch of *world*."""
        from latido_salesforce.sandbox import SalesforceSandbox

        branch = world.branch("salesforce", tickets=world.ticket_count // 3, territory=(1, 4))
        return SalesforceSandbox(branch, clock)

    @property
    def root(self) -> str:
        """The path that every resource lies below."""
        return f"/services/data/v{self.settings.api_version}"

    def streams(self) -> list[SObjectStream]:
        return [each(self) for each in STREAMS]

    def check(self) -> Iterable[Finding]:
        return check.findings(self)

    def login(self, person: Person | None = None) -> None:
        if self.settings.username:
            raise ConfigurationError(
                _("A key that signs needs no login."),
                _("To log in, set client_id and client_secret in latido.toml instead."),
            )
        auth = client(self.settings, self.runtime, "refresh_token")
        auth.log_in(f"{self.settings.site}{AUTHORIZE}", self.settings.redirect_uri, person)

    def close(self) -> None:
        self.http.close()

    def references(self) -> Mapping[str, Callable[[], Any]]:
        return {
            **{name: lambda read=read: read(self) for name, read in TABLES.items()},
            **{f"describe_{each}": lambda each=each: self._table(each) for each in OBJECTS.values()},
        }

    def vendor_fields(self) -> Mapping[str, Mapping[str, str]]:
        return {table: fields for table, sobject in OBJECTS.items() if (fields := self._told(sobject)) is not None}

    def described(self, sobject: str, *, afresh: bool = False) -> Description:
        """Return what Salesforce says of *sobject*. Raises NotOffered where there is none, or nobody may see it."""
        if not afresh and sobject in self._described:
            return self._described[sobject]
        if afresh:
            table = self._table(sobject)
        else:
            table = self.runtime.remembered(f"describe_{sobject}", lambda: self._table(sobject))
        self._described[sobject] = Description.of(sobject, table)
        return self._described[sobject]

    def wait(self, seconds: float) -> None:
        """Let time pass. Raises Stopped when the run is asked to end."""
        wait(self.runtime, seconds)

    def _table(self, sobject: str) -> dict[str, Any]:
        return describe.table(self.http, self.root, sobject)

    def _told(self, sobject: str) -> Mapping[str, str] | None:
        """Return the fields of *sobject* with their types, None if we may not know."""
        try:
            fields = self.described(sobject).fields.values()
        except NotOffered:
            return None
        return {each.name: f"{each.type} ({each.label})" if each.own else each.type for each in fields if each.readable}
