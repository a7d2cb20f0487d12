"""`latido kpis`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from latido.cli._options import argument, option
from latido.cli._output import Column
from latido.cli._session import Session, session
from latido.errors import UsageError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latido.metrics import Answer, Engine, Period

_ = marker("latido")

COLUMNS = (
    Column("name", _("KPI")),
    Column("period", _("period")),
    Column("segment", _("segment")),
    Column("value", _("value"), right=True),
    Column("interval", _("95% interval"), right=True),
    Column("n", _("n"), right=True),
    Column("previous", _("before"), right=True),
    Column("year_before", _("a year before"), right=True),
    Column("change", _("change"), right=True),
)
FLAT = (
    "kpi", "variant", "period_start", "period_end", "time_zone", "segment", "value", "unit", "n", "numerator",
    "denominator", "lower", "upper", "parts", "reason", "excluded", "sources", "as_of", "previous",
)  # fmt: skip


def kpis(
    context: typer.Context,
    ids: Annotated[
        list[str] | None, argument(_("The KPIs, as csat or 'nps(dedupe=none)'; all if left out."), metavar="ID")
    ] = None,
    period: Annotated[
        str | None,
        option(
            _("2026, 2026-Q3, 2026-11, 2026-W45, 2026-11-03, last-90d or 2024-01-01/2024-04-01."),
            "--period",
            metavar="P",
        ),
    ] = None,
    first: Annotated[str | None, option(_("The first period of a series."), "--from", metavar="P")] = None,
    last: Annotated[str | None, option(_("The last period of a series."), "--to", metavar="P")] = None,
    by: Annotated[
        str | None, option(_("How long each is: day, week, month, quarter or year."), "--by", metavar="LENGTH")
    ] = None,
    rolling: Annotated[
        str | None,
        option(_("Windows that end with each period: of 3 of them, or of 90d."), "--rolling", metavar="WINDOW"),
    ] = None,
    compare: Annotated[
        str,
        option(_("With the period before, or the same one a year earlier: before, year."), "--compare", metavar="C"),
    ] = "before",
    segment: Annotated[
        str | None, option(_("Also by source, team, channel, or what else a KPI offers."), "--segment", metavar="S")
    ] = None,
    source: Annotated[str | None, option(_("Count only what this source says."), "--source", metavar="S")] = None,
    variant: Annotated[
        str | None, option(_("Parameters, as stat=p90,which=first."), "--variant", metavar="NAME=VALUE")
    ] = None,
    as_of: Annotated[
        str | None, option(_("What is old enough is decided at this instant."), "--as-of", metavar="T")
    ] = None,
) -> int:
    """Compute KPIs."""
    from latido.cli._engine import engine, instant

    here = session(context)
    if variant and not ids:
        raise UsageError(
            _("--variant is of one KPI: name it."), _("As in: latido kpis first_response_time --variant stat=p90")
        )
    figures = engine(here)
    answers = figures.answers(
        ids or (),
        _periods(figures, period, (first, last), by, rolling),
        variant=variant or "",
        segment=segment,
        source=source,
        as_of=instant(here, as_of),
        compare=compare,
    )
    show(here, figures, answers, compare, source)
    return 0


def show(
    here: Session, figures: Engine, answers: Sequence[Answer], compare: str = "before", source: str | None = None
) -> None:
    """Print *answers*, of one *source* if given, with how fresh they are."""
    from latido.cli._engine import say_freshness

    output = here.output
    if output.format == "json":
        output.json({"answers": [answer.json() for answer in answers]})
    elif output.format == "csv":
        output.csv(FLAT, ([answer.json()[name] for name in FLAT] for answer in answers))
    else:
        _table(here, figures, answers, compare)
        output.line()
        if any(answer.previous and answer.previous.may_be_chance for answer in answers if answer.value is not None):
            output.line(_("~ may be chance: the 95% interval of the change reaches across 0"))
        say_freshness(here, figures, source)
        if _something_lacks(figures, answers):
            output.line(_("What would unlock it: latido catalog"))


def _something_lacks(figures: Engine, answers: Sequence[Answer]) -> bool:
    without = {
        answer.kpi for answer in answers if answer.value is None and answer.reason in {"no_rows", "missing_field"}
    }
    return bool(without) and any(entry.lacking and entry.kpi.id in without for entry in figures.catalog())


def _table(here: Session, figures: Engine, answers: Sequence[Answer], compare: str) -> None:
    from latido.cli._figures import Reader

    reader = Reader(here.output, here.project.currency)
    rows = [_row(here, figures, reader, answer) for answer in answers]
    unused = {"previous" if compare == "year" else "year_before"}
    if not any(row["segment"] for row in rows):
        unused.add("segment")
    columns = [column for column in COLUMNS if column.key not in unused]
    here.output.listing("answers", columns, rows)


def _row(here: Session, figures: Engine, reader: Any, answer: Answer) -> dict[str, Any]:
    from latido.cli._figures import period_text, segment_text

    name = figures.ask(answer.kpi).kpi.named(here.output.language)
    return {
        "name": name if answer.variant == "default" else f"{name} ({answer.variant})",
        "period": period_text(answer.period, here.project.metrics.fiscal_year_start),
        "segment": segment_text(answer),
        "value": reader.value(answer),
        "interval": reader.interval(answer),
        "n": answer.n,
        **dict.fromkeys(("previous", "year_before"), reader.previous(answer)),
        "change": reader.change(answer),
    }


def _periods(
    figures: Engine, period: str | None, ends: tuple[str | None, str | None], by: str | None, rolling: str | None
) -> str | list[Period] | None:
    first, last = ends
    if period and (first or last):
        raise UsageError(_("--period and --from/--to exclude each other."), _("See: latido kpis --help"))
    if first and last:
        return figures.series(first, last, by, rolling)
    if first or last:
        raise UsageError(_("--from and --to belong together."), _("As in: --from 2026-01 --to 2026-06"))
    if by and not period:
        raise UsageError(_("--by needs a period."), _("As in: --from 2026-01 --to 2026-06 --by month"))
    if rolling and not period:
        raise UsageError(_("--rolling needs a period."), _("As in: --from 2026-01 --to 2026-06 --by month --rolling 3"))
    return figures.series(period, period, by, rolling) if period and (by or rolling) else period
