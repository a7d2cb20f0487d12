"""Exchange rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import NotOffered
from latido.schema import FxRate
from tests.connectors.hubspot.builders import listed
from tests.desk import Desk, Says, rows

if TYPE_CHECKING:
    from tests.connectors.hubspot.desk import Office

RATES = "/settings/v3/currencies/exchange-rates"


def rate(since: str | None = "2026-01-01T00:00:00Z", **more: Any) -> dict[str, Any]:
    told = {"fromCurrencyCode": "USD", "toCurrencyCode": "EUR", "conversionRate": 0.92, "effectiveAt": since}
    return {**told, **more}


def test_a_rate_leads_from_a_currency_to_that_of_the_company(desk: Desk, office: Office) -> None:
    desk.on(RATES, listed(rate()))

    (row,) = rows(office.pages("exchange_rates"), FxRate)

    assert ("USD", "EUR", Decimal("0.92"), "hubspot") == (row.currency, row.base, row.rate, row.provider)
    assert date(2026, 1, 1) == row.rate_date


def test_every_rate_that_ever_was_is_kept_page_by_page(desk: Desk, office: Office) -> None:
    desk.on(RATES, listed(rate(), after=2), listed(rate("2026-02-01T00:00:00Z", conversionRate="0.9")))

    rates = rows(office.pages("exchange_rates"), FxRate)

    assert [date(2026, 1, 1), date(2026, 2, 1)] == [row.rate_date for row in rates]
    assert 2 == len({row.source_id for row in rates})


def test_a_rate_without_a_beginning_counts_from_when_it_was_entered(desk: Desk, office: Office) -> None:
    desk.on(RATES, listed(rate(None, createdAt="2026-01-03T09:00:00Z")))

    assert [date(2026, 1, 3)] == [row.rate_date for row in rows(office.pages("exchange_rates"), FxRate)]


def test_an_account_with_one_currency_has_no_rates(desk: Desk, office: Office) -> None:
    desk.on(RATES, Says(403, {"category": "MISSING_SCOPES", "message": "This app hasn't been granted …"}))

    with pytest.raises(NotOffered):
        office.pages("exchange_rates")
