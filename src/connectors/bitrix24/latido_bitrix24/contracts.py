"""What recurs by itself: recurring deals. Bitrix24 makes another deal at each turn, from a template that is one too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from latido.connect import Mapping, Page, Source, first, local_date, reference
from latido.schema import Contract
from latido_bitrix24.churn import deals_among, ended_by, left_on, refusals
from latido_bitrix24.listings import CapitalListing
from latido_bitrix24.pages import DEAL_PAGE, page
from latido_bitrix24.reading import BitrixStream
from latido_bitrix24.references import CURRENCY, DEAL
from latido_bitrix24.scores import lists_of
from latido_bitrix24.templates import recurs, same_case, term
from latido_bitrix24.terms import per_month, sooner
from latido_bitrix24.transforms import PORTAL, fields_of, linked, prefixed, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from latido.connect import Cursor, JsonObject

HOME = reference(CURRENCY)
"""The currency of the portal's reports."""

TEMPLATE = "template:"

BEHIND = ("id", "title", "companyId", "opportunity", "currencyId", "createdTime", "updatedTime")
"""What a template's deal tells: for whom, how much."""


class Templates(CapitalListing):
    """Templates spell some names in small letters, the id among them; which ones differs from portal to portal."""

    def id_of(self, record: JsonObject) -> Any:
        return record.get(self.id, record.get(self.id.upper()))


TEMPLATES = Templates("crm.deal.recurring.list")


def made_of(name: str, function: Callable[[JsonObject], Any]) -> Source:
    """What *function* makes of a whole record; *name* stands for it in docs."""
    return Source(name, (), lambda _context: function)


def begins(record: JsonObject) -> date | None:
    return term(record).starts_on


def ends(record: JsonObject) -> date | None:
    """Return when a template ends: by its own limit, or by what the settings call churn."""
    found = term(record, switched_off_ends=record["switched_off_ends"])
    return sooner(found.ends_on, record["left_on"], ended_by(record["refused"], found.starts_on))


def status(record: JsonObject) -> str:
    found = term(record, switched_off_ends=record["switched_off_ends"])
    return "cancelled" if ends(record) != found.ends_on else found.status


def monthly(record: JsonObject) -> Decimal | None:
    return per_month(record["deal"].get("opportunity"), term(record).months)


class RecurringDeals(BitrixStream):
    """The templates of recurring deals, all of them each time: nothing stamps what they say."""

    name = "recurring_deals"
    types = (DEAL,)
    entities = (Contract,)
    mode: ClassVar[Literal["incremental", "snapshot"]] = "snapshot"
    optional = True
    reference = (PORTAL, CURRENCY, fields_of(DEAL))
    mappings = (
        Mapping(
            Contract,
            source_id=prefixed(TEMPLATE, "ID"),
            url=page(DEAL_PAGE, "DEAL_ID"),
            created_at=text("deal.createdTime"),
            updated_at=text("deal.updatedTime"),
            account_id=linked("deal.companyId"),
            deal_id=linked("BASED_ID"),
            product=text("deal.title"),
            status=made_of("ACTIVE, NEXT_EXECUTION, limits and churn", status),
            recurring_monthly_amount=made_of("deal.opportunity per month of PARAMS", monthly),
            currency=first(text("deal.currencyId"), HOME),
            starts_on=made_of("START_DATE", begins),
            ends_on=made_of("limit, what was billed, or churn", ends),
            booked_on=local_date(text("deal.createdTime")),
        ),
    )

    def start(self, since: datetime | None) -> Cursor:
        del since
        return {}

    def fingerprint(self) -> str:
        return f"{super().fingerprint()}+{self.connector.settings.churn}"

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        for templates in self.connector.portal.chain(TEMPLATES, {}):
            yield self.page([same_case(each) for each in templates], None)
        yield Page(cursor=cursor)

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        repeated = [each for each in records if recurs(each)]
        page = super().page(self._with_deals(repeated), cursor)
        return replace(page, fetched=len(records))

    def probe(self) -> None:
        self.connector.portal.call(TEMPLATES.method, {"start": -1})

    def _with_deals(self, templates: Sequence[JsonObject]) -> list[JsonObject]:
        churn, words = self.connector.settings.churn, lists_of(self.connector, DEAL)
        deals = self._deals([str(each["DEAL_ID"]) for each in templates])
        refused = refusals(self.connector.portal, {str(each.get("companyId")) for each in deals.values()}, churn)
        return [
            {
                **each,
                "deal": deal,
                "switched_off_ends": churn.switched_off,
                "left_on": left_on(deal, churn, words),
                "refused": refused.get(str(deal.get("companyId")), []),
            }
            for each in templates
            if (deal := deals.get(str(each["DEAL_ID"])))
        ]

    def _deals(self, ids: Sequence[str]) -> dict[str, JsonObject]:
        """Return the deals of templates by id. A template whose deal is gone bills nothing."""
        fields = (*BEHIND, *self.connector.settings.churn.fields)
        return {str(each["id"]): each for each in deals_among(self.connector.portal, "@id", ids, {}, fields)}
