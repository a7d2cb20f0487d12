"""How long things recur, and for how much a month."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from latido_bitrix24.templates import recurs, same_case, term
from latido_bitrix24.terms import MONTHS, day, later, per_month, whole_months

MONTHLY = {"MODE": "multiple", "MULTIPLE_TYPE": "month", "MULTIPLE_INTERVAL": 1}


def template(**said: Any) -> dict[str, Any]:
    """Return a monthly template that goes on for ever."""
    usual = {
        "ACTIVE": "Y", "IS_LIMIT": "N", "START_DATE": "2026-01-15T03:00:00+03:00",
        "NEXT_EXECUTION": "2026-11-15T01:00:00+03:00", "LAST_EXECUTION": "2026-10-15T01:00:00+03:00",
        "COUNTER_REPEAT": "10", "LIMIT_REPEAT": None, "LIMIT_DATE": "", "PARAMS": MONTHLY,
    }  # fmt: skip
    return {**usual, **said}


@pytest.mark.parametrize(
    ("unit", "count", "monthly"),
    [
        ("day", 1, "3652.5"),
        ("week", 1, "521.7857142857142857142857143"),
        ("week", 2, "260.8928571428571428571428571"),
        ("month", 1, "120"),
        ("month", 3, "40"),
        ("year", 1, "10"),
        ("year", 2, "5"),
    ],
)
def test_an_amount_is_spread_over_its_months(unit: Any, count: int, monthly: str) -> None:
    """A month has 30.4375 days."""
    assert Decimal(monthly) == per_month(120, MONTHS[unit] * count)


@pytest.mark.parametrize("months", [None, 0, Fraction(-1)])
def test_what_covers_no_months_does_not_recur(months: Any) -> None:
    assert per_month(120, months) is None


def test_a_date_keeps_its_day_whatever_the_hour() -> None:
    """Bitrix24 writes the midnight of another zone."""
    assert date(2020, 6, 15) == day("2020-06-15T03:00:00+02:00") == day("2020-06-15T00:00:00+12:00")


@pytest.mark.parametrize("nothing", ["", None, False])
def test_no_date_is_none(nothing: Any) -> None:
    assert day(nothing) is None


def test_months_end_on_their_last_day() -> None:
    assert date(2026, 2, 28) == later(date(2026, 1, 31), "month", 1)
    assert date(2026, 3, 31) == later(date(2026, 1, 31), "month", 2)
    assert date(2025, 2, 28) == later(date(2024, 2, 29), "year", 1)


def test_a_part_of_a_month_is_no_term() -> None:
    assert [12, 12, None, None] == [whole_months(each) for each in ("12", 12.0, "", 0)]
    with pytest.raises(ValueError, match="whole months"):
        whole_months("1.5")


def test_keys_come_in_mixed_case() -> None:
    assert {"ID": "1", "DEAL_ID": "575", "ACTIVE": "N"} == same_case({"id": "1", "deal_id": "575", "ACTIVE": "N"})


@pytest.mark.parametrize("params", [{"MODE": "single"}, [], None])
def test_what_is_made_once_does_not_recur(params: Any) -> None:
    """An empty array of PHP is a list."""
    assert not recurs(template(PARAMS=params))


def test_a_template_that_is_on_has_no_end() -> None:
    found = term(template())

    assert (date(2026, 1, 15), None) == (found.starts_on, found.ends_on)
    assert ("active", Fraction(1)) == (found.status, found.months)


def test_a_template_with_a_number_of_times_ends_after_them() -> None:
    found = term(template(IS_LIMIT="T", LIMIT_REPEAT="12"))

    assert (date(2027, 1, 15), "active") == (found.ends_on, found.status)


def test_a_template_with_a_date_ends_when_its_last_deal_is_over() -> None:
    """The deal of June is the last one before the date, and covers a month."""
    found = term(template(IS_LIMIT="D", LIMIT_DATE="2026-07-01T03:00:00+03:00"))

    assert date(2026, 7, 15) == found.ends_on


@pytest.mark.parametrize(
    "limit",
    [{"IS_LIMIT": "T", "LIMIT_REPEAT": "10"}, {"IS_LIMIT": "D", "LIMIT_DATE": "2026-11-01T03:00:00+03:00"}],
)
def test_a_template_that_ran_out_has_ended(limit: dict[str, str]) -> None:
    found = term(template(ACTIVE="N", NEXT_EXECUTION="", **limit))

    assert (date(2026, 11, 15), "ended") == (found.ends_on, found.status)


def test_a_template_that_was_switched_off_ends_with_what_it_billed() -> None:
    found = term(template(ACTIVE="N", NEXT_EXECUTION=""))

    assert (date(2026, 11, 15), "cancelled") == (found.ends_on, found.status)


def test_a_template_without_a_next_time_is_off() -> None:
    assert "cancelled" == term(template(NEXT_EXECUTION="")).status


def test_a_template_that_never_billed_anything_recurs_on_no_day() -> None:
    found = term(template(ACTIVE="N", NEXT_EXECUTION="", LAST_EXECUTION=""))

    assert date(2026, 1, 15) == found.starts_on == found.ends_on


def test_switching_off_need_not_be_churn() -> None:
    found = term(template(ACTIVE="N", NEXT_EXECUTION=""), switched_off_ends=False)

    assert (None, "active") == (found.ends_on, found.status)


def test_a_period_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="every 1 fortnight"):
        term(template(PARAMS={**MONTHLY, "MULTIPLE_TYPE": "fortnight"}))
