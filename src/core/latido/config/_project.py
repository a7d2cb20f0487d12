"""A project: a folder with latido.toml, and what it says once everything is laid over it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from latido.config._complaints import origin_of, validated
from latido.config._layers import SECTIONS, Origin, below, layered, spelling
from latido.config._references import References, read_dotenv
from latido.config._sections import DemoSettings, LatidoSettings, MetricsSettings, ScheduleSettings, schedule
from latido.config._sources import Shown, SourceConfig, plain
from latido.errors import ConfigurationError, UsageError
from latido.messages import marker
from latido.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from latido.config._layers import Keys, Setting, Settings
    from latido.config._sections import Schedule
    from latido.plugins import Plugins

_ = marker("latido")

FILE = "latido.toml"
_NAME = re.compile(r"^\w[\w-]*$")


@dataclass(frozen=True, slots=True)
class Project:
    """What latido.toml, `.env`, the environment and the flags say together.

    Sources are checked when their `settings` are asked for, so that reading figures needs no secret.
    """

    folder: Path
    latido: LatidoSettings
    sources: Mapping[str, SourceConfig]
    schedules: Mapping[str, Schedule]
    metrics: MetricsSettings
    demo_world: DemoSettings
    written: Settings = field(repr=False)

    @classmethod
    def load(
        cls,
        folder: Path,
        environ: Mapping[str, str] = MappingProxyType({}),
        flags: Mapping[str, Any] = MappingProxyType({}),
    ) -> Project:
        """Return the project in *folder*. *flags* go before all else: dotted keys to values.

        Raises ConfigurationError, for one mistake at a time.
        """
        folder = folder.absolute()
        if not (folder / FILE).is_file():
            raise _no_project(folder)
        dotenv = read_dotenv(folder / ".env")
        written = layered(folder / FILE, environ, dotenv, flags)
        _check_sections(written)
        latido = validated(LatidoSettings, "latido", below(written, "latido"))
        _check_publish(latido, folder, written)
        metrics = validated(MetricsSettings, "metrics", below(written, "metrics"))
        _check_fx(metrics, written)
        references = References(folder, environ, dotenv)
        return cls(
            folder=folder,
            latido=latido,
            sources={
                name: _source(name, below(written, "sources", name), references) for name in _names(written, "sources")
            },
            schedules={name: _schedule(name, written, latido) for name in _names(written, "schedules")},
            metrics=metrics,
            demo_world=validated(DemoSettings, "demo", below(written, "demo")),
            written=written,
        )

    @property
    def warehouse_path(self) -> Path:
        return self.folder / self.latido.warehouse

    @property
    def publish_path(self) -> Path | None:
        return None if self.latido.publish is None else self.folder / self.latido.publish

    @property
    def state_folder(self) -> Path:
        """The folder for what Latido itself keeps: tokens, locks, the last error."""
        return self.folder / ".latido"

    @property
    def time_zone(self) -> ZoneInfo:
        return self.latido.timezone

    @property
    def currency(self) -> str:
        return self.latido.currency

    @property
    def language(self) -> str:
        return self.latido.language

    @property
    def demo(self) -> bool:
        return self.latido.demo

    def chosen(self, names: Sequence[str] = ()) -> list[SourceConfig]:
        """Return the sources of these *names*, all without any; raises UsageError, with the nearest, for others."""
        for name in names:
            if name not in self.sources:
                raise self._unknown_source(name)
        if not self.sources:
            raise ConfigurationError(
                _("latido.toml has no source."), _("Add one: latido init --source NAME, or write [sources.NAME]")
            )
        return [self.sources[name] for name in dict.fromkeys(names or self.sources)]

    def shown(self, plugins: Plugins, names: Sequence[str] = ()) -> Iterator[Shown]:
        """Yield every setting of the project and of the sources of these *names* as it may be shown."""
        for keys, each in self.written.items():
            if keys[0] != "sources":
                yield Shown(".".join(keys), plain(each.value), each.origin.place())
        for name, info in LatidoSettings.model_fields.items():
            if ("latido", name) not in self.written:
                yield Shown(f"latido.{name}", plain(info.default), Origin("default").place())
        for source in self.chosen(names):
            yield from source.shown(plugins)

    def _unknown_source(self, name: str) -> UsageError:
        near = nearest(name, self.sources)
        return UsageError(
            _("There is no source {name}. Did you mean {near}?", name=name, near=near)
            if near
            else _("There is no source {name}.", name=name),
            _("See all: latido check --config"),
        )


def _no_project(folder: Path) -> ConfigurationError:
    return ConfigurationError(
        _("There is no latido.toml in {folder}.", folder=str(folder)),
        _("Start a project: latido init. To look around first: latido demo"),
    )


def _check_sections(written: Settings) -> None:
    for keys, each in written.items():
        if keys[0] not in SECTIONS:
            raise _unknown_section(keys[0], each)
        least = 2 if keys[0] in ("sources", "schedules") else 1
        if len(keys) <= least and each.value != {}:
            raise ConfigurationError(
                _("{place}: {key} is a section, not a value.", place=each.origin.place(), key=".".join(keys)),
                _("Write it as [{key}], with its keys below.", key=".".join(keys)),
            )


def _unknown_section(name: str, setting: Setting) -> ConfigurationError:
    near = nearest(name, SECTIONS)
    place = setting.origin.place()
    return ConfigurationError(
        _("{place}: there is no section {name}. Did you mean {near}?", place=place, name=name, near=near)
        if near
        else _("{place}: there is no section {name}.", place=place, name=name),
        _("The sections are: {known}", known=", ".join(SECTIONS)),
    )


def _names(written: Settings, section: str) -> Iterable[str]:
    names = dict.fromkeys(keys[1] for keys in written if keys[0] == section and len(keys) > 1)
    for name in names:
        if not _NAME.match(name):
            raise ConfigurationError(
                _(
                    "{place}: {name} cannot be a name. Use letters, digits, hyphens and underscores.",
                    place=origin_of(written, (section, name)).place(),
                    name=name,
                ),
                _("Correct it, then run: latido check"),
            )
    _check_spelling(names, section, written)
    return names


def _check_spelling(names: Iterable[str], section: str, written: Settings) -> None:
    """Refuse names that an environment variable could not tell apart."""
    known: dict[str, str] = {}
    for name in names:
        other = known.setdefault(spelling(name), name)
        if other != name:
            place = origin_of(written, (section, name)).place()
            raise ConfigurationError(
                _(
                    "{place}: {name} is the same name as {other}, but for case or hyphens.",
                    place=place,
                    name=name,
                    other=other,
                ),
                _("Give one of them another name, then run: latido check"),
            )


def _source(name: str, written: dict[Keys, Setting], references: References) -> SourceConfig:
    found = written.get(("connector",))
    if found is None or not isinstance(found.value, str):
        raise ConfigurationError(
            _("{place}: [sources.{name}] says no connector.", place=origin_of(written, ()).place(), name=name),
            _('Write connector = "…" there. See which are installed: latido plugins'),
        )
    return SourceConfig(name, found.value, written, references)


def _check_publish(latido: LatidoSettings, folder: Path, written: Settings) -> None:
    if latido.publish is not None and (folder / latido.publish).resolve() == (folder / latido.warehouse).resolve():
        place = origin_of(written, ("latido", "publish")).place()
        raise ConfigurationError(
            _("{place}: publish is the warehouse itself.", place=place),
            _('Give the copy another name: publish = "read.duckdb"'),
        )


def _check_fx(metrics: MetricsSettings, written: Settings) -> None:
    known = ["ecb", *_names(written, "sources")]
    if metrics.fx is not None and metrics.fx not in known:
        near, place = nearest(metrics.fx, known), origin_of(written, ("metrics", "fx")).place()
        raise ConfigurationError(
            _("{place}: fx names no source {name}. Did you mean {near}?", place=place, name=metrics.fx, near=near)
            if near
            else _("{place}: fx names no source {name}.", place=place, name=metrics.fx),
            _("It may say: {known}", known=", ".join(known)),
        )


def _schedule(name: str, written: Settings, latido: LatidoSettings) -> Schedule:
    if name == "none":
        place = origin_of(written, ("schedules", name)).place()
        raise ConfigurationError(
            _("{place}: a schedule cannot be called none, which means: without one.", place=place),
            _("Give it another name."),
        )
    settings = validated(ScheduleSettings, f"schedules.{name}", below(written, "schedules", name))
    return schedule(name, settings, latido.timezone)
