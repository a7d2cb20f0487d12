"""Chance without memory: what happens to one thing depends on the seed and on its own number alone."""

from __future__ import annotations

from hashlib import blake2b
from random import Random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

_RANGE = float(1 << 64)


def dice(seed: str, what: str, number: int) -> Random:
    """Return the dice with which *what* number *number* is made, and nothing else."""
    return Random(f"{seed}:{what}:{number}")  # noqa: S311 - made-up data


def share(seed: str, what: str, number: int) -> float:
    """Return one throw in [0, 1) for *what* number *number*; ten times cheaper than `dice`."""
    digest = blake2b(f"{seed}:{what}:{number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / _RANGE


def weighted(throw: float, choices: Sequence[tuple[float, T]]) -> T:
    """Return the choice on which *throw* in [0, 1) falls; the weights of *choices* add up to 1."""
    for weight, choice in choices:
        if throw < weight:
            return choice
        throw -= weight
    return choices[-1][1]
