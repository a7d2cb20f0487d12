"""Opening hours as the metrics read them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.core.config.conftest import Loading


def test_hours_are_sorted_minutes_after_local_midnight(load: Loading) -> None:
    desk = load('[schedules.desk]\nmonday = ["15:00-18:00", "9:00-14:00"]\nsunday = ["00:00-24:00"]').schedules["desk"]

    assert ((540, 840), (900, 1080)) == desk.hours[0]
    assert () == desk.hours[1]
    assert ((0, 1440),) == desk.hours[6]


def test_hours_that_touch_or_overlap_are_one(load: Loading) -> None:
    desk = load('[schedules.desk]\nmonday = ["09:00-14:00", "13:00-16:00", "16:00-18:00"]').schedules["desk"]

    assert ((540, 1080),) == desk.hours[0]


def test_zone_is_the_desks_own_else_the_projects(load: Loading) -> None:
    project = load(
        '[latido]\ntimezone = "Europe/Madrid"\n[schedules.here]\n[schedules.there]\ntime_zone = "America/Lima"'
    )

    assert "Europe/Madrid" == project.schedules["here"].time_zone.key
    assert "America/Lima" == project.schedules["there"].time_zone.key


def test_holidays_are_dates(load: Loading) -> None:
    desk = load("[schedules.desk]\nholidays = [2026-12-25, 2027-01-01]").schedules["desk"]

    assert {date(2026, 12, 25), date(2027, 1, 1)} == desk.holidays
