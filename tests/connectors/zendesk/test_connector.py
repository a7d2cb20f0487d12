"""How the connector is found, what it reads first, and what it expects to take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import VendorUnavailable
from latido.plugins import plugin_manager
from latido.schema import Ticket
from latido_zendesk.connector import Zendesk
from tests.connectors.zendesk.builders import NOON_SECONDS, cursor_page, list_page, metric_set, ticket
from tests.desk import Desk, Says, rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.connectors.zendesk.desk import Office

EXPORT = "incremental/tickets/cursor"


def test_it_is_found_as_a_strangers_plugin_is() -> None:
    assert Zendesk is plugin_manager().connectors()["zendesk"]


def test_tickets_need_statuses_groups_and_agents(desk: Desk, office: Office) -> None:
    desk.on(EXPORT, cursor_page("tickets", ticket()))

    office.pages("tickets")

    paths = {each.path.removeprefix("/api/v2/") for each in desk.asked}
    assert {"groups", "custom_statuses", "users", "/oauth/tokens", EXPORT} == paths
    assert ["agent", "admin"] == desk.params("users", "role")


@pytest.mark.parametrize("status", [403, 404])
def test_a_table_that_may_not_be_read_leaves_open_what_it_would_tell(desk: Desk, office: Office, status: int) -> None:
    desk.on("groups", Says(status, "")).on(EXPORT, cursor_page("tickets", ticket()))

    (row,) = rows(office.pages("tickets"), Ticket)

    assert row.team is None
    assert ["/api/v2/groups" in warning for warning in office.warnings] == [True]


def test_fields_that_may_not_be_read_are_not_said_to_be_none(desk: Desk, office: Office) -> None:
    """Else each of them would be reported as removed, and as new when they may be read again."""
    desk.on("ticket_fields", Says(403, ""))

    assert {"contacts", "users", "accounts"} == office.connector().vendor_fields().keys()
    assert ["/api/v2/ticket_fields" in warning for warning in office.warnings] == [True]


def test_a_count_that_is_none_is_no_failure_of_ours(desk: Desk, office: Office) -> None:
    desk.on("search/count", {"results": []})

    with pytest.raises(VendorUnavailable):
        office.stream("tickets").count()


def test_a_table_is_read_to_its_end(desk: Desk, office: Office) -> None:
    first, second = {"id": 1, "name": "A"}, {"id": 301, "name": "B"}
    desk.on("groups", list_page("groups", first, after="g1"), list_page("groups", second))
    desk.on(EXPORT, cursor_page("tickets", ticket(group_id=301)))

    (row,) = rows(office.pages("tickets"), Ticket)

    assert "B" == row.team
    assert ["100", "100"] == desk.params("groups", "page[size]")


@pytest.mark.parametrize("beside", [True, False])
def test_a_metric_that_is_not_mapped_may_fill_a_column(desk: Desk, office: Office, beside: bool) -> None:
    """Only what a mapping reads is decoded, wherever it stands."""
    measured = metric_set(1, group_stations=4)
    page = cursor_page("tickets", ticket(1, metric_set=None), metric_sets=[measured])
    desk.on(EXPORT, page if beside else cursor_page("tickets", ticket(1, metric_set=measured)))

    pages = office.pages("tickets", fields={"tickets": {"requester_replies": "metric_set.group_stations"}})

    assert [4] == [row.requester_replies for row in rows(pages, Ticket)]


@pytest.mark.parametrize(
    ("stream", "path", "body"),
    [
        ("tickets", "search/count", {"count": 2345}),
        ("users", "users/count", {"count": {"value": 2345, "refreshed_at": None}}),
        ("organizations", "organizations/count", {"count": {"value": 2345, "refreshed_at": None}}),
    ],
)
def test_counts_are_approximate_and_tell_what_a_first_sync_takes(
    desk: Desk, office: Office, stream: str, path: str, body: Mapping[str, Any]
) -> None:
    desk.on(path, body)
    reader = office.stream(stream)

    count = reader.count()

    assert count is not None
    assert (2345, False) == (count.n, count.exact)
    assert 3 == reader.estimate(reader.start(None))


def test_the_count_of_tickets_leaves_out_what_was_merged_away(desk: Desk, office: Office) -> None:
    """Merged tickets are stored and count as gone."""
    desk.on("search/count", {"count": 1})

    office.stream("tickets").count()

    assert ["type:ticket -tags:closed_by_merge"] == desk.params("search/count", "query")


@pytest.mark.parametrize(
    ("stream", "cursor"),
    [
        ("tickets", {"cursor": "c", "high_water": NOON_SECONDS}),
        ("users", {"cursor": "c", "high_water": NOON_SECONDS}),
        ("organizations", {"start_time": NOON_SECONDS}),
    ],
)
def test_what_changed_since_cannot_be_known_beforehand(office: Office, stream: str, cursor: Any) -> None:
    assert office.stream(stream).estimate(cursor) is None


def test_lists_take_ten_times_the_requests(desk: Desk, office: Office) -> None:
    desk.on("search/count", {"count": 2345})
    reader = office.stream("tickets", strategy="keyset")

    assert 24 == reader.estimate(reader.start(None))
