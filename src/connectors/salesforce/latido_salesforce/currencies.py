"""The rates by which an organization with several currencies converts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from latido.connect import Mapping, Page, computed, constant, first
from latido.errors import NotOffered
from latido.schema import FxRate
from latido_salesforce import soql
from latido_salesforce.declared import made
from latido_salesforce.reading import SObjectStream
from latido_salesforce.references import listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from latido.connect import Count, Cursor, JsonObject

STATIC, DATED = "CurrencyType", "DatedConversionRate"
FIELDS = ("Id", "IsoCode", "ConversionRate", "CreatedDate", "SystemModstamp")
ALWAYS = "1900-01-01"
"""Since when a rate without a date holds: Salesforce converts amounts of all times with the one that it has now."""


def inverted(rate: Any) -> Decimal | None:
    """Return what one unit is worth in the corporate currency: Salesforce multiplies that one to get the other."""
    number = Decimal(0) if rate is None else Decimal(str(rate))
    return 1 / number if number else None


class Currencies(SObjectStream):
    """Rates against the corporate currency: the current ones, and dated ones where the organization keeps those.

    Read whole each time: they are few, and nothing else tells that one was removed. An organization with one currency
    has none.
    """

    name = "currencies"
    sobject = STATIC
    entities = (FxRate,)
    mappings = (
        Mapping(
            FxRate,
            source_id=made("id_or_dated_id", "Id"),
            created_at="CreatedDate",
            updated_at="SystemModstamp",
            currency="IsoCode",
            base=made("corporate", "IsCorporate", "IsoCode"),
            rate_date=first("StartDate", constant(ALWAYS)),
            rate=computed("inverted", inverted, "ConversionRate"),
            provider=constant("salesforce"),
        ),
    )
    mode = "snapshot"
    deletions = "none"
    optional = True

    def start(self, since: datetime | None) -> Cursor:
        del since
        return {}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        static = self._listed(STATIC, *FIELDS, "IsCorporate")
        corporate = next((each.get("IsoCode") for each in static if each.get("IsCorporate")), None)
        yield self.page(
            [
                *(named(each, each.get("Id"), corporate) for each in static if each.get("IsoCode") != corporate),
                *(named(each, f"dated:{each.get('Id')}", corporate) for each in self._dated(corporate)),
            ],
            cursor,
        )

    def probe(self) -> None:
        self._listed(STATIC, "Id")

    def count(self) -> Count | None:
        return None

    def estimate(self, cursor: Cursor) -> int | None:
        del cursor
        return 2

    def _dated(self, corporate: Any) -> list[JsonObject]:
        """Return the dated rates; most organizations with several currencies keep none."""
        try:
            dated = self._listed(DATED, *FIELDS, "StartDate")
        except NotOffered:
            return []
        return [each for each in dated if each.get("IsoCode") != corporate]

    def _listed(self, sobject: str, *fields: str) -> list[JsonObject]:
        return list(listed(self.connector, sobject, soql.select(fields, sobject)))


def named(rate: JsonObject, key: Any, corporate: Any) -> JsonObject:
    return {**rate, ":id_or_dated_id": key, ":corporate": corporate}
