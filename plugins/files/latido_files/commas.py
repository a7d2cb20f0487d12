"""Numbers that are numbers, beside text that is declared to have a decimal comma."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal


def as_declared(cells: Sequence[Any], decimal: Literal[".", ","] | None) -> list[Any]:
    """Return *cells* so that all can be read as text that has *decimal*: 1234.567 could be a million else."""
    if decimal != ",":
        return [*cells]
    return [_with_comma(each) if isinstance(each, float | Decimal) else each for each in cells]


def _with_comma(number: float | Decimal) -> str:
    return format(Decimal(str(number)), "f").replace(".", ",")
