"""Which tables of the schema the facts of a KPI are read from, besides those that it needs."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from latido.metrics.catalogue import views

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from latido.metrics._kpi import Kpi, Query

_MADE_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "m_accounts": ("accounts",),
        "m_acquired": ("deals", "contracts"),
        "m_answers": ("survey_responses",),
        "m_carts": ("carts",),
        "m_contracts": ("deals", "contracts"),
        "m_deals": ("deals",),
        "m_invitations": ("survey_invitations",),
        "m_milestones": ("milestones",),
        "m_segments": ("deals", "contracts"),
        "m_sessions": ("web_sessions",),
        "m_spend": ("marketing_spend",),
        "m_steps": ("deals", "contracts"),
        "m_tickets": ("tickets",),
    }
)
"""What is counted in the tables of the model layer, by the table of the schema that it is stored in."""


def read_if_there(kpi: Kpi, leaves: Iterable[Kpi]) -> list[str]:
    """Return the tables that *kpi*, made of the facts of *leaves*, reads without needing them."""
    needed = {name for group in kpi.tables for name in group}
    read = {model for leaf in leaves for model in _models(leaf.counted()[0])}
    found = dict.fromkeys(table for model in sorted(read) for table in _MADE_OF.get(model, ()))
    return [table for table in found if table not in needed]


def _models(query: Query, sql: str | None = None) -> Iterator[str]:
    """Yield the tables of the model layer that *query* reads, itself or through views."""
    sql = query.sql if sql is None else sql
    yield from re.findall(r"\bm_\w+", sql)
    for name in views():
        if re.search(rf"\b{name}\b", sql):
            yield from _models(query, views()[query.instead.get(name, name)])
