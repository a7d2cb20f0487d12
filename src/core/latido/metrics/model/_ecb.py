"""The reference rates of the European Central Bank, from the table that comes with CurrencyConverter: no network."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

HOME = "EUR"

_A_WEEK = timedelta(days=7)
"""Rates are made on working days only: one that holds on a day may be some days old."""


def ecb_columns(currencies: Collection[str], since: date | None) -> dict[str, list[Any]]:
    """Return the ECB's quotes of *currencies* from a week before *since* on: 1 EUR = rate of the other currency."""
    rows = list(_quotes(set(currencies) - {HOME}, since - _A_WEEK)) if since else []
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
    quoted, days, rates = columns
    return {"ecb_currency": [HOME] * len(rows), "ecb_base": quoted, "ecb_date": days, "ecb_rate": rates}


def _quotes(currencies: Collection[str], since: date) -> Iterator[tuple[str, str, str]]:
    from currency_converter import CurrencyConverter, RateNotFoundError

    table = CurrencyConverter(decimal=True)
    for currency in sorted(currencies & table.currencies):
        first, last = table.bounds[currency]
        for day in _days(max(first, since), last):
            try:
                yield currency, day.isoformat(), str(table.convert(1, HOME, currency, day))
            except RateNotFoundError:
                continue


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
