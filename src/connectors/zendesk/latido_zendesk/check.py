"""Whether an account can be read, and what to do where it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.connect import ACCOUNT, Finding, Refused
from latido.errors import LatidoError, NotOffered
from latido.messages import marker
from latido_zendesk.account import ME, no_account, somebody, token_warning
from latido_zendesk.limits import announced

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from latido_zendesk.connector import Zendesk
    from latido_zendesk.reading import ZendeskStream

_ = marker("latido_zendesk")

PLANS = {200: "Team", 400: "Growth / Professional", 700: "Enterprise", 2500: "Enterprise Plus / High Volume"}


def findings(connector: Zendesk) -> Iterator[Finding]:
    """Yield who we are to Zendesk, and stream by stream what can be read."""
    try:
        reply = connector.http.get(ME)
        user = somebody(reply.json())
    except LatidoError as error:
        yield trouble(error, connector.settings.site)
        return
    yield from about(user, connector.settings.site)
    if connector.settings.api_token:
        yield Finding(token_warning(), "warning")
    yield from plan(reply.headers)
    chosen = {each.name for each in connector.chosen()}
    for stream in connector.streams():
        if stream.name in chosen:
            yield readable(stream)


def about(user: Mapping[str, object], site: str) -> Iterator[Finding]:
    role = user.get("role")
    yield Finding(_("Signed in at {site} as {name}, {role}.", site=site, name=user.get("name"), role=role))
    if user.get("active") is False or user.get("suspended"):
        yield Finding(_("This user is not active."), "credential", _("Use the credential of an active administrator."))
    if role != "admin":
        yield Finding(
            _("This user is no administrator: exports are closed to it, and lists silently leave out tickets."),
            "credential",
            _("Create the OAuth client, or the token, as a user with the role admin."),
        )


def plan(headers: Mapping[str, str]) -> Iterator[Finding]:
    for name, limit, _remaining, _resets in announced(headers):
        if name == ACCOUNT and limit:
            plan_name = PLANS.get(limit)
            yield Finding(
                _("The account allows {n:,} requests a minute (plan: {plan}).", n=limit, plan=plan_name)
                if plan_name
                else _("The account allows {n:,} requests a minute.", n=limit)
            )


def readable(stream: ZendeskStream) -> Finding:
    """Ask for as little of *stream* as possible."""
    try:
        stream.probe()
    except NotOffered as refusal:
        text = _("{stream}: {why}", stream=stream.name, why=refusal.message)
        return Finding(text, "warning" if stream.optional else "credential", refusal.hint)
    except LatidoError as error:
        return trouble(error, stream.connector.settings.site)
    return Finding(_("{stream} can be read.", stream=stream.name))


def trouble(error: LatidoError, site: str) -> Finding:
    """Return what *error* means for a check."""
    match error:
        case Refused(status=404):
            missing = no_account(site)
            return Finding(missing.message, "setting", missing.hint)
        case Refused(status=403):
            return Finding(error.message, "credential", _("Give the OAuth client the scope read."))
        case _:
            return Finding.of(error)
