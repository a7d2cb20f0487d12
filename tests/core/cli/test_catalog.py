"""`latido catalog` on a project: what it knows of its sources tells what would unlock a KPI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.errors import NotOffered
from tests.core.cli.conftest import TOML, Desk, DeskTickets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.connect import Cursor, Page
    from tests.core.cli.conftest import Terminal


class Refused(DeskTickets):
    """Tickets that the credential may not read."""

    optional = True

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        if cursor:
            raise NotOffered("The token lacks the scope tickets.read.", "Make another one.")
        yield from super().pages(cursor)


def unlock(latido: Terminal, kpi: str = "first_response_time") -> list[tuple[str, str | None]]:
    kpis: list[dict[str, Any]] = latido("catalog", "--format", "json").json["kpis"]
    (found,) = (each for each in kpis if each["id"] == kpi)
    return [(each["kind"], each["command"]) for each in found["unlock"]]


def test_a_source_that_was_not_read_yet_is_to_be_synced(project: Terminal) -> None:
    assert [("sync", "latido sync support")] == unlock(project)


def test_a_scope_that_a_sync_was_refused_is_named(project: Terminal) -> None:
    own: type[Desk] = type("OwnDesk", (Desk,), {"stream": Refused})
    project.connectors = [own]
    project("sync", "--quiet")

    assert [("scope", "latido check support")] == unlock(project)
    page = project("catalog").out
    assert "tickets, for ticket_csat, first_response_time, " in page
    assert "support could not read tickets: The token lacks the scope tickets.read.  latido check support" in page


def test_a_stream_that_the_settings_leave_out_is_named(project: Terminal) -> None:
    other: type[DeskTickets] = type("Archive", (DeskTickets,), {"name": "archive"})
    own: type[Desk] = type("OwnDesk", (Desk,), {"streams": lambda self: [DeskTickets(self), other(self)]})
    project.connectors = [own]
    project.write(f'{TOML}streams = ["archive"]\n')

    assert [("sync", "latido sync support"), ("stream", "latido sync support")] == unlock(project)


def test_a_connector_without_its_secret_tells_of_what_it_declares(project: Terminal) -> None:
    own: type[Desk] = type("OwnDesk", (Desk,), {"stream_types": (DeskTickets,)})
    project.connectors = [own]
    project.environ = {"DESK_TOKEN": ""}

    assert [("sync", "latido sync support")] == unlock(project)
