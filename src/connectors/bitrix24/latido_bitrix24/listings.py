"""Lists whose requests name everything in capitals while their answers do not: >CHANGED_DATE asks for changedDate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from latido_bitrix24.chain import Listing
from latido_bitrix24.commands import Command

if TYPE_CHECKING:
    from collections.abc import Mapping

HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def capitals(name: str) -> str:
    return HUMP.sub("_", name).upper()


@dataclass(frozen=True, slots=True)
class CapitalListing(Listing):
    """A list that tells `changedDate` and has to be asked for `CHANGED_DATE`."""

    def page(self, params: Mapping[str, Any], after: Any) -> Command:
        asked = Listing.page(self, params, after).params
        named = {part: {capitals(name): value for name, value in asked[part].items()} for part in ("filter", "order")}
        chosen = {"select": [capitals(name) for name in asked["select"]]} if "select" in asked else {}
        return Command(self.method, {**asked, **named, **chosen})
