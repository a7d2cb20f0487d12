"""`latido explain`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latido.cli._curve import curve_of, show_curve
from latido.cli._options import argument, option
from latido.cli._output import Column
from latido.cli._rates import tell_rates
from latido.cli._session import Session, session
from latido.errors import UsageError
from latido.messages import marker, render

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latido.metrics import Answer, Change, Engine, Explanation, Fact, Kpi

_ = marker("latido")

FACTS = (
    Column("part", _("part")),
    Column("entity", _("table")),
    Column("source", _("source")),
    Column("source_id", _("record")),
    Column("value", _("value"), right=True),
    Column("numerator", _("numerator"), right=True),
    Column("denominator", _("denominator"), right=True),
    Column("class", _("class")),
    Column("person", _("person")),
    Column("comment", _("comment")),
    Column("excluded", _("left out because")),
    Column("url", _("link"), spare=True),
)


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
            _("With --change: by source, team, customer or another; with --rows: of one alone, as team=A."),
            "--segment",
            metavar="S",
        ),
    ] = None,
    compare: Annotated[
        str,
        option(
            _("With --change: since before, the period before, or year, the one a year earlier."),
            "--compare",
            metavar="C",
        ),
    ] = "before",
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
    from latido.cli._engine import engine

    here = session(context)
    figures = engine(here)
    found = figures.explain(kpi, period)
    split = figures.change(kpi, found.answer.period, segment=segment, compare=compare) if change else None
    stays = curve_of(figures, found) if curve else None
    if dialect:
        found, sql = _in_dialect(found, dialect), True
    only = None if change else _one_segment(segment)
    listed = rows or (here.output.format == "csv" and not change)
    facts = figures.facts(kpi, found.answer.period, segment=only) if listed else None
    if here.output.format == "json":
        here.output.json(
            _object(here, found, facts, sql=sql)
            | ({"change": split.json()} if split else {})
            | ({"curve": stays.json()} if stays else {})
        )
    elif here.output.format == "csv":
        _effects(here, split) if split else _list(here, found.kpi, facts or ())
    else:
        _tell(here, found)
        if split:
            _show_change(here, figures, kpi, split)
        if stays:
            show_curve(here, stays)
        if sql:
            _show_sql(here, found)
        if facts is not None:
            here.output.line()
            _list(here, found.kpi, facts)
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
    return {name: value or None}


def _show_change(here: Session, figures: Engine, kpi: str, split: Change) -> None:
    from latido.cli._change import ChangePage

    here.output.line()
    ChangePage(here, figures, figures.ask(kpi), split).show()


def _effects(here: Session, split: Change) -> None:
    keys = (split.by, "effect", "value", "before", "after")
    here.output.csv(keys, ([effect[key] for key in keys] for effect in split.json()["effects"]))


def _in_dialect(found: Explanation, dialect: str) -> Explanation:
    from latido.metrics import transpiled

    return replace(found, sql={name: transpiled(each, dialect) for name, each in found.sql.items()})


def _object(here: Session, found: Explanation, facts: Iterable[Fact] | None, *, sql: bool) -> dict[str, Any]:
    kpi = found.kpi
    said: dict[str, Any] = {
        "id": kpi.id,
        "name": _name(here, found),
        "definition": render(found.definition, here.output.language),
        "formula": render(kpi.formula, here.output.language),
        "unit": kpi.unit,
        "better": kpi.better,
        "parameters": dict(found.parameters),
        "bands": [{"text": render(band.text, here.output.language), "article": band.article} for band in kpi.bands],
        "needs": list(kpi.needs),
        "inputs": {name: list(sources) for name, sources in found.inputs.items()},
        "lacking": list(found.lacking),
        "fresh": dict(found.fresh),
        "rates": [each.json() for each in found.rates],
        "answer": found.answer.json(),
    }
    if sql:
        said |= {"sql": dict(found.sql), "bound": {name: dict(values) for name, values in found.bound.items()}}
    return said if facts is None else {**said, "rows": [fact.json() for fact in facts]}


def _tell(here: Session, found: Explanation) -> None:
    here.output.line(f"{_name(here, found)} ({found.kpi.id})")
    here.output.prose(found.definition, "  ")
    here.output.line()
    _tell_answer(here, found.answer)
    _tell_origin(here, found)


def _tell_answer(here: Session, answer: Answer) -> None:
    from latido.cli._figures import EXCLUDED, Reader, period_text

    output = here.output
    reader = Reader(output, here.project.currency)
    period = period_text(answer.period, here.project.metrics.fiscal_year_start)
    output.line(_("Period: {period} ({zone})", period=period, zone=str(answer.time_zone)))
    output.line(_("Value: {value}", value=reader.value(answer)))
    if interval := reader.interval(answer):
        output.line(_("95% interval: {interval}", interval=interval))
    output.line(_("Counted: {n}", n=output.cell(answer.n)))
    for name, number in answer.parts.items():
        output.line(f"  {name}: {output.cell(number)}")
    if left := {reason: n for reason, n in answer.excluded.items() if n}:
        output.line(_("Left out: {n}", n=output.cell(sum(left.values()))))
        for reason, n in left.items():
            output.line(f"  {render(EXCLUDED.get(reason, reason), output.language)}: {output.cell(n)}")


def _tell_origin(here: Session, found: Explanation) -> None:
    from latido.metrics import ARTICLES

    output = here.output
    output.line(_("Formula: {formula}", formula=found.kpi.formula))
    if found.parameters:
        listed = ", ".join(f"{name}={value}" for name, value in found.parameters.items())
        output.line(_("Parameters: {parameters}", parameters=listed))
    output.line(_("Needs: {needs}", needs=", ".join(found.kpi.needs)))
    for table, sources in found.inputs.items():
        output.line(_("Reads: {table} ({sources})", table=table, sources=", ".join(sources)))
    if found.lacking:
        output.line(_("Nobody delivers: {lacking}", lacking=", ".join(found.lacking)))
        output.line(_("What would unlock it: latido catalog"))
    tell_rates(here, found)
    for source, at in found.fresh.items():
        output.line(_("Data of {source}: {at}", source=source, at=output.cell(at)))
    for band in found.kpi.bands:
        if band.article is None:
            here_it_is = " \N{LEFTWARDS ARROW}" if band.holds(found.answer.value) else ""
            output.line(_("Yours: {text}", text=f"{band.text}{here_it_is}"))
        else:
            article = ARTICLES.get(band.article, band.article)
            output.line(_("As published, not a target: {text} ({article})", text=band.text, article=article))


def _show_sql(here: Session, found: Explanation) -> None:
    for name, statement in found.sql.items():
        here.output.line()
        here.output.line(f"-- {name}")
        here.output.line(statement.strip())
        for parameter, value in found.bound[name].items():
            here.output.line(f"-- ${parameter} = {value!r}")


def _list(here: Session, kpi: Kpi, facts: Iterable[Fact]) -> None:
    rows = [fact.json() for fact in facts]
    if here.output.format == "csv":
        keys = list(rows[0]) if rows else [column.key for column in FACTS]
        here.output.csv(keys, ([row[key] for key in keys] for row in rows))
        return
    used = [column for column in FACTS if any(row.get(column.key) is not None for row in rows)]
    here.output.listing("rows", used or FACTS, [_for_people(here, kpi, row) for row in rows])


def _for_people(here: Session, kpi: Kpi, row: dict[str, Any]) -> dict[str, Any]:
    from latido.cli._figures import EXCLUDED, Reader, form

    value = row["value"]
    # What a list says of each of its members is no count, as the length of the list is.
    unit = "points" if kpi.unit in {"list", "class"} else form(kpi)
    shown = None if value is None else Reader(here.output, here.project.currency).number(value, unit)
    return {**row, "value": shown, "excluded": EXCLUDED.get(row["excluded"], row["excluded"])}


def _name(here: Session, found: Explanation) -> str:
    names = found.kpi.names
    return names.get(here.output.language, names.get("en", found.kpi.id))
