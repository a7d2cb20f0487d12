"""What customers thought of it."""

# ruff: noqa: PLR2004 - the odds of an imaginary business

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.testing.world import _words as words
from latido.testing.world._instants import DAY, HOUR, MINUTE
from latido.testing.world._tickets import SURVEY_LIFE, Rating, Survey

if TYPE_CHECKING:
    from random import Random

    from latido.testing.world._instants import Instant

_ASKED_AFTER = DAY


def asked_at(solves: tuple[Instant, ...]) -> Instant | None:
    """Return when opinions are asked for: a day after the last solve."""
    return solves[-1] + _ASKED_AFTER if solves else None


def rating(dice: Random, offered_at: Instant, end: Instant) -> Rating:
    """Return a thumb up or down, or only the question."""
    answered_at = offered_at + 30 + int(dice.lognormvariate(0, 1.4) * 3 * HOUR)
    if dice.random() > 0.4 or answered_at >= end:
        return Rating(offered_at)
    good = dice.random() < 0.82
    reason = None if good else dice.randrange(len(words.REASONS))
    return Rating(offered_at, answered_at, good, _remark(dice), reason)


def survey(dice: Random, offered_at: Instant, end: Instant) -> Survey:
    """Return a questionnaire: unanswered, answered in part or whole, in one of eight cases changed later."""
    answered_at = offered_at + 30 + int(dice.lognormvariate(0, 1.4) * 3 * HOUR)
    answered = dice.random() < 0.45
    satisfaction = dice.choices((1, 2, 3, 4, 5, None), (5, 6, 10, 30, 45, 4))[0]
    ease = dice.choices((1, 2, 3, 4, 5, 6, 7, None), (3, 3, 6, 10, 20, 28, 25, 5))[0]
    remark = _remark(dice)
    changed_at = answered_at + MINUTE + dice.randrange(10 * DAY)
    second_thought = dice.random() < 0.12, dice.choice((1, 2, 3, 4, 5))
    if not answered or answered_at >= min(end, offered_at + SURVEY_LIFE):
        return Survey(offered_at)
    if second_thought[0] and changed_at < min(end, offered_at + SURVEY_LIFE):
        return Survey(offered_at, answered_at, changed_at, second_thought[1], ease, remark)
    return Survey(offered_at, answered_at, None, satisfaction, ease, remark)


def _remark(dice: Random) -> str | None:
    return dice.choice(words.REMARKS) if dice.random() < 0.3 else None
