"""What the parser of the command line complains about, in our words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.errors import UsageError
from latido.messages import marker
from latido.suggest import nearest

if TYPE_CHECKING:
    from latido.messages import Message

_ = marker("latido")


def usage_error(error: Any) -> UsageError:
    """Return what a parser's exception means, with the page of help to read."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "latido"
    return UsageError(_meaning(error, context), _("See: {path} --help", path=path))


def _meaning(error: Any, context: Any) -> Message:
    # The parser's exceptions are private to Typer; their names are not.
    match type(error).__name__:
        case "NoSuchOption":
            return _unknown_option(error.option_name, context)
        case "MissingParameter":
            return _("{name} is missing.", name=_name(error.param))
        case "BadOptionUsage":
            return _("{name} needs a value.", name=error.option_name)
        case "BadParameter":
            return _("{name}: {problem}", name=_name(error.param), problem=error.message)
    return _("This cannot be understood: {problem}", problem=error.format_message())


def _unknown_option(name: str, context: Any) -> Message:
    known = [each for parameter in context.command.params for each in parameter.opts] if context else []
    near = nearest(name, known)
    if near:
        return _("There is no option {name}. Did you mean {near}?", name=name, near=near)
    return _("There is no option {name}.", name=name)


def _name(parameter: Any) -> str:
    """Return what the page of help calls it."""
    if parameter is None:
        return "?"
    return str(parameter.metavar) if parameter.param_type_name == "argument" else str(parameter.opts[0])
