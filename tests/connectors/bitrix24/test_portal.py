"""What a portal answers, one method at a time and in batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from latido.connect import Refused
from latido.errors import (
    ConfigurationError,
    CredentialError,
    LatidoError,
    NotOffered,
    RateLimited,
    Stopped,
    VendorUnavailable,
)
from latido_bitrix24.commands import Command, Failed
from tests.connectors.bitrix24.builders import failing
from tests.connectors.bitrix24.desk import SECRET
from tests.connectors.bitrix24.recordings import recorded
from tests.desk import Says

if TYPE_CHECKING:
    from latido_bitrix24.portal import Portal
    from tests.connectors.bitrix24.desk import BitrixDesk, Office


@pytest.fixture
def portal(office: Office) -> Portal:
    return office.connector().portal


def commands(*names: str) -> dict[str, Command]:
    return {name: Command("crm.item.get", {"entityTypeId": 2, "id": name}) for name in names}


@pytest.mark.parametrize("code", [0, "0", "", "ERROR_CORE", "error_core", {"code": "ERROR_CORE"}])
@pytest.mark.parametrize("status", [200, 400])
def test_an_error_is_one_with_any_status(desk: BitrixDesk, portal: Portal, code: Any, status: int) -> None:
    """That there is an `error` counts, not what it holds: 0 and an empty text are errors, too."""
    desk.on("crm.item.list", Says(status, failing(code, "what went wrong")))

    with pytest.raises(Refused, match=r"crm\.item\.list"):
        portal.call("crm.item.list")
    assert 1 == len(desk.asked)


def test_a_recorded_error_without_a_code_is_one(desk: BitrixDesk, portal: Portal) -> None:
    """As the documentation shows it."""
    desk.on("crm.stagehistory.list", recorded("docs/crm.stagehistory.list__error_code_zero.json"))

    with pytest.raises(Refused, match="SHIPMENT_DOCUMENT"):
        portal.call("crm.stagehistory.list")


@pytest.mark.parametrize("body", [{}, [], None, {"time": {}}])
def test_an_answer_without_a_result_is_none(desk: BitrixDesk, portal: Portal, body: Any) -> None:
    """It must not pass for one without records."""
    desk.on("crm.item.list", body)

    with pytest.raises(VendorUnavailable):
        portal.call("crm.item.list")


@pytest.mark.parametrize(
    ("status", "code", "meaning"),
    [
        (403, "INVALID_CREDENTIALS", CredentialError),
        (401, "NO_AUTH_FOUND", CredentialError),
        (401, "invalid_token", CredentialError),
        (401, "ERROR_OAUTH", CredentialError),
        (401, "APPLICATION_NOT_FOUND", CredentialError),
        (401, "AUTHORIZATION_ERROR", CredentialError),
        (401, "METHOD_CONFIRM_WAITING", CredentialError),
        (402, "PAYMENT_REQUIRED", CredentialError),
        (401, "insufficient_scope", NotOffered),
        (403, "ACCESS_DENIED", NotOffered),
        (403, "user_access_error", NotOffered),
        (403, "allowed_only_intranet_user", NotOffered),
        (403, "WRONG_AUTH_TYPE", NotOffered),
        (404, "ERROR_METHOD_NOT_FOUND", NotOffered),
        (400, "ENTITY_TYPE_NOT_SUPPORTED", NotOffered),
        (400, "INVALID_REQUEST", ConfigurationError),
        (410, "PORTAL_DELETED", ConfigurationError),
        (500, "PORTAL_DELETED", ConfigurationError),
        (503, "OVERLOAD_LIMIT", RateLimited),
    ],
)
def test_a_refusal_says_what_helps(
    desk: BitrixDesk, portal: Portal, status: int, code: str, meaning: type[LatidoError]
) -> None:
    """And it is final: none of these is asked a second time."""
    desk.on("crm.deal.recurring.list", Says(status, failing(code, "Sorry <b>!</b>")))

    with pytest.raises(meaning) as raised:
        portal.call("crm.deal.recurring.list")
    assert raised.value.hint
    assert 1 == len(desk.asked)


def test_a_method_that_an_installation_lacks_is_named(portal: Portal) -> None:
    """Installations of one's own are older, or lack modules."""
    with pytest.raises(NotOffered, match=r"no crm\.type\.list"):
        portal.call("crm.type.list")


def test_a_plan_without_programs_is_said(desk: BitrixDesk, portal: Portal) -> None:
    """The free plan lets a webhook be made, and answers it with this."""
    desk.on("profile", Says(403, failing("ACCESS_DENIED", "REST API is available only on commercial plans.")))

    with pytest.raises(NotOffered, match="commercial plans") as raised:
        portal.call("profile")
    assert "paid plan" in str(raised.value.hint)


def test_too_many_requests_are_waited_out(desk: BitrixDesk, portal: Portal, office: Office) -> None:
    """Bitrix24 says so with 503, and never how long to wait."""
    slower = Says(503, failing("QUERY_LIMIT_EXCEEDED", "Too many requests"))
    desk.on("scope", slower, slower, slower, {"result": ["crm"]})

    assert ["crm"] == portal.call("scope")
    assert 3 <= office.clock.passed <= 60


def test_a_server_that_fails_is_asked_five_times(desk: BitrixDesk, portal: Portal) -> None:
    """Pages of a gateway, and errors of Bitrix24's own."""
    portal.call("server.time")
    desk.on("scope", Says(502, "<html>nginx"), Says(500, failing("INTERNAL_SERVER_ERROR")), Says(504, "<html>"))

    with pytest.raises(VendorUnavailable, match="504"):
        portal.call("scope")
    assert 5 == len(desk.requests("scope"))


def test_a_moved_portal_is_said_and_not_followed(desk: BitrixDesk, portal: Portal) -> None:
    """To follow would turn the question into another, and show the secret to whoever lives there now."""
    target = f"{desk.url}/elsewhere/rest/1/{SECRET}/scope"
    desk.on("scope", Says(302, "", {"location": target.replace("127.0.0.1", "localhost")}))

    with pytest.raises(ConfigurationError, match="another address") as raised:
        portal.call("scope")
    assert "localhost" in str(raised.value)
    assert SECRET not in f"{raised.value}{raised.value.hint}{raised.value!r}"
    assert 1 == len(desk.asked)


def test_the_secret_shows_nowhere(desk: BitrixDesk, portal: Portal, office: Office) -> None:
    """It is a part of every address."""
    desk.on("scope", Says(400, failing("ERROR_CORE", f"bad request /rest/1/{SECRET}/scope")))

    with pytest.raises(LatidoError) as raised:
        portal.call("scope")
    shown = f"{raised.value} {raised.value.hint} {raised.value!r} {office.settings()!r} {portal.http.base_url!r}"
    assert SECRET not in shown.replace(repr(portal.http.base_url), "")


def test_each_command_of_a_batch_is_accounted_for(desk: BitrixDesk, portal: Portal) -> None:
    """One that succeeds and one that fails: a record and an error."""
    desk.on("crm.item.get", lambda params: answered(params["id"]))

    found = portal.batch(commands("1", "gone", "3"))

    assert {"item": {"id": "1"}} == found["1"]
    assert Failed("NOT_FOUND", "Element not found") == found["gone"]
    assert {"item": {"id": "3"}} == found["3"]


def answered(key: str) -> Any:
    return recorded("docs/crm.item.get__error_not_found.json") if key == "gone" else {"result": {"item": {"id": key}}}


def test_commands_never_have_numbers_for_names(desk: BitrixDesk, portal: Portal) -> None:
    """PHP would make lists of the answers, in which no error has its name."""
    desk.on("crm.item.get", {"result": {"item": {}}})

    portal.batch(commands("1", "2"))

    assert ["c00", "c01"] == list(desk.requests("batch")[0].body["cmd"])


def test_errors_without_names_belong_to_whom_nothing_is_told_of(desk: BitrixDesk, portal: Portal) -> None:
    """As it was recorded: one result with its name, and a list of two errors."""
    told = recorded("recorded/crm_get_batch_mix_success_and_errors.json")
    told["result"]["result"] = {"c01": told["result"]["result"]["35943"]}
    desk.on("batch", told)

    found = portal.batch(commands("a", "b", "c"))

    assert Failed("", "ID is not defined or invalid.") == found["a"]
    assert {"ID": "35943"} == found["b"]
    assert Failed("", "Not found") == found["c"]


def test_a_batch_in_which_all_failed_is_read(desk: BitrixDesk, portal: Portal) -> None:
    """Its empty containers are lists."""
    desk.on("batch", recorded("recorded/crm_get_batch_of_two_error.json"))

    assert [Failed("", "ID is not defined or invalid."), Failed("", "Not found")] == [
        *portal.batch(commands("a", "b")).values()
    ]


def test_a_batch_in_which_none_failed_is_read(desk: BitrixDesk, portal: Portal) -> None:
    """No errors are an empty list."""
    told = recorded("docs/batch__two_ok.json")
    told["result"]["result"] = dict(zip(("c00", "c01"), told["result"]["result"].values(), strict=True))
    desk.on("batch", told)

    assert "John" == portal.batch(commands("a", "b"))["a"]["NAME"]


def test_a_command_that_is_left_out_is_asked_for_alone(desk: BitrixDesk, portal: Portal) -> None:
    """A batch that came back without it must not pass for one without records."""
    desk.on("batch", recorded("docs/batch__first_failed_halt1.json"))
    desk.on("crm.item.get", lambda params: answered(params["id"]))

    assert {"a": {"item": {"id": "a"}}, "b": {"item": {"id": "b"}}} == portal.batch(commands("a", "b"))
    assert 2 == len(desk.requests("crm.item.get"))


def test_a_batch_holds_fifty_commands(desk: BitrixDesk, portal: Portal) -> None:
    """And never stops at the first error."""
    desk.on("crm.item.get", {"result": {"item": {}}})

    found = portal.batch(commands(*map(str, range(120))))

    batches = [each.body for each in desk.requests("batch")]
    assert 120 == len(found)
    assert [50, 50, 20] == [len(each["cmd"]) for each in batches]
    assert {0} == {each["halt"] for each in batches}


def test_a_batch_of_one_is_none(desk: BitrixDesk, portal: Portal) -> None:
    """It would only make errors harder to read."""
    desk.on("crm.item.get", lambda params: answered(params["id"]))

    assert {"gone": Failed("NOT_FOUND", "Element not found")} == portal.batch(commands("gone"))
    assert [] == desk.requests("batch")


def test_only_what_failed_for_a_moment_is_asked_for_again(desk: BitrixDesk, portal: Portal, office: Office) -> None:
    """A limit that is hit in a batch costs the commands behind it."""
    moods = iter([{"result": {}}, failing("QUERY_LIMIT_EXCEEDED"), failing("OPERATION_TIME_LIMIT"), {"result": {}}])
    desk.on("crm.item.get", lambda _params: next(moods, {"result": {}}))

    found = portal.batch(commands("a", "b", "c", "d"))

    assert {} == found["a"] == found["b"] == found["c"] == found["d"]
    asked = [params["id"] for params in desk.called("crm.item.get")]
    assert {"a": 1, "b": 2, "c": 2, "d": 1} == {name: asked.count(name) for name in "abcd"}
    assert office.clock.passed >= 60


def test_what_keeps_failing_is_told_as_failed(desk: BitrixDesk, portal: Portal) -> None:
    """After five tries whoever asked decides."""
    desk.on("crm.item.get", failing("INTERNAL_SERVER_ERROR", "no"))

    found = portal.batch(commands("a", "b"))

    assert Failed("INTERNAL_SERVER_ERROR", "no") == found["a"]
    assert 5 == len(desk.requests("batch"))


def test_what_no_batch_may_hold_is_asked_for_alone(desk: BitrixDesk, portal: Portal) -> None:
    """Some methods are closed to batches."""

    def answer(params: dict[str, Any]) -> Any:
        return {"result": 1} if isinstance(params["entityTypeId"], int) else failing("ERROR_BATCH_METHOD_NOT_ALLOWED")

    desk.on("crm.item.get", answer)

    assert {"a": 1, "b": 1} == portal.batch(commands("a", "b"))


def test_commands_are_spelled_as_php_reads_them() -> None:
    """Brackets and signs are escaped, or they would be lost on the way."""
    command = Command("crm.item.list", {"filter": {">id": 5, "=ok": True}, "select": ["id"], "none": None})

    assert "crm.item.list?filter%5B%3Eid%5D=5&filter%5B%3Dok%5D=Y&select%5B0%5D=id&none=" == command.spelled()


def test_short_lists_are_read_by_their_offsets(desk: BitrixDesk, portal: Portal) -> None:
    """Behind a last page that is full there may be an empty one, though it was announced."""
    full = {"result": [{"ID": str(key)} for key in range(50)], "next": 50, "total": 50}
    desk.on("user.get", full, {"result": [], "total": 50})

    assert [50] == [len(page) for page in portal.listed("user.get", {})]
    assert [{}, {"start": 50}] == desk.called("user.get")


def test_a_full_page_may_have_one_behind_it_that_is_not_announced(desk: BitrixDesk, portal: Portal) -> None:
    """Else the fifty-first funnel would be lost."""
    full = {"result": [{"ID": str(key)} for key in range(50)]}
    desk.on("user.get", full, {"result": [{"ID": "50"}]})

    assert [50, 1] == [len(page) for page in portal.listed("user.get", {})]
    assert [{}, {"start": 50}] == desk.called("user.get")


@pytest.mark.parametrize("n", [50, 52])
def test_a_list_that_comes_whole_comes_once(desk: BitrixDesk, portal: Portal, n: int) -> None:
    """Some methods know no pages; that one that is just as long as a page is the same again tells it."""
    desk.on("user.get", {"result": [{"ID": str(key)} for key in range(n)]})

    assert [n] == [len(page) for page in portal.listed("user.get", {})]


def test_a_short_list_that_does_not_move_on_is_said(desk: BitrixDesk, portal: Portal) -> None:
    """Some methods ignore the offset."""
    desk.on("user.get", {"result": [{"ID": "1"}], "next": 50})

    with pytest.raises(VendorUnavailable, match="the same page"):
        list(portal.listed("user.get", {}))


def test_the_portals_time_is_asked_for_once(desk: BitrixDesk, portal: Portal, office: Office) -> None:
    """It is three minutes ahead of ours."""
    desk.on("server.time", {"result": "2026-01-10T15:03:00+03:00"})

    ahead = portal.now() - office.clock.now()
    office.clock.sleep(10)

    assert 180 == ahead.total_seconds() == (portal.now() - office.clock.now()).total_seconds()
    assert 1 == len(desk.requests("server.time"))


def test_a_time_that_is_none_is_said(desk: BitrixDesk, portal: Portal) -> None:
    """Nothing could be read by it."""
    desk.on("server.time", {"result": "soon"})

    with pytest.raises(Stopped, match=r"server\.time"):
        portal.now()


@pytest.mark.parametrize(
    "told", [[], {"fields": []}, {"fields": {"ufX": None}}, {"fields": {"ufX": {"items": {"1": {"ID": 1}, "2": None}}}}]
)
def test_empty_containers_are_lists_in_what_is_looked_up(desk: BitrixDesk, office: Office, told: Any) -> None:
    """A field of which nothing is told has no type, and no words."""
    desk.on("crm.item.fields", {"result": told})

    assert 1 == len(office.pages("companies"))


@pytest.mark.parametrize("told", [None, [None], [{}], {"fields": None, "categories": [{}], "types": ["x"]}])
@pytest.mark.parametrize(
    ("stream", "method"),
    [
        ("companies", "crm.item.fields"),
        ("deals", "crm.category.list"),
        ("deals", "crm.status.list"),
        ("exchange_rates", "crm.currency.list"),
        ("tickets", "crm.type.list"),
    ],
)
def test_what_is_looked_up_must_be_an_answer(
    desk: BitrixDesk, office: Office, stream: str, method: str, told: Any
) -> None:
    """Stages, words and fields that are not what they should be are said, and no rows are made by them."""
    desk.on(method, {"result": told})

    with pytest.raises(VendorUnavailable, match=method.replace(".", r"\.")):
        office.pages(stream)
