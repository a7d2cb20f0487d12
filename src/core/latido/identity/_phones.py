"""Telephone numbers as the whole world dials them."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_NOISE = re.compile(r"\(0\)|[\s().\-/]")
_ABROAD = re.compile(r"(?:\+|00)([1-9][0-9]{7,14})")


def phone_numbers(written: Iterable[tuple[str, str, str]]) -> tuple[list[str], list[str], list[str]]:
    """Return phone, country and number of those that are numbers; *written* has phone, country and its ISO code."""
    found = [(phone, country, number) for phone, country, code in written if (number := e164(phone, code))]
    phones, countries, numbers = zip(*found, strict=True) if found else ((), (), ())
    return list(phones), list(countries), list(numbers)


def e164(phone: str, country: str) -> str | None:
    """Return *phone* with its country's prefix, or None where it is no number or nobody knows of which country."""
    if abroad := _ABROAD.fullmatch(_NOISE.sub("", phone)):
        return f"+{abroad[1]}"
    return _national(phone, country) if country else None


@cache
def _national(phone: str, country: str) -> str | None:
    import phonenumbers

    try:
        number = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
