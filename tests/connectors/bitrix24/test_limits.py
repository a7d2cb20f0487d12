"""The bucket that leaks is the portal's, whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.connectors.bitrix24.desk import CLIENT, WEBHOOK

if TYPE_CHECKING:
    from tests.connectors.bitrix24.desk import Office


def test_two_webhooks_of_a_portal_share_its_limit(office: Office) -> None:
    """Bitrix24 counts by the address that asks: a second webhook does not double the speed."""
    first, second = (
        office.connector(rate_share=1),
        office.connector(rate_share=1, webhook_url=WEBHOOK.replace("/1/", "/9/")),
    )

    for n in range(60):
        (first, second)[n % 2].portal.call("scope")

    assert pytest.approx(10 / 2.0, rel=0.01) == office.clock.passed


@pytest.mark.parametrize(("plan", "at_once", "a_second"), [({}, 50, 2), ({"enterprise": True}, 250, 5)])
def test_what_a_plan_allows(office: Office, plan: dict[str, bool], at_once: int, a_second: float) -> None:
    """Seven tenths of it, unless the settings say otherwise: others ask, too."""
    portal = office.connector(**plan).portal

    for _ in range(round(0.7 * at_once) + 7):
        portal.call("scope")

    assert pytest.approx(7 / (0.7 * a_second), rel=0.01) == office.clock.passed
    pace = portal.http.pace()
    assert pace is not None
    assert pytest.approx(60 * 0.7 * a_second) == pace.per_minute


def test_portals_have_limits_of_their_own(office: Office) -> None:
    """One is asked no more slowly because of another."""
    other = office.connector(**{**CLIENT, "portal": "other.bitrix24.com", "base_url": None})

    assert other.portal.http.host == "other.bitrix24.com"
    for _ in range(35):
        office.connector().portal.call("scope")
    assert 0 == office.clock.passed
