"""Sentences that people read, in their language.

A sentence is written in English where it is needed, marked with `_`, and rendered at the edge. Each distribution ships
its catalogue as `locale/<language>/LC_MESSAGES/<package>.mo` beside its modules.
"""

from __future__ import annotations

import gettext
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence with its values; `str` of it is English."""

    domain: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.render("en")

    def render(self, language: str) -> str:
        """Return the sentence in *language* (an ISO 639 code), in English where there is no translation."""
        values = {name: _written(render(value, language), language) for name, value in self.values.items()}
        return _catalogue(self.domain, language).gettext(self.template).format(**values)


def render(value: Any, language: str) -> Any:
    """Return *value*, in *language* if it is a message."""
    return value.render(language) if isinstance(value, Message) else value


class _Counted(int):
    """A count in Spanish: `{n:,}` has a no-break space between thousands."""

    def __format__(self, form: str) -> str:
        return super().__format__(form).replace(",", "\N{NO-BREAK SPACE}")


def _written(value: Any, language: str) -> Any:
    return _Counted(value) if language == "es" and isinstance(value, int) and not isinstance(value, bool) else value


def marker(domain: str) -> Callable[..., Message]:
    """Return the `_` of the distribution whose import package is *domain*: `_("{n} rows", n=3)`."""

    def mark(template: str, /, **values: Any) -> Message:
        return Message(domain, template, values)

    return mark


@cache
def _catalogue(domain: str, language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    file = resources.files(domain) / "locale" / language / "LC_MESSAGES" / f"{domain}.mo"
    if not file.is_file():
        return gettext.NullTranslations()
    with file.open("rb") as stream:
        return gettext.GNUTranslations(stream)
