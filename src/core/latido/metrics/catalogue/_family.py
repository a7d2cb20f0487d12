"""What the KPIs of a family have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.metrics._kpi import Kpi, Query

if TYPE_CHECKING:
    from collections.abc import Callable


def facts(name: str) -> Query:
    """Return the query in the file of that *name* beside this module."""
    return Query.read(__package__, f"{name}.sql")


def family(**common: Any) -> Callable[..., Kpi]:
    """Return a function that makes a KPI of its id and of what it has besides *common*, or instead.

    Its facts are those in the file of its name, if nothing else is said.
    """

    def kpi(name: str, **said: Any) -> Kpi:
        return Kpi(id=name, **common | {"facts": said.get("facts") or facts(name)} | said)

    return kpi
