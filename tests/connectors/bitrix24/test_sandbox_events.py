"""The sandbox's offline events: a queue for applications of administrators."""

from __future__ import annotations

from typing import Any

import pytest

from tests.connectors.bitrix24.recordings import recorded
from tests.connectors.bitrix24.visiting import Visitor


@pytest.fixture
def visitor() -> Visitor:
    visitor = Visitor(12, people=240)
    for name in ("ONCRMDEALDELETE", "ONCRMDEALUPDATE", "ONCRMDYNAMICITEMDELETE"):
        visitor.app("event.bind", event=name, event_type="offline")
    return visitor


def taken(visitor: Visitor, **params: Any) -> Any:
    return visitor.app("event.offline.get", **params).json()["result"]


def told(events: list[Any]) -> list[tuple[str, str]]:
    return [(each["EVENT_NAME"], each["EVENT_DATA"]["FIELDS"]["ID"]) for each in events]


def test_deletions_are_told_to_who_asked_for_them(visitor: Visitor) -> None:
    visitor.deed.delete("deals", 0)
    visitor.deed.delete("contacts", 0)
    got = taken(visitor)

    assert [("ONCRMDEALDELETE", "37")] == told(got["events"])
    assert recorded("docs/event.offline.get.json")["result"]["events"][0].keys() == got["events"][0].keys()
    assert [] == taken(visitor)["events"]


def test_items_of_smart_processes_say_of_which(visitor: Visitor) -> None:
    visitor.deed.delete("surveys", 0)

    assert {"ID": "5", "ENTITY_TYPE_ID": "134"} == taken(visitor)["events"][0]["EVENT_DATA"]["FIELDS"]


def test_of_each_object_the_latest_event_is_kept(visitor: Visitor) -> None:
    for _ in range(3):
        visitor.deed.touch("deals", [0, 1])

    assert [("ONCRMDEALUPDATE", "37"), ("ONCRMDEALUPDATE", "38")] == sorted(told(taken(visitor)["events"]))


def test_fifty_are_given_out_at_a_time_and_reserved_until_they_are_cleared(visitor: Visitor) -> None:
    visitor.deed.touch_all("deals", 0, 60)
    first, second = taken(visitor, clear=0), taken(visitor, clear=0)

    assert [50, 10] == [len(each["events"]) for each in (first, second)]
    assert [] == taken(visitor, clear=0)["events"]
    visitor.app("event.offline.clear", process_id=first["process_id"])
    left = visitor.app("event.offline.list").json()["result"]
    assert {second["process_id"]} == {each["PROCESS_ID"] for each in left}
    assert 10 == len(left)


def test_to_reserve_them_takes_a_better_plan(visitor: Visitor) -> None:
    visitor.switches.offline_extended = False
    answer = visitor.app("event.offline.get", clear=0)

    assert (403, "ACCESS_DENIED") == (answer.status_code, answer.json()["error"])
    assert {"value": "N"} == visitor.result("feature.get", CODE="rest_offline_extended")


def test_a_webhook_gets_no_events(visitor: Visitor) -> None:
    assert (403, "WRONG_AUTH_TYPE") == visitor.error("event.offline.get")


def test_only_administrators_get_events(visitor: Visitor) -> None:
    visitor.switches.administrator = False
    answer = visitor.app("event.offline.get")

    assert recorded("docs/event.offline.get__error_access_denied.json") == answer.json()


def test_who_no_longer_asks_is_told_nothing(visitor: Visitor) -> None:
    visitor.app("event.unbind", event="onCrmDealDelete")
    visitor.deed.delete("deals", 0)

    assert [] == taken(visitor)["events"]
    assert ["ONCRMDEALUPDATE", "ONCRMDYNAMICITEMDELETE"] == [
        each["event"] for each in visitor.app("event.get").json()["result"]
    ]
