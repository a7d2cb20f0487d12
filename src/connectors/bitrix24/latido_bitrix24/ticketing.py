"""Where requests for help are: Bitrix24 has no tickets of its own, so the settings say it, or a portal's own words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from latido.errors import NotOffered
from latido.messages import marker
from latido_bitrix24.answers import having
from latido_bitrix24.references import stages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from latido_bitrix24.connector import Bitrix24
    from latido_bitrix24.portal import Portal

_ = marker("latido_bitrix24")

OPENLINES, TASKS, SPA = "openlines", "tasks", "spa:"

TICKET_STAGES = "ticket_stages"
TICKET_TYPE = "ticket_type"

UNKNOWN = 0
"""The type of requests where nobody knows where they are."""

TELLING = re.compile(
    r"ticket|request|support|help.?desk|incident|issue|solicitud|soporte|incidencia|petici[oó]n|заявк|обращени|тикет"
    r"|поддержк|инцидент|anfrage|chamado|demande",
    re.IGNORECASE,
)
"""What a smart process is called that holds requests."""


def are(connector: Bitrix24, place: str) -> bool:
    """Whether tickets are in *place*, so far as the settings say it."""
    said: str = connector.settings.tickets or SPA
    return said.startswith(place)


def ticket_type(connector: Bitrix24) -> int:
    """Return the type of items that are tickets, `UNKNOWN` where none are, or nobody can tell which."""
    said = connector.settings.tickets
    if said is None:
        return connector.likely_ticket_type
    return int(said.removeprefix(SPA)) if said.startswith(SPA) else UNKNOWN


def smart_processes(portal: Portal) -> list[Mapping[str, Any]]:
    """Return the types of items that the portal's people have made themselves."""
    pages = portal.listed("crm.type.list", {}, ("types",))
    return [each for page in pages for each in having(page, "entityTypeId", "crm.type.list")]


def likely(portal: Portal) -> int:
    """Return the type of the only smart process that is called as if it held requests, `UNKNOWN` without one."""
    try:
        types = smart_processes(portal)
    except NotOffered:
        return UNKNOWN
    found = [int(each["entityTypeId"]) for each in types if TELLING.search(str(each.get("title")))]
    return found[0] if len(found) == 1 else UNKNOWN


def nowhere(source: str) -> NotOffered:
    return NotOffered(
        _("Where requests for help are in this Bitrix24, nobody says."),
        _(
            'Set tickets = "spa:<entityTypeId>", "openlines" or "tasks" as [sources.{source}] in latido.toml.',
            source=source,
        ),
    )


def dictionary(entity_type_id: int) -> Callable[[int], str]:
    """Return where the stages of a funnel of these items are told."""
    return lambda category: f"DYNAMIC_{entity_type_id}_STAGE_{category}"


def readers(connector: Bitrix24) -> dict[str, Callable[[], Any]]:
    """Return what reads the stages of tickets."""

    def read() -> Mapping[str, Any]:
        found = ticket_type(connector)
        return stages(connector.portal, found, dictionary(found))

    return {TICKET_STAGES: read}
