"""What a record says of how content somebody was, by what the settings say of where that stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido_bitrix24.declared import KINDS
from latido_bitrix24.transforms import fields_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido.connect import JsonObject
    from latido_bitrix24.connector import Bitrix24
    from latido_bitrix24.declared import Survey


def said(record: JsonObject, field: str | None, words: Mapping[str, Mapping[str, str]]) -> Any:
    """Return what *record* says in *field*: of a list the word itself; of several values the first one.

    *words* holds those of each list, by the ids that records have instead. Nothing is None, "", [] or false.
    """
    told = None if field is None else record.get(field)
    value = (told[0] if told else None) if isinstance(told, list) else told
    if field is None or value is None or value is False or value == "":
        return None
    return words.get(field, {}).get(str(value), value)


def lists_of(connector: Bitrix24, entity_type_id: int) -> dict[str, Mapping[str, str]]:
    """Return the words of the lists among the fields of a type, by field and id."""
    known = connector.context().reference.get(fields_of(entity_type_id)) or {}
    return {name: each["items"] for name, each in known.items() if each.get("items")}


def judged(record: JsonObject, survey: Survey, words: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return kind, score and scale of the answer in *record*; without a scale the score is not to be compared."""
    kind = kind_of(said(record, survey.kind_field, words), survey.kind)
    scale = survey.scale(kind)
    ends = {} if scale is None else scale.model_dump()
    return {**ends, "kind": kind, "score": number(said(record, survey.score, words))}


def kind_of(word: Any, otherwise: str) -> str:
    if word is None:
        return otherwise
    return kind if (kind := str(word).strip().lower()) in KINDS else "other"


def number(score: Any) -> Any:
    """Return the score: a number, or a text that begins with one, as the words of lists do ("9 - very likely")."""
    return score.strip().partition(" ")[0] if isinstance(score, str) else score
