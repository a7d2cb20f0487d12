"""What the words mean that an organization has for the state of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.connect import Source

if TYPE_CHECKING:
    from collections.abc import Mapping as Map

    from latido.connect import Context, JsonObject

FINAL = frozenset({"solved", "closed"})


def common_word(status: Map[str, Any]) -> str:
    """Return the common word for a row of CaseStatus: its flags tell, its name does not."""
    if status.get("IsClosed"):
        return "closed"
    return "new" if status.get("IsDefault") else "open"


def status_word(value: str, words: Map[str, str] | None = None) -> Source:
    """The common word for the status at *value*, by its label or its API name; *words* are the settings' own.

    History keeps what was displayed at that time: a word that is in neither is not known.
    """
    own = words or {}

    def bind(context: Context) -> Any:
        listed = context.reference.get("case_statuses", {})

        def find(record: JsonObject) -> str | None:
            said = record.get(value)
            if said is None:
                return None
            return own.get(said) or (common_word(listed[said]) if said in listed else "unknown")

        return find

    return Source(f"case_status({value}{_listed(own)})", (value,), bind)


def case_status(words: Map[str, str] | None = None) -> Source:
    """The common word for a case's status. Whether it is closed the case itself says, and that goes first."""
    common = status_word("Status", words)

    def bind(context: Context) -> Any:
        word = common.bind(context)

        def find(case: JsonObject) -> str | None:
            said: str | None = word(case)
            closed = case.get("IsClosed")
            if closed is None:
                return said
            if closed:
                return said if said in FINAL else "closed"
            return "open" if said is None or said in FINAL or said == "unknown" else said

        return find

    return Source(f"{common.description}, IsClosed first", (*common.paths, "IsClosed"), bind)


def _listed(words: Map[str, str]) -> str:
    return "".join(f", {said}: {meant}" for said, meant in sorted(words.items()))
