"""A change as people read it: how much, whether it may be chance, and what makes it up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from latido.cli._figures import PARTS, Reader, form, period_text
from latido.cli._output import Column
from latido.messages import Message, marker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido.cli._figures import Form
    from latido.cli._session import Session
    from latido.metrics import Ask, Change, Effect

_ = marker("latido")

COLUMNS = (
    Column("label", _("segment")),
    Column("effect", _("effect")),
    Column("value", _("contribution"), right=True),
    Column("before", _("before"), right=True),
    Column("after", _("now"), right=True),
)
EFFECTS: dict[str, Message] = {
    "mix": _("mix"),
    "rate": _("rate"),
    "new": _("new"),
    "lost": _("lost"),
    "change": _("change"),
    "numerator": _("numerator"),
    "denominator": _("denominator"),
}
MEANINGS: dict[str, Message] = {
    "mix": _("mix: the segment is a greater or smaller share of all"),
    "rate": _("rate: its own figure is another"),
    "new": _("new: it was not there before"),
    "lost": _("lost: it is not there any more"),
    "numerator": _("numerator: there is more or less above the line"),
    "denominator": _("denominator: there is more or less below the line"),
}
CUSTOMERS: dict[str, Message] = {
    "new": _("only now"),
    "lost": _("only before"),
    "stayed": _("before and now"),
    "up": _("before and now, more"),
    "down": _("before and now, less"),
}
LABELS: dict[str, dict[str, Message]] = {"customer": CUSTOMERS, "movement": PARTS}
SPLITS: dict[str, Message] = {
    "customer": _("Split by customers, by when they have something to count:"),
    "part": _("Split by its parts:"),
    "movement": _("Split by movements:"),
}


@dataclass(frozen=True, slots=True)
class ChangePage:
    """A change, printed below the explanation of its figure; `parts` are those of a formula."""

    here: Session
    parts: Mapping[str, Ask]
    change: Change

    def show(self) -> None:
        """Print it for people."""
        output, change = self.here.output, self.change
        fiscal = self.here.project.metrics.fiscal_year_start
        for answer in (change.earlier, change.answer):
            period, value = period_text(answer.period, fiscal), self._reader.value(answer)
            output.line(f"{period}: {output.cell(value)}")
        if change.value is None:
            self._tell_why_not()
            return
        output.line(_("Change: {change}", change=self._reader.difference(_decimal(change.value), self._form)))
        self._tell_chance()
        if change.effects:
            output.line()
            output.line(SPLITS.get(change.by) or _("Split by {name}:", name=change.by))
            self._table([self._row(each) for each in change.effects])
            for name in dict.fromkeys(each.name for each in change.effects if each.name in MEANINGS):
                output.line(MEANINGS[name])

    def _table(self, rows: list[dict[str, Any]]) -> None:
        """Print the effects; a formula's parts and movements have but one effect each."""
        unused = {"effect"} if self.change.by in {"part", "movement"} else set()
        unused |= {name for name in ("before", "after") if all(row[name] is None for row in rows)}
        self.here.output.listing("effects", [each for each in COLUMNS if each.key not in unused], rows)

    def _tell_chance(self) -> None:
        previous = self.change.answer.previous
        if previous is None or previous.difference is None:
            return
        lower, upper = (self._reader.difference(each, self._form) for each in previous.difference)
        if previous.may_be_chance:
            said = _(
                "That may be chance: the 95% interval of the change is {lower} to {upper}.", lower=lower, upper=upper
            )
        else:
            said = _(
                "That is hardly chance: the 95% interval of the change is {lower} to {upper}.", lower=lower, upper=upper
            )
        self.here.output.line(said)

    def _tell_why_not(self) -> None:
        output, change = self.here.output, self.change
        output.line(_("There is nothing to compare: one of both has no figure."))
        if change.comparable:
            output.line(_("What has a figure in both:"))
        for label, (before, after) in change.comparable.items():
            unit = self._unit_of(label)
            one, other = (self._reader.number(each, unit) for each in (before, after))
            output.line(f"  {output.cell(self._label(label))}: {one} \N{RIGHTWARDS ARROW} {other}")

    def _row(self, effect: Effect) -> dict[str, Any]:
        unit = self._moving(effect)
        both = (effect.before, effect.after)
        before, after = (None if each is None else self._reader.number(_decimal(each), unit) for each in both)
        return {
            "label": self._label(effect.label),
            "effect": EFFECTS.get(effect.name) or PARTS.get(effect.name, effect.name),
            "value": self._reader.difference(_decimal(effect.value), self._form),
            "before": before,
            "after": after,
        }

    def _moving(self, effect: Effect) -> Form:
        """Return how that is written which moved."""
        if effect.name == "mix":
            return "ratio"
        if effect.name in {"numerator", "denominator", "promoters", "detractors"}:
            return "points"
        return self._unit_of(effect.label)

    def _unit_of(self, label: str | None) -> Form:
        part = self.parts.get(label or "") if self.change.by == "part" else None
        return form(part.kpi) if part else self._form

    def _label(self, label: str | None) -> str | Message:
        if label is None:
            return "?"
        if self.change.by == "part" and label in self.parts:
            return self.parts[label].kpi.named(self.here.output.language)
        return LABELS.get(self.change.by, {}).get(label, label)

    @property
    def _form(self) -> Form:
        return form(self.change.answer)

    @property
    def _reader(self) -> Reader:
        return Reader(self.here.output, self.here.project.currency)


def _decimal(number: Any) -> Decimal:
    return Decimal(str(float(number)))
