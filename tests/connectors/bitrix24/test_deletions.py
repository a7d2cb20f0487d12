"""Deletions: told by events to an app, found by a census for a webhook."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import VendorUnavailable
from latido.schema import Account, Contact, Deal
from tests.connectors.bitrix24.desk import CLIENT
from tests.connectors.bitrix24.recordings import recorded
from tests.connectors.bitrix24.test_account import app as app  # noqa: PLC0414 - a fixture
from tests.desk import last_cursor

if TYPE_CHECKING:
    from latido.connect import Page
    from latido_bitrix24.connector import Bitrix24
    from tests.connectors.bitrix24.desk import BitrixDesk, Office


def event(number: int, name: str, key: Any) -> dict[str, Any]:
    told = {"FIELDS": {"ID": str(key)}} if key else False
    return {"ID": str(number), "TIMESTAMP_X": "2026-01-10T14:00:00+03:00", "EVENT_NAME": name, "EVENT_DATA": told}


def queue(desk: BitrixDesk, *events: Any, process: str | None = "p1", extended: bool = True) -> None:
    desk.on("event.get", {"result": [{"event": "ONCRMDEALDELETE", "offline": 1}]})
    desk.on("event.bind", {"result": True})
    desk.on("event.offline.clear", {"result": True})
    desk.on("feature.get", {"result": {"value": "Y" if extended else "N"}})
    desk.on("event.offline.get", {"result": {"process_id": process, "events": list(events)}})


def pages(app: Bitrix24, cursor: Any = None) -> list[Page]:
    stream = next(each for each in app.chosen() if each.name == "deletions")
    return list(stream.pages(stream.start(None) if cursor is None else cursor))


def test_an_app_is_told_of_deletions(desk: BitrixDesk, app: Bitrix24) -> None:
    """With their time, which a census does not know."""
    queue(desk, event(1, "ONCRMDEALDELETE", 1765), event(2, "ONCRMCOMPANYDELETE", 4), event(3, "ONCRMLEADDELETE", 9))

    (page,) = pages(app)

    then = datetime(2026, 1, 10, 11, tzinfo=UTC)
    assert {Deal: {"1765": then}, Account: {"4": then}, Contact: {"lead:9": then}} == page.deleted
    assert {"processes": ["p1"]} == page.cursor


def test_what_was_taken_is_done_with_once_it_is_stored(desk: BitrixDesk, app: Bitrix24) -> None:
    """By the next run: a run that dies loses nothing that the portal forgot."""
    queue(desk, event(1, "ONCRMDEALDELETE", 1))

    first = pages(app)
    assert [] == desk.requests("event.offline.clear")

    pages(app, last_cursor(first))
    assert [{"process_id": "p1", "auth": "access-0"}] == desk.called("event.offline.clear")
    assert [0, 0] == [each["clear"] for each in desk.called("event.offline.get")]


def test_fifty_come_at_a_time(desk: BitrixDesk, app: Bitrix24) -> None:
    """Until fewer do; all that was taken is remembered."""
    queue(desk)
    many = [
        {"process_id": name, "events": [event(n, "ONCRMDEALDELETE", n) for n in range(1, 51)]} for name in ("a", "b")
    ]
    desk.on("event.offline.get", *({"result": each} for each in many), {"result": {"process_id": None, "events": []}})

    assert {"processes": ["a", "b"]} == last_cursor(pages(app))


def test_a_plan_that_reserves_nothing_gives_events_away(desk: BitrixDesk, app: Bitrix24) -> None:
    """What is lost then the census finds."""
    queue(desk, event(1, "ONCRMDEALDELETE", 1), process=None, extended=False)

    (page,) = pages(app)

    assert ["1"] == list(page.deleted[Deal])
    assert {"processes": []} == page.cursor
    assert "clear" not in desk.called("event.offline.get")[0]


def test_an_event_that_does_not_say_what_counts_for_nothing(desk: BitrixDesk, app: Bitrix24) -> None:
    """As it was recorded: its data can be false."""
    of_items = {**event(2, "ONCRMDYNAMICITEMDELETE", 5), "EVENT_DATA": {"FIELDS": {"ID": 5, "ENTITY_TYPE_ID": "many"}}}
    recordings = recorded("docs/event.offline.get.json")["result"]["events"]
    queue(desk, event(1, "ONCRMDEALDELETE", None), *recordings, of_items, None, [], {"EVENT_NAME": 5})

    (page,) = pages(app)

    assert {} == page.deleted


@pytest.mark.parametrize("told", [None, "", "soon", "2026-01-10 09:00:00"])
def test_a_moment_without_a_zone_is_none(desk: BitrixDesk, app: Bitrix24, told: Any) -> None:
    """That the record is gone counts all the same."""
    queue(desk, {**event(1, "ONCRMDEALDELETE", 7), "TIMESTAMP_X": told})

    (page,) = pages(app)

    assert {"7": None} == page.deleted[Deal]


def test_a_queue_that_gives_out_the_same_for_ever_is_said(desk: BitrixDesk, app: Bitrix24) -> None:
    queue(desk, *(event(n, "ONCRMDEALDELETE", n) for n in range(1, 51)))

    with pytest.raises(VendorUnavailable, match=r"event\.offline\.get"):
        pages(app)


def test_only_what_is_not_subscribed_yet_is(desk: BitrixDesk, app: Bitrix24) -> None:
    """The queue fills from then on."""
    queue(desk)

    pages(app)

    bound = {each["event"] for each in desk.called("event.bind")}
    assert {"ONCRMCOMPANYDELETE", "ONCRMCONTACTDELETE", "ONCRMLEADDELETE", "ONCRMDYNAMICITEMDELETE"} == bound
    assert {"offline"} == {each["event_type"] for each in desk.called("event.bind")}


def test_a_webhook_has_no_events(office: Office) -> None:
    """Nor an app whose settings say so."""
    webhook, without = office.connector(), office.connector(**CLIENT, deletion_events=False)

    assert "deletions" not in {each.name for each in (*webhook.chosen(), *without.chosen())}
    assert {"census"} == {
        each.deletions for each in webhook.chosen() if each.name in {"companies", "contacts", "leads", "deals"}
    }
