"""Whether a property can be read, and what to do where it cannot."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from latido.connect import Finding
from latido.errors import LatidoError
from latido.messages import marker
from latido_google_analytics.days import zone_of
from latido_google_analytics.property import TooHeavy
from latido_google_analytics.query import KEY_EVENTS, called, query
from latido_google_analytics.reading import UNTOLD_ZONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any
    from zoneinfo import ZoneInfo

    from latido_google_analytics.connector import GoogleAnalytics
    from latido_google_analytics.query import Metrics
    from latido_google_analytics.report import Report

_ = marker("latido_google_analytics")

ORDINARY = "PROPERTY_TYPE_ORDINARY"


def findings(connector: GoogleAnalytics) -> Iterator[Finding]:
    """Yield which property this is and what can be read of it."""
    try:
        report = connector.property.report(query({}, (), ()).body("yesterday", "yesterday", 0) | {"limit": "1"})
        known = connector.property.metrics()
    except LatidoError as error:
        yield Finding.of(error)
        return
    except TooHeavy:
        yield Finding(_("Google Analytics fails at present."), "outage", _("Try again later."))
        return
    yield from about(connector, report)
    yield from conversions(connector, known)
    yield from quality(report)
    yield from described(connector)
    yield from left(connector)


def about(connector: GoogleAnalytics, report: Report) -> Iterator[Finding]:
    """Yield that the property can be read, and whether its days are those of the project."""
    zone, ours = report.zone or UNTOLD_ZONE, connector.runtime.time_zone
    number = connector.property.number
    yield Finding(_("Property {number} can be read; its days are cut in {zone}.", number=number, zone=zone))
    if offsets(zone_of(zone)) != offsets(ours):
        yield Finding(
            _(
                "This project's days are cut in {ours}: at the edge of a month a day may count for the other one.",
                ours=ours.key,
            ),
            "warning",
            _("Set the property's zone in Admin → Property details, or this project's: timezone in latido.toml"),
        )


def offsets(zone: ZoneInfo) -> list[timedelta | None]:
    """Return how far *zone* is from UTC in each month: one zone has several names."""
    return [datetime(2026, month, 1, tzinfo=zone).utcoffset() for month in range(1, 13)]


def conversions(connector: GoogleAnalytics, known: Metrics) -> Iterator[Finding]:
    """Yield what counts as a conversion, and what of it the property does not have."""
    events = connector.settings.key_events
    try:
        names = [called(known, f"{KEY_EVENTS}:{event}") for event in events] or [called(known, KEY_EVENTS)]
    except LatidoError as error:
        yield Finding(error.message, "setting", error.hint)
        return
    blocked = [name for name in names if known.get(name, {}).get("blocked")]
    if blocked:
        yield Finding(_("This credential may not see {names}.", names=", ".join(blocked)), "warning")
    if events:
        yield Finding(_("What counts as a conversion: {events}.", events=", ".join(events)))
        return
    marked = connector.property.described("/keyEvents") or {}
    told = ", ".join(each["eventName"] for each in marked.get("keyEvents") or () if each.get("eventName"))
    yield Finding(
        _("What counts as a conversion: all key events of the property ({events}).", events=told or _("not told")),
        None,
        _('To choose some, set for instance: key_events = ["purchase"]'),
    )


def quality(report: Report) -> Iterator[Finding]:
    if report.thresholded:
        yield Finding(_("Google hides small groups in this property (thresholding): sums may be too low."), "warning")
    if report.overflows:
        yield Finding(_("This property has more combinations than Google keeps: some come as (other)."), "warning")
    for each in report.truncations:
        yield Finding(
            _("Google no longer has figures before {date}.", date=each.get("dataTruncationDate") or "?"), "warning"
        )


def described(connector: GoogleAnalytics) -> Iterator[Finding]:
    """Yield what the Admin API says of the property, if it says anything."""
    told = connector.property.described()
    if told is None:
        yield Finding(
            _("The Google Analytics Admin API says nothing of the property; nothing that is read depends on it."),
            None,
            _("To know more, enable it: https://console.cloud.google.com/apis/library/analyticsadmin.googleapis.com"),
        )
        return
    level = "360" if str(told.get("serviceLevel", "")).endswith("360") else _("standard")
    name = told.get("displayName") or told.get("name")
    yield Finding(_("The property is {name} ({level}).", name=name, level=level))
    yield from doubled(told)
    if told.get("deleteTime"):
        yield Finding(_("The property lies in the bin since {day}.", day=told["deleteTime"]), "warning")


def doubled(told: Mapping[str, Any]) -> Iterator[Finding]:
    kind = told.get("propertyType") or ORDINARY
    if kind != ORDINARY:
        yield Finding(
            _("This property repeats figures of others ({kind}).", kind=kind),
            "warning",
            _("Configure it or the properties that it is made of, not both: every figure would count twice."),
        )


def left(connector: GoogleAnalytics) -> Iterator[Finding]:
    day = (connector.property.left.get("tokensPerDay") or {}).get("remaining")
    hour = (connector.property.left.get("tokensPerProjectPerHour") or {}).get("remaining")
    if day is not None and hour is not None:
        yield Finding(_("Google grants {hour:,} more tokens this hour and {day:,} today.", hour=hour, day=day))
