"""KPIs that a plugin brings, held to what the files of a project are held to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from latido.errors import ConfigurationError
from latido.messages import Message, marker
from latido.metrics._folds import Formula
from latido.metrics._kpi import Kpi, Query
from latido.metrics.catalogue import built_in, views
from latido.metrics.own._file import OwnFile
from latido.metrics.own._kpi import among, check_columns, id_of, needs_of
from latido.metrics.own._memory import Memory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from latido.metrics._kpi import Param

_ = marker("latido")

MEMORY = ".latido/plugin_kpis.json"
"""Where it stands, in the project, what was found out about them."""


class PluginKpis:
    """Looks into what plugins offer, one after the other; what it found out is remembered in *project*, if given."""

    def __init__(self, project: Path | None = None) -> None:
        self._memory = Memory(project and project / MEMORY)
        self._taken = {name: _("the catalogue has it") for kpi in built_in() for name in (kpi.id, *kpi.aliases)}

    def fitting(self, plugin: str, offered: Iterable[Any]) -> tuple[list[Kpi], list[Message]]:
        """Return which of the KPIs that *plugin* offers may be used, and what is wrong with each of the others."""
        used: list[Kpi] = []
        wrong: list[Message] = []
        for each in _parts_first(offered):
            if not isinstance(each, Kpi):
                wrong.append(_("it offers {thing}, which is no KPI.", thing=repr(each)))
                continue
            try:
                used.append(self._checked(plugin, each))
            except ConfigurationError as error:
                wrong.append(_("its KPI {problem} {hint}", problem=error.message, hint=error.hint))
        return used, wrong

    def keep(self) -> None:
        """Remember, once all were looked into, what was found out."""
        self._memory.keep()

    def _checked(self, plugin: str, kpi: Kpi) -> Kpi:
        self._check_names(kpi)
        found = self._formula(kpi) if isinstance(kpi.fold, Formula) else self._counted(plugin, kpi)
        self._taken |= dict.fromkeys((found.id, *found.aliases), _("the plugin {name} has it", name=plugin))
        return found

    def _check_names(self, kpi: Kpi) -> None:
        for name in (kpi.id, *kpi.aliases):
            file = OwnFile(kpi.id, header={"id": name})
            if id_of(file) in self._taken:
                problem = _("the id {id} is taken: {who}.", id=name, who=self._taken[name])
                raise file.refused(problem, _("Give it another id. See all: latido catalog"))

    def _formula(self, kpi: Kpi) -> Kpi:
        for text in _parts(kpi):
            if text.partition("(")[0] not in self._taken:
                problem = _("its part {name} is no KPI.", name=text)
                raise OwnFile(kpi.id).refused(problem, _("See all: latido catalog"))
        return kpi

    def _counted(self, plugin: str, kpi: Kpi) -> Kpi:
        """Return *kpi* with queries that say whose they are, once all of its variants are known to be right."""
        for variant in _variants(kpi):
            self._check_query(kpi, variant)
        name = f"{plugin}/{kpi.id}"
        params = {key: _named(param, name) for key, param in kpi.params.items()}
        return replace(kpi, facts=_of(name, kpi.facts), params=params)

    def _check_query(self, kpi: Kpi, variant: Kpi) -> None:
        if variant.facts is None or isinstance(variant.fold, Formula):
            raise OwnFile(kpi.id).refused(_("it has no facts."), _("See: docs/reference/hooks.md"))
        lists = {"needs": kpi.needs, "dimensions": kpi.dimensions, "shown": kpi.shown}
        header = {key: ", ".join(names) for key, names in lists.items()}
        file = OwnFile(kpi.id, variant.facts.sql, variant.facts.line, header, values=tuple(kpi.params))
        needs_of(file)
        if odd := next((each for each in variant.facts.instead.items() if not {*each} <= {*views()}), None):
            problem = _("{name} is no table that KPIs read.", name=" / ".join(odd))
            raise file.refused(problem, _("All tables: docs/reference/kpis.md"))
        columns = self._memory.columns(file)
        check_columns(file, variant.fold, columns, *(["blocked"] if kpi.blockable else []))
        for key in ("dimensions", "shown"):
            among(file, key, columns)


def _parts_first(offered: Iterable[Any]) -> list[Any]:
    """Return *offered* with formulas behind what they are made of, as far as that is among them."""
    waiting, ordered = list(offered), list[Any]()
    while waiting:
        ids = {each.id for each in waiting if isinstance(each, Kpi)}
        ready = [each for each in waiting if not ids & {text.partition("(")[0] for text in _parts(each)}] or waiting
        ordered += ready
        waiting = [each for each in waiting if not any(each is other for other in ready)]
    return ordered


def _parts(offered: Any) -> Iterator[str]:
    """Yield what a formula is made of, in any of its variants."""
    if isinstance(offered, Kpi) and isinstance(offered.fold, Formula):
        overrides = (each for param in offered.params.values() for each in param.overrides.values())
        folds = (offered.fold, *(each.fold for each in overrides))
        yield from (part for fold in folds if isinstance(fold, Formula) for part in fold.parts.values())


def _variants(kpi: Kpi) -> Iterator[Kpi]:
    """Yield *kpi* as it is by default, and as each value of a parameter makes it."""
    yield kpi.chosen({})
    for name, param in kpi.params.items():
        for value in (*param.values[1:], *(["*"] if param.others else [])):
            yield kpi.chosen({name: value})


def _named(param: Param, name: str) -> Param:
    overrides = {value: replace(each, facts=_of(name, each.facts)) for value, each in param.overrides.items()}
    return replace(param, overrides=overrides)


def _of(name: str, query: Query | None) -> Query | None:
    return query and replace(query, file=name)
