"""How a portal reads the moments in a filter.

One that it does not understand it passes over, without a word, or takes for another hour. So before the first filter
with a moment in it we try: a known record must be found from its own last change on, and not a second later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from latido_bitrix24.answers import contained
from latido_bitrix24.commands import Failed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido_bitrix24.chain import Listing
    from latido_bitrix24.portal import Portal

FAR = timedelta(days=36_500)
SUMMER_TIME = timedelta(hours=1)
UNTRIED: Mapping[str, Any] = {"form": None, "offset": None}
"""What is known where there is no record yet; of other types that are asked for by the same method it says nothing."""


@dataclass(frozen=True, slots=True)
class Dates:
    """In which form moments are told (None: in no form that works), and how far the portal's day is from UTC."""

    form: str | None
    offset: timedelta

    @classmethod
    def of(cls, remembered: Mapping[str, Any]) -> Dates:
        return cls(remembered["form"], timedelta(seconds=remembered["offset"] or 0))

    @property
    def slack(self) -> timedelta:
        """How much earlier to begin: without a zone an hour may be another one in winter than in summer."""
        return SUMMER_TIME if self.form == "local" else timedelta()

    def spelled(self, moment: datetime) -> str:
        """Return *moment* as the portal reads it."""
        there = moment.astimezone(timezone(self.offset))
        return there.isoformat(timespec="seconds") if self.form == "iso" else f"{there:%Y-%m-%d %H:%M:%S}"


def tried(portal: Portal, listing: Listing, changed: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return how *listing* reads moments, as JSON; no `offset` where there is no record to try it with."""
    asked = {**params, "select": [listing.id, changed], "filter": params.get("filter", {})}
    page = contained(_one(portal, listing, asked), listing.container, listing.method)
    known = next((each for each in page if listing.numbers([each]) and told(each, changed) is not None), None)
    if known is None:
        return UNTRIED
    offset = datetime.fromisoformat(known[changed]).utcoffset() or timedelta()
    forms = (form for form in ("iso", "local") if _works(portal, listing, changed, asked, known, Dates(form, offset)))
    return {"form": next(forms, None), "offset": int(offset.total_seconds())}


def told(record: Mapping[str, Any], name: str) -> datetime | None:
    try:
        return datetime.fromisoformat(record[name])
    except (KeyError, TypeError, ValueError):
        return None


def _works(
    portal: Portal, listing: Listing, changed: str, params: Mapping[str, Any], known: Mapping[str, Any], dates: Dates
) -> bool:
    moment = datetime.fromisoformat(known[changed])
    bounds = {"at": moment, "later": moment + timedelta(seconds=1), "never": moment + FAR}
    commands = {}
    for name, bound in bounds.items():
        own = {f"={listing.id}": known[listing.id], f">={changed}": dates.spelled(bound)}
        commands[name] = listing.page({**params, "filter": {**params["filter"], **own}}, 0)
    found = {
        name: [] if isinstance(result, Failed) else contained(result, listing.container, listing.method)
        for name, result in portal.batch(commands).items()
    }
    return bool(found["at"]) and not found["later"] and not found["never"]


def _one(portal: Portal, listing: Listing, params: Mapping[str, Any]) -> Any:
    command = listing.page(params, 0)
    return portal.call(command.method, command.params)
