"""Campaigns: listed by their last change, their spend told one campaign at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

import orjson

from latido.testing import json, json_bytes
from latido.testing.world import Spend, iso, midnight
from latido_hubspot.sandbox import _bodies as bodies
from latido_hubspot.sandbox._service import HOST

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from latido.testing.world import Campaign, Instant
    from latido_hubspot.sandbox._service import Service

_READABLE = {
    "hs_name", "hs_start_date", "hs_end_date", "hs_campaign_status", "hs_currency_code", "hs_budget_items_sum_amount",
    "hs_spend_items_sum_amount", "hs_goal", "hs_audience", "hs_notes", "hs_owner", "hs_utm", "hs_color_hex",
    "hs_created_by_user_id", "hs_object_id", "canal",
}  # fmt: skip
_MOST = 100
_MS = 1000
_FIRST = 402_001


def campaign_id(number: int) -> str:
    """Return the guid of a campaign."""
    return str(uuid5(NAMESPACE_URL, f"campaign:{number}"))


class Campaigns:
    """`/marketing/.../campaigns`."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._campaigns = {campaign_id(each.number): each for each in service.world.campaigns()}

    def spend(self, number: int, cents: int, at: Instant) -> None:
        """Add an item of *cents* to what was spent on a campaign."""
        key = campaign_id(number)
        campaign = self._campaigns[key]
        self._campaigns[key] = replace(campaign, spend=(*campaign.spend, Spend("Anuncios", cents, at)))

    def listed(self, request: Request) -> Response:
        """Answer with campaigns; a property that may not be read is refused, one not asked for is not told."""
        params = request.query_params
        names = [name for each in params.getlist("properties") for name in each.split(",") if name]
        if self._service.switches.unreadable_properties and (wrong := sorted({*names} - _READABLE)):
            return bodies.invalid(f"Properties {wrong} do not exist or cannot be read.")
        size, after = params.get("limit", "50"), params.get("after", "0")
        if not size.isdecimal() or not 1 <= int(size) <= _MOST or not after.isdecimal():
            return bodies.invalid(f"limit must be between 1 and {_MOST}")
        chosen = self._sorted(params.get("sort", "hs_name"))
        most, first = self._service.switches.at_most(int(size)), int(after)
        rows = [orjson.dumps(self._shown(each, names)) for each in chosen[first : first + most]]
        ending = str(first + most) if first + most < len(chosen) else None
        link = None if ending is None else f"{HOST}/marketing/v3/campaigns?limit={size}&after={ending}"
        return json_bytes(bodies.page(rows, ending, link, total=len(chosen)))

    def one(self, request: Request) -> Response:
        campaign = self._campaigns.get(request.path_params["id"])
        names = request.query_params.get("properties", "").split(",")
        return bodies.not_found() if campaign is None else json(self._shown(campaign, names))

    def totals(self, request: Request) -> Response:
        """Answer with budget and spend: items say when they were typed in, not when the money went out."""
        campaign = self._campaigns.get(request.path_params["id"])
        if campaign is None:
            return bodies.no_object("Campaign not found")
        spent = sum(each.amount for each in campaign.spend)
        items = [_item(turn, each.name, each.amount, each.at) for turn, each in enumerate(campaign.spend)]
        return json(
            {
                "currencyCode": campaign.currency,
                "budgetTotal": campaign.budget / 100,
                "spendTotal": spent / 100,
                "remainingBudget": (campaign.budget - spent) / 100,
                "budgetItems": [_item(0, "Presupuesto", campaign.budget, _changed(campaign))],
                "spendItems": items,
            }
        )

    def revenue(self, request: Request) -> Response:
        campaign = self._campaigns.get(request.path_params["id"])
        if campaign is None:
            return bodies.no_object("Campaign not found")
        won = [each for each in self._service.world.deals() if each.campaign == campaign.number]
        amount = sum(each.amount for each in won if each.status == "won") / 100
        told = {"dealsNumber": len(won), "dealAmount": amount, "revenueAmount": amount, "contactsNumber": 0}
        return json(told | {"currencyCode": campaign.currency})

    def _sorted(self, order: str) -> list[Campaign]:
        name = order.removeprefix("-")
        keys: dict[str, Any] = {"updatedAt": _changed, "createdAt": lambda each: each.starts_on}
        chosen = sorted(self._campaigns.values(), key=keys.get(name, lambda each: each.name))
        return chosen[::-1] if order.startswith("-") else chosen

    def _shown(self, campaign: Campaign, names: list[str]) -> dict[str, Any]:
        values = self._values(campaign)
        return {
            "id": campaign_id(campaign.number),
            "properties": {name: values.get(name) for name in sorted(names) if name in _READABLE},
            "createdAt": f"{campaign.starts_on}T08:00:00Z",
            "updatedAt": iso(_changed(campaign)),
        }

    def _values(self, campaign: Campaign) -> dict[str, str | None]:
        today = self._service.stamp[:10]
        running = "in_progress" if campaign.ends_on.isoformat() > today else "completed"
        return {
            "hs_name": campaign.name,
            "hs_start_date": campaign.starts_on.isoformat(),
            "hs_end_date": (campaign.ends_on - timedelta(days=1)).isoformat(),
            "hs_campaign_status": running,
            "hs_currency_code": campaign.currency,
            "hs_budget_items_sum_amount": f"{campaign.budget / 100}",
            "hs_spend_items_sum_amount": f"{sum(each.amount for each in campaign.spend) / 100}",
            "hs_utm": campaign.channel,
            "hs_object_id": str(_FIRST + campaign.number),
            "canal": campaign.channel,
        }


def _changed(campaign: Campaign) -> int:
    """Return when a campaign was last written to: with its last item, or when it began."""
    return max((each.at for each in campaign.spend), default=midnight(campaign.starts_on))


def _item(turn: int, name: str, amount: int, at: int) -> dict[str, Any]:
    times = {"createdAt": at * _MS, "updatedAt": at * _MS}
    return {"id": str(_FIRST * 10 + turn), "name": name, "amount": amount / 100, "order": turn, **times}
