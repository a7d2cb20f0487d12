"""`latido explain`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latido.cli._figures import NO_SEGMENT
from latido.cli._options import argument, option
from latido.cli._session import Session, session
from latido.errors import UsageError
from latido.messages import marker

if TYPE_CHECKING:
    from latido.cli._explanation import ExplanationPage
    from latido.metrics import Explanation

_ = marker("latido")


Id = Annotated[str, argument(_("The KPI, as csat or 'nps(dedupe=none)'."), metavar="ID")]
When = Annotated[str | None, option(_("The period; the last full month if left out."), "--period", metavar="P")]
Rows = Annotated[bool, option(_("List every record that was counted or left out."), "--rows")]
Changed = Annotated[
    bool, option(_("Split the change since the period before into effects that add up to it."), "--change")
]
Segment = Annotated[
    str | None,
    option(
        _("With --change: by source, team, customer or another; else the records of one alone, as team=A."),
        "--segment",
        metavar="S",
    ),
]
Source = Annotated[str | None, option(_("Count only what this source says."), "--source", metavar="S")]
AsOf = Annotated[str | None, option(_("What is old enough is decided at this instant."), "--as-of", metavar="T")]
Compare = Annotated[
    str | None,
    option(
        _("With --change: since before, the period before, or year, the one a year earlier."), "--compare", metavar="C"
    ),
]
Curve = Annotated[
    bool, option(_("For how long customers stay, of churn and retention: the share left by month."), "--curve")
]
Sql = Annotated[bool, option(_("Show the SQL."), "--sql")]
Dialect = Annotated[
    str | None,
    option(_("Show it as postgres, spark or another engine has it, best effort."), "--dialect", metavar="NAME"),
]


def explain(
    context: typer.Context,
    kpi: Id,
    period: When = None,
    rows: Rows = False,
    change: Changed = False,
    segment: Segment = None,
    source: Source = None,
    as_of: AsOf = None,
    compare: Compare = None,
    curve: Curve = False,
    sql: Sql = False,
    dialect: Dialect = None,
) -> int:
    """Say what a KPI means, and what a figure rests on."""
    if compare is not None and not change:
        raise UsageError(_("--compare is for --change."), _("Add --change."))
    asked = _Asked(session(context), kpi, period, segment, source, as_of)
    asked.page(_Wanted(rows, change, compare or "before", curve, sql, dialect)).show()
    return 0


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What else is to be told of a figure than what it means and rests on."""

    rows: bool
    change: bool
    compare: str
    curve: bool
    sql: bool
    dialect: str | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """The figure that is asked about, as it was written."""

    here: Session
    kpi: str
    period: str | None
    segment: str | None
    source: str | None
    as_of: str | None

    def page(self, wanted: _Wanted) -> ExplanationPage:
        """Return what is told of it: with what it is split by, or of the one segment that it names."""
        from latido.cli._curve import curve_of
        from latido.cli._engine import engine, instant
        from latido.cli._explanation import ExplanationPage

        figures = engine(self.here)
        counted: dict[str, Any] = {"source": self.source, "as_of": instant(self.here, self.as_of)}
        only = None if wanted.change else _one_segment(self.segment)
        found = figures.explain(self.kpi, self.period, segment=only, **counted)
        period = found.answer.period
        split: dict[str, Any] = {"segment": self.segment, "compare": wanted.compare}
        return ExplanationPage(
            self.here,
            found=_in_dialect(found, wanted.dialect) if wanted.dialect else found,
            parts=figures.catalogue.parts(figures.ask(self.kpi)),
            change=figures.change(self.kpi, period, **split, **counted) if wanted.change else None,
            curve=curve_of(figures, found, self.source) if wanted.curve else None,
            facts=figures.facts(self.kpi, period, segment=only, **counted) if self._lists(wanted) else None,
            sql=wanted.sql or wanted.dialect is not None,
        )

    def _lists(self, wanted: _Wanted) -> bool:
        """Whether every record is told: asked for, of one segment, and as CSV where there is nothing else to tell."""
        if wanted.change:
            return wanted.rows
        return wanted.rows or self.segment is not None or (self.here.output.format == "csv" and not wanted.curve)


def _one_segment(written: str | None) -> dict[str, str | None] | None:
    if written is None:
        return None
    name, equals, value = written.partition("=")
    if not (equals and name):
        raise UsageError(
            _("--segment {text} does not name one segment.", text=written),
            _("Write it as --segment team=A, or with --change as --segment team"),
        )
    return {name: None if value in {"", NO_SEGMENT} else value}


def _in_dialect(found: Explanation, dialect: str) -> Explanation:
    from latido.metrics import transpiled

    return replace(found, sql={name: transpiled(each, dialect) for name, each in found.sql.items()})
