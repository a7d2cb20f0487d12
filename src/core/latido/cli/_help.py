"""Commands that take the global options and speak the user's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from latido.cli._session import Session
from latido.errors import UsageError
from latido.messages import Message, marker
from latido.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

_ = marker("latido")

# What Typer itself writes into a page of help.
HEADINGS = (
    _("Usage:"),
    _("[OPTIONS]"),
    _("Arguments:"),
    _("Options:"),
    _("Commands:"),
    _("Show this message and exit."),
    _("Install completion for the current shell."),
    _("Show completion for the current shell, to copy it or customize the installation."),
)


class Command(TyperCommand):
    """A command with a page of help in the user's language; of an argument it says no type, since all are texts."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        return ["[OPTIONS]", *(usage_of(each) for each in self.get_params(ctx) if _is_argument(each))]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        parameters: list[Any] = self.get_params(ctx)
        arguments = [(each.metavar, each.help) for each in parameters if _is_argument(each)]
        options = [each.get_help_record(ctx) for each in parameters if not _is_argument(each)]
        for heading, told in (("Arguments", arguments), ("Options", options)):
            if told:
                with formatter.section(heading):
                    formatter.write_dl([each for each in told if each])

    def get_help(self, ctx: Any) -> str:
        return _headed(super().get_help(ctx), ctx)


class Group(TyperGroup):
    """A group of commands; without a command it shows its help, unless it does something itself."""

    def get_help(self, ctx: Any) -> str:
        return _headed(super().get_help(ctx), ctx)

    def list_commands(self, ctx: Any) -> list[str]:
        del ctx
        return list(self.commands)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args and not self.invoke_without_command and not ctx.resilient_parsing:
            typer.echo(ctx.get_help())
            ctx.exit()
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if not ctx.resilient_parsing and args[0] not in self.commands:
            raise _unknown_command(ctx.command_path, args[0], list(self.commands))
        return super().resolve_command(ctx, args)


def usage_of(argument: Any) -> str:
    """Return how an argument is written: `ID`, `[ID]` where it may be left out, `[ID…]` where several may stand."""
    several = f"{argument.metavar}…" if argument.nargs != 1 else argument.metavar
    return str(several) if argument.required else f"[{several}]"


def _is_argument(parameter: Any) -> bool:
    return str(parameter.param_type_name) == "argument"


def spoken(command: Any, language: str, everywhere: Sequence[Any]) -> Any:
    """Return *command* with its subcommands, each with the options of *everywhere* and helped in *language*."""
    command.help = _said(command.help, language)
    command.params = [*command.params, *everywhere]
    for parameter in command.params:
        parameter.help = _said(parameter.help, language)
    for each in getattr(command, "commands", {}).values():
        spoken(each, language, everywhere)
    return command


def _said(text: str | None, language: str) -> str | None:
    return None if text is None else Message("latido", text).render(language)


def _headed(text: str, context: Any) -> str:
    held = context.find_root().obj
    language = held.talk.language if isinstance(held, Session) else "en"
    for heading in HEADINGS:
        text = text.replace(heading.template, heading.render(language))
    return text


def _unknown_command(path: str, name: str, known: list[str]) -> UsageError:
    near = nearest(name, known)
    return UsageError(
        _("There is no command {name}. Did you mean {near}?", name=f"{path} {name}", near=f"{path} {near}")
        if near
        else _("There is no command {name}.", name=f"{path} {name}"),
        _("See all: {path} --help", path=path),
    )
