"""What the account's currencies are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from latido.testing import json, json_bytes
from latido_hubspot.sandbox import _bodies as bodies

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from latido.testing.world import Rate
    from latido_hubspot.sandbox._service import Service

_MOST = 100
_FIRST = 71_001
HOME = "EUR"


class Currencies:
    """`/settings/.../currencies`: a rate says what one of the foreign currency is worth at home."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._rates = list(enumerate(service.world.rates()))

    def rates(self, request: Request) -> Response:
        """Answer with all rates that ever held, a page at a time."""
        size, after = request.query_params.get("limit", str(_MOST)), request.query_params.get("after", "0")
        if not size.isdecimal() or not 1 <= int(size) <= _MOST or not after.isdecimal():
            return bodies.invalid(f"limit must be between 1 and {_MOST}")
        known = [] if self._service.switches.single_currency else self._rates
        most, first = self._service.switches.at_most(int(size)), int(after)
        rows = [orjson.dumps(_rate_json(number, each)) for number, each in known[first : first + most]]
        return json_bytes(bodies.page(rows, str(first + most) if first + most < len(known) else None))

    def current(self, request: Request) -> Response:
        """Answer with the rate of each currency that holds now."""
        del request
        known = [] if self._service.switches.single_currency else self._rates
        latest = {each.currency: _rate_json(number, each) for number, each in known}
        return json({"results": list(latest.values())})

    def company(self, request: Request) -> Response:
        del request
        born = self._rates[0][1].on
        return json({"currencyCode": HOME, "currencyName": "Euro", "createdAt": f"{born}T00:00:00Z"})


def _rate_json(number: int, rate: Rate) -> dict[str, Any]:
    at = f"{rate.on}T00:00:00Z"
    return {
        "id": str(_FIRST + number),
        "fromCurrencyCode": rate.currency,
        "toCurrencyCode": HOME,
        "conversionRate": float(rate.rate),
        "effectiveAt": at,
        "createdAt": at,
        "updatedAt": at,
        "visibleInUI": True,
    }
