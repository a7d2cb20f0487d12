"""What recurs by sale: the lines of won opportunities, and their revenue schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from latido.connect import Count, Mapping, custom
from latido.errors import NotOffered
from latido.messages import marker
from latido.schema import Contract
from latido_salesforce import soql
from latido_salesforce.declared import prefixed, said_in, value
from latido_salesforce.people import ENVELOPE
from latido_salesforce.recurring import RecurringStream
from latido_salesforce.transforms import currency
from latido_salesforce.values import CUSTOM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.connect import Cursor, JsonObject, Page


_ = marker("latido_salesforce")


class WonStream(RecurringStream):
    """Parts of opportunities, of which only those of won ones are contracts.

    An opportunity that is won, lost or opened again does not touch its parts: each run also reads the parts of those
    that changed. `deal` leads to the opportunity.
    """

    deal: ClassVar[str]

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        if (since := self.read_up_to(cursor)) is not None:
            yield from self.looked_up([soql.between(f"{self.deal}.SystemModstamp", since, None)])
        yield from super().pages(cursor)

    def check_declared(self) -> None:
        super().check_declared()
        if f"{self.deal}.IsWon" not in self.layout.types:
            raise NotOffered(
                _("Salesforce does not let this user see which opportunities are won."),
                _("Give the user Read and View All on Opportunity. Then run: latido check"),
            )

    def recurs(self, record: JsonObject) -> bool:
        return value(record, f"{self.deal}.IsWon") is True and super().recurs(record)

    def count(self) -> Count | None:
        """Return how many there are, of won opportunities and with something that recurs."""
        count = super().count()
        return count and Count(count.n, count.exact and self.unchanged(f"{self.deal}.SystemModstamp"))

    @property
    def recurring(self) -> list[str | None]:
        return [*super().recurring, f"{self.deal}.IsWon = true"]


class LineItems(WonStream):
    """The lines of won opportunities that have a term. One with a revenue schedule leaves it to that, if it is read."""

    name = "line_items"
    sobject = "OpportunityLineItem"
    prefix = "line:"
    declaration = "line_items"
    deal = "Opportunity"
    total = "TotalPrice"
    begins = ("ServiceDate", "Opportunity.CloseDate")
    extra = ("HasRevenueSchedule", "Opportunity.IsWon")
    mappings = (
        Mapping(
            Contract,
            **{**ENVELOPE, "source_id": prefixed("line")},
            custom=custom(CUSTOM),
            account_id="Opportunity.AccountId",
            deal_id="OpportunityId",
            product="Product2.Name",
            recurring_monthly_amount=said_in("recurring.line_items"),
            currency=currency(),
            starts_on=said_in("recurring.line_items"),
            ends_on=said_in("recurring.line_items"),
            booked_on="Opportunity.CloseDate",
        ),
    )

    def recurs(self, record: JsonObject) -> bool:
        return not (self._scheduled and record.get("HasRevenueSchedule")) and super().recurs(record)

    @property
    def recurring(self) -> list[str | None]:
        return [*super().recurring, "HasRevenueSchedule = false" if self._scheduled else None]

    @property
    def _scheduled(self) -> bool:
        """Whether schedules are read, by an org that has them."""
        return "schedules" in self.connector.settings.recurring and "HasRevenueSchedule" in self.layout.types


class Schedules(WonStream):
    """The instalments of lines with a revenue schedule: each counts for as many months as the settings say."""

    name = "schedules"
    sobject = "OpportunityLineItemSchedule"
    prefix = "schedule:"
    declaration = "schedules"
    deal = "OpportunityLineItem.Opportunity"
    total = "Revenue"
    begins = ("ScheduleDate",)
    extra = ("OpportunityLineItem.Opportunity.IsWon",)
    mappings = (
        Mapping(
            Contract,
            **{**ENVELOPE, "source_id": prefixed("schedule")},
            custom=custom(CUSTOM),
            account_id="OpportunityLineItem.Opportunity.AccountId",
            deal_id="OpportunityLineItem.OpportunityId",
            product="OpportunityLineItem.Product2.Name",
            recurring_monthly_amount=said_in("recurring.schedules"),
            currency=currency(),
            starts_on="ScheduleDate",
            ends_on=said_in("recurring.schedules"),
            booked_on="OpportunityLineItem.Opportunity.CloseDate",
        ),
    )

    def recurs(self, record: JsonObject) -> bool:
        return bool(record.get("Revenue")) and super().recurs(record)

    @property
    def recurring(self) -> list[str | None]:
        return [*super().recurring, "Revenue != null", "Revenue != 0"]
