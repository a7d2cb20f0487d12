"""Funnels, their stages and the dictionaries of a portal."""

from __future__ import annotations

from typing import Any, NamedTuple

from latido_bitrix24.sandbox._kinds import DEAL, INVOICE, LEAD, REQUEST, SURVEY

RENEWALS = 9


class Stage(NamedTuple):
    """A stage: `P` goes on, `S` is won, `F` is lost, with an apology or without."""

    id: str
    name: str
    semantics: str
    apology: bool = False


class Funnel(NamedTuple):
    """The stages of one category; `dictionary` is the ENTITY_ID under which they are listed."""

    type_id: int
    id: int
    name: str
    dictionary: str
    stages: tuple[Stage, ...]
    is_default: bool = True


def _deal_stages(prefix: str, *names: str) -> tuple[Stage, ...]:
    ids = ("NEW", "PREPARATION", "PREPAYMENT_INVOICE", "EXECUTING", "WON", "LOSE", "APOLOGY")
    return tuple(
        Stage(prefix + each, name, {"WON": "S", "LOSE": "F", "APOLOGY": "F"}.get(each, "P"), each == "APOLOGY")
        for each, name in zip(ids, names, strict=True)
    )


def _item_stages(prefix: str, *names: str) -> tuple[Stage, ...]:
    ids = ("NEW", "PREPARATION", "CLIENT", "SUCCESS", "FAIL")
    meant = ("P", "P", "P", "S", "F")
    return tuple(Stage(f"{prefix}:{each}", name, how) for each, name, how in zip(ids, names, meant, strict=True))


FUNNELS = (
    Funnel(
        LEAD, 0, "", "STATUS",
        (
            Stage("NEW", "Sin asignar", "P"), Stage("IN_PROCESS", "En curso", "P"),
            Stage("CONVERTED", "Convertido", "S"), Stage("JUNK", "Descartado", "F"),
        ),
    ),
    Funnel(
        DEAL, 0, "General", "DEAL_STAGE",
        _deal_stages("", "Nuevo", "Cualificado", "Propuesta", "Negociación", "Ganado", "Perdido", "Disculpa"),
    ),
    Funnel(
        DEAL, RENEWALS, "Renovaciones", f"DEAL_STAGE_{RENEWALS}",
        _deal_stages(
            f"C{RENEWALS}:", "Aviso", "Contactado", "Propuesta", "Negociación", "Renovado", "Perdido", "Disculpa",
        ),
        is_default=False,
    ),
    Funnel(
        INVOICE, 3, "General", "SMART_INVOICE_STAGE_3",
        (
            Stage("DT31_3:N", "Nueva", "P"), Stage("DT31_3:S", "Enviada", "P"), Stage("DT31_3:P", "Pagada", "S"),
            Stage("DT31_3:D", "Sin pagar", "F"),
        ),
    ),
    Funnel(
        REQUEST, 15, "General", "DYNAMIC_130_STAGE_15",
        _item_stages("DT130_15", "Nueva", "En curso", "Con el cliente", "Resuelta", "Descartada"),
    ),
    Funnel(
        SURVEY, 17, "General", "DYNAMIC_134_STAGE_17",
        _item_stages("DT134_17", "Enviada", "Recordada", "Abierta", "Contestada", "Sin respuesta"),
    ),
)  # fmt: skip

SEMANTICS = {stage.id: stage.semantics for funnel in FUNNELS for stage in funnel.stages if funnel.type_id != LEAD}

_DICTIONARIES = {
    "SOURCE": {
        "CALL": "Llamada", "EMAIL": "Correo", "WEB": "Web", "ADVERTISING": "Publicidad", "PARTNER": "Socio",
        "RECOMMENDATION": "Recomendación", "TRADE_SHOW": "Feria",
    },
    "DEAL_TYPE": {"SALE": "Venta", "COMPLEX": "Proyecto", "SERVICES": "Servicios", "SERVICE": "Mantenimiento"},
    "CONTACT_TYPE": {"CLIENT": "Clientes", "OTHER": "Otros"},
    "COMPANY_TYPE": {"CUSTOMER": "Cliente", "PARTNER": "Socio"},
    "INDUSTRY": {"IT": "Informática", "OTHER": "Otro"},
}  # fmt: skip
_EXTRA = {"P": "process", "S": "success", "F": "failure"}


def categories_json(type_id: int) -> list[dict[str, Any]]:
    """Return the funnels of a type, as `crm.category.list` has them."""
    return [
        {
            "id": funnel.id,
            "name": funnel.name,
            "sort": 300 if funnel.is_default else 200,
            "entityTypeId": type_id,
            "isDefault": "Y" if funnel.is_default else "N",
            **({} if funnel.is_default else {"originId": "", "originatorId": ""}),
        }
        for funnel in sorted(FUNNELS, key=lambda each: (each.is_default, each.id))
        if funnel.type_id == type_id
    ]


def statuses_json() -> list[dict[str, Any]]:
    """Return all stages and dictionaries, as `crm.status.list` has them."""
    rows = [
        _status(funnel.dictionary, place, stage.id, stage.name, funnel.id, stage)
        for funnel in FUNNELS
        for place, stage in enumerate(funnel.stages, 1)
    ]
    for name, words in _DICTIONARIES.items():
        rows += [_status(name, place, key, title, 0, None) for place, (key, title) in enumerate(words.items(), 1)]
    return [{"ID": str(31 + 2 * place), **row} for place, row in enumerate(rows)]


def _status(entity: str, place: int, key: str, name: str, category: int, stage: Stage | None) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "ENTITY_ID": entity,
        "STATUS_ID": key,
        "NAME": name,
        "NAME_INIT": "",
        "SORT": str(10 * place),
        "SYSTEM": "N",
        "COLOR": "#39A8EF",
        # What goes on has no semantics, in one of two ways.
        "SEMANTICS": None if stage is None or place % 2 else "",
        "CATEGORY_ID": str(category),
    }
    if stage is None:
        return shown
    meant = "apology" if stage.apology else _EXTRA[stage.semantics]
    return {
        **shown,
        "SEMANTICS": shown["SEMANTICS"] if stage.semantics == "P" else stage.semantics,
        "EXTRA": {"SEMANTICS": meant, "COLOR": "#39A8EF"},
    }
