"""`latido explain`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latido.cli._figures import NO_SEGMENT
from latido.cli._options import argument, option
from latido.cli._session import session
from latido.errors import UsageError
from latido.messages import marker

if TYPE_CHECKING:
    from latido.metrics import Explanation

_ = marker("latido")


def explain(
    context: typer.Context,
    kpi: Annotated[str, argument(_("The KPI, as csat or 'nps(dedupe=none)'."), metavar="ID")],
    period: Annotated[
        str | None, option(_("The period; the last full month if left out."), "--period", metavar="P")
    ] = None,
    rows: Annotated[bool, option(_("List every record that was counted or left out."), "--rows")] = False,
    change: Annotated[
        bool, option(_("Split the change since the period before into effects that add up to it."), "--change")
    ] = False,
    segment: Annotated[
        str | None,
        option(
            _("With --change: by source, team, customer or another; else the records of one alone, as team=A."),
            "--segment",
            metavar="S",
        ),
    ] = None,
    source: Annotated[str | None, option(_("Count only what this source says."), "--source", metavar="S")] = None,
    as_of: Annotated[
        str | None, option(_("What is old enough is decided at this instant."), "--as-of", metavar="T")
    ] = None,
    compare: Annotated[
        str | None,
        option(
            _("With --change: since before, the period before, or year, the one a year earlier."),
            "--compare",
            metavar="C",
        ),
    ] = None,
    curve: Annotated[
        bool, option(_("For how long customers stay, of churn and retention: the share left by month."), "--curve")
    ] = False,
    sql: Annotated[bool, option(_("Show the SQL."), "--sql")] = False,
    dialect: Annotated[
        str | None,
        option(_("Show it as postgres, spark or another engine has it, best effort."), "--dialect", metavar="NAME"),
    ] = None,
) -> int:
    """Say what a KPI means, and what a figure rests on."""
    from latido.cli._curve import curve_of
    from latido.cli._engine import engine, instant
    from latido.cli._explanation import ExplanationPage

    here = session(context)
    figures = engine(here)
    counted: dict[str, Any] = {"source": source, "as_of": instant(here, as_of)}
    only = None if change else _one_segment(segment)
    if compare is not None and not change:
        raise UsageError(_("--compare is for --change."), _("Add --change."))
    found = figures.explain(kpi, period, segment=only, **counted)
    period_of_it = found.answer.period
    listed = rows or only is not None or (here.output.format == "csv" and not (change or curve))
    ExplanationPage(
        here,
        found=_in_dialect(found, dialect) if dialect else found,
        parts=figures.catalogue.parts(figures.ask(kpi)),
        change=figures.change(kpi, period_of_it, segment=segment, compare=compare or "before", **counted)
        if change
        else None,
        curve=curve_of(figures, found, source) if curve else None,
        facts=figures.facts(kpi, period_of_it, segment=only, **counted) if listed else None,
        sql=sql or dialect is not None,
    ).show()
    return 0


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
