"""`latido catalog`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from latido.cli._output import Column
from latido.cli._session import Session, session
from latido.messages import marker, render

if TYPE_CHECKING:
    from latido.messages import Message
    from latido.metrics import Entry, Kpi

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
BETTER = {"higher": "\N{UPWARDS ARROW}", "lower": "\N{DOWNWARDS ARROW}", "neither": "\N{MIDDLE DOT}"}


def catalog(context: typer.Context) -> int:
    """Show every KPI, and what those that cannot be computed lack."""
    from latido.cli._engine import engine

    here = session(context)
    entries = engine(here).catalog()
    if here.output.format == "table":
        rows = [{**_row(here, each), "better": BETTER[each.kpi.better]} for each in entries]
        here.output.listing("kpis", COLUMNS, rows)
        for sentence in dict.fromkeys(said for each in rows for said in each["unreadable"]):
            here.output.line(sentence)
        here.talk.say(_("What one means and rests on: latido explain ID"))
        return 0
    more = (Column("definition", _("definition")), Column("formula", _("formula")), Column("bands", _("published")))
    extra = (Column("parameters", _("parameters")), Column("sources", _("sources")), Column("unreadable", _("why")))
    here.output.listing("kpis", (*COLUMNS, *more, *extra), [_row(here, each) for each in entries])
    return 0


def _row(here: Session, entry: Entry) -> dict[str, Any]:
    kpi, language = entry.kpi, here.output.language
    return {
        "id": kpi.id,
        "name": kpi.names.get(language, kpi.names.get("en", kpi.id)),
        "unit": kpi.unit,
        "better": kpi.better,
        "needs": list(kpi.needs),
        "computable": entry.computable,
        "lacking": list(entry.lacking),
        "unreadable": [render(each, language) for each in _unreadable(here, entry)],
        "definition": render(kpi.meaning, language),
        "formula": render(kpi.formula, language),
        "bands": [{"text": render(band.text, language), "article": band.article} for band in kpi.bands],
        "parameters": _parameters(kpi),
        "sources": list(entry.sources),
    }


def _unreadable(here: Session, entry: Entry) -> list[Message | str]:
    """Return what the vendors that are connected say of what a KPI lacks: why they do not give it, and who does."""
    named = {each.connector_name for each in here.project.sources.values()}
    used = [each for name, each in here.plugins.connectors().items() if name in named]
    lacking = [each for need in entry.lacking for each in need.split("|")]
    return [sentence for each in used for need in lacking if (sentence := each.unreadable.get(need)) is not None]


def _parameters(kpi: Kpi) -> dict[str, list[str]]:
    return {name: [*param.values, *([param.others] if param.others else [])] for name, param in kpi.params.items()}
