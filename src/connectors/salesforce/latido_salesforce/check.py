"""Whether an org can be read, and what to do where it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.connect import Finding, Refused
from latido.errors import LatidoError, NotOffered
from latido.messages import marker
from latido_salesforce.answers import listed
from latido_salesforce.references import ORGANIZATION
from latido_salesforce.survey_objects import SurveyObjects
from latido_salesforce.values import CURRENCY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from latido_salesforce.connector import Salesforce
    from latido_salesforce.reading import SObjectStream

_ = marker("latido_salesforce")


def findings(connector: Salesforce) -> Iterator[Finding]:
    """Yield which org this is, what it allows, and stream by stream what can be read."""
    try:
        organization = next(listed(connector, "Organization", ORGANIZATION), {})
    except LatidoError as error:
        yield trouble(error)
        return
    yield about(connector, organization)
    yield from quota(connector)
    chosen = {each.name for each in connector.chosen()}
    for stream in connector.streams():
        if stream.name in chosen:
            yield readable(stream)
    if "opportunities" in chosen:
        yield from currency(connector)


def about(connector: Salesforce, organization: Mapping[str, object]) -> Finding:
    name, kind = organization.get("Name"), organization.get("OrganizationType")
    if organization.get("IsSandbox"):
        kind = _("{kind}, a sandbox", kind=kind)
    return Finding(_("Signed in at {site}: {name} ({kind}).", site=connector.settings.site, name=name, kind=kind))


def quota(connector: Salesforce) -> Iterator[Finding]:
    used, allowed, share = connector.quota.used, connector.quota.allowed, connector.quota.share
    if used is None or not allowed:
        return
    text = _(
        "The org allows {allowed:,} requests in 24 hours; {used:,} are used, and a run stops at {share:.0%}.",
        allowed=allowed,
        used=used,
        share=share,
    )
    yield Finding(text, "warning" if used >= share * allowed else None)


def currency(connector: Salesforce) -> Iterator[Finding]:
    """Yield a warning where nothing tells the currency of amounts."""
    try:
        fields = connector.described("Opportunity").fields
    except LatidoError:
        return  # said already
    if CURRENCY not in fields and connector.settings.currency is None:
        yield Finding(
            _("This org has one currency, and does not say which."),
            "warning",
            _('Set it in latido.toml: currency = "EUR"'),
        )


def readable(stream: SObjectStream) -> Finding:
    """Ask for as little of *stream* as possible."""
    try:
        stream.probe()
        unseen = unseen_by(stream)
    except NotOffered as refusal:
        text = _("{stream}: {why}", stream=stream.name, why=refusal.message)
        return Finding(text, "warning" if stream.optional else "credential", refusal.hint)
    except LatidoError as error:
        return trouble(error)
    if unseen:
        return Finding(
            _(
                "{stream} can be read, but for fields that this org does not have or this user may not see: {unseen}.",
                stream=stream.name,
                unseen=", ".join(unseen),
            )
        )
    return Finding(_("{stream} can be read.", stream=stream.name))


def unseen_by(stream: SObjectStream) -> list[str]:
    """Return the fields that the mappings of *stream* read and Salesforce does not show."""
    if isinstance(stream, SurveyObjects):
        return sorted({field for each in stream.readers for field in unseen_by(each)})
    return sorted(stream.layout.unseen - {CURRENCY, *stream.extra})


def trouble(error: LatidoError) -> Finding:
    """Return what *error* means for a check."""
    match error:
        case Refused(status=404 | 410) | NotOffered(__cause__=Refused(status=404 | 410)):
            hint = _("Check domain and api_version in latido.toml, then run: latido check")
            return Finding(error.message, "setting", hint)
        case _:
            return Finding.of(error)
