"""A figure as it is handed out: what was asked, what came out, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from latido.metrics._figure import Figure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from latido.metrics._figure import Number, Reason
    from latido.metrics._kpi import Unit
    from latido.metrics._periods import Period


@dataclass(frozen=True, slots=True)
class Previous:
    """The same figure in the period that it is compared with.

    `difference` is the 95% interval of how much more the later one is; None unless both are of samples.
    """

    value: Number
    n: int | None
    period: Period
    difference: tuple[float, float] | None = None

    @property
    def may_be_chance(self) -> bool:
        """Whether two samples of the same people could differ as much."""
        return self.difference is not None and self.difference[0] <= 0 <= self.difference[1]


@dataclass(frozen=True, slots=True)
class Answer:
    """One KPI in one variant, period and segment. Without a value there is a reason; what is absent is None.

    `segment` is None for the whole; a segment's own value is None for facts that have none (`{"team": None}`).
    `sources` deliver what the KPI needs, and `as_of` is the end of the oldest of their last complete syncs. A
    `multiple` is shown to people as such; its unit stays that of a ratio.
    """

    kpi: str
    variant: str
    period: Period
    time_zone: ZoneInfo
    unit: Unit
    segment: Mapping[str, str | None] | None = None
    value: Number | None = None
    n: int | None = None
    numerator: Number | None = None
    denominator: Number | None = None
    lower: Number | None = None
    upper: Number | None = None
    parts: Mapping[str, Number] = field(default_factory=dict)
    reason: Reason | None = None
    excluded: Mapping[str, int] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    as_of: datetime | None = None
    previous: Previous | None = None
    multiple: bool = False

    def without(self, segment: Mapping[str, str | None]) -> Answer:
        """Return the answer of a segment of this one that nothing is in."""
        undelivered = self.reason if self.reason in {"no_rows", "missing_field"} else None
        nothing = Figure(n=0, reason=undelivered or "no_rows_in_period")
        figure = {name: getattr(nothing, name) for name in Figure.__slots__}
        return replace(self, segment=segment, previous=None, **figure)

    def json(self) -> dict[str, Any]:
        """Return the answer as `--format json` prints it: JSON numbers, unrounded, absent is null."""
        return {
            "kpi": self.kpi,
            "variant": self.variant,
            "period_start": self.period.starts_on.isoformat(),
            "period_end": self.period.ends_on.isoformat(),
            "time_zone": str(self.time_zone),
            "segment": None if self.segment is None else dict(self.segment),
            "value": plain_json(self.value),
            "unit": self.unit,
            "n": self.n,
            "numerator": plain_json(self.numerator),
            "denominator": plain_json(self.denominator),
            "lower": plain_json(self.lower),
            "upper": plain_json(self.upper),
            "parts": {name: plain_json(number) for name, number in self.parts.items()},
            "reason": self.reason,
            "excluded": dict(sorted(self.excluded.items())),
            "sources": list(self.sources),
            "as_of": None if self.as_of is None else utc(self.as_of),
            "previous": self.previous and {"value": plain_json(self.previous.value), "n": self.previous.n},
        }


def utc(instant: datetime) -> str:
    """Return an instant as JSON carries it, to the second: `2026-11-03T02:00:00Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def plain_json(number: Number | Fraction | None) -> int | float | None:
    """Return *number* as JSON carries it."""
    return float(number) if isinstance(number, Decimal | Fraction) else number
