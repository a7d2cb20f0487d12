"""Mapping as data: paths, transforms, the user's own fields on top."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from latido.connect import (
    Context,
    Mapping,
    Source,
    computed,
    constant,
    custom,
    epoch_millis,
    epoch_seconds,
    first,
    local_date,
    lookup,
    reference,
)
from latido.errors import ConfigurationError
from latido.schema import Account, Deal, Ticket

MADRID, UTC_ZONE = ZoneInfo("Europe/Madrid"), ZoneInfo("UTC")


def mapped(source: Source | str, record: dict[str, Any], column: str = "subject", **context: Any) -> Any:
    """Return what *source* makes of *record* in *column* of a ticket."""
    bound = Mapping(Ticket, source_id=constant("1"), **{column: source}).bound(Context(**context))
    rows, rejected = bound.rows([record])
    assert [] == rejected
    return rows.columns[column][0]


def test_a_path_leads_into_nested_objects_and_ends_in_null() -> None:
    assert "x" == mapped("a.b.c", {"a": {"b": {"c": "x"}}})
    assert None is mapped("a.b.c", {"a": None})
    assert None is mapped("a.b.c", {"a": "text"})


def test_the_first_that_is_there() -> None:
    assert "b" == mapped(first("a", "b"), {"a": None, "b": "b"})
    assert "" == mapped(first("a", "b"), {"a": "", "b": "b"})


def test_a_fixed_table_leaves_other_words_to_the_column() -> None:
    table = lookup("state", {"hold": "on_hold"})

    assert "on_hold" == mapped(table, {"state": "hold"}, "status")
    assert "open" == mapped(table, {"state": "open"}, "status")
    assert "unknown" == mapped(table, {"state": "escalated"}, "status")


def test_a_reference_table_knows_or_is_null() -> None:
    tables = {"groups": {"7": {"name": "Desk"}}, "currency": "EUR"}

    assert "Desk" == mapped(lookup("group", "groups", "name"), {"group": 7}, reference=tables)
    assert None is mapped(lookup("group", "groups", "name"), {"group": 8}, reference=tables)
    assert "EUR" == mapped(reference("currency"), {}, reference=tables)


def test_instants_from_epochs() -> None:
    assert 1_700_000_000_000_000 == mapped(epoch_seconds("t"), {"t": 1_700_000_000}, "created_at")
    assert 1_700_000_000_123_000 == mapped(epoch_millis("t"), {"t": "1700000000123"}, "created_at")
    assert None is mapped(epoch_seconds("t"), {"t": None}, "created_at")


def test_an_instant_becomes_the_date_of_the_project_and_a_date_stays() -> None:
    bound = Mapping(Deal, source_id="id", close_date=local_date("closed")).bound(Context(time_zone=MADRID))

    rows, _rejected = bound.rows([{"id": 1, "closed": "2026-01-31T23:30:00Z"}, {"id": 2, "closed": "2026-01-31"}])

    assert ["2026-02-01", "2026-01-31"] == rows.columns["close_date"]
    assert [date(2026, 2, 1), date(2026, 1, 31)] == [row.close_date for row in rows]  # type: ignore[attr-defined]


def test_custom_keeps_all_or_what_the_settings_name() -> None:
    record = {"fields": {"plan": "gold", "size": 3}}

    assert '{"plan":"gold","size":3}' == mapped(custom("fields"), record, "custom")
    assert '{"size":3}' == mapped(custom("fields"), record, "custom", custom=("size",))
    assert None is mapped(custom("fields"), {"fields": {}}, "custom")


def test_a_record_that_a_transform_cannot_read_is_rejected_with_the_reason() -> None:
    mapping = Mapping(Ticket, source_id="id", created_at=epoch_seconds("t"))

    rows, (rejected,) = mapping.bound(Context()).rows([{"id": 1, "t": 0}, {"id": 2, "t": "soon"}])

    assert ["1"] == rows.columns["source_id"]
    assert ("2", {"id": 2, "t": "soon"}) == (rejected.source_id, rejected.payload)
    assert rejected.reason.startswith("created_at: ")


@pytest.mark.parametrize("record", [None, "text", 3, ["list"]])
def test_what_is_no_object_is_rejected(record: Any) -> None:
    rows, (rejected,) = Mapping(Ticket, source_id="id").bound(Context()).rows([{"id": 1}, record])

    assert ["1"] == rows.columns["source_id"]
    assert record == rejected.payload


def test_the_users_fields_come_on_top_and_change_the_fingerprint() -> None:
    mapping = Mapping(Ticket, source_id="id", priority="priority")

    own = mapping.overridden({"priority": "custom_fields.360001"})

    assert ("custom_fields.360001", "id") == own.paths
    assert mapping.fingerprint() != own.fingerprint()
    assert mapping.fingerprint() == mapping.overridden({}).fingerprint()
    assert mapping.fingerprint() != mapping.fingerprint(("plan",))


def test_a_field_that_the_table_lacks_is_a_mistake_in_the_settings() -> None:
    with pytest.raises(ConfigurationError, match="tickets has no field prioritty"):
        Mapping(Ticket, source_id="id").overridden({"prioritty": "x"})


def test_a_mapping_of_a_column_that_does_not_exist_is_a_mistake_in_the_connector() -> None:
    with pytest.raises(TypeError, match="accounts has no column nmae"):
        Mapping(Account, source_id="id", nmae="name")


def test_a_computed_value_knows_all_fields_that_it_needs() -> None:
    total = computed("total", lambda a, b: (a or 0) + (b or 0), "a", "x.b")

    assert ("a", "x.b") == total.paths
    assert "total(a, x.b)" == total.description
    assert 3 == mapped(total, {"a": 1, "x": {"b": 2}}, "agent_replies")


def test_a_function_that_fails_in_any_way_rejects_one_record() -> None:
    """It goes to quarantine under the key of the row that it would have been."""
    key = computed("rating:", lambda each: f"rating:{each}", "id")
    mapping = Mapping(Ticket, source_id=key, created_at=epoch_seconds("at"), subject=computed("a", lambda v: v[0], "s"))

    rows, rejected = mapping.bound(Context()).rows(
        [{"id": 1, "at": 1e30, "s": "x"}, {"id": 2, "at": 0, "s": ""}, {"id": 3, "at": 0, "s": "x"}]
    )

    assert ["rating:3"] == rows.columns["source_id"]
    assert ["rating:1", "rating:2"] == [each.source_id for each in rejected]


def test_an_instant_without_zone_has_no_date() -> None:
    """The zone of this machine would decide."""
    bound = Mapping(Deal, source_id=constant("1"), close_date=local_date("at")).bound(Context(time_zone=MADRID))

    _rows, (rejected,) = bound.rows([{"at": "2026-01-31T23:30:00"}])

    assert "close_date: expected a point in time with its zone" == rejected.reason


def test_a_date_that_depends_on_the_time_zone_is_read_again_with_another() -> None:
    dated, plain = Mapping(Deal, source_id="id", close_date=local_date("at")), Mapping(Deal, source_id="id")

    assert dated.fingerprint(None, UTC_ZONE) != dated.fingerprint(None, MADRID)
    assert plain.fingerprint(None, UTC_ZONE) == plain.fingerprint(None, MADRID)
