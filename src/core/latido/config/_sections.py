"""What the sections of latido.toml may say, those of sources apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from latido.config._bands import Bands
from latido.config._currencies import CURRENCIES
from latido.messages import marker
from latido.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

_ = marker("latido")

MIDNIGHT = 24 * 60
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _zone(name: Any) -> Any:
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = nearest(str(name), available_timezones())
        raise ValueError(
            _("there is no time zone {name}. Did you mean {near}?", name=name, near=near)
            if near
            else _("there is no time zone {name}. Write it as Europe/Madrid or UTC.", name=name)
        ) from None


def _currency(code: Any) -> Any:
    if not isinstance(code, str) or code in CURRENCIES:
        return code
    near = nearest(code.upper(), CURRENCIES)
    raise ValueError(
        _("there is no currency {code}. Did you mean {near}?", code=code, near=near)
        if near
        else _("there is no currency {code}. Write its three letters, as EUR.", code=code)
    )


_SIZE = re.compile(r"^\d+(\.\d+)?\s*[KMGT]i?B$")


def _size(text: Any) -> Any:
    if isinstance(text, str) and _SIZE.match(text):
        return text
    raise ValueError(_("{text} is no size. Write it as 512MB or 2GB.", text=str(text)))


_HOURS = re.compile(r"^(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$")


def _hours(text: Any) -> Any:
    found = _HOURS.match(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(_("{text} are no opening hours. Write them as 09:00-18:00.", text=str(text)))
    opens, closes = _minute(found[1], found[2]), _minute(found[3], found[4])
    if opens >= closes:
        raise ValueError(
            _("{text} ends before it starts. Hours over midnight are two: until 24:00, and from 00:00.", text=text)
        )
    return opens, closes


def _minute(hour: str, minute: str) -> int:
    total = int(hour) * 60 + int(minute)
    if int(minute) >= 60 or total > MIDNIGHT:  # noqa: PLR2004 - minutes of an hour
        raise ValueError(_("{time} is no time of day: it goes from 00:00 to 24:00.", time=f"{hour}:{minute}"))
    return total


Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Hours = tuple[Annotated[tuple[int, int], BeforeValidator(_hours)], ...]


class Section(BaseModel):
    """A section knows its keys, and no others."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LatidoSettings(Section):
    """The project as a whole."""

    warehouse: str = Field(default="latido.duckdb", description="The file that everything is stored in.")
    publish: str | None = Field(
        default=None, description="A read-only copy of the warehouse for other programs, renewed after each sync."
    )
    timezone: Zone = Field(default=ZoneInfo("UTC"), description="The time zone in which periods begin and end.")
    currency: Annotated[str, BeforeValidator(_currency)] = Field(
        default="EUR", description="The currency of all figures."
    )
    language: Literal["es", "en"] = Field(default="en", description="The language of commands and reports.")
    memory_limit: Annotated[str, BeforeValidator(_size)] = Field(
        default="128MB", description="The memory that the warehouse may use."
    )
    threads: int = Field(default=2, ge=1, description="The threads that the warehouse may use.")
    demo: bool = Field(default=False, description="Whether the sources are the sandboxes of `latido demo`.")


class DemoSettings(Section):
    """The imaginary business of `latido demo`; the same three always make the same one."""

    seed: str = Field(default="latido", description="Which business it is.")
    ends_on: date | None = Field(default=None, description="The day on which its history ends.")
    tickets: int = Field(default=3000, ge=1, description="About how many tickets it has.")


Weight = Annotated[Decimal, Field(ge=0, le=1, decimal_places=12)]
Points = Annotated[Decimal, Field(ge=0, le=100, decimal_places=12)]


class HealthSettings(Section):
    """What makes up the health score of a customer; weights count against each other, and 0 leaves a part out."""

    nps: Weight = Field(default=Decimal("0.25"), description="The weight of the last answers about recommending.")
    csat: Weight = Field(default=Decimal("0.20"), description="The weight of the share of satisfied answers.")
    ces: Weight = Field(default=Decimal("0.15"), description="The weight of the share of answers that found it easy.")
    support: Weight = Field(default=Decimal("0.20"), description="The weight of the tickets that are unsolved.")
    usage: Weight = Field(default=Decimal("0.20"), description="The weight of the days with a visit.")
    points_per_ticket: Points = Field(
        default=Decimal(25), description="What each unsolved ticket takes off the 100 points of `support`."
    )
    coverage: Weight = Field(
        default=Decimal("0.5"),
        description="The share of the weights of which something must be known; with less there is no score.",
    )
    at_risk_below: Points = Field(default=Decimal(50), description="The score below which a customer is at risk.")


class SegmentSettings(Section):
    """How customers are divided by what they pay."""

    high: Weight = Field(default=Decimal("0.2"), description="The share of the customers that are of high value.")
    middle: Weight = Field(default=Decimal("0.3"), description="The share of those that come next; the rest is volume.")


class MetricsSettings(Section):
    """How KPIs are computed where a company has a choice."""

    gross_margin: Decimal | None = Field(
        default=None,
        gt=0,
        le=1,
        description="The share of revenue that is left after the cost of serving it, for `clv_subscription`.",
    )
    fiscal_year_start: int = Field(default=1, ge=1, le=12, description="The month in which years and quarters begin.")
    fx: str | None = Field(
        default=None,
        description="Where exchange rates come from after the `fx_rates` of files: `ecb`, or a source's name.",
    )
    variants: dict[str, str] = Field(
        default_factory=dict,
        description='The parameters of a KPI that are meant where none are asked for: `csat = "variant=mean_of_max"`.',
    )
    bands: Bands = Field(default_factory=dict, description="What you call figures that lie in a range.")
    health: HealthSettings = Field(default=HealthSettings(), description="How the health of customers is scored.")
    segments: SegmentSettings = Field(default=SegmentSettings(), description="How customers are divided by value.")


class ScheduleSettings(Section):
    """The opening hours of a desk: for each weekday a list such as `["09:00-14:00", "15:00-18:00"]`."""

    time_zone: Zone | None = Field(default=None, description="The desk's own time zone; the project's if unset.")
    monday: Hours = Field(default=(), description="The opening hours on this weekday.")
    tuesday: Hours = Field(default=(), description="The opening hours on this weekday.")
    wednesday: Hours = Field(default=(), description="The opening hours on this weekday.")
    thursday: Hours = Field(default=(), description="The opening hours on this weekday.")
    friday: Hours = Field(default=(), description="The opening hours on this weekday.")
    saturday: Hours = Field(default=(), description="The opening hours on this weekday.")
    sunday: Hours = Field(default=(), description="The opening hours on this weekday.")
    holidays: frozenset[date] = Field(default=frozenset(), description="Days on which the desk is closed.")


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a desk is open.

    `hours` holds for each weekday (0 is Monday) its sorted, separate (opens, closes) in minutes after local midnight;
    1440 is the end of the day.
    """

    name: str
    time_zone: ZoneInfo
    hours: Mapping[int, tuple[tuple[int, int], ...]]
    holidays: frozenset[date]


def schedule(name: str, settings: ScheduleSettings, project_zone: ZoneInfo) -> Schedule:
    """Return the schedule that *settings* describe; hours that touch or overlap are one."""
    hours = {number: _joined(getattr(settings, day)) for number, day in enumerate(WEEKDAYS)}
    return Schedule(name, settings.time_zone or project_zone, hours, settings.holidays)


def _joined(hours: Hours) -> tuple[tuple[int, int], ...]:
    joined: list[tuple[int, int]] = []
    for opens, closes in sorted(hours):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        else:
            joined.append((opens, closes))
    return tuple(joined)
