"""`latido init`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from latido.cli._asking import ask
from latido.cli._options import option
from latido.cli._session import Session, session
from latido.errors import ConfigurationError, UsageError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from latido.config import NewProject, NewSource
    from latido.connect import Connector
    from latido.messages import Message

_ = marker("latido")


def init(
    context: typer.Context,
    source: Annotated[
        list[str] | None,
        option(
            _("A source to begin with; then nothing is asked. May be given several times."),
            "--source", metavar="[NAME=]CONNECTOR",
        ),
    ] = None,
    time_zone: Annotated[
        str | None, option(_("The time zone of the figures."), "--timezone", metavar="ZONE")
    ] = None,
    currency: Annotated[str | None, option(_("The currency of the figures."), "--currency", metavar="EUR")] = None,
) -> int:  # fmt: skip
    """Write a new project."""
    from latido.config import NewProject, Project

    here = session(context)
    NewProject.only_one(here.folder)
    written = _project(here, source or [], time_zone, currency).write(here.folder)
    Project.load(here.folder)
    for path in written:
        here.talk.say(_("Written: {file}", file=str(path)))
    here.talk.say(_("Put the secrets into .env (see .env.example), fill in latido.toml, then run: latido check"))
    return 0


def _project(here: Session, sources: Sequence[str], time_zone: str | None, currency: str | None) -> NewProject:
    from latido.config import NewProject

    zone = time_zone or local_zone(here.environ)
    if sources:
        new = [_source(here, text, asking=False) for text in sources]
        return NewProject(zone, currency or "EUR", here.talk.language, new)
    _ask_language(here)
    zone = _asked(here, _("Time zone of your figures?"), zone, lambda answer: NewProject(time_zone=answer))
    money = _asked(here, _("Currency of your figures?"), currency or "EUR", lambda answer: NewProject(currency=answer))
    return NewProject(zone, money, here.talk.language, _asked_sources(here))


def _ask_language(here: Session) -> None:
    """Speak the language of the answer from now on; ask again for one that is not spoken."""
    while True:
        answer = ask(here.talk, _("Language (es, en)?"), here.talk.language)
        try:
            return here.choose("lang", answer)
        except UsageError as error:
            here.talk.complain(error)


def _asked(here: Session, question: Message, default: str, project: Callable[[str], NewProject]) -> str:
    """Return an answer with which there can be a *project*; asks again for one that there cannot."""
    while True:
        answer = ask(here.talk, question, default)
        try:
            project(answer).check()
        except ConfigurationError as error:
            here.talk.complain(error)
        else:
            return answer


def _asked_sources(here: Session) -> list[NewSource]:
    from latido.config import NewProject

    known = sorted(here.plugins.connectors())
    sources: list[NewSource] = []
    while True:
        question = _("A source to read ({known}; nothing to end)?", known=", ".join(known))
        answer = ask(here.talk, question)
        if not answer:
            return sources
        try:
            new = _source(here, answer, asking=True)
            NewProject(sources=[*sources, new]).check()
        except ConfigurationError as error:
            here.talk.complain(error)
        else:
            sources.append(new)


def _source(here: Session, text: str, *, asking: bool) -> NewSource:
    """Return the source that *text* (`connector` or `name=connector`) stands for."""
    from latido.config import NewSource

    name, _equals, connector_name = text.rpartition("=")
    connector = here.plugins.connector(connector_name)
    name = name or (ask(here.talk, _("Its name?"), connector_name) if asking else connector_name)
    plain, secret = _settings(connector)
    answers = {key: ask(here.talk, _("{key}?", key=key)) if asking else "" for key in plain}
    return NewSource(name, connector_name, answers, dict.fromkeys(secret))


def _settings(connector: type[Connector]) -> tuple[list[str], list[str]]:
    """Return the settings to ask for, those that are no secrets and those that are."""
    from pydantic import SecretStr

    from latido.config import mentions

    fields: dict[str, Any] = connector.Settings.model_fields
    needed = [name for name, each in fields.items() if each.is_required() and name != "connector"]
    names = list(connector.asks) or needed
    secret = [name for name in names if mentions(fields[name].annotation, SecretStr)]
    return [name for name in names if name not in secret], secret


def local_zone(environ: Any) -> str:
    """Return the time zone of this machine, as far as it tells."""
    link = Path("/etc/localtime")
    found = environ.get("TZ") or (str(link.readlink()).partition("zoneinfo/")[2] if link.is_symlink() else "")
    try:
        return ZoneInfo(found).key
    except (ValueError, OSError, KeyError):
        return "UTC"
