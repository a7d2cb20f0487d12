"""Decoding only what is wanted: of a record of 3 kB a mapping reads a fifth, and the rest need not become objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

import orjson

from latido.connect._lenient import leniently

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Shape:
    """The wanted parts of an answer: lists of records with the fields to keep of each, and further members, whole.

    The records of *packed* lists are not decoded but by `unpacked`: a page of many takes a tenth of the memory. An
    answer that is shaped otherwise is decoded whole, so that what is odd about it can be looked at.
    """

    def __init__(self, lists: Mapping[str, Collection[str]], *members: str, packed: Collection[str] = ()) -> None:
        import msgspec

        records = {key: list[_partial(fields)] for key, fields in lists.items()}  # type: ignore[misc]
        self._decoder = msgspec.json.Decoder(
            _answer({**records, **dict.fromkeys(packed, list[msgspec.Raw]), **dict.fromkeys(members, Any)})
        )

    def decode(self, body: bytes) -> Any:
        """Return the decoded *body*; raises ValueError if it is not JSON."""
        import msgspec

        try:
            return self._decoder.decode(body)
        except msgspec.DecodeError:
            return orjson.loads(body)


def unpacked(record: Any) -> Any:
    """Return a *record* of a packed list, decoded; one that is so already is itself."""
    import msgspec

    if not isinstance(record, msgspec.Raw):
        return record
    try:
        return orjson.loads(memoryview(record))
    except ValueError:
        return leniently(bytes(record))


def _partial(fields: Collection[str]) -> Any:
    return _answer(dict.fromkeys(fields, Any))


def _answer(members: Mapping[str, Any]) -> Any:
    return TypedDict("Partial", dict(members), total=False)  # type: ignore[operator]
