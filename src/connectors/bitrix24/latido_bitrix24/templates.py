"""Recurring deals: what their templates say of when something began, recurs and ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from latido_bitrix24.terms import MONTHS, day, first_after, later, sooner

if TYPE_CHECKING:
    from datetime import date
    from fractions import Fraction

    from latido.connect import JsonObject
    from latido_bitrix24.terms import Unit

REPEATED = "multiple"
"""The mode of a template that makes more than one deal."""


@dataclass(frozen=True, slots=True)
class Term:
    """What a template says: `ends_on` is the first day that nobody paid for, `months` what one deal covers."""

    starts_on: date | None
    ends_on: date | None
    status: str
    months: Fraction


def same_case(template: JsonObject) -> dict[str, Any]:
    """Return *template* with names in upper case: Bitrix24 spells some of them in lower case."""
    return {name.upper(): value for name, value in template.items()}


def recurs(template: JsonObject) -> bool:
    return params(template).get("MODE") == REPEATED


def params(template: JsonObject) -> JsonObject:
    """Return the parameters of *template*; nothing is an empty list."""
    told = template.get("PARAMS")
    return told if isinstance(told, dict) else {}


def term(template: JsonObject, *, switched_off_ends: bool = True) -> Term:
    """Return when what *template* (names in upper case) bills begins and ends.

    Where a template that was switched off ends something, that ends once what was billed last is over: Bitrix24 does
    not say when it was switched off.
    """
    turn = Turn.of(template)
    begin = day(template.get("START_DATE")) or day(template.get("NEXT_EXECUTION"))
    planned = None if begin is None else turn.planned_end(begin, template)
    if template.get("ACTIVE") == "Y" and template.get("NEXT_EXECUTION"):
        return Term(begin, planned, "active", turn.months)
    if has_run_out(template):
        return Term(begin, planned, "ended", turn.months)
    if not switched_off_ends:
        return Term(begin, planned, "active", turn.months)
    last = day(template.get("LAST_EXECUTION"))
    paid_until = begin if last is None else later(last, turn.unit, turn.count)
    return Term(begin, sooner(planned, paid_until), "cancelled", turn.months)


def has_run_out(template: JsonObject) -> bool:
    """Whether *template* made all the deals that it was meant to make."""
    match template.get("IS_LIMIT"):
        case "T":  # so many times
            return int(template.get("COUNTER_REPEAT") or 0) >= int(template.get("LIMIT_REPEAT") or 0)
        case "D":  # until a date
            last, until = day(template.get("LAST_EXECUTION")), day(template.get("LIMIT_DATE"))
            return last is not None and until is not None and later(last, *Turn.of(template).step) > until
        case _:
            return False


@dataclass(frozen=True, slots=True)
class Turn:
    """How far apart the deals of a template are."""

    unit: Unit
    count: int

    @classmethod
    def of(cls, template: JsonObject) -> Turn:
        """Return the turn of *template*; raises ValueError for a unit that nobody knows."""
        told = params(template)
        unit, count = told.get("MULTIPLE_TYPE"), int(told.get("MULTIPLE_INTERVAL") or 1)
        if unit not in MONTHS or count < 1:
            raise ValueError(f"PARAMS: recurs every {count} {unit}")
        return cls(cast("Unit", unit), count)

    @property
    def step(self) -> tuple[Unit, int]:
        return self.unit, self.count

    @property
    def months(self) -> Fraction:
        return self.count * MONTHS[self.unit]

    def planned_end(self, begin: date, template: JsonObject) -> date | None:
        match template.get("IS_LIMIT"), day(template.get("LIMIT_DATE")):
            case "T", _:
                return later(begin, self.unit, self.count * int(template.get("LIMIT_REPEAT") or 0))
            case "D", until if until is not None:
                return first_after(begin, until, self.unit, self.count)
            case _:
                return None
