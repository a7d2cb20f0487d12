"""What the property can tell of a group of figures, by the names of the Data API."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from latido_google_analytics.sandbox._figures import Figure

    Metric = Callable[[Sequence[Figure]], Any]

EVENTS = {"purchase": Decimal("0.25"), "sign_up": Decimal("0.75")}
"""The key events of the property, and which part of all they are."""

DIMENSIONS: dict[str, Callable[[Figure], str]] = {
    "date": lambda figure: f"{figure.day:%Y%m%d}",
    "yearMonth": lambda figure: f"{figure.day:%Y%m}",
    "sessionSource": lambda figure: figure.source,
    "sessionMedium": lambda figure: figure.medium,
}
_DISTINCT = Decimal("0.994")
"""Of visits and visitors of many groups Google says fewer than of each: it counts them anew, and estimates."""


def metrics(*, old_names: bool) -> Mapping[str, tuple[str, Metric]]:
    """Return the type of each metric, and how it is made."""
    counted = "conversions" if old_names else "keyEvents"
    return {
        "sessions": ("TYPE_INTEGER", _sessions),
        "engagedSessions": ("TYPE_INTEGER", lambda figures: _share(_sessions(figures), Decimal("0.6"))),
        "screenPageViews": ("TYPE_INTEGER", lambda figures: sum(each.page_views for each in figures)),
        "activeUsers": ("TYPE_INTEGER", lambda figures: _distinct([each.visitors for each in figures])),
        "totalUsers": ("TYPE_INTEGER", lambda figures: _distinct([each.visitors + 1 for each in figures])),
        counted: ("TYPE_FLOAT", _key_events),
        **{f"{counted}:{name}": ("TYPE_FLOAT", _of_event(part)) for name, part in EVENTS.items()},
        "userKeyEventRate": ("TYPE_FLOAT", _rate),
        "purchaseRevenue": ("TYPE_CURRENCY", lambda figures: _key_events(figures) * 40),
    }


def former(name: str) -> list[str]:
    """Return what a metric was called before."""
    return [name.replace("keyEvents", "conversions")] if name.startswith("keyEvents") else []


def written(value: Any) -> str:
    """Return a value as Google writes it: numbers as text, without zeros at the end."""
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def _sessions(figures: Sequence[Figure]) -> int | str:
    spoilt = next((each.sessions for each in figures if isinstance(each.sessions, str)), None)
    return spoilt if spoilt is not None else _distinct([int(each.sessions) for each in figures])


def _distinct(counts: Sequence[int]) -> int:
    return counts[0] if len(counts) == 1 else int(sum(counts) * _DISTINCT)


def _share(of: int | str, part: Decimal) -> int | str:
    return of if isinstance(of, str) else int(of * part)


def _key_events(figures: Sequence[Figure]) -> Decimal:
    return sum((each.key_events for each in figures), Decimal())


def _of_event(part: Decimal) -> Metric:
    return lambda figures: _key_events(figures) * part


def _rate(figures: Sequence[Figure]) -> Decimal:
    visitors = _distinct([each.visitors for each in figures])
    return Decimal() if not visitors else min(Decimal(1), _key_events(figures) / visitors).quantize(Decimal("1e-16"))
