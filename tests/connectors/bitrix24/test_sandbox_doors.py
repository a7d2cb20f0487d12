"""Who is let into the sandbox, and who is told to wait, to pay or to go elsewhere."""

from __future__ import annotations

import subprocess
import sys
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from latido_bitrix24.sandbox import documented_limits
from latido_bitrix24.sandbox._oauth import SECRET
from tests.asking import ask
from tests.connectors.bitrix24.recordings import recorded
from tests.connectors.bitrix24.visiting import NOON, Visitor


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(12, people=60)


def test_a_webhook_is_let_in_by_its_secret(visitor: Visitor) -> None:
    assert NOON == visitor.result("server.time")
    visitor.door = "/rest/1/another0secret0/"
    assert (403, "INVALID_CREDENTIALS") == visitor.error("server.time")


def test_a_method_may_be_asked_for_by_get_and_with_an_ending(visitor: Visitor) -> None:
    answer = ask(visitor.sandbox, "GET", f"{visitor.door}crm.item.list.json?entityTypeId=2&select[]=id&start=-1")

    assert {"id"} == answer.json()["result"]["items"][0].keys()


def test_an_application_comes_with_its_token_in_the_body(visitor: Visitor) -> None:
    assert NOON == visitor.app("server.time").json()["result"]
    assert (401, "invalid_token") == told(visitor.app("server.time", auth="nonsense"))
    assert (401, "NO_AUTH_FOUND") == told(ask(visitor.sandbox, "POST", "/rest/server.time", json={}))


def test_tokens_expire(visitor: Visitor) -> None:
    auth = visitor.token().json()["access_token"]
    visitor.clock.sleep(3600)

    assert (401, "expired_token") == told(visitor.app("server.time", auth=auth))


def test_tokens_come_in_the_recorded_shape(visitor: Visitor) -> None:
    theirs, ours = recorded("docs/oauth_token_refresh.json"), visitor.token().json()

    assert theirs.keys() == ours.keys()
    assert theirs["domain"] == ours["domain"]
    assert "http://127.0.0.1/rest/" == ours["client_endpoint"]


def test_a_refresh_token_is_spent_once(visitor: Visitor) -> None:
    second = visitor.token().json()["refresh_token"]

    assert 200 == visitor.token(refresh_token=second).status_code
    assert (400, "invalid_grant") == told(visitor.token(refresh_token=second))


def test_somebody_logs_in_with_a_code_that_lives_for_half_a_minute(visitor: Visitor) -> None:
    def code() -> str:
        where = ask(visitor.sandbox, "GET", "/oauth/authorize/?client_id=local&state=mine").headers["location"]
        return parse_qs(urlsplit(where).query)["code"][0]

    assert 200 == visitor.token(grant_type="authorization_code", code=code()).status_code
    late = code()
    visitor.clock.sleep(31)
    assert (400, "invalid_grant") == told(visitor.token(grant_type="authorization_code", code=late))


@pytest.mark.parametrize(("trouble", "status"), [("PAYMENT_REQUIRED", 402), ("WRONG_CLIENT", 200)])
def test_the_token_server_may_refuse_with_any_status(visitor: Visitor, trouble: str, status: int) -> None:
    visitor.switches.token_trouble = trouble

    assert (status, trouble) == told(visitor.token())


def test_what_was_revoked_opens_nothing(visitor: Visitor) -> None:
    visitor.sandbox.deeds()["revoke_tokens"]()

    assert (403, "INVALID_CREDENTIALS") == visitor.error("server.time")
    assert (400, "invalid_grant") == told(visitor.token())


def test_a_renamed_portal_says_where_it_went(visitor: Visitor) -> None:
    visitor.switches.moved_to = "https://new.bitrix24.com"
    answer = visitor.ask("server.time")

    assert (302, f"https://new.bitrix24.com{visitor.door}server.time") == (
        answer.status_code, answer.headers["location"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("switch", "value", "expected"),
    [
        ("commercial", False, (403, "ACCESS_DENIED")),
        ("https_only", True, (400, "INVALID_REQUEST")),
        ("missing_methods", ["crm.item"], (404, "ERROR_METHOD_NOT_FOUND")),
        ("missing_scopes", ["crm"], (403, "insufficient_scope")),
    ],
)
def test_a_portal_may_be_closed(visitor: Visitor, switch: str, value: Any, expected: tuple[int, str]) -> None:
    setattr(visitor.switches, switch, value)

    assert expected == visitor.error("crm.item.list", entityTypeId=2)


def test_what_is_missing_is_not_named(visitor: Visitor) -> None:
    visitor.switches.missing_methods = ["crm.item"]
    visitor.switches.missing_scopes = ["sale"]

    assert not [each for each in visitor.result("methods") if each.startswith("crm.item")]
    assert not visitor.result("method.get", name="crm.item.list")["isAvailable"]
    assert "sale" not in visitor.result("scope")


def test_who_hosts_a_portal_may_put_it_into_a_folder(visitor: Visitor) -> None:
    visitor.switches.folder = "/intranet"
    visitor.door = f"/intranet{visitor.door}"

    assert NOON == visitor.result("server.time")


def test_the_owner_of_a_webhook_is_told(visitor: Visitor) -> None:
    assert ("1", True) == (visitor.result("user.current")["ID"], visitor.result("profile")["ADMIN"])


def test_a_narrower_scope_shows_less_of_users(visitor: Visitor) -> None:
    visitor.switches.missing_scopes = ["user", "user_basic"]

    assert "EMAIL" not in visitor.result("user.get")[0]


def test_what_may_not_be_seen_is_left_out_without_a_word(visitor: Visitor) -> None:
    visitor.switches.blind_to = [2]

    assert ([], 0) == (visitor.items(2), visitor.call("crm.item.list", entityTypeId=2)["total"])
    assert [] == visitor.result("crm.stagehistory.list", entityTypeId=2)["items"]
    assert visitor.items(3)


def test_the_bucket_takes_a_burst_and_drains_two_a_second(visitor: Visitor) -> None:
    visitor.switches.limits = documented_limits()
    burst = [visitor.ask("server.time").status_code for _ in range(52)]
    visitor.clock.sleep(1)
    later = [visitor.ask("server.time") for _ in range(3)]

    assert [200] * 50 + [503] * 2 == burst
    assert [200, 200, 503] == [each.status_code for each in later]
    assert ("QUERY_LIMIT_EXCEEDED", None) == (later[-1].json()["error"], later[-1].headers.get("retry-after"))
    assert 3 == visitor.sandbox.stats.refused


def test_a_batch_is_one_request(visitor: Visitor) -> None:
    visitor.switches.limits = documented_limits()
    commands: dict[str, Any] = {f"c{each}": ("server.time", {}) for each in range(50)}

    assert [50] * 20 == [len(visitor.batch(**commands)["result"]) for _ in range(20)]
    assert 1000 == visitor.sandbox.called["server.time"]


def test_enterprises_may_ask_faster() -> None:
    usual, enterprise = documented_limits()["portal"], documented_limits(enterprise=True)["portal"]

    assert (2, 5) == tuple(each.requests / each.seconds for each in (usual, enterprise))


def test_a_gateway_speaks_html(visitor: Visitor) -> None:
    visitor.sandbox.fail("edge")

    assert "text/html" == visitor.ask("server.time").headers["content-type"]


def test_the_command_line_serves_one() -> None:
    options = "--tickets 6 --people 30 --copies 3 --zone America/Bogota --kept tasks --limits documented"
    command = [sys.executable, "-m", "latido_bitrix24.sandbox", *options.split()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        portal = process.stdout.readline().strip()
        answer = httpx.post(f"{portal}/rest/1/{SECRET}/server.time", trust_env=False, timeout=60)
        process.terminate()

    assert "-05:00" == answer.json()["result"][-6:]


def told(answer: Any) -> tuple[int, Any]:
    return answer.status_code, answer.json()["error"]
