"""What a promise is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from latido.connect import Stream
from latido.testing._sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from latido.schema import Record
    from latido.testing._conformance._laboratory import Laboratory
    from latido.testing._drill import Drill
    from latido.testing._imitation import Imitation


class Broken(AssertionError):
    """A promise is not kept; says in what."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stream that a promise may concern, and what its sandbox lets be tried."""

    stream: Stream
    drill: Drill
    sandbox: Imitation

    @property
    def name(self) -> str:
        return self.stream.name


@dataclass(frozen=True, slots=True)
class Promise:
    """What every connector does for each stream that it `concerns`; `key` is its name in `Connector.undeliverable`.

    `keep` raises Broken. One that is about the `whole` is tried with all streams at once.
    """

    key: str
    keep: Callable[[Laboratory, str], None]
    concerns: Callable[[Candidate], bool] = lambda _candidate: True
    whole: bool = False

    @property
    def sentence(self) -> str:
        """What the test is called."""
        return self.keep.__name__


def drilled(*deeds: str) -> Callable[[Candidate], bool]:
    """Return whether all of *deeds* can be done to a stream's records."""
    return lambda candidate: all(getattr(candidate.drill, each) is not None for each in deeds)


def filling(entity: type[Record]) -> Callable[[Candidate], bool]:
    """Return whether a stream's mappings make rows of *entity*."""
    return lambda candidate: any(each.entity is entity for each in candidate.stream.mappings)


def counted(candidate: Candidate) -> bool:
    """Whether the vendor counts what a stream reads."""
    return type(candidate.stream).count is not Stream.count


def resumed(candidate: Candidate) -> bool:
    """Whether a stream goes on where it stopped, and is read each time."""
    return candidate.stream.mode == "incremental" and not candidate.stream.sweep


def served(candidate: Candidate) -> bool:
    """Whether the vendor is asked over HTTP."""
    return isinstance(candidate.sandbox, Sandbox)


def limited(candidate: Candidate) -> bool:
    """Whether the vendor documents limits."""
    return isinstance(candidate.sandbox, Sandbox) and bool(candidate.sandbox.documented_limits())


def perishable(candidate: Candidate) -> bool:
    """Whether the vendor's tokens die."""
    return isinstance(candidate.sandbox, Sandbox) and type(candidate.sandbox).expire_tokens is not Sandbox.expire_tokens
