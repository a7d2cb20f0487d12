"""Secrets by reference: `env:NAME` and `file:PATH`."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from dotenv.parser import parse_stream

from latido.config._layers import Origin, Setting
from latido.errors import ConfigurationError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_ = marker("latido")

ENV, FILE = "env:", "file:"


@dataclass(frozen=True, slots=True)
class References:
    """What `env:` and `file:` may refer to: the environment goes before `.env`; paths are relative to the project."""

    folder: Path
    environ: Mapping[str, str]
    dotenv: Mapping[str, Setting]

    def variable(self, source: str, name: str) -> str:
        """Return the value of the environment variable *name*; raises ConfigurationError when it has none."""
        value = self.environ.get(name) or (self.dotenv[name].value if name in self.dotenv else None)
        if not value:
            raise ConfigurationError(
                _("{source}: the variable {name} is not set.", source=source, name=name),
                _("Set it in the environment or in .env, then run: latido check {source}", source=source),
            )
        return str(value)

    def content(self, source: str, path: str) -> str:
        """Return the text of a file without its last line break; raises ConfigurationError when it cannot be read."""
        try:
            return (self.folder / path).expanduser().read_text(encoding="utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            raise ConfigurationError(
                _("{source}: the file {path} cannot be read: {reason}.", source=source, path=path, reason=reason),
                _("Put the secret there, then run: latido check {source}", source=source),
            ) from error


def secret_variable(source: str, key: str) -> str:
    """Return the environment variable in which the secret *key* of *source* is looked for by convention."""
    return f"{source}_{key}".upper().replace("-", "_")


def read_dotenv(file: Path) -> dict[str, Setting]:
    """Return the variables of a `.env` file by name, none when there is no file."""
    if not file.is_file():
        return {}
    found: dict[str, Setting] = {}
    for binding in parse_stream(StringIO(_text(file))):
        line = _line(binding.original.string, binding.original.line)
        if binding.error:
            raise ConfigurationError(
                _(".env, line {line}: this is not NAME=value.", line=line), _("Correct it, then run: latido check")
            )
        if binding.key is not None:
            found[binding.key] = Setting(binding.value or "", Origin(".env", binding.key, line))
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ConfigurationError(
            _(".env cannot be read: {reason}.", reason=reason), _("Check the rights of {file}", file=str(file))
        ) from error


def _line(text: str, first: int) -> int:
    """Return the line that *text*, which starts on line *first*, has its first word on."""
    blank = len(text) - len(text.lstrip())
    return first + text.count("\n", 0, blank)
