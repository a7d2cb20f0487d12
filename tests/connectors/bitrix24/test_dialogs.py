"""What sessions of open channels say of themselves."""

from __future__ import annotations

from typing import Any

import pytest

from latido_bitrix24.dialogs import channel, latest_session, messages, owner, session_id, user_code
from tests.connectors.bitrix24.recordings import body


def message(key: int, sender: int) -> dict[str, str]:
    return {"id": str(key), "senderid": str(sender), "date": "2026-03-13T16:50:15+01:00"}


def history(*said: dict[str, str], **users: dict[str, Any]) -> dict[str, Any]:
    return {"message": {each["id"]: each for each in said}, "users": {key[1:]: user for key, user in users.items()}}


def test_the_dialog_is_named_by_the_parameters() -> None:
    for code in ("livechat|22|1775|599", "imol|livechat|22|1775|599"):
        activity = {"PROVIDER_PARAMS": {"USER_CODE": code}}

        assert ("livechat|22|1775|599", "livechat") == (user_code(activity), channel(activity))


@pytest.mark.parametrize("params", [[], None, {}])
def test_parameters_may_be_missing(params: Any) -> None:
    """An empty array of PHP is a list."""
    assert (None, None) == (user_code({"PROVIDER_PARAMS": params}), channel({"PROVIDER_PARAMS": params}))


def test_a_session_belongs_to_a_company_a_contact_or_a_lead() -> None:
    assert {"account": "7"} == owner({"OWNER_TYPE_ID": "4", "OWNER_ID": "7"})
    assert {"contact": "7"} == owner({"OWNER_TYPE_ID": 3, "OWNER_ID": 7})
    assert {"contact": "lead:7"} == owner({"OWNER_TYPE_ID": "1", "OWNER_ID": "7"})
    assert {} == owner({"OWNER_TYPE_ID": "2", "OWNER_ID": "7"})


def test_the_session_is_told_by_its_activity_or_by_the_dialog() -> None:
    assert "42" == session_id({"ASSOCIATED_ENTITY_ID": "42"})
    assert [None, None] == [session_id({"ASSOCIATED_ENTITY_ID": "0"}), session_id({})]
    assert "343" == latest_session(body("docs/imopenlines.dialog.get.json"))


@pytest.mark.parametrize("dialog", [{}, [], None, {"entity_data_1": "N|NONE|0|N|N|0|1684478426|0|0|0"}])
def test_a_dialog_without_a_session_has_none(dialog: Any) -> None:
    assert latest_session(dialog) is None


def test_who_writes_is_a_customer_an_agent_or_nobody() -> None:
    """The channel itself, and bots, answer first."""
    told = history(
        message(4, 27), message(1, 599), message(2, 0), message(3, 9), message(10, 599),
        _599={"connector": True}, _27={"connector": False}, _9={"connector": False, "bot": True},
    )  # fmt: skip

    assert [("1", "requester"), ("4", "agent"), ("10", "requester")] == [
        (each["id"], each["role"]) for each in messages(told)
    ]


@pytest.mark.parametrize("told", [[], None, {"message": [], "users": []}])
def test_a_session_in_which_nobody_spoke_has_no_messages(told: Any) -> None:
    assert [] == list(messages(told))
