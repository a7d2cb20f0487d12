"""Arguments and options, declared with sentences that can be translated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from latido.cli._language import LANGUAGES
from latido.cli._output import FORMATS
from latido.cli._session import LOG_FORMATS, session
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from latido.messages import Message

_ = marker("latido")


def option(purpose: Message, *names: str, **more: Any) -> Any:
    """Return a Typer option whose help is *purpose*."""
    return typer.Option(*names, help=purpose.template, show_default=False, **more)


def argument(purpose: Message, **more: Any) -> Any:
    """Return a Typer argument whose help is *purpose*."""
    return typer.Argument(help=purpose.template, show_default=False, **more)


def _choice(name: str) -> Callable[[typer.Context, Any], Any]:
    def chosen(context: typer.Context, value: Any) -> Any:
        if value and not context.resilient_parsing:
            session(context).choose(name, value)
        return value

    return chosen


def _completed(known: Sequence[str]) -> Callable[[str], list[str]]:
    def matching(incomplete: str) -> list[str]:
        return [each for each in known if each.startswith(incomplete)]

    return matching


def _everywhere(
    _format: Annotated[
        str | None,
        option(
            _("How to print data: table, json or csv."),
            "--format",
            metavar="FORMAT",
            callback=_choice("format"),
            autocompletion=_completed(FORMATS),
        ),
    ] = None,
    _lang: Annotated[
        str | None,
        option(
            _("The language of this command: es or en."),
            "--lang",
            metavar="LANG",
            callback=_choice("lang"),
            autocompletion=_completed(LANGUAGES),
        ),
    ] = None,
    _project: Annotated[
        str | None,
        option(
            _("The project's folder; the present one if left out."),
            "--project",
            metavar="DIR",
            callback=_choice("project"),
        ),
    ] = None,
    _quiet: Annotated[
        bool, option(_("Say nothing but warnings and errors."), "--quiet", callback=_choice("quiet"))
    ] = False,
    _log_format: Annotated[
        str | None,
        option(
            _("How to say things on stderr: text or json."),
            "--log-format",
            metavar="FORMAT",
            callback=_choice("log_format"),
            autocompletion=_completed(LOG_FORMATS),
        ),
    ] = None,
) -> None:
    """Hold the options that every command takes, before or after its name."""


def global_options() -> list[Any]:
    """Return the parameters that every command takes; their values go to the session, not to the command."""
    app = typer.Typer(add_completion=False)
    app.command()(_everywhere)
    parameters: list[Any] = list(typer.main.get_command(app).params)
    for each in parameters:
        each.expose_value = False
    return parameters
