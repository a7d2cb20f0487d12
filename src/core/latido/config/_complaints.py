"""One sentence for whatever is wrong with a section: the place, the key, what was expected, the nearest right one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, SecretStr, ValidationError

from latido.config._duration import duration
from latido.config._layers import Origin, nested
from latido.errors import ConfigurationError
from latido.messages import marker
from latido.suggest import nearest

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from latido.config._layers import Keys, Settings
    from latido.messages import Message

_ = marker("latido")

SectionT = TypeVar("SectionT", bound=BaseModel)

EXPECTED = {
    "int": _("a whole number"),
    "float": _("a number"),
    "decimal": _("a number"),
    "bool": _("true or false"),
    "date": _("a date such as 2026-01-31"),
    "string": _("text in quotes"),
    "secret": _("text in quotes"),
    "tuple": _('a list such as ["a", "b"]'),
    "list": _('a list such as ["a", "b"]'),
    "frozen": _('a list such as ["a", "b"]'),
    "dict": _("a section of its own"),
    "model": _("a section of its own"),
    "time": _("a duration such as 24h"),
    "timedelta": _("a duration such as 24h"),
}


def validated(model: type[SectionT], section: str, settings: Settings) -> SectionT:
    """Return *settings* as a *model*; raises ConfigurationError for the first thing that is wrong with them."""
    try:
        return model.model_validate(_with_durations(model, nested(settings)))
    except ValidationError as error:
        raise complaint(model, section, settings, error.errors()[0]) from None


def mentions(annotation: Any, wanted: type) -> bool:
    """Whether *wanted* is one of the types that *annotation* is made of."""
    return annotation is wanted or any(mentions(each, wanted) for each in get_args(annotation))


def complaint(model: type[BaseModel], section: str, settings: Settings, fault: ErrorDetails) -> ConfigurationError:
    """Return what is to be said about *fault*."""
    keys = tuple(str(part) for part in fault["loc"])
    if fault["type"] == "missing":
        return _missing(section, settings, keys)
    place = origin_of(settings, keys).place()
    if fault["type"] == "extra_forbidden":
        return _unknown(model, section, place, keys)
    return ConfigurationError(
        _("{place}: {problem}", place=place, problem=_problem(model, section, settings, fault)),
        _("Correct it, then run: latido check"),
    )


def unknown_key(place: Message, section: str, key: str, known: list[str]) -> ConfigurationError:
    """Return the complaint about a *key* that *section* does not have, with the nearest or all that it has."""
    near = nearest(key, known)
    if near:
        return ConfigurationError(
            _(
                "{place}: [{section}] has no {key}. Did you mean {near}?",
                place=place,
                section=section,
                key=key,
                near=near,
            ),
            _("Correct it, then run: latido check"),
        )
    return ConfigurationError(
        _("{place}: [{section}] has no {key}.", place=place, section=section, key=key),
        _("It may say: {known}", known=", ".join(known)),
    )


def origin_of(settings: Settings, keys: Keys) -> Origin:
    """Return where *keys*, or what stands around them, was written."""
    for length in range(len(keys), -1, -1):
        found = next((each.origin for path, each in settings.items() if path[:length] == keys[:length]), None)
        if found is not None:
            return found
    return Origin("latido.toml")


def _unknown(model: type[BaseModel], section: str, place: Message, keys: Keys) -> ConfigurationError:
    for key in keys[:-1]:
        model = _inner(model, key)
    return unknown_key(place, ".".join((section, *keys[:-1])), keys[-1], list(model.model_fields))


def _inner(model: type[BaseModel], key: str) -> type[BaseModel]:
    """Return the model of the section *key* inside *model*'s."""
    field = model.model_fields.get(key)
    branches = (field.annotation, *get_args(field.annotation)) if field else ()
    return next((each for each in branches if isinstance(each, type) and issubclass(each, BaseModel)), BaseModel)


def _missing(section: str, settings: Settings, keys: Keys) -> ConfigurationError:
    section = ".".join((section, *keys[:-1]))
    return ConfigurationError(
        _("{place}: [{section}] says no {key}.", place=_section_place(settings), section=section, key=keys[-1]),
        _("Add it, then run: latido check"),
    )


def _section_place(settings: Settings) -> Message:
    of_file = [each.origin for each in settings.values() if each.origin.kind == "latido.toml"]
    first = min(of_file, key=lambda origin: origin.line or 0, default=Origin("latido.toml"))
    return Origin("latido.toml", line=first.line).place()


def _problem(model: type[BaseModel], section: str, settings: Settings, fault: ErrorDetails) -> Message:
    keys = tuple(str(part) for part in fault["loc"])
    key = ".".join(part for part in keys if not part.isdecimal()) or f"[{section}]"
    if fault["type"] == "value_error":
        said = fault["ctx"]["error"].args[0]
        return _("{key}: {said}", key=key, said=said)
    field = model.model_fields.get(keys[0]) if keys else None
    secret = field is not None and mentions(field.annotation, SecretStr)
    if secret or any(each.hidden for path, each in settings.items() if path[:1] == keys[:1]):
        return _("{key} must be {expected}.", key=key, expected=_expected(fault))
    return _("{key} must be {expected}, not {value}.", key=key, expected=_expected(fault), value=_shown(fault["input"]))


def _expected(fault: ErrorDetails) -> Message:
    ctx = fault.get("ctx", {})
    if fault["type"] == "literal_error":
        return _("one of {choices}", choices=str(ctx["expected"]).replace(" or ", ", ").replace("'", ""))
    bounds = {
        "greater_than": _("greater than {bound}", bound=_plain(ctx.get("gt"))),
        "greater_than_equal": _("at least {bound}", bound=_plain(ctx.get("ge"))),
        "less_than": _("less than {bound}", bound=_plain(ctx.get("lt"))),
        "less_than_equal": _("at most {bound}", bound=_plain(ctx.get("le"))),
    }
    found = bounds.get(fault["type"]) or EXPECTED.get(fault["type"].partition("_")[0])
    return found or _("something else ({reason})", reason=fault["msg"])


def _plain(bound: Any) -> str:
    return f"{bound:g}" if isinstance(bound, float) else str(bound)


def _shown(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 40 else text[:39] + "…"  # noqa: PLR2004 - long enough to be recognized


def _with_durations(model: type[BaseModel], values: dict[str, Any]) -> dict[str, Any]:
    for name, field in model.model_fields.items():
        if isinstance(values.get(name), str) and mentions(field.annotation, timedelta):
            try:
                values[name] = duration(values[name])
            except ValueError:
                continue
    return values
