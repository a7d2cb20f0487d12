"""What mappings of Salesforce's records are made of, beside the kit's own transforms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.connect import Source, computed, path
from latido_salesforce.values import CURRENCY, SITE

if TYPE_CHECKING:
    from latido.connect import JsonObject


def link() -> Source:
    """The page of a record in the org, which finds out itself what kind of record it is."""
    return Source("page(Id)", (SITE, "Id"), lambda _context: _page)


def _page(record: JsonObject) -> str | None:
    site, key = record.get(SITE), record.get("Id")
    return f"{site}/{key}" if site and key else None


def deletion() -> Source:
    """When a record was deleted: deleting stamps it."""
    return computed("unless_live", lambda gone, stamp: stamp if gone else None, "IsDeleted", "SystemModstamp")


def currency() -> Source:
    """The record's own currency; in an org with only one, which records do not name, that of the settings."""
    return path(CURRENCY)
