"""Whether a plugin fits this Latido: the core that it needs, the hooks that it implements."""

from __future__ import annotations

import inspect
import re
from importlib import metadata
from typing import TYPE_CHECKING, Any

from latido.messages import marker
from latido.plugins import hookspecs
from latido.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pluggy

    from latido.messages import Message

_ = marker("latido")

CORE = "latido"
NARROWED = re.compile(rf"{CORE}\s*(\[[^\]]*\])?\s*[(<>=!~@;]", re.IGNORECASE)
"""A requirement of the core that says more than its name."""

PREFIX = "latido_"
HOOKS = {
    name: inspect.signature(hook)
    for name, hook in vars(hookspecs).items()
    if name.startswith(PREFIX) and callable(hook)
}


def wrong_core(distribution: metadata.Distribution) -> Message | None:
    """Return why *distribution* cannot work with the core that is installed; None if it can."""
    narrowed = [line for line in distribution.requires or () if NARROWED.match(line)]
    if not narrowed:
        return None
    installed = metadata.version(CORE)
    for needed in _specifiers(narrowed):
        if not needed.contains(installed, prereleases=True):
            return _(
                "it needs latido {needed}, and latido {installed} is installed. "
                "Bring them together: pip install --upgrade latido {distribution}",
                needed=str(needed),
                installed=installed,
                distribution=distribution.name,
            )
    return None


def _specifiers(lines: list[str]) -> Iterator[Any]:
    """Yield which versions the requirements in *lines* allow, without those of extras and of other platforms."""
    from packaging.requirements import InvalidRequirement, Requirement

    for line in lines:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue  # The installer's business, not ours.
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement.specifier


def wrong_hooks(manager: pluggy.PluginManager, plugin: object) -> Message | None:
    """Return what is wrong with the hooks that *plugin* implements; None if nothing is."""
    implemented = list(_implemented(manager, plugin))
    if not implemented:
        return _("it implements no hook. Mark its functions with latido.hookimpl.")
    return next(filter(None, (_wrong_hook(name, function) for name, function in implemented)), None)


def _implemented(manager: pluggy.PluginManager, plugin: object) -> Iterator[tuple[str, Any]]:
    for attribute in dir(plugin):
        options = manager.parse_hookimpl_opts(plugin, attribute)
        if options is None:
            continue
        name = options.get("specname") or attribute
        if name in HOOKS or not options.get("optionalhook"):
            yield name, getattr(plugin, attribute)


def _wrong_hook(name: str, function: Any) -> Message | None:
    if name not in HOOKS:
        near = nearest(name.removeprefix(PREFIX), [each.removeprefix(PREFIX) for each in HOOKS])
        if near:
            return _("Latido has no hook {name}. Did you mean {near}?", name=name, near=PREFIX + near)
        return _("Latido has no hook {name}. There are: {known}", name=name, known=", ".join(HOOKS))
    given, taken = HOOKS[name].parameters.keys(), inspect.signature(function).parameters.keys()
    if unknown := sorted(taken - given):
        return _(
            "its hook {name} asks for {unknown}, and is given {given}.",
            name=name,
            unknown=", ".join(unknown),
            given=", ".join(given) or _("nothing"),
        )
    if _returns_nothing(name) and not taken:
        return _(
            "its hook {name} takes nothing of what it is given ({given}): it could do nothing.",
            name=name,
            given=", ".join(given),
        )
    return None


def _returns_nothing(name: str) -> bool:
    """Whether all that a hook does, it does to what it is given."""
    return HOOKS[name].return_annotation in {None, "None"}
