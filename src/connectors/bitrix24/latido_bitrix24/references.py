"""What mappings look things up in: stages and their meanings, dictionaries, currencies, and which fields there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.errors import NotOffered
from latido_bitrix24.answers import contained, having, named
from latido_bitrix24.transforms import PORTAL, fields_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from latido_bitrix24.connector import Bitrix24
    from latido_bitrix24.portal import Portal

DEAL, LEAD, CONTACT, COMPANY = 2, 1, 3, 4

DEAL_STAGES = "deal_stages"
LEAD_STAGES = "lead_stages"
WORDS = "words"
CURRENCY = "currency"
CURRENCIES = "crm.currency.list"
DICTIONARIES = ("SOURCE", "DEAL_TYPE", "CONTACT_TYPE", "COMPANY_TYPE", "INDUSTRY")

STATUSES = {"S": "won", "F": "lost", "P": "open", "": "open"}
MEANINGS = {"success": "won", "failure": "lost", "apology": "lost", "process": "open"}


def readers(connector: Bitrix24, types: Collection[int]) -> dict[str, Callable[[], Any]]:
    """Return the functions that read the reference tables, by name."""
    portal = connector.portal
    return {
        PORTAL: lambda: connector.settings.address,
        DEAL_STAGES: lambda: stages(portal, DEAL, deal_dictionary),
        LEAD_STAGES: lambda: statuses_in(portal, "STATUS", None),
        WORDS: lambda: {each: words_in(portal, each) for each in DICTIONARIES},
        CURRENCY: lambda: base_currency(portal),
        **{fields_of(each): lambda of=each: fields(portal, of) for each in types},  # type: ignore[misc]
    }


def deal_dictionary(category: int) -> str:
    """Return where the stages of a funnel of deals are told."""
    return f"DEAL_STAGE_{category}" if category else "DEAL_STAGE"


def stages(portal: Portal, entity_type_id: int, dictionary: Callable[[int], str]) -> dict[str, Any]:
    """Return the stages of all funnels of a type by id: label, funnel, and what they mean."""
    found: dict[str, Any] = {}
    for category in categories(portal, entity_type_id):
        found.update(statuses_in(portal, dictionary(int(category["id"])), category.get("name")))
    return found


def categories(portal: Portal, entity_type_id: int) -> list[Mapping[str, Any]]:
    """Return the funnels of a type: no more than fifty come at once, and some have more."""
    pages = portal.listed("crm.category.list", {"entityTypeId": entity_type_id}, ("categories",))
    return [each for page in pages for each in having(page, "id", "crm.category.list")]


def statuses_in(portal: Portal, dictionary: str, funnel: Any) -> dict[str, Any]:
    """Return the stages in one *dictionary* by id."""
    return {
        str(each["STATUS_ID"]): {"label": each.get("NAME"), "pipeline": funnel, "status": meaning(each)}
        for each in entries(portal, dictionary)
    }


def words_in(portal: Portal, dictionary: str) -> dict[str, Any]:
    """Return what the entries of a *dictionary* are called."""
    return {str(each["STATUS_ID"]): each.get("NAME") for each in entries(portal, dictionary)}


def entries(portal: Portal, dictionary: str) -> Iterator[Mapping[str, Any]]:
    asked = {"filter": {"ENTITY_ID": dictionary}, "order": {"SORT": "ASC"}}
    for page in portal.listed("crm.status.list", asked):
        known = having(page, "STATUS_ID", "crm.status.list")
        yield from (each for each in known if each.get("ENTITY_ID", dictionary) == dictionary)


def meaning(status: Mapping[str, Any]) -> str:
    """Return what a stage means: an apology is a loss, too."""
    extra = status.get("EXTRA")
    said = (extra or {}).get("SEMANTICS") if isinstance(extra, dict) else None
    return MEANINGS.get(str(said), STATUSES.get(str(status.get("SEMANTICS") or ""), "unknown"))


def base_currency(portal: Portal) -> str | None:
    """Return the currency in which reports of the portal are, None where that may not be read."""
    try:
        told = portal.call(CURRENCIES)
    except NotOffered:
        return None
    known = having(contained(told, (), CURRENCIES), "CURRENCY", CURRENCIES)
    return next((str(each["CURRENCY"]) for each in known if each.get("BASE") == "Y"), None)


def fields(portal: Portal, entity_type_id: int) -> dict[str, Any]:
    """Return the fields of a type by the names that records have them under.

    Names of users' fields are turned irregularly, UF_CRM_3_DIGIT into ufCrm3Digit: they are looked up, never made.
    """
    told = portal.call("crm.item.fields", {"entityTypeId": entity_type_id})
    found = named(told, ("fields",), "crm.item.fields")
    return {name: field(name, each if isinstance(each, dict) else {}) for name, each in found.items()}


def field(name: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is *told* of a field: its type and title, its name in capitals, and the words of a list by ids."""
    upper, words = str(told.get("upperName") or name), told.get("items") or ()
    entries = [each for each in (words.values() if isinstance(words, dict) else words) if isinstance(each, dict)]
    return {
        "type": told.get("type"),
        "title": told.get("title"),
        "upper": upper,
        "own": upper.upper().startswith("UF_") or name.startswith("ufCrm"),
        "items": {str(each["ID"]): each["VALUE"] for each in entries if "ID" in each and "VALUE" in each},
    }
