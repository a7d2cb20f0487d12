"""Why a figure is not what it was: its change, split into effects that add up to it exactly."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from latido.errors import UsageError
from latido.messages import marker
from latido.metrics._answer import plain_json
from latido.metrics._effects import Effect, Label, added, divided, mixtures, shared
from latido.metrics._figure import Figure, Situation
from latido.metrics._folds import Classes, Count, Formula, Sum, Tally
from latido.metrics._periods import Period
from latido.metrics._recount import CUSTOMER, Recount
from latido.metrics._run import finished
from latido.metrics._sides import MOVES, side, sides

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from latido.metrics._answer import Answer
    from latido.metrics._asks import Ask
    from latido.metrics._figure import Number
    from latido.metrics._run import Run, Segment

_ = marker("latido")

PART, MOVEMENT = "part", "movement"
_SOURCE = "source"
_MOST_SEGMENTS = 30


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a figure from `earlier` to `answer`, split `by` something into `effects`, the greatest first.

    They are fractions and add up to `value` exactly. `by` is a dimension, `customer` (those who are new, those who are
    lost, and those who stayed), `part` (of a formula) or `movement` (of recurring amounts). Without a figure in one of
    both periods there is no change: then `comparable` has the figures of whatever has one in both.
    """

    answer: Answer
    earlier: Answer
    by: str
    effects: tuple[Effect, ...] = ()
    comparable: Mapping[Label, tuple[Number, Number]] = field(default_factory=dict)

    @property
    def value(self) -> Fraction | None:
        """By how much it changed; None where there is nothing to compare."""
        if self.answer.value is None or self.earlier.value is None:
            return None
        return sum((effect.value for effect in self.effects), Fraction())

    def json(self) -> dict[str, Any]:
        """Return the change as `--format json` prints it."""
        previous = self.answer.previous
        return {
            "by": self.by,
            "previous_start": self.earlier.period.starts_on.isoformat(),
            "previous_end": self.earlier.period.ends_on.isoformat(),
            "previous": plain_json(self.earlier.value),
            "value": plain_json(self.answer.value),
            "change": plain_json(self.value),
            "lower": previous and previous.difference and previous.difference[0],
            "upper": previous and previous.difference and previous.difference[1],
            "may_be_chance": bool(previous and previous.may_be_chance),
            "reason": self.answer.reason,
            "previous_reason": self.earlier.reason,
            "effects": [
                {
                    self.by: effect.label,
                    "effect": effect.name,
                    "value": plain_json(effect.value),
                    "before": plain_json(effect.before),
                    "after": plain_json(effect.after),
                }
                for effect in self.effects
            ],
            "comparable": [
                {self.by: label, "previous": plain_json(before), "value": plain_json(after)}
                for label, (before, after) in self.comparable.items()
            ],
        }


def change(ask: Ask, earlier: Answer, answer: Answer, run: Run, by: str | None) -> Change:
    """Return the change from *earlier* to *answer*, both of *ask*.

    Without *by* a formula is split by its parts, what recurs by its movements, anything else by source where it comes
    from several, by what became of customers where it does not.
    """
    return _Split(ask, earlier, answer, run).change(by)


@dataclass(frozen=True, slots=True)
class _Split:
    ask: Ask
    earlier: Answer
    answer: Answer
    run: Run

    def change(self, by: str | None) -> Change:
        name = by or (PART if isinstance(self.ask.kpi.fold, Formula) else self._usual())
        if self.answer.value is None or self.earlier.value is None:
            return Change(self.answer, self.earlier, name, comparable=self._comparable(name))
        if by is None and (moved := self._moved()):
            return self._told(MOVEMENT, moved)
        if self._only_part() is not None:
            return self._rescaled(by)
        fold = self.ask.kpi.fold
        if name == PART and isinstance(fold, Formula):
            return self._told(name, self._by_parts(fold))
        return self._told(name, self._by_segments(name))

    def _told(self, by: str, effects: Iterable[Effect]) -> Change:
        told = sorted((each for each in effects if each.value), key=lambda each: -abs(each.value))
        return Change(self.answer, self.earlier, by, tuple(told))

    def _usual(self) -> str:
        before, after = self._tallies(_SOURCE, self.ask)
        return _SOURCE if len({*before, *after} - {None}) > 1 else CUSTOMER

    def _tallies(self, by: str, leaf: Ask) -> tuple[dict[Label, Tally], dict[Label, Tally]]:
        """Return what was counted of each segment, in both periods; one of which all was left out has nothing."""
        if self.run.state.reason(leaf.kpi) is not None:
            return {}, {}
        before, after = Recount(self.run, self.earlier.period, self.answer.period, by).tallies(leaf)
        return _counted(before), _counted(after)

    def _moved(self) -> list[Effect]:
        """Return the movements from the end of one period to the end of the other; none unless they lead there."""
        if not self.ask.kpi.moved_by:
            return []
        asked = self.run.catalogue.following(self.ask.kpi.moved_by, self.ask.values)
        between = Period(self.earlier.period.ends_on, self.answer.period.ends_on)
        figure = self.run.figures([asked], [between])[asked.text, between, ()]
        moves = [
            Effect(name, "change", sign * Fraction(figure.parts[name]))
            for name, sign in MOVES.items()
            if name in figure.parts
        ]
        difference = _exact(self.answer.value) - _exact(self.earlier.value)
        return moves if sum(each.value for each in moves) == difference else []

    def _only_part(self) -> Ask | None:
        parts = list(self.run.catalogue.parts(self.ask).values())
        return parts[0] if len(parts) == 1 else None

    def _rescaled(self, by: str | None) -> Change:
        """Return the effects on the only part of a formula, in proportion to what they do to the whole."""
        part = self._only_part() or self.ask
        figures = self.run.figures([part], [self.earlier.period, self.answer.period])
        one, other = (_of_part(each, part, figures[part.text, each.period, ()]) for each in (self.earlier, self.answer))
        inner = change(part, one, other, self.run, by)
        whole = _exact(self.answer.value) - _exact(self.earlier.value)
        by_one = whole / inner.value if inner.value else Fraction()
        return self._told(inner.by, (Effect(each.label, each.name, each.value * by_one) for each in inner.effects))

    def _by_parts(self, fold: Formula) -> Iterator[Effect]:
        """Yield what each part of a formula does; the others are as before or as now, in every order."""
        names, situation = list(fold.parts), Situation(self.answer.period, self.run.settings)

        def figure(mixture: frozenset[Label]) -> Figure:
            parts = {name: (self.answer if name in mixture else self.earlier).parts[name] for name in names}
            return fold.finish({name: Figure(value) for name, value in parts.items()}, situation)

        for each in self._shared(names, figure):
            before, after = (_exact(found.parts[str(each.label)]) for found in (self.earlier, self.answer))
            yield replace(each, before=before, after=after)

    def _by_segments(self, by: str) -> Iterator[Effect]:
        kpi = self.ask.kpi
        if isinstance(kpi.fold, Formula) or side(kpi, Tally()) is None:
            return self._by_mixtures(by)
        before, after = (sides(kpi, tallies) for tallies in self._tallies(by, self.ask))
        return (added if isinstance(kpi.fold, Sum | Count | Classes) else divided)(before, after)

    def _by_mixtures(self, by: str) -> Iterator[Effect]:
        """Yield what each segment does to a figure that no sums make, such as a median: all is counted once more."""
        leaves = [leaf for leaf in self.run.catalogue.leaves(self.ask) if self.run.state.reason(leaf.kpi) is None]
        recount = Recount(self.run, self.earlier.period, self.answer.period, by)
        counted = {leaf.text: recount.tallies(leaf) for leaf in leaves}
        labels = sorted({label for both in counted.values() for tallies in both for label in tallies}, key=str)
        if len(labels) > _MOST_SEGMENTS:
            raise UsageError(
                _("{kpi} cannot be told apart by {n} segments.", kpi=self.ask.kpi.id, n=len(labels)),
                _("Ask for a dimension with at most {most}, or leave --segment out.", most=_MOST_SEGMENTS),
            )
        if not labels:
            return
        asked = mixtures(labels)
        mixed = {leaf.text: recount.mixtures(leaf, asked, labels) for leaf in leaves}

        def figure(mixture: frozenset[Label]) -> Figure:
            return self._figure({text: tallies[mixture] for text, tallies in mixed.items()})

        for each in self._shared(labels, figure):
            own = ({text: both[at].get(each.label, Tally()) for text, both in counted.items()} for at in (0, 1))
            before, after = (self._figure(tallies).value for tallies in own)
            yield replace(each, before=_perhaps(before), after=_perhaps(after))

    def _figure(self, tallies: Mapping[str, Tally]) -> Figure:
        period, whole = self.answer.period, ()
        keyed: dict[tuple[str, Period, Segment], Tally] = {
            (text, period, whole): tally for text, tally in tallies.items()
        }
        return self.run.figure(self.ask, period, whole, keyed)

    def _shared(self, labels: Sequence[Label], figure: Callable[[frozenset[Label]], Figure]) -> Iterator[Effect]:
        ends = {frozenset[Label](): self.earlier.value, frozenset(labels): self.answer.value}
        asked = mixtures(labels)
        return shared({each: _perhaps(ends[each] if each in ends else figure(each).value) for each in asked}, labels)

    def _comparable(self, by: str) -> dict[Label, tuple[Number, Number]]:
        """Return the figures of what has one in both periods."""
        if by == PART:
            parts = self.earlier.parts, self.answer.parts
            return {name: (parts[0][name], parts[1][name]) for name in parts[0] if name in parts[1]}
        if isinstance(self.ask.kpi.fold, Formula):
            return {}
        before, after = self._tallies(by, self.ask)
        known = {
            label: tuple(self._value(each[label]) for each in (before, after)) for label in before if label in after
        }
        return {label: (one, other) for label, (one, other) in known.items() if one is not None and other is not None}

    def _value(self, tally: Tally) -> Number | None:
        return finished(self.ask.kpi, tally).value


def _of_part(whole: Answer, part: Ask, figure: Figure) -> Answer:
    return replace(whole, kpi=part.kpi.id, unit=part.kpi.unit, value=figure.value, parts=figure.parts)


def _counted(tallies: Mapping[Label, Tally]) -> dict[Label, Tally]:
    return {label: tally for label, tally in tallies.items() if tally.groups}


def _exact(number: Number | None) -> Fraction:
    return Fraction(number or 0)


def _perhaps(number: Number | None) -> Fraction | None:
    return None if number is None else Fraction(number)
