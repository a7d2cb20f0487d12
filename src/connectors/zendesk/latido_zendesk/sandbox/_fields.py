"""The account's own fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.testing.world import iso
from latido_zendesk.sandbox._account import FIELDS

if TYPE_CHECKING:
    from latido.testing.world import Ticket
    from latido_zendesk.sandbox._account import Account

(
    PRODUCT,
    ORDER_TOTAL,
    DUE_ON,
    CALL_BACK,
    FEATURES,
    EFFORT,
    RECOMMENDATION,
    ORDER_NUMBER,
    REGION,
    NOTES,
    SERIAL,
    MODEL,
) = (FIELDS + number for number in range(100, 112))

_SYSTEM = (
    ("subject", "Subject"), ("description", "Description"), ("status", "Status"), ("tickettype", "Type"),
    ("priority", "Priority"), ("group", "Group"), ("assignee", "Assignee"), ("custom_status", "Ticket status"),
)  # fmt: skip
_OWN: tuple[tuple[int, str, str, tuple[str, ...]], ...] = (
    (PRODUCT, "tagger", "Producto", ("facturas", "app_movil", "integraciones", "portal", "hardware", "api")),
    (ORDER_TOTAL, "decimal", "Importe del pedido", ()),
    (DUE_ON, "date", "Fecha prometida", ()),
    (CALL_BACK, "checkbox", "¿Llamar?", ()),
    (FEATURES, "multiselect", "Funciones", ("sso", "exports", "webhooks", "offline", "dark_mode", "roles")),
    (EFFORT, "tagger", "Customer effort", ("ces_1", "ces_2", "ces_3", "ces_4", "ces_5")),
    (RECOMMENDATION, "integer", "Would recommend (0-10)", ()),
    (ORDER_NUMBER, "regexp", "Order number", ()),
    (REGION, "text", "Región", ()),
    (NOTES, "textarea", "Notas internas", ()),
    (SERIAL, "text", "Serial number", ()),
    (MODEL, "lookup", "Model", ()),
)


def values(ticket: Ticket) -> list[dict[str, Any]]:
    """Return a ticket's own fields in Zendesk's spelling: numbers are texts, an empty field is null."""
    details = ticket.details
    wanted: tuple[tuple[int, Any], ...] = (
        (PRODUCT, details.product),
        (ORDER_TOTAL, details.order_total),
        (DUE_ON, details.due_on),
        (CALL_BACK, details.call_back),
        (FEATURES, list(details.features)),
        (EFFORT, None if details.effort is None else f"ces_{details.effort}"),
        (RECOMMENDATION, None if details.recommendation is None else str(details.recommendation)),
        (ORDER_NUMBER, f"P-{ticket.number:08}" if details.order_total else None),
        (REGION, None),
        (NOTES, None),
        (SERIAL, None),
        (MODEL, None),
    )
    return [{"id": identity, "value": value} for identity, value in wanted]


def ticket_fields(account: Account) -> list[dict[str, Any]]:
    """Return the definitions of all ticket fields, Zendesk's own first."""
    system = [_definition(account, FIELDS + place, kind, title, place) for place, (kind, title) in enumerate(_SYSTEM)]
    own = [
        _definition(account, identity, kind, title, len(_SYSTEM) + place) | _options(kind, choices)
        for place, (identity, kind, title, choices) in enumerate(_OWN)
    ]
    for field in own:
        field["removable"] = True
    return system + own


def key_fields(account: Account, table: str, keys: tuple[tuple[str, str, str], ...]) -> list[dict[str, Any]]:
    """Return definitions of the fields of users or organizations, which are known by a key."""
    return [
        {
            "url": account.url(f"{table}/{FIELDS + 500 + place}.json"),
            "id": FIELDS + 500 + place,
            "type": kind,
            "key": key,
            "title": title,
            "raw_title": title,
            "description": "",
            "raw_description": "",
            "position": place,
            "active": True,
            "regexp_for_validation": None,
            "created_at": iso(account.world.start),
            "updated_at": iso(account.world.start),
        }
        for place, (key, kind, title) in enumerate(keys)
    ]


USER_FIELDS = (("puesto", "text", "Puesto"), ("idioma", "dropdown", "Idioma"), ("boletin", "checkbox", "Boletín"))
ORGANIZATION_FIELDS = (
    ("nif", "text", "NIF"),
    ("sector", "text", "Sector"),
    ("empleados", "integer", "Empleados"),
    ("pais", "text", "País"),
)


def _definition(account: Account, identity: int, kind: str, title: str, place: int) -> dict[str, Any]:
    born = iso(account.world.start)
    return {
        "url": account.url(f"ticket_fields/{identity}.json"),
        "id": identity,
        "type": kind,
        "title": title,
        "raw_title": title,
        "description": "",
        "raw_description": "",
        "position": place,
        "active": True,
        "required": False,
        "collapsed_for_agents": False,
        "regexp_for_validation": r"\AP-\d{8}\z" if kind == "regexp" else None,
        "title_in_portal": title,
        "raw_title_in_portal": title,
        "visible_in_portal": True,
        "editable_in_portal": True,
        "required_in_portal": False,
        "tag": None,
        "created_at": born,
        "updated_at": born,
        "removable": False,
        "agent_description": None,
    }


def _options(kind: str, choices: tuple[str, ...]) -> dict[str, Any]:
    if kind not in {"tagger", "multiselect"}:
        return {}
    options = [
        {"id": FIELDS + 900 + place, "name": value.title(), "raw_name": value.title(), "value": value, "default": False}
        for place, value in enumerate(choices)
    ]
    return {"custom_field_options": options}
