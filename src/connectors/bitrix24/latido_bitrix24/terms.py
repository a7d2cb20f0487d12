"""How long things recur, and for how much a month."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

Unit = Literal["day", "week", "month", "year"]

DAY = timedelta(days=1)

DAYS_A_MONTH = Fraction(487, 16)
"""30.4375: a twelfth of a year of 365.25 days."""

MONTHS: dict[Unit, Fraction] = {
    "day": 1 / DAYS_A_MONTH,
    "week": 7 / DAYS_A_MONTH,
    "month": Fraction(1),
    "year": Fraction(12),
}

MOST = 10_000
"""Turns after which nobody counts any more: 27 years of days."""


def day(value: Any) -> date | None:
    """Return the date of *value*, cut in its own offset: Bitrix24 writes dates as some hour of their night."""
    return date.fromisoformat(value[:10]) if isinstance(value, str) and value else None


def later(begin: date, unit: Unit, count: int) -> date:
    """Return *begin* so many units later, on a month's last day at the latest."""
    if unit in {"day", "week"}:
        return begin + count * (7 if unit == "week" else 1) * DAY
    year, month = divmod(begin.year * 12 + begin.month - 1 + count * (12 if unit == "year" else 1), 12)
    return date(year, month + 1, min(begin.day, monthrange(year, month + 1)[1]))


def first_after(begin: date, last: date, unit: Unit, count: int) -> date:
    """Return the first turn of what begins at *begin* that is after *last*."""
    turns = (later(begin, unit, count * turn) for turn in range(MOST))
    return next((each for each in turns if each > last), last + DAY)


def per_month(amount: Any, months: Fraction | int | None) -> Decimal | None:
    """Return what *amount*, which covers so many months, is for one of them."""
    if amount in (None, "") or not months or months < 0:
        return None
    covered = Fraction(months)
    return Decimal(str(amount)) * covered.denominator / covered.numerator


def whole_months(value: Any) -> int | None:
    """Return the number of months that *value* is; None for nothing, 0 and less, which do not recur.

    Raises ValueError for a part of a month.
    """
    months = Decimal(str(value)) if value not in (None, "") else Decimal(0)
    if months != int(months):
        raise ValueError("expected whole months")
    return int(months) if months > 0 else None


def sooner(*days: date | None) -> date | None:
    """Return the first of *days*."""
    return min((each for each in days if each is not None), default=None)
