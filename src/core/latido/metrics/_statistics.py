"""How sure a figure is: intervals that come out the same on every engine."""

from __future__ import annotations

from functools import cache
from math import exp, fsum, lgamma, log, sqrt

Z = 1.959963984540054
"""The normal deviate that leaves 2.5% on either side."""

_TAIL = 0.025
_EXACT_UP_TO = 1_000
_NEGLIGIBLE = 1e-18


def wilson(successes: float, n: int) -> tuple[float, float]:
    """Return the 95% interval of a proportion of *n* people, after Wilson."""
    share, spread = successes / n, Z * Z / n
    middle = share + spread / 2
    reach = Z * sqrt(share * (1 - share) / n + spread / (4 * n))
    return max(0.0, (middle - reach) / (1 + spread)), min(1.0, (middle + reach) / (1 + spread))


@cache
def median_rank(n: int) -> int:
    """Return k such that the k-th smallest and the k-th greatest of *n* values enclose the median with 95%; 0: no k.

    The usual closed form is wrong for some *n*; this is the largest k with P(Binomial(n, 1/2) < k) <= 0.025.
    """
    if n <= _EXACT_UP_TO:
        return _exact_rank(n)
    near = round(closed_form(n))
    return max(k for k in range(near - 2, near + 3) if _below(n, k) <= _TAIL)


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
