"""Decoding what is JSON but for a value or two."""

from __future__ import annotations

import math
from typing import Any

import orjson

from latido.schema import whole_characters


def leniently(body: bytes) -> Any:
    """Return decoded what is JSON but for texts that were cut through a character, NaN and infinity.

    One such value in one record would else keep the whole page away for ever. Raises ValueError for what is no JSON.
    """
    import json

    found = json.loads(body.decode("utf-8", "replace"), parse_constant=lambda _nan: None, parse_float=_finite)
    return orjson.loads(whole_characters(json.dumps(found, ensure_ascii=False)))


def _finite(number: str) -> float | None:
    found = float(number)
    return found if math.isfinite(found) else None
