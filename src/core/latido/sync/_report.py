"""How a run ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from latido.errors import EXIT_ORDER, LatidoError

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from latido.messages import Message
    from latido.sync._receipt import Receipt

QUARANTINED = 5
SIGNAL_BASE = 128


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one source's run ended: its receipts, what went wrong, and what the user should know besides."""

    source: str
    receipts: tuple[Receipt, ...] = ()
    problems: tuple[LatidoError, ...] = ()
    warnings: tuple[Message, ...] = ()

    @property
    def codes(self) -> frozenset[int]:
        """The exit codes that this outcome asks for."""
        quarantined = any(each.quarantined for each in self.receipts)
        return frozenset({problem.exit_code for problem in self.problems} | ({QUARANTINED} if quarantined else set()))


@dataclass(frozen=True, slots=True)
class Report:
    """How a run of several sources ended."""

    run_id: str
    outcomes: tuple[Outcome, ...]

    @property
    def exit_code(self) -> int:
        """The one exit code of the run."""
        return exit_code({code for each in self.outcomes for code in each.codes})


def exit_code(codes: AbstractSet[int]) -> int:
    """Return the exit code of several outcomes: a signal's, unless something broke, else the first of `EXIT_ORDER`."""
    signalled = max(codes, default=0)
    if signalled > SIGNAL_BASE and 1 not in codes:
        return signalled
    return next((code for code in EXIT_ORDER if code in codes), 0)
