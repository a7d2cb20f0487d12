"""With what this house ships, there is a way to every KPI."""

from __future__ import annotations

from latido.metrics import Readable, ways
from latido.metrics.catalogue import built_in
from latido.plugins import plugin_manager

CONNECTORS = plugin_manager().connectors()
TABLES = sorted({table for kpi in built_in() for group in kpi.tables for table in group})
BROUGHT_BY_HAND_ONLY = {"survey_invitations", "milestones"}


def test_every_table_that_a_kpi_needs_can_be_had_by_connecting_something() -> None:
    kinds = {table: {each.kind for each in ways([table], [], CONNECTORS.values())} for table in TABLES}

    by_hand = {table: {"file"} | (set() if table in BROUGHT_BY_HAND_ONLY else {"connector"}) for table in TABLES}
    assert by_hand == kinds


def test_what_connectors_declare_is_what_they_read() -> None:
    """Declared fields are read from the classes alone: nobody has credentials for what is not connected."""
    declared = {name: [Readable.of(each) for each in kind.stream_types] for name, kind in CONNECTORS.items()}

    told = {name: {stream.name for stream in streams} for name, streams in declared.items() if streams}
    assert {"bitrix24", "google-analytics", "hubspot", "salesforce", "zendesk"} <= told.keys()
    assert all(stream.tables for streams in declared.values() for stream in streams)
    assert {"zendesk"} == {
        name for name, streams in declared.items() for stream in streams if stream.fills("tickets.csat")
    } - {"bitrix24"}
