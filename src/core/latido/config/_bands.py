"""Bands of a project's own: how a figure is called that lies between two numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator

from latido.messages import marker

_ = marker("latido")

_NUMBER = r"(-?\d+(?:\.\d+)?\s*%?)"
_BELOW = re.compile(rf"below\s+{_NUMBER}")
_BETWEEN = re.compile(rf"{_NUMBER}\s+to\s+{_NUMBER}")
_FROM = re.compile(rf"from\s+{_NUMBER}")


@dataclass(frozen=True, slots=True)
class Range:
    """From `lower` on, up to `upper` and without it; None has no end. `written` is how the settings say it."""

    written: str
    lower: Decimal | None = None
    upper: Decimal | None = None


def _range(text: Any) -> Any:
    written = str(text).strip()
    if below := _BELOW.fullmatch(written):
        return Range(written, None, _number(below[1]))
    if above := _FROM.fullmatch(written):
        return Range(written, _number(above[1]), None)
    between = _BETWEEN.fullmatch(written)
    if between is None:
        raise ValueError(_('{text} is no band. Write it as "below 0", "0 to 30" or "from 30".', text=written))
    lower, upper = _number(between[1]), _number(between[2])
    if lower >= upper:
        raise ValueError(_("{text} ends before it begins.", text=written))
    return Range(written, lower, upper)


def _number(text: str) -> Decimal:
    """Return the number in *text*; a share may be written in percent."""
    return Decimal(text.rstrip("% ")) / (100 if text.endswith("%") else 1)


Bands = dict[str, dict[str, Annotated[Range, BeforeValidator(_range)]]]
"""Of each KPI, the ranges by their names."""
