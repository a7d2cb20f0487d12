"""The four places that settings come from, laid over one another, each setting remembering its own."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from latido.config._lines import line_of, lines
from latido.errors import ConfigurationError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from latido.messages import Message

_ = marker("latido")

PREFIX = "LATIDO__"
SECTIONS = ("latido", "sources", "schedules", "metrics", "demo")

Keys: TypeAlias = "tuple[str, ...]"
Settings: TypeAlias = "Mapping[Keys, Setting]"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a setting was written: `name` is a flag's, a variable's or a file's, `line` a line of a file."""

    kind: Literal["flag", "environment", ".env", "latido.toml", "default"]
    name: str = ""
    line: int | None = None

    def place(self) -> Message:
        """Return the place in words, as a sentence begins with it."""
        if self.kind == "latido.toml":
            return _("latido.toml, line {line}", line=self.line) if self.line else _("latido.toml")
        if self.kind == "environment":
            return _("Environment variable {name}", name=self.name)
        if self.kind == ".env":
            return _("{name} in .env, line {line}", name=self.name, line=self.line)
        return _("Option {name}", name=self.name) if self.kind == "flag" else _("by default")


@dataclass(frozen=True, slots=True)
class Setting:
    """A value as it was written, and where. A *hidden* one was referred to, and no message shows it."""

    value: Any
    origin: Origin
    hidden: bool = False


def layered(
    file: Path, environ: Mapping[str, str], dotenv: Mapping[str, Setting], flags: Mapping[str, Any]
) -> dict[Keys, Setting]:
    """Return every setting by its keys; a flag goes before the environment, that before `.env`, that before *file*.

    *flags* are values by dotted keys, or settings with an origin of their own.
    """
    found = _of_file(file)
    _overlay(found, ((name, each.value, each.origin) for name, each in dotenv.items()))
    _overlay(found, ((name, value, Origin("environment", name)) for name, value in environ.items()))
    for name, value in flags.items():
        said = value if isinstance(value, Setting) else Setting(value, Origin("flag", f"--{name.rpartition('.')[2]}"))
        _put(found, tuple(name.split(".")), said.value, said.origin)
    return found


def nested(settings: Settings) -> dict[str, Any]:
    """Return the values of *settings* as the tree that their keys describe."""
    tree: dict[str, Any] = {}
    for keys, setting in settings.items():
        branch = tree
        for key in keys[:-1]:
            branch = branch.setdefault(key, {})
        if keys:
            branch[keys[-1]] = setting.value
    return tree


def below(settings: Settings, *keys: str) -> dict[Keys, Setting]:
    """Return the settings under *keys*, with those left off; a section that says nothing has the empty key."""
    return {path[len(keys) :]: each for path, each in settings.items() if path[: len(keys)] == keys}


def _of_file(file: Path) -> dict[Keys, Setting]:
    text = _text(file)
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(str(error), text) from error
    at = lines(text)
    return {keys: Setting(value, Origin("latido.toml", line=line_of(at, keys))) for keys, value in _leaves((), tree)}


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigurationError(_("latido.toml is not UTF-8 text."), _("Save it as UTF-8, then try again.")) from error
    except OSError as error:
        raise ConfigurationError(
            _("latido.toml cannot be read: {reason}.", reason=error.strerror or type(error).__name__),
            _("Check the rights of {file}", file=str(file)),
        ) from error


def _leaves(keys: Keys, tree: Mapping[str, Any]) -> Iterable[tuple[Keys, Any]]:
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            yield from _leaves((*keys, key), value)
        else:
            yield (*keys, key), value


def _overlay(found: dict[Keys, Setting], variables: Iterable[tuple[str, Any, Origin]]) -> None:
    for name, value, origin in variables:
        if name.upper().startswith(PREFIX) and value:
            keys = tuple(name[len(PREFIX) :].lower().split("__"))
            keys = keys if keys[0] in SECTIONS else ("latido", *keys)
            _put(found, _spelt(keys, found), _meant(value), origin)


def _spelt(keys: Keys, found: Settings) -> Keys:
    """Return *keys* as latido.toml spells them: a variable's name knows neither case nor hyphens."""
    spelt: Keys = ()
    for key in keys:
        known = {path[len(spelt)] for path in found if len(path) > len(spelt) and path[: len(spelt)] == spelt}
        spelt = (*spelt, next((name for name in sorted(known) if spelling(name) == key), key))
    return spelt


def spelling(name: str) -> str:
    """Return *name* as variables have it, which know neither case nor hyphens."""
    return name.lower().replace("-", "_")


def _meant(value: str) -> Any:
    """Return what a variable's text says: lists and tables are written as in TOML, anything else is text."""
    if not value.lstrip().startswith(("[", "{")):
        return value
    try:
        return tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value


def _put(found: dict[Keys, Setting], keys: Keys, value: Any, origin: Origin) -> None:
    for path in [path for path in found if path[: len(keys)] == keys or keys[: len(path)] == path]:
        del found[path]
    if isinstance(value, dict) and value:
        found.update({path: Setting(leaf, origin) for path, leaf in _leaves(keys, value)})
    else:
        found[keys] = Setting(value, origin)


_AT = re.compile(r"^(?P<what>.*?) \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")
_TWICE = re.compile(r"^Cannot declare \((?P<keys>.*)\) twice$")


def _syntax(problem: str, text: str) -> ConfigurationError:
    found = _AT.match(problem)
    what = found["what"] if found else problem
    line = found["line"] if found and found["line"] else len(text.splitlines())
    if twice := _TWICE.match(what):
        name = ".".join(part.strip(" '\"") for part in twice["keys"].split(",") if part.strip())
        return ConfigurationError(
            _("latido.toml, line {line}: the section [{name}] stands twice.", line=line, name=name),
            _("Give one of them another name, then run: latido check"),
        )
    if what == "Cannot overwrite a value":
        return ConfigurationError(
            _("latido.toml, line {line}: this key stands twice in its section.", line=line),
            _("Remove one of them, then run: latido check"),
        )
    return ConfigurationError(
        _("latido.toml, line {line}: this is not valid TOML ({what}).", line=line, what=what),
        _("Texts stand in quotes, lists in brackets. Correct it, then run: latido check"),
    )
