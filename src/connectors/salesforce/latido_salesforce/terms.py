"""How long things recur, and for how much: months that are added to dates, totals that are spread over months."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from latido.messages import marker

_ = marker("latido_salesforce")

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
YEAR = 12

RecurringObject = Literal["line_items", "schedules", "contracts", "assets", "subscriptions"]


class Recurring(BaseModel):
    """Where an object keeps what recurs: an amount per month, one per year, or the months that its total covers.

    `months` is a field or a number. The others are fields: `ends_on` is the last day included, `cancelled_on` the first
    day without, `deal` the opportunity behind it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    monthly: str | None = None
    yearly: str | None = None
    months: int | str | None = None
    starts_on: str | None = None
    ends_on: str | None = None
    cancelled_on: str | None = None
    deal: str | None = None

    @model_validator(mode="after")
    def _says_how_much(self) -> Self:
        if not (self.monthly or self.yearly or self.months):
            raise ValueError(_("say where the amount stands: monthly, yearly, or months for a total."))
        if self.monthly and self.yearly:
            raise ValueError(_("give monthly or yearly, not both."))
        return self

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that are named."""
        return tuple(each for each in self.model_dump().values() if isinstance(each, str))


def day(value: Any) -> date | None:
    """Return the date that *value* is, which has no zone and is not moved."""
    return None if value is None else date.fromisoformat(value)


def day_after(value: Any) -> date | None:
    """Return the day after *value*: an end as Salesforce keeps it is the last day included, ours is not."""
    last = day(value)
    return None if last is None or last == date.max else last + DAY


def second_after(value: Any) -> datetime | None:
    """Return the second after *value*, an instant that is the last one included."""
    return None if value is None else datetime.fromisoformat(value) + SECOND


def plus(start: date, months: int) -> date:
    """Return the day *months* later, or the last one of that month where it has no such day."""
    year, month = divmod(start.year * YEAR + start.month - 1 + months, YEAR)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def whole_months(value: Any) -> int | None:
    """Return the number of months that *value* is; None for nothing, 0 and less, which do not recur.

    Raises ValueError for a part of a month.
    """
    months = Decimal(0) if value is None else Decimal(str(value))
    if months != int(months):
        raise ValueError("expected whole months")
    return int(months) if months > 0 else None


def spread(total: Any, months: Any) -> Decimal | None:
    """Return what *total*, which covers *months*, is per month."""
    number = whole_months(months)
    return None if total is None or number is None else Decimal(str(total)) / number
