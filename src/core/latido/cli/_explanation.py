"""A figure explained: what it means, what it rests on, and every record behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from latido.cli._change import ChangePage
from latido.cli._curve import MONTHS, show_curve
from latido.cli._figures import EXCLUDED, PARTS, REASONS, Reader, form, period_text, segment_text
from latido.cli._output import Column
from latido.cli._rates import tell_rates
from latido.messages import marker, render

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from latido.cli._session import Session
    from latido.messages import Message
    from latido.metrics import Ask, Band, Change, Explanation, Fact, Number, Staying

_ = marker("latido")

FACTS = (
    Column("part", _("part")),
    Column("entity", _("table")),
    Column("source", _("source")),
    Column("source_id", _("record")),
    Column("customer", _("customer")),
    Column("value", _("value"), right=True),
    Column("numerator", _("numerator"), right=True),
    Column("denominator", _("denominator"), right=True),
    Column("class", _("class")),
    Column("person", _("person")),
    Column("comment", _("comment")),
    Column("excluded", _("left out because")),
    Column("url", _("link"), spare=True),
)
EFFECTS = ("effect", "value", "before", "after")


@dataclass(frozen=True, slots=True)
class ExplanationPage:
    """What is told of a figure. `parts` are those of a formula; what is None, or not wanted, is left out."""

    here: Session
    found: Explanation
    parts: Mapping[str, Ask]
    change: Change | None = None
    curve: Staying | None = None
    facts: Iterable[Fact] | None = None
    sql: bool = False

    def show(self) -> None:
        """Print it, as a page, as JSON, or what it lists as CSV."""
        match self.here.output.format:
            case "json":
                self.here.output.json(self._json())
            case "csv":
                self._csv()
            case "table":
                self._page()

    def _json(self) -> dict[str, Any]:
        found, optional = self.found, {"change": self.change, "curve": self.curve}
        said = {**self._meaning(), **self._origin(), "answer": found.answer.json()}
        said |= {name: each.json() for name, each in optional.items() if each is not None}
        if self.sql:
            said |= {"sql": dict(found.sql), "bound": {name: dict(values) for name, values in found.bound.items()}}
        return said if self.facts is None else {**said, "rows": [fact.json() for fact in self.facts]}

    def _meaning(self) -> dict[str, Any]:
        kpi, language = self.found.kpi, self.here.output.language
        return {
            "id": kpi.id,
            "name": self._name(),
            "definition": render(self.found.definition, language),
            "formula": render(kpi.formula, language),
            "unit": kpi.unit,
            "better": kpi.better,
            "parameters": dict(self.found.parameters),
            "bands": [{"text": render(band.text, language), "article": band.article} for band in kpi.bands],
        }

    def _origin(self) -> dict[str, Any]:
        return {
            "needs": list(self.found.kpi.needs),
            "inputs": {name: list(sources) for name, sources in self.found.inputs.items()},
            "optional": {name: list(sources) for name, sources in self.found.optional.items()},
            "lacking": list(self.found.lacking),
            "fresh": dict(self.found.fresh),
            "rates": [each.json() for each in self.found.rates],
        }

    def _csv(self) -> None:
        if self.change is not None:
            keys = (self.change.by, *EFFECTS)
            self.here.output.csv(keys, ([effect[key] for key in keys] for effect in self.change.json()["effects"]))
            return
        if self.curve is not None and self.facts is None:
            names = [column.key for column in MONTHS]
            self.here.output.csv(names, ([getattr(each, name) for name in names] for each in self.curve.months))
            return
        rows = [fact.json() for fact in self.facts or ()]
        names = list(rows[0]) if rows else [column.key for column in FACTS]
        self.here.output.csv(names, ([row[name] for name in names] for row in rows))

    def _page(self) -> None:
        output = self.here.output
        output.line(f"{self._name()} ({self.found.kpi.id})")
        output.prose(self.found.definition, "  ")
        output.line()
        self._tell_answer()
        self._tell_origin()
        if self.change is not None:
            output.line()
            ChangePage(self.here, self.parts, self.change).show()
        if self.curve is not None:
            show_curve(self.here, self.curve)
        if self.sql:
            self._show_sql()
        if self.facts is not None:
            output.line()
            self._list(self.facts)

    def _tell_answer(self) -> None:
        output, answer, reader = self.here.output, self.found.answer, self._reader
        period = period_text(answer.period, self.here.project.metrics.fiscal_year_start)
        output.line(_("Period: {period} ({zone})", period=period, zone=str(answer.time_zone)))
        if segment := segment_text(answer):
            output.line(_("Segment: {segment}", segment=output.cell(segment)))
        output.line(_("Value: {value}", value=reader.value(answer)))
        if interval := reader.interval(answer):
            output.line(_("95% interval: {interval}", interval=interval))
        if answer.n is not None:
            output.line(_("Counted: {n}", n=output.cell(answer.n)))
        for name in dict.fromkeys((*answer.parts, *self.parts)):
            output.line(f"  {self._called(name)}: {self._part(name, answer.parts.get(name))}")
        if left := {reason: n for reason, n in answer.excluded.items() if n}:
            output.line(_("Left out: {n}", n=output.cell(sum(left.values()))))
            for reason, n in left.items():
                output.line(f"  {render(EXCLUDED.get(reason, reason), output.language)}: {output.cell(n)}")

    def _called(self, name: str) -> str:
        """Return the name of a part: of a formula that of the KPI, else a word for it."""
        part, language = self.parts.get(name), self.here.output.language
        return part.kpi.named(language) if part else render(PARTS.get(name, name), language)

    def _part(self, name: str, number: Number | None) -> str:
        """Return what a part is: of a formula in its own unit, else as it is, to four decimals."""
        part = self.parts.get(name)
        if part is None or number is None:
            return self.here.output.cell(None if number is None else round(number, 4))
        return self._reader.number(number, form(part.kpi))

    def _tell_origin(self) -> None:
        output, found = self.here.output, self.found
        output.line(_("Formula: {formula}", formula=found.kpi.formula))
        if found.parameters:
            listed = ", ".join(f"{name}={value}" for name, value in found.parameters.items())
            output.line(_("Parameters: {parameters}", parameters=listed))
        output.line(_("Needs: {needs}", needs=", ".join(found.kpi.needs)))
        for table, sources in found.inputs.items():
            output.line(_("Reads: {table} ({sources})", table=table, sources=", ".join(sources)))
        for table, sources in found.optional.items():
            who = ", ".join(sources) or _("nobody delivers it")
            output.line(_("Reads, if there: {table} ({sources})", table=table, sources=who))
        if found.lacking:
            output.line(_("Nobody delivers: {lacking}", lacking=", ".join(found.lacking)))
            output.line(_("What would unlock it: latido catalog"))
        tell_rates(self.here, found)
        for source, at in found.fresh.items():
            output.line(_("Data of {source}: {at}", source=source, at=output.cell(at)))
        for band in found.kpi.bands:
            output.line(self._band(band))

    def _band(self, band: Band) -> Message:
        from latido.metrics import ARTICLES

        if band.article is None:
            here_it_is = " \N{LEFTWARDS ARROW}" if band.holds(self.found.answer.value) else ""
            return _("Yours: {text}", text=f"{band.text}{here_it_is}")
        article = ARTICLES.get(band.article, band.article)
        return _("As published, not a target: {text} ({article})", text=band.text, article=article)

    def _show_sql(self) -> None:
        output = self.here.output
        for name, statement in self.found.sql.items():
            output.line()
            output.line(f"-- {name}")
            output.line(statement.strip())
            for parameter, value in self.found.bound[name].items():
                output.line(f"-- ${parameter} = {value!r}")

    def _list(self, facts: Iterable[Fact]) -> None:
        rows = [self._for_people(fact.json()) for fact in facts]
        used = [column for column in FACTS if any(row.get(column.key) is not None for row in rows)]
        self.here.output.listing("rows", used or FACTS, rows)

    def _for_people(self, row: dict[str, Any]) -> dict[str, Any]:
        kpi, value = self.found.kpi, row["value"]
        # What a list says of each of its members is no count, as the length of the list is.
        unit = "points" if kpi.unit in {"list", "class"} else form(kpi)
        shown = None if value is None else self._reader.number(value, unit)
        return {**row, "value": shown, "excluded": self._left_out(row)}

    def _left_out(self, row: Mapping[str, Any]) -> Message | str | None:
        """Return why a row does not count: it is excluded, or it is what keeps the figure from being one."""
        words, reason = (EXCLUDED, row["excluded"]) if row["excluded"] else (REASONS, row["blocked"])
        return words.get(str(reason)) or (reason and str(reason))

    def _name(self) -> str:
        return self.found.kpi.named(self.here.output.language)

    @property
    def _reader(self) -> Reader:
        return Reader(self.here.output, self.here.project.currency)
