"""The exchange rates that an account with several currencies keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.connect import Mapping, Page, computed, constant, first, local_date
from latido.schema import FxRate
from latido_hubspot.reading import HubSpotStream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from latido.connect import Cursor


def rate_key(currency: str | None, base: str | None, since: object) -> str | None:
    return f"{currency}:{base}:{since}" if currency and base and since else None


class ExchangeRates(HubSpotStream):
    """What 1 unit of a currency is in the company's currency, from a day on. A short list, read whole every time."""

    name = "exchange_rates"
    entities = (FxRate,)
    mode = "snapshot"
    optional = True
    mappings = (
        Mapping(
            FxRate,
            source_id=computed(
                "from:to:since", rate_key, "fromCurrencyCode", "toCurrencyCode", first("effectiveAt", "createdAt")
            ),
            created_at="createdAt",
            updated_at="updatedAt",
            currency="fromCurrencyCode",
            base="toCurrencyCode",
            rate_date=local_date(first("effectiveAt", "createdAt")),
            rate="conversionRate",
            provider=constant("hubspot"),
        ),
    )

    def start(self, since: datetime | None) -> Cursor:
        del since
        return {}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        del cursor
        for rates in self.listed(self.connector.paths.exchange_rates, {}):
            yield self.page(rates, None)
        yield Page(cursor={})

    def probe(self) -> None:
        self.connector.get(self.connector.paths.exchange_rates, {"limit": 1})
