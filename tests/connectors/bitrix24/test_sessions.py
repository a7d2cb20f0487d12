"""Sessions of open channels as tickets, and who said something when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import NotOffered
from latido.schema import Ticket, TicketEvent
from tests.connectors.bitrix24.builders import at, failing
from tests.connectors.bitrix24.recordings import recorded
from tests.desk import rows

if TYPE_CHECKING:
    from latido.connect import Page
    from tests.connectors.bitrix24.desk import BitrixDesk, Office

OPENLINES = {"tickets": "openlines"}
HISTORY, DIALOG = "imopenlines.session.history.get", "imopenlines.dialog.get"


def session(key: int, **fields: Any) -> dict[str, Any]:
    """Return the activity of a session that is going on."""
    usual = {
        "ID": str(key), "SUBJECT": "Green guest", "OWNER_TYPE_ID": "3", "OWNER_ID": "8", "PROVIDER_TYPE_ID": "22",
        "PROVIDER_ID": "IMOPENLINES_SESSION", "PROVIDER_PARAMS": {"USER_CODE": "livechat|22|1775|599"},
        "ASSOCIATED_ENTITY_ID": str(300 + key), "CREATED": at(9), "LAST_UPDATED": at(10), "END_TIME": "",
        "COMPLETED": "N", "RESPONSIBLE_ID": "5",
    }  # fmt: skip
    return {**usual, **fields}


def history(*said: tuple[int, int, str]) -> dict[str, Any]:
    """Return what was said: the id of the message, of who sent it, and when."""
    told = {
        "599": {"connector": True, "bot": False}, "27": {"connector": False, "bot": False},
        "9": {"connector": False, "bot": True},
    }  # fmt: skip
    messages = {str(key): {"id": str(key), "senderid": str(sender), "date": date} for key, sender, date in said}
    return {"result": {"message": messages or [], "users": told}}


def read(desk: BitrixDesk, office: Office, name: str, *sessions: dict[str, Any]) -> list[Page]:
    desk.holds(sessions, "crm.activity.list")
    return office.pages(name, **OPENLINES)


def test_a_session_is_a_ticket(desk: BitrixDesk, office: Office) -> None:
    (row,) = rows(read(desk, office, "sessions", session(1)), Ticket)

    assert ("session:1", "Green guest", "open", None) == (row.source_id, row.subject, row.status, row.solved_at)
    assert ("8", None, "5", "22", "livechat") == (
        row.contact_id, row.account_id, row.assignee_id, row.team, row.channel
    )  # fmt: skip
    asked = {each["filter"]["PROVIDER_ID"] for each in desk.called("crm.activity.list")}
    assert {"IMOPENLINES_SESSION"} == asked


def test_a_session_that_is_over_is_solved_for_good(desk: BitrixDesk, office: Office) -> None:
    """Whoever writes again begins another one."""
    (row,) = rows(read(desk, office, "sessions", session(1, COMPLETED="Y", END_TIME=at(10))), Ticket)

    ended = datetime(2026, 1, 10, 10, tzinfo=UTC)
    assert ("solved", ended, ended, 0) == (row.status, row.first_solved_at, row.solved_at, row.reopens)


def test_who_said_something_and_when(desk: BitrixDesk, office: Office) -> None:
    """The channel (0) and bots answer first, and are nobody."""
    desk.on(HISTORY, history((3, 27, at(9, 5)), (1, 599, at(9)), (2, 0, at(9, 1)), (4, 9, at(9, 2))))

    first, second = rows(read(desk, office, "session_messages", session(1)), TicketEvent)

    assert ("message:1", "session:1", "requester", None) == (
        first.source_id, first.ticket_id, first.actor_role, first.actor_id
    )  # fmt: skip
    assert ("message:3", "agent", "27", True) == (second.source_id, second.actor_role, second.actor_id, second.public)
    assert ["301"] == [str(each["SESSION_ID"]) for each in desk.called(HISTORY)]


def test_a_message_that_is_gone_goes(desk: BitrixDesk, office: Office) -> None:
    """A session is read whole each time."""
    desk.on(HISTORY, history((1, 599, at(9))))

    pages = read(desk, office, "session_messages", session(1))

    assert [("ticket_id", ["session:1"])] == [each for page in pages for each in page.replaces.values() if each[1]]


def test_an_activity_that_does_not_name_its_session_has_its_dialog_asked(desk: BitrixDesk, office: Office) -> None:
    """The sixth part of its data is the latest session: older ones it does not tell."""
    desk.on(DIALOG, recorded("docs/imopenlines.dialog.get.json"))
    desk.on(HISTORY, history((1, 599, at(9))))

    found = rows(read(desk, office, "session_messages", session(1, ASSOCIATED_ENTITY_ID="0")), TicketEvent)

    assert ["livechat|22|1775|599"] == [each["USER_CODE"] for each in desk.called(DIALOG)]
    assert ["343"] == [str(each["SESSION_ID"]) for each in desk.called(HISTORY)]
    assert ["session:1"] == [each.ticket_id for each in found]


def test_a_session_that_nobody_can_name_says_nothing(desk: BitrixDesk, office: Office) -> None:
    told = session(1, ASSOCIATED_ENTITY_ID="0", PROVIDER_PARAMS=[])

    assert [] == rows(read(desk, office, "session_messages", told), TicketEvent)
    assert [] == desk.called(HISTORY)


def test_a_dialog_that_is_closed_to_us_does_not_stop_the_others(desk: BitrixDesk, office: Office) -> None:
    desk.on(HISTORY, history((1, 599, at(9))), failing("ACCESS_DENIED", "Not yours"))

    found = rows(read(desk, office, "session_messages", session(1), session(2)), TicketEvent)

    assert ["session:1"] == [each.ticket_id for each in found]
    assert 1 == len(office.warnings)
    assert "1 sessions cannot be read" in office.warnings[0]


def test_without_the_scope_no_session_can_be_read(desk: BitrixDesk, office: Office) -> None:
    desk.on(HISTORY, failing("insufficient_scope", "imopenlines"))

    with pytest.raises(NotOffered, match="scope"):
        read(desk, office, "session_messages", session(1), session(2))


def test_fifty_sessions_are_read_in_one_request(desk: BitrixDesk, office: Office) -> None:
    desk.on(HISTORY, history((1, 599, at(9))))

    read(desk, office, "session_messages", *(session(key) for key in range(1, 41)))

    assert 40 == len(desk.called(HISTORY))
    assert [] == desk.requests(HISTORY)
