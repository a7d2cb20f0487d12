"""What vendors deliver, so that no terminal obeys it and no spreadsheet computes it: anybody may write a ticket."""

from __future__ import annotations

import re

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_CONTROLS_AND_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_FORMULA = re.compile(r"[=+\-@\t\r\n]")
_PLAIN_NUMBER = re.compile(r"[+-]?[\d.,]+")


def harmless(text: str) -> str:
    """Return *text*, which may have several lines, without control characters."""
    return _CONTROLS.sub("", text)


def one_line(text: str) -> str:
    """Return *text* in one line, without control characters."""
    return _CONTROLS_AND_BREAKS.sub(" ", text)


def no_formula(text: str) -> str:
    """Return *text* with an apostrophe before it if a spreadsheet would take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) and not _PLAIN_NUMBER.fullmatch(text) else text
