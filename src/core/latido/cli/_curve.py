"""For how long customers stay, month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.cli._output import Column
from latido.errors import UsageError
from latido.messages import marker

if TYPE_CHECKING:
    from latido.cli._session import Session
    from latido.metrics import Engine, Explanation, Staying

_ = marker("latido")

WITH_CURVE = ("customer_churn_rate", "customer_retention_rate")
MONTHS = (
    Column("months", _("months"), right=True),
    Column("share", _("still there"), right=True),
    Column("at_risk", _("known of"), right=True),
    Column("lost", _("left since"), right=True),
)


def curve_of(figures: Engine, found: Explanation, source: str | None) -> Staying:
    """Return the curve behind a KPI, up to the end of its period; raises UsageError for one, or a part, without one."""
    if found.kpi.id not in WITH_CURVE:
        raise UsageError(
            _("{kpi} has no curve.", kpi=found.kpi.id), _("There is: {known}", known=", ".join(WITH_CURVE))
        )
    if found.answer.segment is not None:
        raise UsageError(_("The curve is that of all customers."), _("Leave out --curve, or --segment."))
    return figures.staying(found.answer.period, source=source)


def show_curve(here: Session, stays: Staying) -> None:
    """Print the share of customers that is still there after each month."""
    from latido.cli._figures import Reader

    output = here.output
    number = Reader(output, here.project.currency).number
    output.line()
    output.prose(
        _(
            "Customers, from the first day on which they paid: {n:,}. Of them have left: {lost:,}. Those who are still "
            "there count for as long as they have been (Kaplan and Meier). Who leaves and returns has left.",
            n=stays.customers,
            lost=stays.lost,
        )
    )
    if stays.median_days is not None:
        output.line(_("Half have left after {days}", days=number(stays.median_days, "days")))
    rows = [(each.months, number(each.share, "ratio"), each.at_risk, each.lost) for each in stays.months]
    output.table(MONTHS, rows)
