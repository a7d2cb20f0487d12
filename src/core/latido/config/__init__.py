"""What a project is set up with: latido.toml, `.env`, the environment and flags, laid over one another."""

from latido.config._bands import Range
from latido.config._complaints import mentions
from latido.config._duration import duration
from latido.config._layers import Origin, Setting
from latido.config._project import Project
from latido.config._sections import (
    DemoSettings,
    HealthSettings,
    LatidoSettings,
    MetricsSettings,
    Schedule,
    ScheduleSettings,
    SegmentSettings,
)
from latido.config._sources import Shown, SourceConfig
from latido.config._writing import NewProject, NewSource

__all__ = [
    "DemoSettings",
    "HealthSettings",
    "LatidoSettings",
    "MetricsSettings",
    "NewProject",
    "NewSource",
    "Origin",
    "Project",
    "Range",
    "Schedule",
    "ScheduleSettings",
    "SegmentSettings",
    "Setting",
    "Shown",
    "SourceConfig",
    "duration",
    "mentions",
]
