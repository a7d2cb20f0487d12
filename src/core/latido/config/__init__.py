"""What a project is set up with: latido.toml, `.env`, the environment and flags, laid over one another."""

from latido.config._complaints import mentions
from latido.config._duration import duration
from latido.config._layers import Origin, Setting
from latido.config._project import Project
from latido.config._sections import (
    DemoSettings,
    LatidoSettings,
    MetricsSettings,
    Schedule,
    ScheduleSettings,
)
from latido.config._sources import Shown, SourceConfig
from latido.config._writing import NewProject, NewSource

__all__ = [
    "DemoSettings",
    "LatidoSettings",
    "MetricsSettings",
    "NewProject",
    "NewSource",
    "Origin",
    "Project",
    "Schedule",
    "ScheduleSettings",
    "Setting",
    "Shown",
    "SourceConfig",
    "duration",
    "mentions",
]
