"""The rates by which an organization with several currencies converts."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from latido.connect import Count, Mapping, computed, constant
from latido.errors import NotOffered
from latido.schema import FxRate
from latido_salesforce import soql
from latido_salesforce.answers import answers, listed
from latido_salesforce.declared import made
from latido_salesforce.reading import SObjectStream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from latido.connect import Cursor, JsonObject, Page

STATIC, DATED = "CurrencyType", "DatedConversionRate"
FIELDS = ("Id", "IsoCode", "ConversionRate", "CreatedDate", "SystemModstamp")
START = ":start_or_always"
ALWAYS = "1900-01-01"
"""Since when a rate without a date holds: Salesforce converts amounts of all times with the one that it has now."""


def inverted(rate: Any) -> Decimal | None:
    """Return what one unit is worth in the corporate currency: Salesforce multiplies that one to get the other."""
    number = Decimal(0) if rate is None else Decimal(str(rate))
    return 1 / number if number else None


class Currencies(SObjectStream):
    """Rates against the corporate currency: the current ones, and dated ones where the organization keeps those.

    Read whole, once a day: they are few, they seldom change, and nothing else tells that one was removed. An
    organization with one currency has none.
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
            rate_date=made("start_or_always"),
            rate=computed("inverted", inverted, "ConversionRate"),
            provider=constant("salesforce"),
        ),
    )
    mode = "snapshot"
    sweep = True
    deletions = "none"
    optional = True

    def start(self, since: datetime | None) -> Cursor:
        del since
        return {}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        for rates in self._rates():
            yield self.page(rates, cursor)

    def probe(self) -> None:
        self._current()

    def count(self) -> Count | None:
        return Count(sum(len(rates) for rates in self._rates()), exact=True)

    def estimate(self, cursor: Cursor) -> int | None:
        del cursor
        return 2

    def _rates(self) -> Iterator[list[JsonObject]]:
        """Yield the current rates, then the dated ones; most organizations with several currencies keep none of those.

        The corporate currency has no rate against itself.
        """
        current = self._current()
        corporate = next((each.get("IsoCode") for each in current if each.get("IsCorporate")), None)
        yield list(against(corporate, current))
        with suppress(NotOffered):
            for rates in answers(self.connector, DATED, soql.select([*FIELDS, "StartDate"], DATED)):
                yield list(against(corporate, rates, "dated:"))

    def _current(self) -> list[dict[str, Any]]:
        return list(listed(self.connector, STATIC, soql.select([*FIELDS, "IsCorporate"], STATIC)))


def against(corporate: Any, rates: Sequence[JsonObject], prefix: str = "") -> Iterator[JsonObject]:
    """Yield *rates* with the currency that they are against."""
    for each in rates:
        if each.get("IsoCode") != corporate:
            yield {
                **each,
                ":id_or_dated_id": f"{prefix}{each.get('Id')}",
                ":corporate": corporate,
                START: each.get("StartDate") or ALWAYS,
            }
