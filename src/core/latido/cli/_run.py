"""One call of the command line, from arguments to an exit code."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from latido.cli._app import application
from latido.cli._help import spoken
from latido.cli._options import global_options
from latido.cli._session import Session
from latido.cli._unexpected import unexpected
from latido.cli._usage import usage_error
from latido.errors import LatidoError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from latido.plugins import Plugins

SIGINT = 130
COMPLETING = "_LATIDO_COMPLETE"


def run(
    arguments: Sequence[str],
    environ: Mapping[str, str] | None = None,
    installed: Callable[[], Plugins] | None = None,
) -> int:
    """Run the command that *arguments* ask for and return its exit code. Nothing is raised."""
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that has no ñ shows a question mark
    session = Session.beginning(arguments, os.environ if environ is None else environ, installed or _all_installed)
    try:
        code = _invoked(arguments, session)
        sys.stdout.flush()
    except BrokenPipeError:
        _let_go_of_stdout()
        return 0
    except (KeyboardInterrupt, typer.Abort):
        return SIGINT
    except LatidoError as error:
        session.talk.complain(error)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last door: no traceback goes through it
        problem = unexpected(error, arguments, session)
        session.talk.complain(problem)
        return problem.exit_code
    return code


def _invoked(arguments: Sequence[str], session: Session) -> int:
    command: Any = spoken(
        typer.main.get_command(application(arguments, session)), session.talk.language, global_options()
    )
    if COMPLETING in os.environ:
        command.main(args=list(arguments), prog_name="latido")
    try:
        with command.make_context("latido", list(arguments), obj=session) as context:
            return int(command.invoke(context) or 0)
    except typer.Exit as leaving:
        return leaving.exit_code
    except typer.TyperException as error:
        raise usage_error(error) from error


def _all_installed() -> Plugins:
    from latido.plugins import plugin_manager

    return plugin_manager()


def _open_what_is_closed() -> None:
    """Give a program that was started without stdout or stderr (`>&-`) one whose words go nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - as long as the process


def _let_go_of_stdout() -> None:
    """Whoever read us has gone: what Python still wants to write at its end goes nowhere, without complaint."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
