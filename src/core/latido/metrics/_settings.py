"""What the engine has to know of a project."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from latido.config import Project, Schedule


BY_HAND = "files"
"""The connector, as settings name it, that reads what people wrote down themselves."""


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """How figures are computed. `sources` are the configured ones: rows of others do not count.

    Rates are taken from the sources *by_hand*, those that people wrote down, before the place that `fx` names.
    `variants` says which variant of a KPI is meant where none is asked for, `schedules` when desks are open.
    """

    sources: tuple[str, ...]
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    currency: str = "EUR"
    schedules: Mapping[str, Schedule] = field(default_factory=lambda: MappingProxyType({}))
    variants: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    fiscal_year_start: int = 1
    gross_margin: Decimal | None = None
    fx: str | None = None
    by_hand: tuple[str, ...] = ()

    @classmethod
    def of(cls, project: Project) -> EngineSettings:
        """Return what *project* says about figures."""
        return cls(
            sources=tuple(project.sources),
            time_zone=project.time_zone,
            currency=project.currency,
            schedules=project.schedules,
            variants=project.metrics.variants,
            fiscal_year_start=project.metrics.fiscal_year_start,
            gross_margin=project.metrics.gross_margin,
            fx=project.metrics.fx,
            by_hand=tuple(name for name, each in project.sources.items() if each.connector_name == BY_HAND),
        )
