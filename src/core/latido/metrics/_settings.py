"""What the engine has to know of a project."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from latido.config import HealthSettings, SegmentSettings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from latido.config import Project, Range, Schedule

BY_HAND = "files"
"""The connector, as settings name it, that reads what people wrote down themselves."""


HEALTH_PARTS = ("nps", "csat", "ces", "support", "usage")
"""What the health of a customer is made of."""


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """How figures are computed. `sources` are the configured ones: rows of others do not count.

    Rates are taken from the sources *by_hand*, those that people wrote down, before the place that `fx` names.
    `variants` says which variant of a KPI is meant where none is asked for, `bands` what people call its figures,
    `schedules` when desks are open.
    """

    sources: tuple[str, ...]
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    currency: str = "EUR"
    schedules: Mapping[str, Schedule] = field(default_factory=lambda: MappingProxyType({}))
    variants: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    bands: Mapping[str, Mapping[str, Range]] = field(default_factory=lambda: MappingProxyType({}))
    fiscal_year_start: int = 1
    gross_margin: Decimal | None = None
    fx: str | None = None
    by_hand: tuple[str, ...] = ()
    health: HealthSettings = field(default_factory=HealthSettings)
    segments: SegmentSettings = field(default_factory=SegmentSettings)

    @property
    def bound(self) -> dict[str, Any]:
        """What any facts may mention, as it is bound in them; the weights of health add up to 1."""
        return {
            "currency": self.currency,
            "zone": str(self.time_zone),
            **{f"health_{part}": weight for part, weight in self._weights().items()},
            "health_per_ticket": self.health.points_per_ticket,
            "health_coverage": self.health.coverage,
            "health_at_risk": self.health.at_risk_below,
            "high_share": self.segments.high,
            "high_or_middle_share": self.segments.high + self.segments.middle,
        }

    def _weights(self) -> dict[str, Decimal]:
        weights: dict[str, Decimal] = {part: getattr(self.health, part) for part in HEALTH_PARTS}
        total = sum(weights.values()) or 1
        return {part: weight / total for part, weight in weights.items()}

    @classmethod
    def of(cls, project: Project) -> EngineSettings:
        """Return what *project* says about figures."""
        return cls(
            sources=tuple(project.sources),
            time_zone=project.time_zone,
            currency=project.currency,
            schedules=project.schedules,
            variants=project.metrics.variants,
            bands=project.metrics.bands,
            fiscal_year_start=project.metrics.fiscal_year_start,
            gross_margin=project.metrics.gross_margin,
            fx=project.metrics.fx,
            by_hand=tuple(name for name, each in project.sources.items() if each.connector_name == BY_HAND),
            health=project.metrics.health,
            segments=project.metrics.segments,
        )
