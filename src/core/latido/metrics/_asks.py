"""What is asked for: a KPI in one of its variants, as `nps(dedupe=none)`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from latido.errors import ConfigurationError, UsageError
from latido.messages import marker
from latido.metrics._folds import Formula
from latido.metrics._kpi import Band
from latido.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from latido.config import Range
    from latido.messages import Message
    from latido.metrics._kpi import Kpi, Param

_ = marker("latido")

_ASK = re.compile(r"\s*([\w.-]+)\s*(?:\(([^()]*)\)\s*)?")


@dataclass(frozen=True, slots=True)
class Ask:
    """A KPI as *values* make it. `values` holds only what was set, by whoever asks or in the settings."""

    kpi: Kpi
    values: Mapping[str, str]

    @property
    def variant(self) -> str:
        """Its name: `default`, or what was set, sorted: `stat=p90,which=first`."""
        return ",".join(f"{name}={self.values[name]}" for name in sorted(self.values)) or "default"

    @property
    def text(self) -> str:
        return f"{self.kpi.id}({self.variant})" if self.values else self.kpi.id

    @property
    def bound(self) -> dict[str, Any]:
        """The value of every parameter as it is bound in the facts."""
        return {name: _bound(param, self.values.get(name, param.default)) for name, param in self.kpi.params.items()}


class Catalogue:
    """The KPIs that can be asked for, by id and by their other names."""

    def __init__(
        self,
        kpis: Iterable[Kpi],
        schedules: Iterable[str],
        variants: Mapping[str, str],
        bands: Mapping[str, Mapping[str, Range]] = MappingProxyType({}),
    ) -> None:
        self.kpis: dict[str, Kpi] = {}
        for kpi in kpis:
            for name in (kpi.id, *kpi.aliases):
                if name in self.kpis:
                    raise ConfigurationError(
                        _("Two KPIs are called {name}.", name=name),
                        _("Remove the plugin that offers the second one, or rename it there. See: latido plugins"),
                    )
                self.kpis[name] = kpi
        self.kpis = {name: self._with_needs(kpi) for name, kpi in self.kpis.items()}
        for name, ranges in bands.items():
            self._add_bands(name, ranges)
        self._schedules = tuple(schedules)
        self._variants = dict(self._configured(name, written) for name, written in variants.items())

    @property
    def offered(self) -> list[Kpi]:
        """Every KPI that is not only part of others."""
        return [kpi for name, kpi in self.kpis.items() if name == kpi.id and not kpi.hidden]

    def ask(self, text: str, variant: str = "") -> Ask:
        """Return what *text* asks for, further parameters in *variant*; those of the settings go behind both.

        Raises UsageError, with the nearest name, for what does not exist.
        """
        kpi, values = self._parsed(text)
        values |= self._values(kpi, _pairs(variant, variant))
        return _made(kpi, {**_beside(kpi, self._variants.get(kpi.id, {}), values), **values})

    def parts(self, ask: Ask) -> dict[str, Ask]:
        """Return the parts of a formula by name; they follow its parameters, and not what the settings say of them."""
        if not isinstance(ask.kpi.fold, Formula):
            return {}
        return {name: self.following(text, ask.values) for name, text in ask.kpi.fold.parts.items()}

    def named_leaves(self, ask: Ask, name: str | None = None) -> Iterator[tuple[str | None, Ask]]:
        """Yield the asks that have facts of their own, with their names as parts: *ask* itself unless a formula."""
        if not isinstance(ask.kpi.fold, Formula):
            yield name, ask
        for part, each in self.parts(ask).items():
            yield from self.named_leaves(each, f"{name}.{part}" if name else part)

    def leaves(self, ask: Ask) -> list[Ask]:
        """Return the asks that *ask* is computed from and that have facts of their own."""
        return [leaf for _, leaf in self.named_leaves(ask)]

    def following(self, text: str, inherited: Mapping[str, str]) -> Ask:
        """Return what *text* asks for, with those of the *inherited* values that it has, and none of the settings."""
        kpi, values = self._parsed(text)
        return _made(kpi, {**{name: value for name, value in inherited.items() if name in kpi.params}, **values})

    def _parsed(self, text: str) -> tuple[Kpi, dict[str, str]]:
        found = _ASK.fullmatch(text)
        if not found:
            raise UsageError(
                _('"{text}" is not a KPI.', text=text), _("Write it as csat, or with a variant: 'nps(dedupe=none)'")
            )
        kpi = self._kpi(found[1])
        return kpi, self._values(kpi, _pairs(found[2] or "", text))

    def _with_needs(self, kpi: Kpi) -> Kpi:
        """Return a formula with the needs of its parts."""
        if not isinstance(kpi.fold, Formula):
            return kpi
        parts = [self._kpi(text.partition("(")[0]) for text in kpi.fold.parts.values()]
        needs = dict.fromkeys(need for part in parts for need in self._with_needs(part).needs)
        return replace(kpi, needs=(*kpi.needs, *needs))

    def _kpi(self, name: str) -> Kpi:
        if name in self.kpis:
            return self.kpis[name]
        near = nearest(name, (each for each, kpi in self.kpis.items() if not kpi.hidden))
        raise UsageError(
            _('There is no KPI "{name}". Did you mean {near}?', name=name, near=near)
            if near
            else _('There is no KPI "{name}".', name=name),
            _("See all: latido catalog"),
        )

    def _add_bands(self, name: str, ranges: Mapping[str, Range]) -> None:
        """Give a KPI the bands that the settings have for it, beside those that were published."""
        try:
            kpi = self._kpi(name)
        except UsageError as error:
            raise ConfigurationError(
                _("latido.toml, metrics.bands: {problem}", problem=error.message), error.hint
            ) from error
        own = (Band(f"{said} ({each.written})", None, each.lower, each.upper) for said, each in ranges.items())
        changed = replace(kpi, bands=(*kpi.bands, *own))
        self.kpis |= dict.fromkeys((kpi.id, *kpi.aliases), changed)

    def _configured(self, name: str, written: str) -> tuple[str, Mapping[str, str]]:
        try:
            kpi = self._kpi(name)
            return kpi.id, _made(kpi, self._values(kpi, _pairs(written, written))).values
        except UsageError as error:
            raise ConfigurationError(
                _("latido.toml, metrics.variants: {problem}", problem=error.message), error.hint
            ) from error

    def _values(self, kpi: Kpi, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
        return {name: self._value(kpi, name, value) for name, value in pairs}

    def _value(self, kpi: Kpi, name: str, value: str) -> str:
        param = kpi.params.get(name)
        if param is None:
            raise _unknown(
                _("{kpi} has no parameter {name}.", kpi=kpi.id, name=name), name, [f"{each}=" for each in kpi.params]
            )
        known = [*param.values, *(self._schedules if param.others == "schedule" else ())]
        if value not in known and not _is_other(param, value):
            raise _unknown(
                _("{kpi} has no {name}={value}.", kpi=kpi.id, name=name, value=value),
                value,
                known,
            )
        return value


def _beside(kpi: Kpi, configured: Mapping[str, str], asked: Mapping[str, str]) -> dict[str, str]:
    """Return those of the *configured* values that go together with what is *asked*."""
    return {
        name: value
        for name, value in configured.items()
        if not any(name in each and each.items() <= {**asked, name: value}.items() for each in kpi.never)
    }


def _made(kpi: Kpi, values: Mapping[str, str]) -> Ask:
    for each in kpi.never:
        if each.items() <= values.items():
            one, other = (f"{name}={value}" for name, value in each.items())
            raise UsageError(
                _("{kpi}: {one} and {other} do not go together.", kpi=kpi.id, one=one, other=other),
                _("Ask for one of both."),
            )
    return Ask(kpi.chosen(values), values)


def _pairs(written: str, whole: str) -> list[tuple[str, str]]:
    pairs = [each.partition("=") for each in written.split(",") if each.strip()]
    if any(not (name.strip() and value.strip()) for name, _equals, value in pairs):
        raise UsageError(
            _('"{text}" does not name a variant.', text=whole),
            _("Write it as stat=p90, several as stat=p90,which=first"),
        )
    found = [(name.strip(), value.strip()) for name, _equals, value in pairs]
    if len(dict(found)) < len(found):
        raise UsageError(_('"{text}" says a parameter twice.', text=whole), _("Leave one of both away."))
    return found


def _unknown(problem: Message, name: str, known: list[str]) -> UsageError:
    near = nearest(name, known)
    offered = ", ".join(known)
    if near:
        return UsageError(problem, _("Did you mean {near}? There is: {known}", near=near.rstrip("="), known=offered))
    return UsageError(problem, _("There is: {known}", known=offered) if known else _("It has none at all."))


def _is_other(param: Param, value: str) -> bool:
    if param.others == "number":
        return bool(re.fullmatch(r"\d+(\.\d+)?", value)) and float(value) > 0
    return param.others == "list" and all(value.split("+"))


def _bound(param: Param, value: str) -> Any:
    if param.others == "list":
        return value.split("+")
    return float(value) if param.others == "number" else value
