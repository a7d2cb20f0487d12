"""What the catalogue says would make a KPI computable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from latido.connect import Connector, ConnectorSettings, Mapping, Stream
from latido.metrics import Connected, Readable, Way, ways
from latido.schema import SurveyResponse, Ticket, TicketEvent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from latido.connect import Cursor, Finding, Page

LEFT_OUT = "support can bring it and leaves it out: name surveys in streams of [sources.support], beside what it reads."
BY_HAND = "Write it down yourself: survey_responses.csv with source_id, kind, survey_id, score …"


class Quiet(Stream):
    def start(self, since: datetime | None) -> Cursor:
        return {"since": str(since)}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        raise AssertionError(cursor)


class Tickets(Quiet):
    name = "tickets"
    entities = (Ticket,)
    mappings = (Mapping(Ticket, source_id="id", csat="opinion"),)


class Audits(Quiet):
    name = "audits"
    entities = (TicketEvent,)
    mappings = (Mapping(TicketEvent, source_id="id"),)


class Surveys(Quiet):
    name = "surveys"
    entities = (SurveyResponse,)


class Untouched(Connector):
    """The catalogue asks no vendor."""

    def streams(self) -> list[Stream]:
        raise AssertionError

    def check(self) -> list[Finding]:
        raise AssertionError


class Desk(Untouched):
    name = "desk"
    title = "The Desk"
    Settings = ConnectorSettings
    stream_types: ClassVar = (Tickets, Audits, Surveys)
    unreadable: ClassVar = {"carts": "Nobody shops at a desk."}


class Drawer(Untouched):
    name = "drawer"
    title = "A drawer"
    Settings = ConnectorSettings
    any_table = True


def desk(**standing: Any) -> Connected:
    return Connected("support", Desk, [Readable.of(each, **standing) for each in Desk.stream_types])


def told(found: Sequence[Way]) -> list[tuple[str, str | None, str]]:
    return [(each.kind, each.command, str(each.text)) for each in found]


@pytest.mark.parametrize(
    ("standing", "kind", "command", "said"),
    [
        ({}, "sync", "latido sync support", "support brings it and has not read it yet: surveys."),
        (
            {"chosen": False},
            "stream",
            "latido sync support",
            LEFT_OUT,
        ),
        (
            {"problem": "403: no scope feedback.read"},
            "scope",
            "latido check support",
            "support could not read surveys: 403: no scope feedback.read",
        ),
        (
            {"was_read": True},
            "empty",
            "latido fields support survey_responses",
            "support has read surveys, and there was none in it.",
        ),
    ],
)
def test_a_source_that_could_bring_it_is_told_what_to_do(
    standing: dict[str, Any], kind: str, command: str, said: str
) -> None:
    assert [(kind, command, said)] == told(ways(["survey_responses"], [desk(**standing)], [Desk]))


def test_a_connector_that_is_not_connected_and_a_file_would_do_too() -> None:
    found = ways(["survey_responses"], [], [Desk, Drawer])

    assert [
        (
            "file",
            "latido check drawer",
            f'{BY_HAND}, and [sources.drawer] with connector = "drawer".',
        ),
        (
            "connector",
            "latido check desk",
            'The Desk brings it: write [sources.desk] with connector = "desk" into latido.toml.',
        ),
    ] == told(found)


def test_a_file_goes_where_files_are_read_already() -> None:
    (found,) = ways(["carts"], [Connected("sheets", Drawer)], [Desk, Drawer])

    assert ("file", "latido sync sheets", "sheets") == (found.kind, found.command, found.source)


def test_where_nothing_that_is_installed_would_do_that_is_said() -> None:
    found = ways(["deals|contracts"], [], [Desk])

    nobody = "No connector that is installed brings it. Install another one, or write one of your own."
    assert [("connector", "latido plugins", nobody)] == told(found)
    assert ["deals|contracts"] == [each.need for each in found]


def test_what_a_vendor_does_not_give_out_is_said_in_its_own_words() -> None:
    assert [("vendor", None, "Nobody shops at a desk.")] == told(ways(["carts"], [desk()], [Desk]))


def test_a_field_that_nobody_maps_may_be_one_of_the_vendors_own() -> None:
    def kinds(need: str, *streams: Readable) -> list[tuple[str, str | None]]:
        found = ways([need], [Connected("support", Desk, streams)], [Desk, Drawer])
        return [(each.kind, each.command) for each in found]

    read = Readable.of(Tickets, was_read=True)

    assert [("field", "latido fields support tickets")] == kinds("tickets.sla_met", read)
    assert [("sync", "latido sync support")] == kinds("tickets.sla_met", read, Readable.of(Audits))
    assert [("empty", "latido fields support tickets")] == kinds("tickets.csat", read)
    own = Readable.of(Tickets, {"tickets": ["sla_met"]}, was_read=True)
    assert [("empty", "latido fields support tickets")] == kinds("tickets.sla_met", own)


def test_either_of_two_tables_would_do_and_the_nearest_way_comes_first() -> None:
    found = ways(["survey_responses|tickets"], [desk()], [Desk, Drawer])

    assert [("survey_responses", "sync"), ("tickets", "sync"), ("survey_responses", "file"), ("tickets", "file")] == [
        (each.need, each.kind) for each in found
    ]


def test_a_way_is_plain_json() -> None:
    (found,) = ways(["tickets"], [desk()], [Desk])

    assert {
        "need": "tickets",
        "kind": "sync",
        "text": "support brings it and has not read it yet: tickets.",
        "command": "latido sync support",
        "source": "support",
        "connector": "desk",
        "stream": "tickets",
    } == found.json("en")
