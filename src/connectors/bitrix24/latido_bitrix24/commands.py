"""What is asked in a batch, spelled as PHP reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Command:
    """One method with its parameters."""

    method: str
    params: Mapping[str, Any]

    def spelled(self) -> str:
        """Return the command as a batch holds it: brackets and signs are escaped, or they would be lost."""
        return f"{self.method}?{urlencode(list(flat(self.params)))}"


@dataclass(frozen=True, slots=True)
class Failed:
    """What became of a command that Bitrix24 did not carry out; `code` is in capitals."""

    code: str
    description: str


def flat(params: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield nested *params* as the names and values of a form: filter[>id], select[0]."""
    if isinstance(params, dict | list | tuple):
        pairs = params.items() if isinstance(params, dict) else enumerate(params)
        for key, value in pairs:
            yield from flat(value, f"{name}[{key}]" if name else str(key))
    else:
        yield name, spelled(params)


def spelled(value: Any) -> str:
    if isinstance(value, bool):
        return "Y" if value else "N"
    return "" if value is None else str(value)
