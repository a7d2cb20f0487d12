"""The other way to read tickets, should the export be closed to us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from latido.connect import Refused
from latido.errors import CredentialError
from latido.schema import Ticket
from tests.connectors.zendesk.builders import NOON_SECONDS, cursor_page, list_page, metric_set, ticket
from tests.desk import Desk, Says, last_cursor, rows

if TYPE_CHECKING:
    from tests.connectors.zendesk.desk import Office

EXPORT, LIST, ARCHIVE, MANY = "incremental/tickets/cursor", "tickets", "search/export", "tickets/show_many"
EXPIRED = Says(422, {"error": "unprocessable", "description": "The cursor has expired"})
CHANGES = {"step": "changes", "high_water": NOON_SECONDS, "since": 0, "after": None, "before": None, "until": None}


def found(*tickets: Any, after: str | None = None) -> Any:
    """Return a page of search results, which have no metrics."""
    return list_page(
        "results", *({**each, "metric_set": None, "result_type": "ticket"} for each in tickets), after=after
    )


def keys(pages: Any) -> list[str]:
    return [row.source_id for row in rows(pages, Ticket)]


def test_the_first_run_reads_the_list_and_then_the_archive(desk: Desk, office: Office) -> None:
    archived = ticket(3, status="closed")
    desk.on(LIST, list_page("tickets", ticket(1), after="a1"), list_page("tickets", ticket(2)))
    desk.on(ARCHIVE, found(archived))
    desk.on(MANY, {"tickets": [{**archived, "metric_set": None}], "metric_sets": [metric_set(3, replies=2)]})

    pages = office.pages("tickets", strategy="keyset")

    assert ["1", "2", "3"] == keys(pages)
    assert [0, 0, 2] == [row.agent_replies for row in rows(pages, Ticket)]
    assert ["updated_at", "updated_at"] == desk.params(LIST, "sort")
    assert [None, "a1"] == desk.params(LIST, "page[after]")
    assert (["ticket"], ["status:closed"]) == (desk.params(ARCHIVE, "filter[type]"), desk.params(ARCHIVE, "query"))
    assert ("changes", NOON_SECONDS) == (last_cursor(pages)["step"], last_cursor(pages)["high_water"])


def test_a_later_run_reads_from_the_newest_change_back_to_the_last_one_seen(desk: Desk, office: Office) -> None:
    newest, seen = ticket(9, updated_at="2026-01-06T00:00:00Z"), ticket(1, updated_at="2026-01-05T11:54:59Z")
    desk.on(LIST, list_page("tickets", newest, ticket(2), seen, after="a1"), list_page("tickets", ticket(3)))

    pages = office.pages("tickets", CHANGES, strategy="keyset")

    assert ["-updated_at"] == desk.params(LIST, "sort")
    assert ["9", "2", "1"] == keys(pages)
    assert NOON_SECONDS + 12 * 3600 == last_cursor(pages)["high_water"]


def test_the_cursor_moves_only_when_all_changes_are_read(desk: Desk, office: Office) -> None:
    desk.on(LIST, list_page("tickets", ticket(9, updated_at="2026-01-06T00:00:00Z"), after="a1"), list_page("tickets"))

    pages = office.pages("tickets", CHANGES, strategy="keyset")

    assert [NOON_SECONDS, NOON_SECONDS, NOON_SECONDS + 12 * 3600] == [
        page.cursor["high_water"] for page in pages if page.cursor
    ]


def test_a_list_goes_on_where_it_was_interrupted(desk: Desk, office: Office) -> None:
    desk.on(LIST, list_page("tickets", ticket(2))).on(ARCHIVE, found())
    cursor = {**CHANGES, "step": "list", "after": "a7"}

    office.pages("tickets", cursor, strategy="keyset")

    assert ["a7"] == desk.params(LIST, "page[after]")


def test_a_list_whose_cursor_has_expired_begins_again(desk: Desk, office: Office) -> None:
    desk.on(LIST, EXPIRED, list_page("tickets", ticket(2))).on(ARCHIVE, found())

    pages = office.pages("tickets", {**CHANGES, "step": "list", "after": "a7"}, strategy="keyset")

    assert (["a7", None], ["2"]) == (desk.params(LIST, "page[after]"), keys(pages))
    assert 1 == len(office.warnings)


def test_a_list_whose_cursors_are_always_rejected_ends(desk: Desk, office: Office) -> None:
    desk.on(
        LIST, list_page("tickets", ticket(1), after="a1"), EXPIRED, list_page("tickets", ticket(1), after="a2"), EXPIRED
    )

    with pytest.raises(Refused):
        office.pages("tickets", strategy="keyset")


def test_a_search_whose_cursor_has_expired_goes_on_below_the_last_ticket(desk: Desk, office: Office) -> None:
    """A search is sorted by creation, the last first."""
    older = ticket(3, created_at="2025-01-01T00:00:00Z")
    desk.on(ARCHIVE, found(ticket(4), after="s1"), EXPIRED, found(older))

    pages = office.pages("tickets", {**CHANGES, "step": "archive"}, strategy="keyset")

    assert ["4", "3"] == keys(pages)
    assert "status:closed created<=2026-01-05T09:00:00Z" == desk.params(ARCHIVE, "query")[-1]


def test_a_start_date_limits_list_and_search(desk: Desk, office: Office) -> None:
    desk.on(LIST, list_page("tickets", ticket(1, updated_at="2020-01-01T00:00:00Z"), ticket(2))).on(ARCHIVE, found())
    start = {"start_time": NOON_SECONDS, "high_water": NOON_SECONDS}

    pages = office.pages("tickets", start, strategy="keyset")

    assert ["2"] == keys(pages)
    assert ["status:closed updated>=2026-01-05T12:00:00Z"] == desk.params(ARCHIVE, "query")


def test_archived_tickets_that_cannot_be_looked_up_come_without_metrics(desk: Desk, office: Office) -> None:
    desk.on(LIST, list_page("tickets")).on(ARCHIVE, found(ticket(3)))

    (row,) = rows(office.pages("tickets", strategy="keyset"), Ticket)

    assert ("3", None) == (row.source_id, row.agent_replies)


def test_an_archive_that_cannot_be_searched_is_left_out_with_a_warning(desk: Desk, office: Office) -> None:
    desk.on(LIST, list_page("tickets", ticket(1))).on(ARCHIVE, Says(403, ""))

    pages = office.pages("tickets", strategy="keyset")

    assert (["1"], "changes") == (keys(pages), last_cursor(pages)["step"])
    assert [True] == [warning.startswith("Archived tickets are left out") for warning in office.warnings]


@pytest.mark.parametrize("status", [403, 404, 410])
def test_an_export_that_stays_closed_is_replaced_by_lists(desk: Desk, office: Office, status: int) -> None:
    desk.on(EXPORT, Says(status, "")).on(LIST, list_page("tickets", ticket(1))).on(ARCHIVE, found())

    pages = office.pages("tickets")

    assert (["1"], 2) == (keys(pages), len(desk.requests(EXPORT)))
    assert [True] == ["read from lists instead" in warning for warning in office.warnings]


def test_an_export_that_is_closed_once_is_asked_again(desk: Desk, office: Office) -> None:
    first, second = cursor_page("tickets", ticket(1), end=False), cursor_page("tickets", ticket(2), after="c2")
    desk.on(EXPORT, first, Says(403, ""), second)

    pages = office.pages("tickets")

    assert (["1", "2"], []) == (keys(pages), desk.requests(LIST))
    assert [None, "c1", "c1"] == desk.params(EXPORT, "cursor")


def test_behind_an_export_only_changes_are_read(desk: Desk, office: Office) -> None:
    desk.on(EXPORT, Says(410, "")).on(LIST, list_page("tickets", ticket(1)))

    office.pages("tickets", {"cursor": "c1", "high_water": NOON_SECONDS})

    assert (["-updated_at"], []) == (desk.params(LIST, "sort"), desk.requests(ARCHIVE))


def test_behind_an_unfinished_export_everything_is_read(desk: Desk, office: Office) -> None:
    """What the export had not told of may be archived by now, or changed before the last change seen."""
    desk.on(EXPORT, cursor_page("tickets", ticket(1), after="c1", end=False), Says(410, ""))
    desk.on(LIST, list_page("tickets", ticket(2))).on(ARCHIVE, found(ticket(3, status="closed")))

    pages = office.pages("tickets")

    assert ["1", "2", "3"] == keys(pages)
    assert ["updated_at"] == desk.params(LIST, "sort")
    assert "changes" == last_cursor(pages)["step"]


def test_an_interrupted_list_goes_on_while_the_export_stays_closed(desk: Desk, office: Office) -> None:
    desk.on(EXPORT, Says(410, "")).on(LIST, list_page("tickets", ticket(2))).on(ARCHIVE, found(ticket(3)))

    pages = office.pages("tickets", {**CHANGES, "step": "list", "after": "a7"})

    assert (["a7"], ["2", "3"]) == (desk.params(LIST, "page[after]"), keys(pages))


@pytest.mark.parametrize("step", ["list", "archive"])
def test_an_export_that_opens_before_the_lists_were_read_tells_everything(
    desk: Desk, office: Office, step: str
) -> None:
    desk.on(EXPORT, cursor_page("tickets", ticket(1), after="c1"))

    office.pages("tickets", {**CHANGES, "step": step})

    assert ["0"] == desk.params(EXPORT, "start_time")


def test_an_export_that_opens_again_is_used_again(desk: Desk, office: Office) -> None:
    desk.on(EXPORT, cursor_page("tickets", ticket(1), after="c1"))

    pages = office.pages("tickets", CHANGES)

    assert [str(NOON_SECONDS - 3600)] == desk.params(EXPORT, "start_time")
    assert "c1" == last_cursor(pages)["cursor"]


def test_an_agent_does_not_fall_back_to_lists(desk: Desk, office: Office) -> None:
    """To an agent, lists silently leave out what the agent may not see."""
    desk.on(EXPORT, Says(403, "")).on("users/me", {"user": {"id": 1, "name": "Al", "role": "agent"}})

    with pytest.raises(CredentialError) as caught:
        office.pages("tickets")

    assert "administrator" in str(caught.value.hint)
    assert [] == desk.requests(LIST)


def test_a_listed_state_never_replaces_a_newer_exported_one(desk: Desk, office: Office) -> None:
    """Lists have no `generated_timestamp`: the update stands for it."""
    desk.on(EXPORT, cursor_page("tickets", ticket(1)))
    (exported,) = rows(office.pages("tickets"), Ticket)
    listed = {**ticket(1), "generated_timestamp": None, "updated_at": "2026-01-05T11:00:00Z"}
    desk.on(LIST, list_page("tickets", listed))

    (row,) = rows(office.pages("tickets", CHANGES, strategy="keyset"), Ticket)

    assert row.version < exported.version


def test_deleted_tickets_are_swept_with_the_moment_of_their_deletion(desk: Desk, office: Office) -> None:
    gone = {"id": 7, "subject": "x", "deleted_at": "2026-01-05T12:00:00Z"}
    desk.on("deleted_tickets", list_page("deleted_tickets", gone, after="d1"), list_page("deleted_tickets"))

    pages = office.pages("deleted_tickets")

    assert [["7"], []] == [list(page.deleted[Ticket]) for page in pages]
    assert NOON_SECONDS == pages[0].deleted[Ticket]["7"].timestamp()  # type: ignore[union-attr]
    assert office.stream("deleted_tickets").sweep
