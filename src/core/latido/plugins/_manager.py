"""Finding and loading plugins."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any

import pluggy

from latido.errors import ConfigurationError
from latido.messages import marker
from latido.plugins import hookspecs
from latido.plugins._fitness import wrong_core, wrong_hooks
from latido.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import TypeAlias

    import typer

    from latido.connect import Connector
    from latido.messages import Message
    from latido.metrics import Kpi

    Fitting: TypeAlias = Callable[[str, Iterable[Any]], tuple[list[Kpi], list[Message]]]

_ = marker("latido")

GROUP = "latido"
LONGEST = 200
"""Characters of a stranger's exception that are shown."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A plugin that is used: where it came from (None: from memory), what it implements, the connectors it offers."""

    name: str
    distribution: str | None
    version: str | None
    hooks: tuple[str, ...]
    connectors: tuple[type[Connector], ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A plugin that could not be used, and why."""

    name: str
    distribution: str
    reason: Message
    version: str | None = None


class Plugins:
    """What is installed. A plugin that fails is named in `left_out` and does not take the others down."""

    def __init__(self, manager: pluggy.PluginManager, left_out: Iterable[LeftOut] = ()) -> None:
        self.manager = manager
        self.left_out = list(left_out)
        self.distributions: dict[str, metadata.Distribution] = {}

    def installed(self) -> list[Installed]:
        """Return the plugins that are used, by name."""
        return [self._installed(name, plugin) for name, plugin in sorted(self.manager.list_name_plugin())]

    def connectors(self) -> dict[str, type[Connector]]:
        """Return the installed connectors by name; of two that share one, the first."""
        found: dict[str, type[Connector]] = {}
        for plugin in self._implementations("latido_connectors"):
            for each in self._connectors_of(plugin):
                if found.setdefault(each.name, each) is not each:
                    self._leave_out(plugin, _("its connector {name} has the name of another.", name=each.name))
        return found

    def connector(self, name: str) -> type[Connector]:
        """Return the connector *name*; raises ConfigurationError when its plugin was left out, or is not installed."""
        found = self.connectors()
        if name in found:
            return found[name]
        for each in self.left_out:
            if each.name == name:
                raise ConfigurationError(
                    _("Plugin {name} is left out: {reason}", name=name, reason=each.reason),
                    _("See what is installed: latido plugins"),
                )
        raise _no_connector(name, nearest(name, found))

    def kpis(self, fitting: Fitting) -> list[Kpi]:
        """Return the KPIs that plugins add: of each plugin, by its name, what is *fitting* of all that it offers."""
        found: list[Kpi] = []
        for plugin in self._implementations("latido_kpis"):
            name = self.manager.get_name(plugin) or repr(plugin)
            offered = self._called(plugin, "latido_kpis", {}) or ()
            try:
                usable, wrong = fitting(name, offered)
            except Exception as error:  # noqa: BLE001 - what a stranger made may be anything inside
                usable, wrong = [], [_("its hook {hook} fails: {error}", hook="latido_kpis", error=_shown(error))]
            found += usable
            for reason in wrong:
                self._leave_out(plugin, reason)
        return found

    def add_commands(self, app: typer.Typer) -> None:
        """Let every plugin add its commands to *app*."""
        for plugin in self._implementations("latido_commands"):
            self._called(plugin, "latido_commands", {"app": app})

    def _installed(self, name: str, plugin: Any) -> Installed:
        distribution = self.distributions.get(name)
        hooks = tuple(sorted(each.name for each in self.manager.get_hookcallers(plugin) or ()))
        offered = self._connectors_of(plugin) if "latido_connectors" in hooks else ()
        return Installed(
            name,
            distribution.name if distribution else None,
            distribution.version if distribution else None,
            hooks,
            tuple(offered),
        )

    def _connectors_of(self, plugin: Any) -> list[type[Connector]]:
        """Return the connectors that *plugin* offers, without what is none."""
        offered = self._called(plugin, "latido_connectors", {}) or []
        for each in offered:
            if not _is_connector(each):
                self._leave_out(plugin, _("it offers {thing}, which is no connector.", thing=repr(each)))
        return [each for each in offered if _is_connector(each)]

    def _implementations(self, hook: str) -> list[Any]:
        caller = getattr(self.manager.hook, hook)
        return [found.plugin for found in caller.get_hookimpls()]

    def _called(self, plugin: Any, hook: str, arguments: Mapping[str, Any]) -> list[Any] | None:
        others = [other for other in self.manager.get_plugins() if other is not plugin]
        try:
            found = self.manager.subset_hook_caller(hook, others)(**arguments)
            return list(found[0]) if found else None
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's hook may fail in any way
            self._leave_out(plugin, _("its hook {hook} fails: {error}", hook=hook, error=_shown(error)))
            return None

    def _leave_out(self, plugin: Any, reason: Message) -> None:
        """Note, once, that something of *plugin* is not used."""
        name = self.manager.get_name(plugin) or repr(plugin)
        left_out = _left_out(name, self.distributions.get(name), reason)
        if left_out not in self.left_out:
            self.left_out.append(left_out)


def _is_connector(offered: Any) -> bool:
    return isinstance(offered, type) and isinstance(getattr(offered, "name", None), str)


def _no_connector(name: str, near: str | None) -> ConfigurationError:
    """Say what to do: a name that is probably misspelt is nothing to install."""
    if near:
        return ConfigurationError(
            _("There is no connector {name} installed. Did you mean {near}?", name=name, near=near),
            _("See what is installed: latido plugins"),
        )
    return ConfigurationError(
        _("There is no connector {name} installed.", name=name), _("Install it: pip install latido-{name}", name=name)
    )


def plugin_manager(
    installed: Iterable[metadata.EntryPoint] | None = None, in_memory: Mapping[str, object] | None = None
) -> Plugins:
    """Return the plugins of the *installed* entry points (default: all of this environment) and those *in_memory*."""
    manager = pluggy.PluginManager("latido")
    manager.add_hookspecs(hookspecs)
    plugins = Plugins(manager)
    for entry in metadata.entry_points(group=GROUP) if installed is None else installed:
        reason = _added(plugins, entry)
        if reason is not None:
            plugins.left_out.append(_left_out(entry.name, entry.dist, reason))
    for name, plugin in (in_memory or {}).items():
        reason = _registered(manager, plugin, name)
        if reason is not None:
            plugins.left_out.append(_left_out(name, None, reason))
    return plugins


def _added(plugins: Plugins, entry: metadata.EntryPoint) -> Message | None:
    """Add the plugin that *entry* names, or return why it cannot be used."""
    try:
        reason = (wrong_core(entry.dist) if entry.dist else None) or _taken(plugins, entry.name)
        reason = reason or _registered(plugins.manager, entry.load(), entry.name)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's import may fail in any way
        return _("it cannot be loaded: {e}", e=_shown(error))
    if reason is None and entry.dist:
        plugins.distributions[entry.name] = entry.dist
    return reason


def _taken(plugins: Plugins, name: str) -> Message | None:
    if not plugins.manager.has_plugin(name):
        return None
    first = plugins.distributions.get(name)
    return _("the name {name} is taken by {other}.", name=name, other=first.name if first else name)


def _registered(manager: pluggy.PluginManager, plugin: object, name: str) -> Message | None:
    """Register *plugin*, or return why it cannot be used. Raises TypeError for one that has no hash."""
    hash(plugin)  # pluggy keeps plugins in sets
    if manager.is_registered(plugin):
        return _("it is the same as the plugin {other}.", other=manager.get_name(plugin))
    reason = wrong_hooks(manager, plugin)
    if reason is None:
        manager.register(plugin, name)
    return reason


def _left_out(name: str, distribution: metadata.Distribution | None, reason: Message) -> LeftOut:
    if distribution is None:
        return LeftOut(name, name, reason)
    return LeftOut(name, distribution.name, reason, distribution.version)


def _shown(error: BaseException) -> str:
    """Return a stranger's *error* in one short line without secrets."""
    from latido.connect import redacted

    said = redacted(" ".join(repr(error).split()))
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"
