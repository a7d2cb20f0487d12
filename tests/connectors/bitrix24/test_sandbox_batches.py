"""The sandbox's batches: references, errors with and without names, PHP's empty lists, limits of work."""

from __future__ import annotations

from typing import Any

import pytest

from latido_bitrix24.sandbox import MethodFault
from tests.connectors.bitrix24.recordings import recorded
from tests.connectors.bitrix24.visiting import UP, Visitor

DEAL = 2
NOTHING: tuple[str, dict[str, Any]] = ("nonsense.list", {})


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(12, people=120)


def page(after: Any = 0, **more: Any) -> tuple[str, dict[str, Any]]:
    """Return the command for the page of deals behind an id."""
    params = {"entityTypeId": DEAL, "select": ["id"], "filter": {">id": after}, "order": UP, "start": -1}
    return "crm.item.list", {**params, **more}


def ids(result: Any) -> list[int]:
    return [each["id"] for each in result["items"]]


def test_a_command_may_take_what_another_one_found(visitor: Visitor) -> None:
    found = visitor.batch(c00=page(), c01=page("$result[c00][items][49][id]"))["result"]

    assert [each["id"] for each in visitor.walk(DEAL, select=["id"])][:100] == ids(found["c00"]) + ids(found["c01"])


def test_behind_a_short_page_the_list_begins_anew(visitor: Visitor) -> None:
    last = visitor.walk(DEAL)[-3]["id"]
    found = visitor.batch(c00=page(last), c01=page("$result[c00][items][49][id]"))["result"]

    assert 2 == len(ids(found["c00"]))
    assert ids(visitor.batch(c00=page())["result"]["c00"]) == ids(found["c01"])


def test_each_container_that_is_empty_is_a_list(visitor: Visitor) -> None:
    found = visitor.batch(c00=("user.get", {"filter": {"ID": 0}}))
    theirs = recorded("recorded/batch_list_empty.json")["result"]

    assert theirs.keys() == found.keys()
    assert ([], [], {"c00": []}, {"c00": 0}) == (
        found["result_error"], found["result_next"], found["result"], found["result_total"],
    )  # fmt: skip


def test_when_all_fail_nothing_has_a_result(visitor: Visitor) -> None:
    visitor.switches.missing_scopes = ["user", "user_basic", "user_brief"]
    found = visitor.batch(get_user=("user.get", {}), again=("user.get", {}))
    theirs = recorded("docs/batch__all_failed_halt0.json")["result"]

    assert {**theirs, "result_error": None} == {**found, "result_error": None}
    assert {"get_user", "again"} == found["result_error"].keys()
    assert "insufficient_scope" == found["result_error"]["again"]["error"]


def test_halt_leaves_the_rest_out(visitor: Visitor) -> None:
    found = visitor.halting(c00=page(), c01=NOTHING, c02=page())

    assert ({"c00"}, {"c01"}) == (found["result"].keys(), found["result_error"].keys())


def test_commands_that_are_named_by_numbers_get_lists(visitor: Visitor) -> None:
    good, bad = "crm.item.list?entityTypeId=2&start=-1", "nonsense.list"

    assert list is type(visitor.result("batch", cmd=[good, good])["result"])
    found = visitor.result("batch", cmd={"35943": good, "0": bad, "1": bad})
    assert ({"35943"}, list) == (found["result"].keys(), type(found["result_error"]))


def test_errors_may_lose_their_names(visitor: Visitor) -> None:
    visitor.switches.keyless = True
    found = visitor.batch(c00=page(), c01=NOTHING)

    assert {"c00"} == found["result"].keys()
    assert ["ERROR_METHOD_NOT_FOUND"] == [each["error"] for each in found["result_error"]]


def test_there_are_fifty_commands_at_most(visitor: Visitor) -> None:
    commands = {f"c{each}": "server.time" for each in range(51)}

    assert (400, "ERROR_BATCH_LENGTH_EXCEEDED") == visitor.error("batch", cmd=commands)


def test_batches_are_not_nested(visitor: Visitor) -> None:
    found = visitor.batch(c00=("batch", {}))

    assert "ERROR_BATCH_METHOD_NOT_ALLOWED" == found["result_error"]["c00"]["error"]


def test_one_command_may_go_wrong_for_a_moment(visitor: Visitor) -> None:
    visitor.switches.method_faults = [MethodFault(method="crm.item.list:2", error=0, after=1)]
    commands = {f"c{each}": page() for each in range(3)}

    assert {"c1": 0} == {name: each["error"] for name, each in visitor.batch(**commands)["result_error"].items()}
    assert [] == visitor.batch(**commands)["result_error"]


def test_an_answer_may_get_lost(visitor: Visitor) -> None:
    visitor.switches.method_faults = [MethodFault(lost=True)]
    found = visitor.batch(c00=page(), c01=page())

    assert ({"c01"}, []) == (found["result"].keys(), found["result_error"])


def test_a_batch_may_come_back_with_nothing_in_it(visitor: Visitor) -> None:
    visitor.switches.method_faults = [MethodFault(method="batch", empty=True)]

    assert [[]] * 5 == list(visitor.batch(c00=page()).values())


@pytest.mark.parametrize("code", [0, "0", "", "some_error"])
def test_an_error_may_come_with_status_200(visitor: Visitor, code: Any) -> None:
    visitor.switches.method_faults = [MethodFault(error=code)]

    assert (200, code) == visitor.error("server.time")


def test_the_work_of_a_method_is_counted_for_ten_minutes(visitor: Visitor) -> None:
    visitor.switches.page_seconds = 10
    first = visitor.call("crm.item.list", entityTypeId=DEAL, start=-1)["time"]
    visitor.clock.sleep(61)
    second = visitor.call("crm.item.list", entityTypeId=DEAL, start=-1)["time"]
    visitor.clock.sleep(first["operating_reset_at"] - second["start"])
    third = visitor.call("crm.item.list", entityTypeId=DEAL, start=-1)["time"]

    assert [10, 20, 20] == [each["operating"] for each in (first, second, third)]


def test_a_method_that_worked_too_long_is_blocked_in_the_middle_of_a_batch(visitor: Visitor) -> None:
    visitor.switches.page_seconds, visitor.switches.operating_limit = 10, 30
    found = visitor.batch(**{f"c{each}": page() for each in range(5)}, time=("server.time", {}))

    assert {"c0", "c1", "c2", "time"} == found["result"].keys()
    assert {"OPERATION_TIME_LIMIT"} == {each["error"] for each in found["result_error"].values()}
    assert (429, "OPERATION_TIME_LIMIT") == visitor.error("crm.item.list", entityTypeId=DEAL)
    visitor.clock.sleep(660)
    assert visitor.items(DEAL)


def test_installations_of_ones_own_may_tell_nothing_of_that(visitor: Visitor) -> None:
    visitor.switches.tell_operating = False

    assert not visitor.call("server.time")["time"].keys() & {"operating", "operating_reset_at"}
