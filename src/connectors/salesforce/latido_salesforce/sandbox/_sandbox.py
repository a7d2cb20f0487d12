"""The sandbox: Salesforce's routes, its sessions, its limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from starlette.responses import Response

from latido.testing import Known, Sandbox
from latido_salesforce.sandbox import _errors as errors
from latido_salesforce.sandbox._account import Account
from latido_salesforce.sandbox._bulk import Jobs
from latido_salesforce.sandbox._deeds import Deeds
from latido_salesforce.sandbox._describe import NEWEST_VERSION, Descriptions
from latido_salesforce.sandbox._drills import Drills
from latido_salesforce.sandbox._oauth import CLIENT_ID, CLIENT_SECRET, Doorkeeper, private_key
from latido_salesforce.sandbox._org import Org
from latido_salesforce.sandbox._records import Records
from latido_salesforce.sandbox._replication import Replication
from latido_salesforce.sandbox._rest import Queries
from latido_salesforce.sandbox._switches import API_LIMIT, SalesforceSwitches, documented_limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from starlette.requests import Request

    from latido.connect import Clock
    from latido.testing import Allowance, Drill, Fault, Handler, Limit, World
    from latido.testing.world import Ticket

_ROOT = "/services/data/v{version}"
_LONGEST = 16_384
DOMAIN = "acme"


class SalesforceSandbox(Sandbox):
    """A Salesforce org, with *world* in it; with *person_accounts*, who works for nobody is an account.

    `deed` changes records, `doorkeeper` sessions. Salesforce tells when messages were written and which promises were
    kept; an answer stands in its survey and not on the case.
    """

    known: ClassVar[Known] = Known(
        thumbs=False,
        holds=frozenset({"accounts", "deals", "contracts", "recommendations", "spend"}),
        spends="by campaign in one",
        forgets=frozenset({"askers", "buyers", "people"}),
        remembers_days=15,
        named=frozenset({"recommendation"}),
        addressed=False,
    )

    Switches: ClassVar[type[SalesforceSwitches]] = SalesforceSwitches
    switches: SalesforceSwitches

    def __init__(self, world: World, clock: Clock | None = None, *, person_accounts: bool = False) -> None:
        self.world = world
        super().__init__(clock)
        self.records = Records(Account(world, persons=person_accounts))
        self.org = Org(self.records.tables.values(), self.switches, self.clock, persons=person_accounts)
        self.doorkeeper = Doorkeeper(self.org, f"https://{DOMAIN}.my.salesforce.com")
        self.jobs = Jobs(self.org)
        self._replication = Replication(self.org, self.jobs)
        self.deed = Deeds(self.records, self.org, self.lock)
        self._of_bulk, self._door = False, False

    @property
    def private_key(self) -> str:
        """What signs assertions for this org, in PEM."""
        return private_key()

    def settings(self) -> dict[str, Any]:
        return {
            "connector": "salesforce",
            "domain": DOMAIN,
            "base_url": self.url,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "questions": {
                "CSAT": {"kind": "csat", "scale_min": 1, "scale_max": 5},
                "effort": {"kind": "ces", "scale_min": 1, "scale_max": 7},
            },
            "survey_objects": [
                {
                    "sobject": "NPS_Response__c",
                    "kind": "nps",
                    "scale_min": 0,
                    "scale_max": 10,
                    "score": "Score__c",
                    "where": "Score__c != null",
                    "answered_at": "Answered_At__c",
                    "comment": "Comment__c",
                    "contact": "Contact__c",
                    "account": "Account__c",
                }
            ],
        }

    def tailored(self) -> dict[str, Any]:
        own = {
            "accounts": {"tax_id": "Tax_Id__c"},
            "contracts": {"booked_on": "Asset.PurchaseDate", "deal_id": "Asset.Opportunity__c"},
            "deals": {"supersedes": "Supersedes__c"},
        }
        return {**self.settings(), "fields": own}

    def tickets(self) -> Iterator[Ticket]:
        return self.records.all_tickets()

    def routes(self) -> Sequence[tuple[str, str, Handler]]:
        door, described, queries, told = self.doorkeeper, Descriptions(self.org), Queries(self.org), self._replication
        asked: tuple[tuple[str, Handler], ...] = (
            ("/", described.resources),
            ("/query", queries.query),
            ("/queryAll", queries.query_all),
            ("/query/{locator}", queries.more),
            ("/queryAll/{locator}", queries.more),
            ("/limits", told.limits),
            ("/limits/recordCount", told.counts),
            ("/sobjects", described.sobjects),
            ("/sobjects/{sobject}/describe", described.describe),
            ("/sobjects/{sobject}/deleted", told.deleted),
            ("/sobjects/{sobject}/updated", told.updated),
            ("/sobjects/{sobject}/{id}", described.record),
            ("/jobs/query", self.jobs.listed),
            ("/jobs/query/{job}", self.jobs.look),
            ("/jobs/query/{job}/results", self.jobs.results),
        )
        return (
            ("POST", "/services/oauth2/token", door.token),
            ("GET", "/services/oauth2/authorize", door.authorize),
            ("GET", "/services/oauth2/userinfo", door.user_info),
            ("GET", "/services/data", described.versions),
            *(("GET", _ROOT + path, _careful(handler)) for path, handler in asked),
            ("POST", f"{_ROOT}/jobs/query", _careful(self.jobs.begin)),
            ("PATCH", f"{_ROOT}/jobs/query/{{job}}", _careful(self.jobs.abort)),
            ("DELETE", f"{_ROOT}/jobs/query/{{job}}", _careful(self.jobs.delete)),
        )

    def deeds(self) -> dict[str, Callable[..., Any]]:
        door = {"expire_tokens": self.doorkeeper.expire, "revoke_tokens": self.doorkeeper.revoke}
        return {**self.deed.by_name, **door}

    def drills(self) -> Mapping[str, Drill]:
        return Drills(self.records, self.deed).by_stream

    def documented_limits(self) -> Mapping[str, Limit]:
        return documented_limits()

    def expire_tokens(self) -> None:
        self.doorkeeper.expire()

    def write_something(self) -> None:
        self.deed.something()

    def path(self, path: str) -> str:
        """Salesforce does not mind a slash at the end; `services/data/v64.0/` needs one here."""
        bare = path.rstrip("/")
        return f"{bare}/" if bare.count("/") == 3 and bare.startswith("/services/data/") else bare  # noqa: PLR2004

    def authorized(self, request: Request, route: str) -> Response | None:
        if len(str(request.url)) + sum(len(name) + len(value) for name, value in request.headers.items()) > _LONGEST:
            return Response(b"<html><head><title>Error 414</title></head></html>", 414, media_type="text/html")
        if route.startswith("/services/oauth2/") and not route.endswith("userinfo"):
            return None
        version = request.path_params.get("version")
        if version is None:
            return None if route == "/services/data" else self._stranger(request)
        number = version.removesuffix(".0")
        if not number.isdecimal() or int(number) > NEWEST_VERSION:
            return errors.not_found()
        if int(number) < self.switches.oldest_version:
            told = f"The Restful API version you requested ({version}) is no longer supported"
            return errors.refusal(410, "UNSUPPORTED_API_VERSION", told)
        return self._stranger(request)

    def buckets(self, route: str) -> Sequence[str]:
        self._of_bulk = "/jobs/" in route
        counted = route.startswith(_ROOT)
        self._replication.used += counted
        return ("api",) if counted else ()

    def limit_headers(self, allowances: dict[str, Allowance]) -> dict[str, str]:
        if self._of_bulk and not self.switches.bulk_tells_limits:
            return {}
        api = allowances.get("api")
        used, most = (self._replication.used, API_LIMIT) if api is None else (None, api.limit.requests)
        return {"Sforce-Limit-Info": f"api-usage={most - api.remaining if api else used}/{most}"}

    def named(self, route: str, request: Request) -> str:
        """Return the route with its object or job in it, and remember whose question it is."""
        self._door = route.startswith("/services/oauth2/")
        sobject = request.path_params.get("sobject")
        return route if sobject is None else route.replace("{sobject}", sobject)

    def refusal(self, fault: Fault) -> Response:
        """Return what a fault `too_many` means here: too much at once; the day's allowance ends by its limit only.

        The door, which counts nothing, is then unavailable, as it is for a fault `edge` too.
        """
        if self._door:
            return Response(b"<html>Service unavailable</html>", 503, media_type="text/html")
        return errors.too_many() if fault.path == "api" else errors.too_many_at_once()

    def unknown(self, request: Request) -> Response:
        del request
        return errors.not_found()

    def _stranger(self, request: Request) -> Response | None:
        return None if self.doorkeeper.admits(request) else errors.expired()


def _careful(handler: Handler) -> Handler:
    """Return *handler* with what it refuses made an answer."""

    def answer(request: Request) -> Response:
        try:
            return handler(request)
        except errors.Refused as refused:
            return refused.response()

    return answer
