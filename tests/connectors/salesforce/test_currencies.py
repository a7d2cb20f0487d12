"""By which rates an organization converts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import NotOffered
from latido.schema import FxRate
from tests.connectors.salesforce.builders import key, record
from tests.connectors.salesforce.desk import found, refused
from tests.desk import rows

if TYPE_CHECKING:
    from tests.connectors.salesforce.desk import Office, SalesforceDesk

NONE_SUCH = refused("INVALID_TYPE", "sObject type 'CurrencyType' is not supported.")


def static(n: int, code: str, rate: float, *, corporate: bool = False) -> dict[str, Any]:
    return {**record("CurrencyType", "01L", n), "IsoCode": code, "ConversionRate": rate, "IsCorporate": corporate}


def dated(n: int, code: str, rate: float, start: str) -> dict[str, Any]:
    return {**record("DatedConversionRate", "04w", n), "IsoCode": code, "ConversionRate": rate, "StartDate": start}


def read(office: Office) -> list[Any]:
    return rows(office.pages("currencies"), FxRate)


def test_a_rate_is_turned_around(desk: SalesforceDesk, office: Office) -> None:
    """Salesforce says how many of a currency one of the corporate currency is; here it is the other way."""
    desk.rows("CurrencyType", found(static(1, "EUR", 1.0, corporate=True), static(2, "USD", 1.25)))
    desk.rows("DatedConversionRate", NONE_SUCH)

    (row,) = read(office)

    assert (key("01L", 2), "USD", "EUR", Decimal("0.8"), "salesforce") == (
        row.source_id, row.currency, row.base, row.rate, row.provider,
    )  # fmt: skip


def test_a_rate_without_a_date_holds_for_all_times(desk: SalesforceDesk, office: Office) -> None:
    """Salesforce converts amounts of any age with the rate of today."""
    desk.rows("CurrencyType", found(static(1, "EUR", 1.0, corporate=True), static(2, "USD", 1.25)))

    (row,) = read(office)

    assert date(1900, 1, 1) == row.rate_date


def test_dated_rates_stand_beside_it(desk: SalesforceDesk, office: Office) -> None:
    desk.rows("CurrencyType", found(static(1, "EUR", 1.0, corporate=True), static(2, "USD", 1.25)))
    told = (dated(1, "EUR", 1.0, "2025-01-01"), dated(2, "USD", 1.6, "2025-01-01"), dated(3, "USD", 2.0, "2026-01-01"))
    desk.rows("DatedConversionRate", found(*told))

    _static, *found_rows = read(office)

    assert [
        (f"dated:{key('04w', 2)}", date(2025, 1, 1), Decimal("0.625")),
        (f"dated:{key('04w', 3)}", date(2026, 1, 1), Decimal("0.5")),
    ] == [(each.source_id, each.rate_date, each.rate) for each in found_rows]
    assert {"EUR"} == {each.base for each in found_rows}


def test_an_organization_with_one_currency_has_no_rates(desk: SalesforceDesk, office: Office) -> None:
    desk.rows("CurrencyType", NONE_SUCH)
    stream = office.stream("currencies")

    with pytest.raises(NotOffered):
        list(stream.pages({}))

    assert stream.optional


def test_a_rate_of_nothing_is_no_rate(desk: SalesforceDesk, office: Office) -> None:
    desk.rows("CurrencyType", found(static(1, "EUR", 1.0, corporate=True), static(2, "USD", 0.0)))

    (row,) = read(office)

    assert row.rate is None


def test_rates_cost_one_request_for_each_kind(desk: SalesforceDesk, office: Office) -> None:
    """The first answer also tells which currency is the corporate one."""
    desk.rows("CurrencyType", found(static(1, "EUR", 1.0, corporate=True), static(2, "USD", 1.25)))

    read(office)

    assert [1, 1] == [len(desk.queries(sobject)) for sobject in ("CurrencyType", "DatedConversionRate")]
