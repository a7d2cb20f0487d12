"""What stands in for a vendor: it tells of an imaginary business, and things can be done to its records."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from latido.connect import Clock, SystemClock
from latido.testing._faults import Switches
from latido.testing.truth import Known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from latido.testing._drill import Drill
    from latido.testing.world import Ticket, World


class Imitation(ABC):
    """Stands in for a vendor that has its records anywhere; one that is asked over HTTP is a `Sandbox`.

    `world` is the business, or the branch of it, that it tells of, `known` how well. Records change
    under `lock`, so that a test may change them while a sync reads. For the conformance suite it brings `drills` and
    makes no page larger than `switches.at_most`.
    """

    Switches: ClassVar[type[Switches]] = Switches
    known: ClassVar[Known] = Known()
    world: World

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock: Clock = clock or SystemClock()
        self.switches = self.Switches()
        self.lock = threading.RLock()

    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """Return what `[sources.<name>]` says for the real connector to read from here."""

    def tailored(self) -> dict[str, Any]:
        """Return the `settings` of somebody who also says what this vendor's own fields of theirs mean."""
        return self.settings()

    @abstractmethod
    def address(self) -> dict[str, Any]:
        """Return those of the `settings` that say where this is."""

    def settle(self, folder: Path) -> None:  # noqa: B027 - what has no files needs no folder
        """Keep the files that the connector is to read in *folder*, the project's; those that are there stay."""

    def tickets(self) -> Iterator[Ticket]:
        """Yield every ticket as it stands now, for the truth; none where the vendor has none."""
        return iter(())

    def deeds(self) -> dict[str, Callable[..., Any]]:
        """Return what can be done to the records from outside, by name."""
        return {}

    def drills(self) -> Mapping[str, Drill]:
        """Return what can be done to the records of each stream, by its name."""
        return {}
