"""What a fold makes of facts: the figure, before it is written down as an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Context as Precision
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, TypeAlias

from latido.metrics._statistics import Z

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido.metrics._periods import Period
    from latido.metrics._settings import EngineSettings

Number: TypeAlias = int | float | Decimal

Reason: TypeAlias = Literal[
    "no_rows",
    "missing_field",
    "missing_currency",
    "missing_fx_rate",
    "no_rows_in_period",
    "zero_denominator",
    "missing_component",
    "insufficient_coverage",
    "insufficient_sample",
    "not_mature",
    "unbounded",
]
"""Why there is no figure, in the order in which it is looked for."""

_DIGITS = Precision(prec=60)


@dataclass(frozen=True, slots=True)
class Situation:
    """What a formula may look at besides its parts."""

    period: Period
    settings: EngineSettings


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with what it was made of; without a value, a reason."""

    value: Number | None = None
    n: int | None = None
    numerator: Number | None = None
    denominator: Number | None = None
    lower: Number | None = None
    upper: Number | None = None
    parts: Mapping[str, Number] = field(default_factory=dict)
    reason: Reason | None = None
    excluded: Mapping[str, int] = field(default_factory=dict)

    @property
    def estimate(self) -> tuple[float, float, float] | None:
        """The value of a sample between its 95% limits, which of a score are not cut off at the ends of its scale."""
        if self.value is None or self.lower is None or self.upper is None:
            return None
        value, error = float(self.value), self.parts.get("standard_error")
        if error is None:
            return value, float(self.lower), float(self.upper)
        return value, value - Z * float(error), value + Z * float(error)


def exact(text: str | None) -> Fraction | None:
    """Return a sum as an engine wrote it, to its last digit; None for none. Infinite: OverflowError."""
    if text is None:
        return None
    number = Decimal(text)
    if not number.is_finite():
        raise OverflowError(text)
    return Fraction(number)


def plain(number: Fraction) -> int | Decimal:
    """Return a sum of decimals as a whole number where it is one, else as a decimal."""
    if number.denominator == 1:
        return number.numerator
    return _DIGITS.divide(Decimal(number.numerator), Decimal(number.denominator))
