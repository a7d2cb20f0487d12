"""One configured connection to a vendor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, SecretStr

from latido.config._complaints import mentions, unknown_key, validated
from latido.config._duration import spelt
from latido.config._layers import Origin, Setting
from latido.config._references import ENV, FILE, secret_variable
from latido.connect import keep_secret
from latido.errors import ConfigurationError
from latido.messages import marker
from latido.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.config._layers import Keys, Settings
    from latido.config._references import References
    from latido.connect import Connector, ConnectorSettings, Runtime
    from latido.messages import Message
    from latido.plugins import Plugins

_ = marker("latido")

MASK = "••••••"


@dataclass(frozen=True, slots=True)
class Shown:
    """A setting as `check --config` shows it: a secret is masked, a reference to one is not."""

    key: str
    value: str
    origin: Message


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """`[sources.<name>]` as it was written.

    Secrets are looked up, paths found from the project's folder, and the connector asked only by `settings`.
    """

    name: str
    connector_name: str
    written: Settings
    references: References

    def settings(self, plugins: Plugins) -> ConnectorSettings:
        """Return what the connector is set up with; raises ConfigurationError for what is wrong or missing."""
        model = plugins.connector(self.connector_name).Settings
        section = f"sources.{self.name}"
        self._check_fields(section)
        resolved = {
            keys: Setting(self._resolved(model, keys, each), each.origin, hidden=_reference(each.value) is not None)
            for keys, each in self.written.items()
        }
        return validated(model, section, resolved)

    def connector(self, plugins: Plugins, runtime: Runtime) -> Connector:
        """Return the connector, ready to be asked."""
        return plugins.connector(self.connector_name)(self.settings(plugins), runtime)

    def shown(self, plugins: Plugins) -> Iterator[Shown]:
        """Yield each setting, what was written first, then what is left at its default."""
        model = plugins.connector(self.connector_name).Settings
        for keys, each in self.written.items():
            masked = _is_secret(model, keys, each.value) and _reference(each.value) is None
            yield Shown(self._dotted(*keys), MASK if masked else plain(each.value), each.origin.place())
        written = {keys[0] for keys in self.written}
        for name, field in model.model_fields.items():
            if name not in written and not field.is_required():
                default = field.get_default(call_default_factory=True)
                yield Shown(self._dotted(name), plain(default), Origin("default").place())

    def _resolved(self, model: type[ConnectorSettings], keys: Keys, setting: Setting) -> Any:
        secret = _is_secret(model, keys, setting.value)
        # A path or an address may begin with `file:`; only for a secret does it mean the file's content.
        referred = self._referred(setting.value) if secret or _reference(setting.value) == ENV else None
        if referred is None and secret and setting.origin.kind == "latido.toml":
            raise self._in_clear(keys[0], setting)
        value = setting.value if referred is None else referred
        if secret and isinstance(value, str):
            keep_secret(value)
        if isinstance(value, str) and _is_path(model, keys):
            return self.references.folder / Path(value).expanduser()
        return value

    def _referred(self, value: Any) -> str | None:
        """Return what a reference refers to; None for what is none."""
        kind = _reference(value)
        if kind == ENV:
            return self.references.variable(self.name, value.removeprefix(ENV))
        return self.references.content(self.name, value.removeprefix(FILE)) if kind == FILE else None

    def _dotted(self, *keys: str) -> str:
        return ".".join(("sources", self.name, *keys))

    def _in_clear(self, key: str, setting: Setting) -> ConfigurationError:
        variable = secret_variable(self.name, key)
        return ConfigurationError(
            _("{place}: {key} is a secret and may not stand here in clear.", place=setting.origin.place(), key=key),
            _('Write {key} = "env:{variable}" and put {variable}=… into .env', key=key, variable=variable),
        )

    def _check_fields(self, section: str) -> None:
        for keys, each in self.written.items():
            if keys[0] == "fields" and len(keys) > 1:
                place = each.origin.place()
                if keys[1] not in TABLES:
                    raise unknown_key(place, f"{section}.fields", keys[1], list(TABLES))
                columns = list(TABLES[keys[1]].columns())
                if len(keys) > 2 and keys[2] not in columns:  # noqa: PLR2004 - fields, table, column
                    raise unknown_key(place, f"{section}.fields.{keys[1]}", keys[2], columns)


def plain(value: Any) -> str:
    """Return *value* as latido.toml would write it, without quotes; nothing for what is unset."""
    if value is None or value == {}:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, timedelta):
        return spelt(value)
    if isinstance(value, BaseModel):
        return ", ".join(f"{name} = {plain(each)}" for name, each in value if each is not None)
    return ", ".join(map(plain, value)) if isinstance(value, (list, tuple, frozenset)) else str(value)


def _reference(value: Any) -> str | None:
    """Return the kind of reference that *value* is, None for what is none."""
    found = isinstance(value, str) and next((kind for kind in (ENV, FILE) if value.startswith(kind)), None)
    return found or None


def _is_path(model: type[ConnectorSettings], keys: Keys) -> bool:
    field = model.model_fields.get(keys[0])
    return field is not None and mentions(field.annotation, Path)


def _is_secret(model: type[ConnectorSettings], keys: Keys, value: Any) -> bool:
    field = model.model_fields.get(keys[0])
    if field is None or not mentions(field.annotation, SecretStr):
        return False
    return _reference(value) is not None or not model.may_stand_in_clear(keys[0], str(value))
