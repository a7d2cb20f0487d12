"""How sure a figure is: intervals that come out the same on every engine."""

from __future__ import annotations

from decimal import Context as Precision
from decimal import Decimal
from functools import cache
from math import exp, fsum, hypot, lgamma, log, sqrt
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_Time = TypeVar("_Time")

Z = 1.959963984540054
"""The normal deviate that leaves 2.5% on either side."""

HALF = Decimal("0.5") + Decimal("1e-40")
"""What a share is compared with that was rounded at the sixtieth digit."""

_TAIL = 0.025
_EXACT_UP_TO = 1_000
_NEGLIGIBLE = 1e-18
_DIGITS = Precision(prec=60)
"""They tell a half from what is next to it, and do not grow with the number of steps as fractions do."""


def wilson(successes: float, n: int) -> tuple[float, float]:
    """Return the 95% interval of a proportion of *n* people, after Wilson."""
    share, spread = successes / n, Z * Z / n
    middle = share + spread / 2
    reach = Z * sqrt(share * (1 - share) / n + spread / (4 * n))
    return max(0.0, (middle - reach) / (1 + spread)), min(1.0, (middle + reach) / (1 + spread))


def interval_of_difference(
    later: tuple[float, float, float], earlier: tuple[float, float, float]
) -> tuple[float, float]:
    """Return the 95% interval of later - earlier, each given as (estimate, lower, upper) of a sample of its own.

    How far each estimate is from its own limits is squared and added, on either side: Zou and Donner, Construction of
    confidence limits about effect measures: a general approach, Statistics in Medicine 27 (2008), 1693-1702. For shares
    with the limits of Wilson it is method 10 of Newcombe, Interval estimation for the difference between independent
    proportions, Statistics in Medicine 17 (1998), 873-890; for symmetrical limits it is the usual normal interval. Of
    medians with the limits of order statistics, which enclose them with at least 95%, it is rather too wide. Where some
    of the people are in both samples, as it often is, too.
    """
    (later_at, later_lower, later_upper), (earlier_at, earlier_lower, earlier_upper) = later, earlier
    difference = later_at - earlier_at
    down = hypot(later_at - later_lower, earlier_upper - earlier_at)
    up = hypot(later_upper - later_at, earlier_at - earlier_lower)
    return difference - down, difference + up


@cache
def median_rank(n: int) -> int:
    """Return k such that the k-th smallest and the k-th greatest of *n* values enclose the median with 95%; 0: no k.

    The usual closed form is wrong for some *n*; this is the largest k with P(Binomial(n, 1/2) < k) <= 0.025.
    """
    if n <= _EXACT_UP_TO:
        return _exact_rank(n)
    near = round(closed_form(n))
    return max(k for k in range(near - 2, near + 3) if _below(n, k) <= _TAIL)


def kaplan_meier(steps: Iterable[tuple[_Time, int, int]]) -> Iterator[tuple[_Time, Decimal]]:
    """Yield after each of *steps*, the times in order, the share still there, after Kaplan and Meier.

    A step is a time, how many were still there just before it, and how many left then.
    """
    share = Decimal(1)
    for time, at_risk, left in steps:
        share = _DIGITS.divide(_DIGITS.multiply(share, Decimal(at_risk - left)), Decimal(at_risk))
        yield time, share


def closed_form(n: int) -> float:
    """Return the usual approximation of `median_rank`, never further off than one."""
    return n / 2 - Z * sqrt(n) / 2


def _exact_rank(n: int) -> int:
    k, ways, below = 0, 1, 1
    while below * 40 <= 2**n:
        k += 1
        ways = ways * (n - k + 1) // k
        below += ways
    return k


def _below(n: int, k: int) -> float:
    """Return P(Binomial(n, 1/2) < k), adding from the greatest term down."""
    term = exp(lgamma(n + 1) - lgamma(k) - lgamma(n - k + 2) - n * log(2))
    terms = []
    for ways in range(k - 1, -1, -1):
        if term < _NEGLIGIBLE:
            break
        terms.append(term)
        term *= ways / (n - ways + 1)
    return fsum(terms)
