"""The rates that a portal keeps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from latido.schema import FxRate
from tests.connectors.bitrix24.recordings import recorded
from tests.desk import rows

if TYPE_CHECKING:
    from tests.connectors.bitrix24.desk import BitrixDesk, Office


def currency(code: str, amount: str, count: str = "1", base: str = "N") -> dict[str, Any]:
    told = {"CURRENCY": code, "AMOUNT": amount, "AMOUNT_CNT": count, "BASE": base}
    return {**told, "DATE_UPDATE": "2026-01-05T01:30:00+03:00"}


def test_a_rate_is_that_of_one_unit(desk: BitrixDesk, office: Office) -> None:
    """Of what is worth little Bitrix24 tells that of a hundred. The portal's own currency has none."""
    told = [currency("EUR", "1.0000", base="Y"), currency("USD", "0.8612"), currency("JPY", "0.5400", "100")]
    desk.on("crm.currency.list", {"result": told, "total": 0})

    found = rows(office.pages("exchange_rates"), FxRate)

    assert [("USD", "EUR", Decimal("0.8612")), ("JPY", "EUR", Decimal("0.0054"))] == [
        (each.currency, each.base, each.rate) for each in found
    ]
    assert {date(2026, 1, 5)} == {each.rate_date for each in found}
    assert "USD:EUR:2026-01-05" == found[0].source_id


def test_recorded_rates(desk: BitrixDesk, office: Office) -> None:
    """Their total is 0, whatever there is."""
    desk.on("crm.currency.list", recorded("docs/crm.currency.list__total_zero.json"))

    found = rows(office.pages("exchange_rates"), FxRate)

    assert [("EUR", "USD", Decimal("78.32")), ("CAD", "USD", Decimal("32.2"))] == [
        (each.currency, each.base, each.rate) for each in found
    ]


def test_a_portal_without_a_currency_of_its_own_tells_no_rates(desk: BitrixDesk, office: Office) -> None:
    """Nobody knows what they are in."""
    desk.on("crm.currency.list", {"result": [currency("USD", "0.8612")]})

    assert [] == rows(office.pages("exchange_rates"), FxRate)
