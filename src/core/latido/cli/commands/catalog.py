"""`latido catalog`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from latido.cli._output import Column
from latido.cli._session import Session, session
from latido.cli._unlocking import Unlocking
from latido.messages import marker, render

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from latido.metrics import Entry, Kpi, Way

_ = marker("latido")

COLUMNS = (
    Column("id", _("id")),
    Column("name", _("name")),
    Column("unit", _("unit")),
    Column("better", _("better")),
    Column("needs", _("needs")),
    Column("computable", _("computable")),
    Column("lacking", _("nobody delivers")),
)
WAYS = (Column("text", _("what would unlock it")), Column("command", _("then type")))
BETTER = {"higher": "\N{UPWARDS ARROW}", "lower": "\N{DOWNWARDS ARROW}", "neither": "\N{MIDDLE DOT}"}


def catalog(context: typer.Context) -> int:
    """Show every KPI, and what those that cannot be computed lack."""
    from latido.cli._engine import engine

    here = session(context)
    entries = engine(here).catalog()
    unlocking = Unlocking(here)
    found = {each.kpi.id: unlocking.ways(each) for each in entries}
    if here.output.format == "table":
        rows = [{**_row(here, each, ()), "better": BETTER[each.kpi.better]} for each in entries]
        here.output.listing("kpis", COLUMNS, rows)
        _show_ways(here, [each for each in entries if not each.computable], found)
        here.talk.say(_("What one means and rests on: latido explain ID"))
        return 0
    more = (Column("definition", _("definition")), Column("formula", _("formula")), Column("bands", _("published")))
    extra = (Column("parameters", _("parameters")), Column("sources", _("sources")), Column("unlock", _("unlock")))
    here.output.listing("kpis", (*COLUMNS, *more, *extra), [_row(here, each, found[each.kpi.id]) for each in entries])
    return 0


def _show_ways(here: Session, entries: Sequence[Entry], found: Mapping[str, Sequence[Way]]) -> None:
    """Print, for each thing that somebody would have to deliver, who could, and which KPIs wait for it."""
    for need in dict.fromkeys(need for each in entries for need in each.lacking):
        waiting = [each for each in entries if need in each.lacking]
        ways = [way for each in waiting for way in found[each.kpi.id] if way.need in {need, *need.split("|")}]
        rows = dict.fromkeys((render(way.text, here.output.language), way.command) for way in ways)
        here.output.line()
        here.output.prose(_("{need}, for {kpis}:", need=need, kpis=", ".join(each.kpi.id for each in waiting)))
        here.output.table(WAYS, list(rows))


def _row(here: Session, entry: Entry, ways: Sequence[Way]) -> dict[str, Any]:
    kpi, language = entry.kpi, here.output.language
    return {
        "id": kpi.id,
        "name": kpi.named(language),
        "unit": kpi.unit,
        "better": kpi.better,
        "needs": list(kpi.needs),
        "computable": entry.computable,
        "lacking": list(entry.lacking),
        "unlock": [way.json(language) for way in ways],
        "definition": render(kpi.meaning, language),
        "formula": render(kpi.formula, language),
        "bands": [{"text": render(band.text, language), "article": band.article} for band in kpi.bands],
        "parameters": _parameters(kpi),
        "sources": list(entry.sources),
    }


def _parameters(kpi: Kpi) -> dict[str, list[str]]:
    return {name: [*param.values, *([param.others] if param.others else [])] for name, param in kpi.params.items()}
