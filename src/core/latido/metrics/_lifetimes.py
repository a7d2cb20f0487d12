"""What customers will still buy: two published models of buying that nobody has to announce the end of.

BG/NBD (Fader, Hardie and Lee 2005) says how often somebody will buy again, from how often and how lately they did;
gamma-gamma (Fader and Hardie 2013) how much each time. Both are fitted by maximum likelihood.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import exp, fsum, isfinite, lgamma, log, log1p
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Slope: TypeAlias = "Callable[[Sequence[float]], tuple[float, list[float]]]"
"""A function of some numbers above 0, with its derivatives."""

_STEPS = 100
_FLAT = 1e-7
_NEARLY_FLAT = 1e-4
_SMALLEST_STEP = 1e-10
_NEGLIGIBLE = 1e-14
_TERMS = 20_000


@dataclass(frozen=True, slots=True)
class Buyer:
    """`n` customers alike: `frequency` days with a purchase after the first, the last of them `recency` after it.

    They have been watched for `age`; their later purchases came to `mean` a day. Times are in one unit, whichever.
    """

    frequency: int
    recency: float
    age: float
    mean: float = 0.0
    n: int = 1


@dataclass(frozen=True, slots=True)
class Buying:
    """How often customers buy while they do (`r`, `alpha`), and how likely each purchase is the last (`a`, `b`)."""

    r: float
    alpha: float
    a: float
    b: float

    @classmethod
    def fitted(cls, buyers: Iterable[Buyer]) -> Buying | None:
        """Return the likeliest, None when nothing is."""
        alike = Counter[tuple[int, float, float]]()
        for each in buyers:
            alike[each.frequency, each.recency, each.age] += each.n
        found = lowest(_buying(list(alike.items())), (1.0, 1.0, 1.0, 1.0))
        return cls(*found) if found else None

    def further(self, buyer: Buyer, ahead: float) -> float:
        """Return how many more days with a purchase are expected within *ahead*."""
        return self.if_still_there(buyer.frequency, buyer.age, ahead) * self.still_there(buyer)

    def still_there(self, buyer: Buyer) -> float:
        """Return how likely *buyer* has not left yet."""
        if not buyer.frequency:
            return 1.0
        late = (self.r + buyer.frequency) * log((self.alpha + buyer.age) / (self.alpha + buyer.recency))
        return 1 / (1 + exp(late + log(self.a / (self.b + buyer.frequency - 1))))

    def if_still_there(self, frequency: int, age: float, ahead: float) -> float:
        """Return how many more days with a purchase are expected of somebody who has certainly not left yet."""
        a = self.a if abs(self.a - 1) > 1e-6 else 1 + 1e-6  # noqa: PLR2004 - at 1 itself the formula has a hole
        often, ever = self.r + frequency, a + self.b + frequency - 1
        reach = self.alpha + age + ahead
        missed = exp(often * log((self.alpha + age) / reach)) * hypergeometric(
            often, self.b + frequency, ever, ahead / reach
        )
        return ever / (a - 1) * (1 - missed)


@dataclass(frozen=True, slots=True)
class Spending:
    """How purchases of one customer differ (`p`), and how customers do (`q`, `v`)."""

    p: float
    q: float
    v: float

    @classmethod
    def fitted(cls, buyers: Iterable[Buyer]) -> Spending | None:
        """Return the likeliest over those who bought again, None when nothing is."""
        again = [each for each in buyers if each.frequency and each.mean > 0]
        typical = fsum(each.mean * each.n for each in again) / sum(each.n for each in again)
        found = lowest(_spending(again), (1.0, 2.0, typical))
        return cls(*found) if found else None

    def typical(self, frequency: int, mean: float) -> float:
        """Return what a day with a purchase comes to for those who bought *mean* on *frequency* of them."""
        return self.p * (self.v + frequency * mean) / (self.p * frequency + self.q - 1)


def _buying(alike: Sequence[tuple[tuple[int, float, float], int]]) -> Slope:
    """Return how unlikely *alike* are, per customer."""
    n = sum(number for _, number in alike)
    often = Counter[int]()
    for (frequency, _, _), number in alike:
        often[frequency] += number

    def unlikely(parameters: Sequence[float]) -> tuple[float, list[float]]:
        r, alpha, a, b = parameters
        total, by_r, by_alpha, by_a, by_b = 0.0, 0.0, 0.0, 0.0, 0.0
        for x, number in often.items():
            total += number * (
                lgamma(r + x)
                - lgamma(r)
                + r * log(alpha)
                + lgamma(b + x)
                - lgamma(a + b + x)
                - lgamma(b)
                + lgamma(a + b)
            )
            both = digamma(a + b) - digamma(a + b + x)
            by_r += number * (digamma(r + x) - digamma(r) + log(alpha))
            by_alpha += number * r / alpha
            by_a += number * both
            by_b += number * (both + digamma(b + x) - digamma(b))
        for (x, recency, age), number in alike:
            stayed = log(alpha + age)
            total -= number * (r + x) * stayed
            left = 0.0
            if x:
                last = log(alpha + recency)
                odds = exp((r + x) * (stayed - last)) * a / (b + x - 1)
                total += number * log1p(odds)
                left = number * odds / (1 + odds)
                by_a += left / a
                by_b -= left / (b + x - 1)
                by_r -= left * last
                by_alpha -= left * (r + x) / (alpha + recency)
            by_r -= (number - left) * stayed
            by_alpha -= (number - left) * (r + x) / (alpha + age)
        return -total / n, [-each / n for each in (by_r, by_alpha, by_a, by_b)]

    return unlikely


def _spending(again: Sequence[Buyer]) -> Slope:
    """Return how unlikely the means of *again* are, per customer."""
    n = sum(each.n for each in again)

    def unlikely(parameters: Sequence[float]) -> tuple[float, list[float]]:
        p, q, v = parameters
        total, by_p, by_q, by_v = 0.0, 0.0, 0.0, 0.0
        constants = {x: _spending_of(x, p, q, v) for x in {each.frequency for each in again}}
        for each in again:
            x, number = each.frequency, each.n
            whole = x * each.mean + v
            spent, own = log(whole), log(x * each.mean)
            constant, slope_p, slope_q = constants[x]
            total += number * (constant + p * x * own - log(each.mean) - (p * x + q) * spent)
            by_p += number * (slope_p + x * (own - spent))
            by_q += number * (slope_q - spent)
            by_v += number * (q / v - (p * x + q) / whole)
        return -total / n, [-each / n for each in (by_p, by_q, by_v)]

    return unlikely


def _spending_of(x: int, p: float, q: float, v: float) -> tuple[float, float, float]:
    """Return what the likelihood of spending has for every *x* alike, with its slopes by p and q."""
    both = digamma(p * x + q)
    constant = lgamma(p * x + q) - lgamma(p * x) - lgamma(q) + q * log(v)
    return constant, x * (both - digamma(p * x)), both - digamma(q) + log(v)


def lowest(slope: Slope, start: Sequence[float]) -> tuple[float, ...] | None:
    """Return where *slope* is lowest, by the method of Broyden, Fletcher, Goldfarb and Shanno over logarithms."""
    place = [log(each) for each in start]
    height, down = _over_logarithms(slope, place)
    size = range(len(place))
    curve = [[float(i == j) for j in size] for i in size]
    for _ in range(_STEPS):
        if max(map(abs, down)) < _FLAT:
            return tuple(map(exp, place))
        way = [-fsum(curve[i][j] * down[j] for j in size) for i in size]
        fall = fsum(way[i] * down[i] for i in size)
        step = min(1.0, 2 / max(map(abs, way)))
        while step > _SMALLEST_STEP:
            there = [place[i] + step * way[i] for i in size]
            lower, next_down = _over_logarithms(slope, there)
            if lower <= height + 1e-4 * step * fall:
                break
            step /= 2
        else:
            return _if_flat(place, down)
        moved, bent = [step * each for each in way], [next_down[i] - down[i] for i in size]
        _bend(curve, moved, bent)
        place, height, down = there, lower, next_down
    return _if_flat(place, down)


def _if_flat(place: Sequence[float], down: Sequence[float]) -> tuple[float, ...] | None:
    return tuple(map(exp, place)) if max(map(abs, down)) < _NEARLY_FLAT else None


def _over_logarithms(slope: Slope, place: Sequence[float]) -> tuple[float, list[float]]:
    numbers = [exp(each) for each in place]
    try:
        height, down = slope(numbers)
    except (OverflowError, ValueError, ZeroDivisionError):
        return float("inf"), [0.0 for _ in place]
    return (height if isfinite(height) else float("inf")), [n * d for n, d in zip(numbers, down, strict=True)]


def _bend(curve: list[list[float]], moved: Sequence[float], bent: Sequence[float]) -> None:
    """Bring the inverse of the curvature up to date in place."""
    size = range(len(moved))
    along = fsum(moved[i] * bent[i] for i in size)
    if along <= _NEGLIGIBLE:
        return
    turned = [fsum(curve[i][j] * bent[j] for j in size) for i in size]
    whole = (1 + fsum(bent[i] * turned[i] for i in size) / along) / along
    for i in size:
        for j in size:
            curve[i][j] += whole * moved[i] * moved[j] - (turned[i] * moved[j] + moved[i] * turned[j]) / along


def hypergeometric(a: float, b: float, c: float, z: float) -> float:
    """Return Gauss's 2F1 for arguments above 0 and *z* below 1, term by term."""
    term = total = 1.0
    for n in range(_TERMS):
        term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        total += term
        if abs(term) < _NEGLIGIBLE * abs(total):
            break
    return total


def digamma(x: float) -> float:
    """Return the slope of lgamma."""
    shift = 0.0
    while x < 8:  # noqa: PLR2004 - from there on the series is good to the last digit
        shift -= 1 / x
        x += 1
    y = 1 / (x * x)
    series = y * (1 / 12 - y * (1 / 120 - y * (1 / 252 - y * (1 / 240 - y / 132))))
    return shift + log(x) - 1 / (2 * x) - series
