"""Figures as people read them: each in its unit, with its interval, and with words where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeAlias

from latido.cli._output import MINUS
from latido.messages import Message, marker

if TYPE_CHECKING:
    from latido.cli._output import Output
    from latido.metrics import Answer, Kpi, Number, Period, Unit

_ = marker("latido")

Form: TypeAlias = "Unit | Literal['times']"
"""How a number is written: in its unit, or as how many times over."""

REASONS: dict[str, Message] = {
    "no_rows": _("no source delivers this"),
    "missing_field": _("a field that it needs is missing"),
    "missing_currency": _("an amount has no currency"),
    "missing_fx_rate": _("an exchange rate is missing"),
    "no_rows_in_period": _("nothing in this period"),
    "zero_denominator": _("nothing to divide by"),
    "missing_component": _("a part of it is missing"),
    "insufficient_coverage": _("too few of its parts are known"),
    "insufficient_sample": _("too few observations"),
    "not_mature": _("too early to tell"),
    "unbounded": _("without bound: nobody left"),
}
EXCLUDED: dict[str, Message] = {
    "null_score": _("no score"),
    "unknown_scale": _("unknown scale"),
    "out_of_range": _("score off its scale"),
    "scale_not_accepted": _("another scale"),
    "superseded": _("a later answer counts"),
    "negative_duration": _("negative duration"),
    "no_created_at": _("no creation date"),
    "no_answered_at": _("no date"),
    "no_closed_at": _("no closing date"),
    "no_solved_at": _("no solving date"),
    "no_sent_at": _("no sending date"),
    "no_occurred_at": _("no time"),
    "no_start": _("no start"),
    "no_amount": _("no amount"),
    "empty_interval": _("ends before it starts"),
    "negative_amount": _("negative amount"),
    "unknown_replies": _("replies unknown"),
    "unknown_reopens": _("reopenings unknown"),
    "not_mature": _("too young"),
    "duplicate": _("duplicate"),
    "test_account": _("test account"),
    "deleted": _("deleted"),
    "merged": _("merged"),
    "spam": _("spam"),
    "waiting": _("still waiting"),
    "insufficient_coverage": _("too little known"),
    "unknown_first_solve": _("first solve unknown"),
}
PARTS: dict[str, Message] = {
    "promoters": _("promoters"),
    "passives": _("passives"),
    "detractors": _("detractors"),
    "standard_error": _("standard error"),
    "degenerate": _("all the same"),
    "waiting": _("still waiting"),
    "without_score": _("too little known"),
    "opening": _("at the beginning"),
    "new": _("new"),
    "reactivation": _("returned"),
    "expansion": _("expansion"),
    "contraction": _("contraction"),
    "churn": _("left"),
    "fx": _("exchange rates"),
    "closing": _("at the end"),
    "high": _("high value"),
    "middle": _("middle"),
    "volume": _("volume"),
    "onboarding": _("onboarding"),
    "ongoing": _("ongoing"),
    "support": _("looked after closely"),
    "detractor": _("a detractor"),
    "unwell": _("poor health"),
    "both": _("both"),
    "repeat_buyers": _("repeat buyers"),
    "gross_margin": _("gross margin"),
    "margin_unset": _("gross margin not set"),
}
"""What the parts of figures are called; those of formulas are KPIs and have names of their own."""

NO_SEGMENT = "?"
"""Stands for the segment of what is in none."""
TIMES = "\N{MULTIPLICATION SIGN}"
CHANCE = "~"
"""Behind a change that two samples of the same people could show, too."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Writes numbers for people: with the separators of *output*'s language, and money in *currency*."""

    output: Output
    currency: str

    def value(self, answer: Answer) -> str | Message:
        """Return the figure, or in words why there is none."""
        if answer.value is None:
            return _("none: {reason}", reason=REASONS.get(answer.reason or "", answer.reason))
        return self.number(answer.value, form(answer))

    def interval(self, answer: Answer) -> str | None:
        """Return the interval that the figure lies in with 95% confidence."""
        if answer.lower is None or answer.upper is None:
            return None
        return f"{self.number(answer.lower, form(answer))} \N{EN DASH} {self.number(answer.upper, form(answer))}"

    def previous(self, answer: Answer) -> str | None:
        """Return the figure that it is compared with."""
        return None if answer.previous is None else self.number(answer.previous.value, form(answer))

    def change(self, answer: Answer) -> str | None:
        """Return how much more or less it is than what it is compared with, marked where that may be chance."""
        if answer.previous is None or answer.value is None:
            return None
        said = self.difference(Decimal(str(answer.value)) - Decimal(str(answer.previous.value)), form(answer))
        return f"{said} {CHANCE}" if answer.previous.may_be_chance else said

    def difference(self, number: Number, unit: Form) -> str:
        """Return *number* with its sign; of shares in percentage points."""
        text = self.number(number if number >= 0 else -number, unit)
        sign = MINUS if number < 0 and _is_something(text) else "+"
        return sign + (text.replace("%", _("pp").render(self.output.language)) if unit == "ratio" else text)

    def number(self, number: Number, unit: Form) -> str:
        """Return *number* in its unit."""
        if number < 0:
            text = self.number(-number, unit)
            return MINUS + text if _is_something(text) else text
        if unit == "hours":
            return self._hours(number)
        if unit == "times":
            return self._decimal(number, 2) + TIMES
        if unit == "count" and number != int(number):
            return self._decimal(number, 3)
        scale, places, suffix = self._form(unit)
        text = self._decimal(Decimal(str(number)) * scale, places)
        return f"{text}\N{NO-BREAK SPACE}{suffix}" if suffix else text

    def _form(self, unit: Form) -> tuple[int, int, str]:
        """Return by what a number is multiplied, its decimal places, and what stands behind it."""
        match unit:
            case "ratio":
                return 100, 1, "%"
            case "days":
                return 1, 1, "d"
            case "money" | "money/month":
                return 1, 2, self.currency
            case "count" | "class" | "list":
                return 1, 0, ""
        return 1, 1, ""

    def _decimal(self, number: Number, places: int) -> str:
        return self.output.number(Decimal(str(number)), places)

    def _hours(self, number: Number) -> str:
        hours, minutes = divmod(round(float(number) * 60), 60)
        whole = f"{self._decimal(hours, 0)}\N{NO-BREAK SPACE}h "
        return (whole if hours else "") + f"{minutes}\N{NO-BREAK SPACE}min"


def _is_something(text: str) -> bool:
    """Whether a number is more than nought after it was rounded."""
    return any(digit in text for digit in "123456789")


def form(figure: Answer | Kpi) -> Form:
    """Return how the numbers of an answer, or of a KPI, are written."""
    return "times" if figure.multiple else figure.unit


def segment_text(answer: Answer) -> str | None:
    """Return the segment that *answer* is about, as it can be asked for; None for the whole."""
    if answer.segment is None:
        return None
    return ", ".join(f"{key}={NO_SEGMENT if value is None else value}" for key, value in answer.segment.items())


def period_text(period: Period, fiscal_year_start: int) -> str:
    """Return *period* as it can be asked for."""
    start = period.starts_on
    into = (start.month - fiscal_year_start) % 12
    year = start.year - (start.month < fiscal_year_start)
    texts = {
        "day": start.isoformat(),
        "week": f"{start:%G-W%V}",
        "month": f"{start:%Y-%m}",
        "quarter": f"{year}-Q{into // 3 + 1}",
        "year": str(year),
    }
    return texts.get(period.grain or "", f"{start.isoformat()}/{period.ends_on.isoformat()}")
