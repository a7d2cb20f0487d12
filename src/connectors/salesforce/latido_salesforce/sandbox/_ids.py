"""Ids of eighteen characters: three name the type, the last three repair what a spreadsheet does to the case."""

from __future__ import annotations

from functools import lru_cache

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_INSTANCE = "7Q0"
_DIGITS = 9
_SHORT, _LONG = 15, 18
_VALUES = {letter: value for value, letter in enumerate(_LETTERS)}


@lru_cache(maxsize=1 << 16)
def identity(prefix: str, number: int) -> str:
    """Return the id of record *number*: a greater number has a greater id."""
    places = []
    for _ in range(_DIGITS):
        number, rest = divmod(number, len(_LETTERS))
        places.append(_LETTERS[rest])
    short = prefix + _INSTANCE + "".join(reversed(places))
    return short + suffix(short)


def suffix(short: str) -> str:
    """Return the three letters that say which of the fifteen characters are capitals."""
    return "".join(_capitals(short[start : start + 5]) for start in (0, 5, 10))


@lru_cache(maxsize=1 << 16)
def _capitals(five: str) -> str:
    return _SUFFIX[sum(letter.isupper() << place for place, letter in enumerate(five))]


def long(text: str) -> str | None:
    """Return an id of fifteen or eighteen characters as one of eighteen; None if it is neither."""
    if len(text) == _LONG:
        return text
    return text + suffix(text) if len(text) == _SHORT else None


def number(text: str) -> int | None:
    """Return which record an id means; None if it is none of ours."""
    if len(text) not in {_SHORT, _LONG} or text[3:6] != _INSTANCE:
        return None
    found = 0
    for letter in text[6:_SHORT]:
        if letter not in _VALUES:
            return None
        found = found * len(_LETTERS) + _VALUES[letter]
    return found
