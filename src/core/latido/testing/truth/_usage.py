"""What people really do: on the site, in the shop, and until they see what it is good for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.testing.truth._figure import MISSING, UNKNOWN, Truth, middle, ratio, share
from latido.testing.world import DAY, HOUR

if TYPE_CHECKING:
    from datetime import date

    from latido.testing.truth._book import Book
    from latido.testing.truth._figure import Period, Truths
    from latido.testing.world import Instant, Traffic

_IN_TIME = 24 * HOUR
_RECENT_DAYS = 30
_DIRECT = {("(direct)", "(none)"), ("(direct)", "(not set)")}


def of_usage(book: Book, period: Period) -> Truths:
    """Return the KPIs over visits, carts and milestones."""
    return {
        **_of_visits(book, period),
        "usage_frequency": _usage_frequency(book, period),
        "cart_abandonment_rate": _abandoned(book, period) if "carts" in book.tables else UNKNOWN,
        "ttfv": _until_value(book, period) if "milestones" in book.tables else UNKNOWN,
    }


def has_visits(book: Book) -> bool:
    return bool({"visits", "traffic"} & book.tables)


def days_visited(book: Book, period: Period) -> dict[int, int]:
    """Return on how many of the last 30 days each customer visited that was ever seen before the end of the period."""
    recent, days = period.last(_RECENT_DAYS), dict[int, set["date"]]()
    for each in book.visits:
        if each.customer is not None and each.at < period.end:
            days.setdefault(each.customer, set()).update([period.day_of(each.at)] if recent.holds(each.at) else ())
    return {customer: len(each) for customer, each in days.items()}


def first_values(book: Book) -> dict[int, Instant]:
    return _firsts(book, "first_value")


def _of_visits(book: Book, period: Period) -> Truths:
    if not has_visits(book):
        return dict.fromkeys(("conversion_rate", "direct_traffic_share", "pages_per_visit"), UNKNOWN)
    totals = [each for each in book.traffic if period.includes(each.day)]
    visits = [each for each in book.visits if period.holds(each.at)]
    sessions = sum(each.sessions for each in totals) + len(visits)
    pages = sum(each.pageviews for each in totals) + sum(each.pages for each in visits)
    direct = sum(each.sessions for each in totals if _is_direct(each))
    n = len(totals) + len(visits)
    visitors = {each.person for each in visits}
    converted = {each.person for each in visits if each.conversions}
    return {
        "conversion_rate": Truth(None, len(totals) + len(visitors), reason=MISSING.reason)
        if totals
        else share([each in converted for each in visitors], "zero_denominator"),
        "direct_traffic_share": ratio(direct, sessions, n),
        "pages_per_visit": ratio(pages, sessions, n),
    }


def _is_direct(told: Traffic) -> bool:
    return (told.source.lower(), told.medium.lower()) in _DIRECT


def _usage_frequency(book: Book, period: Period) -> Truth:
    if not has_visits(book) or not book.has_customers:
        return UNKNOWN
    visited, active = days_visited(book, period), book.paid_at_the_end_of(period)
    days = [visited[owner] for owner in active if isinstance(owner, int) and owner in visited]
    if not days:
        return Truth(None, 0, reason="no_rows_in_period")
    return ratio(sum(days), _RECENT_DAYS * len(days), len(days))


def _abandoned(book: Book, period: Period) -> Truth:
    begun = [each for each in book.carts if period.holds(each.created_at)]
    left = [each.completed_at is None or each.completed_at - each.created_at > _IN_TIME for each in begun]
    return share(left, "zero_denominator")


def _until_value(book: Book, period: Period) -> Truth:
    signed, valued = _firsts(book, "signup"), first_values(book)
    waited = [
        (at - signed[customer]) / DAY
        for customer, at in valued.items()
        if period.holds(at) and customer in signed and at >= signed[customer]
    ]
    begun = {owner for owner, at in signed.items() if at < period.end} | {
        owner for owner, day in book.acquired.items() if owner not in signed and day < period.ends_on
    }
    waiting = sum(not isinstance(owner, int) or valued.get(owner, period.end) >= period.end for owner in begun)
    return middle(waited, waiting)


def _firsts(book: Book, kind: str) -> dict[int, Instant]:
    found: dict[int, Instant] = {}
    for each in book.milestones:
        if each.kind == kind:
            found[each.customer] = min(each.at, found.get(each.customer, each.at))
    return found
