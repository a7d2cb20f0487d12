"""The small tables, and who one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response

from latido.testing import json
from latido.testing.world import iso
from latido_zendesk.sandbox import _bodies as bodies
from latido_zendesk.sandbox import _cbp as cbp
from latido_zendesk.sandbox import _fields as fields
from latido_zendesk.sandbox._account import BRAND, CUSTOM_STATUSES, FORM, STATUSES, record
from latido_zendesk.sandbox._people import agent_json, group_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from latido_zendesk.sandbox._account import Account
    from latido_zendesk.sandbox._switches import ZendeskSwitches

_OFFSET_PAGE = 100


class Tables:
    """Groups, statuses, fields, brands: read whole, a hundred at a time."""

    def __init__(self, account: Account, switches: ZendeskSwitches) -> None:
        self._account = account
        self._switches = switches

    def groups(self, request: Request) -> Response:
        return self._listed(
            request, "groups", [group_json(self._account, team) for team in self._account.world.teams()]
        )

    def brands(self, request: Request) -> Response:
        return self._listed(request, "brands", [_brand(self._account)])

    def ticket_fields(self, request: Request) -> Response:
        return self._listed(request, "ticket_fields", fields.ticket_fields(self._account))

    def user_fields(self, request: Request) -> Response:
        rows = fields.key_fields(self._account, "user_fields", fields.USER_FIELDS)
        return self._listed(request, "user_fields", rows)

    def organization_fields(self, request: Request) -> Response:
        rows = fields.key_fields(self._account, "organization_fields", fields.ORGANIZATION_FIELDS)
        return self._listed(request, "organization_fields", rows)

    def custom_statuses(self, request: Request) -> Response:
        """Answer with all statuses at once; this table has no pages."""
        del request
        return json({"custom_statuses": [_status(self._account, each) for each in CUSTOM_STATUSES]})

    def me(self, request: Request, *, known: bool) -> Response:
        """Answer who is asking: with somebody anonymous and status 200, if nobody we know."""
        del request
        if not known:
            return json(
                {"user": {"id": None, "name": "Anonymous user", "email": "invalid@example.com", "active": False}}
            )
        agent = next(each for each in self._account.world.agents() if each.role == self._switches.role)
        return json({"user": agent_json(self._account, agent)})

    def _listed(self, request: Request, name: str, rows: Sequence[dict[str, Any]]) -> Response:
        if not cbp.by_cursor(request):
            return json({name: rows[:_OFFSET_PAGE], "next_page": None, "previous_page": None, "count": len(rows)})
        asked = cbp.asked_page(request, self._switches)
        if isinstance(asked, Response):
            return asked
        numbered = ((number, number) for number in range(0 if asked.mark is None else asked.mark + 1, len(rows)))

        def shown(numbers: list[int]) -> list[bytes]:
            return [bodies.listed(name, (orjson.dumps(rows[number]) for number in numbers))]

        return cbp.page(self._account.url(f"{name}.json"), request, asked, cbp.Lists(numbered, shown, {}))


def _brand(account: Account) -> dict[str, Any]:
    born = iso(account.world.start)
    return record(
        account.url("brands"),
        BRAND,
        name="Acme",
        brand_url=account.home,
        subdomain=account.subdomain,
        host_mapping=None,
        has_help_center=True,
        help_center_state="enabled",
        active=True,
        default=True,
        is_deleted=False,
        logo=None,
        ticket_form_ids=[FORM],
        signature_template="{{agent.signature}}",
        created_at=born,
        updated_at=born,
    )


def _status(account: Account, status: Any) -> dict[str, Any]:
    born = iso(account.world.start)
    return record(
        account.url("custom_statuses"),
        STATUSES + status.number,
        status_category=status.category,
        agent_label=status.label,
        raw_agent_label=status.label,
        end_user_label=status.label,
        raw_end_user_label=status.label,
        description="",
        raw_description="",
        end_user_description="",
        raw_end_user_description="",
        active=True,
        default=status.default,
        created_at=born,
        updated_at=born,
    )
