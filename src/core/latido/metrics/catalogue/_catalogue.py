"""Everything that stands in this folder, read once."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from latido.metrics._kpi import Query
from latido.metrics.catalogue import _health, _recurring, _sales, _surveys, _tickets, _usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido.metrics._kpi import Kpi


@cache
def built_in() -> tuple[Kpi, ...]:
    """Return the KPIs of the catalogue, in the order in which they are shown."""
    families = (_surveys, _tickets, _usage, _recurring, _sales, _health)
    return tuple(kpi for family in families for kpi in family.kpis())


@cache
def views() -> Mapping[str, str]:
    """Return the queries that several facts share, by the name under which facts read them."""
    return _read("views")


@cache
def totals() -> Mapping[str, str]:
    """Return what some views are as long as only totals are wanted, by the name of the view: one row for many alike."""
    return _read("totals")


def _read(folder: str) -> Mapping[str, str]:
    found = (each for each in (resources.files(__package__) / folder).iterdir() if each.name.endswith(".sql"))
    files = sorted(found, key=lambda each: each.name)
    return {each.name.removesuffix(".sql"): Query.parsed(each.read_text(encoding="utf-8")).sql for each in files}
