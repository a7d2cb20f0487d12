"""The figures as they should be, computed from an imaginary business itself.

Plain Python over what happened, after part B of the KPI catalogue, and nothing of what it is there to check: neither
sync nor warehouse nor identity nor metrics. What a vendor cannot tell, nobody who reads that vendor can know; so the
truth is told as far as the vendors are `Known` to tell it. Who is who need not be found out: the business knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.testing.truth._answers import Opinion, Score, of_answers
from latido.testing.truth._book import Book, Invitation, Payment, Sale, Stretch
from latido.testing.truth._contracts import of_contracts
from latido.testing.truth._figure import Period, Truth
from latido.testing.truth._health import of_health
from latido.testing.truth._reading import read
from latido.testing.truth._sales import Buyer, buyers, of_sales
from latido.testing.truth._tickets import of_tickets
from latido.testing.truth._told import Desk, Held, Known
from latido.testing.truth._usage import of_usage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latido.testing.truth._figure import Truths

__all__ = [
    "Book",
    "Buyer",
    "Desk",
    "Held",
    "Invitation",
    "Known",
    "Opinion",
    "Payment",
    "Period",
    "Sale",
    "Score",
    "Stretch",
    "Truth",
    "buyers",
    "figures",
    "read",
    "truth",
]


def truth(desks: Iterable[Desk], period: Period) -> Truths:
    """Return the true answers of all KPIs but the predicted one over all *desks*, by id, in their default variants."""
    return figures(read(desks), period)


def figures(book: Book, period: Period) -> Truths:
    """Return the true answers over what stands in a *book*."""
    families = (of_answers, of_tickets, of_usage, of_contracts, of_sales, of_health)
    return {kpi: figure for family in families for kpi, figure in family(book, period).items()}
