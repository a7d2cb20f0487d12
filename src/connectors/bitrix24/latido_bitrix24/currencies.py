"""The exchange rates that a portal keeps: only those of today, so that earlier ones are those of earlier runs."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from latido.connect import Mapping, Page, computed, constant
from latido.schema import FxRate
from latido_bitrix24.answers import having
from latido_bitrix24.reading import BitrixStream
from latido_bitrix24.references import CURRENCIES, CURRENCY
from latido_bitrix24.transforms import calendar_day, moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from latido.connect import Cursor, JsonObject


def rate(amount: Any, count: Any) -> Decimal:
    """Return what one unit is worth: Bitrix24 tells it of ten or a hundred, where one is worth little."""
    return Decimal(str(amount)) / Decimal(str(count))


class ExchangeRates(BitrixStream):
    """What 1 unit of a currency is in the portal's own, since it was last set. A short list, whole every time."""

    name = "exchange_rates"
    entities = (FxRate,)
    reference = (CURRENCY,)
    optional = True
    mappings = (
        Mapping(
            FxRate,
            source_id="key",
            updated_at=moment("DATE_UPDATE"),
            currency="CURRENCY",
            base="base",
            rate_date=calendar_day("DATE_UPDATE"),
            rate=computed("amount / count", rate, "AMOUNT", "AMOUNT_CNT"),
            provider=constant("bitrix24"),
        ),
    )

    def start(self, since: datetime | None) -> Cursor:
        del since
        return {}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        del cursor
        base = self.connector.context().reference.get(CURRENCY)
        for told in self.connector.portal.listed(CURRENCIES, {}):
            known = having(told, "CURRENCY", CURRENCIES)
            yield self.page([keyed(each, base) for each in known if base and each["CURRENCY"] != base], None)
        yield Page(cursor={})

    def probe(self) -> None:
        self.connector.portal.call(CURRENCIES)


def keyed(currency: JsonObject, base: str) -> dict[str, Any]:
    since = str(currency.get("DATE_UPDATE") or "")
    return {**currency, "base": base, "key": f"{currency.get('CURRENCY')}:{base}:{since[:10]}" if since else None}
