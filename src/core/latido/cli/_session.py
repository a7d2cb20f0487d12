"""What one call of the command line has at hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from latido.cli._language import LANGUAGES, glimpsed, language
from latido.cli._output import FORMATS, Output
from latido.cli._talk import Talk
from latido.errors import UsageError
from latido.messages import marker
from latido.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import typer

    from latido.config import Project
    from latido.plugins import Plugins
    from latido.warehouse import Warehouse

_ = marker("latido")

LOG_FORMATS = ("text", "json")


@dataclass
class Session:
    """The project folder, the two voices, and what is loaded only when a command asks for it."""

    environ: Mapping[str, str]
    installed: Callable[[], Plugins]
    folder: Path = field(default_factory=Path)
    talk: Talk = field(default_factory=Talk)
    output: Output = field(default_factory=Output)
    language_asked: str | None = None

    @classmethod
    def beginning(
        cls, arguments: Sequence[str], environ: Mapping[str, str], installed: Callable[[], Plugins]
    ) -> Session:
        """Return a session that can complain, in the right language, about *arguments* that nobody understands."""
        folder = Path(glimpsed(arguments, "--project") or ".")
        spoken = language(glimpsed(arguments, "--lang"), environ, folder)
        log_format = cast("Literal['text', 'json']", glimpsed(arguments, "--log-format") or "text")
        return cls(environ, installed, folder, Talk(spoken, log_format=log_format), Output(language=spoken))

    def choose(self, option: str, value: str | bool) -> None:
        """Take over a global option; raises UsageError for a value that it does not have."""
        match option:
            case "format":
                self.output.format = cast("Any", _one_of(option, str(value), FORMATS))
            case "lang":
                self._speak(_one_of(option, str(value), LANGUAGES))
            case "log_format":
                self.talk.log_format = cast("Any", _one_of("log-format", str(value), LOG_FORMATS))
            case "project":
                self.folder = Path(str(value))
            case "quiet":
                self.talk.quiet = bool(value)

    def _speak(self, language: str) -> None:
        self.talk.language = self.output.language = language
        self.language_asked = language

    @cached_property
    def project(self) -> Project:
        """The project in the folder; raises ConfigurationError when there is none, or it says something wrong."""
        from latido.config import Project

        project = Project.load(self.folder, self.environ, self.flags)
        self.output.time_zone = project.time_zone
        return project

    @property
    def flags(self) -> dict[str, Any]:
        """What the options say of settings."""
        from latido.config import Origin, Setting

        asked = self.language_asked
        return {"latido.language": Setting(asked, Origin("flag", "--lang"))} if asked else {}

    @cached_property
    def plugins(self) -> Plugins:
        """What is installed; those that had to be left out are named."""
        plugins = self.installed()
        for each in plugins.left_out:
            self.talk.warn(
                _(
                    "Plugin {name} ({distribution}) is left out: {reason}",
                    name=each.name,
                    distribution=each.distribution,
                    reason=each.reason,
                )
            )
        return plugins

    @cached_property
    def warehouse(self) -> Warehouse:
        """The project's warehouse; nothing is opened yet."""
        from latido.warehouse import Warehouse

        latido = self.project.latido
        return Warehouse(self.project.warehouse_path, memory_limit=latido.memory_limit, threads=latido.threads)


def session(context: typer.Context) -> Session:
    """Return the session that a command runs in."""
    return cast("Session", context.find_root().obj)


def _one_of(option: str, value: str, known: Sequence[str]) -> str:
    if value in known:
        return value
    near, choices = nearest(value, known), ", ".join(known)
    raise UsageError(
        _("--{option} knows no {value}. Did you mean {near}?", option=option, value=value, near=near)
        if near
        else _("--{option} knows no {value}.", option=option, value=value),
        _("It takes: {choices}", choices=choices),
    )
