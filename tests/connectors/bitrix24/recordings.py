"""What was recorded at Bitrix24, or stands in its documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests import desk

RECORDED = Path(__file__).parent / "recorded"


def recorded(name: str) -> Any:
    """Return a recorded answer."""
    return desk.recorded(RECORDED / name)


def body(name: str) -> Any:
    """Return the result in a recorded answer."""
    return recorded(name)["result"]
