"""What fits a column, and what becomes of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from latido.connect import Rows
from latido.schema import ENTITIES, TABLES, Account, Contract, Deal, FxRate, Ticket

if TYPE_CHECKING:
    from latido.schema import Record


def kept(entity: type[Record], **fields: Any) -> Any:
    """Return the one field of a row that fits."""
    rows, rejected = Rows.of(entity, [{"source_id": "1", **fields}])
    assert [] == rejected
    (record,) = rows
    return getattr(record, next(iter(fields)))


def refused(entity: type[Record], **fields: Any) -> str:
    """Return why a row does not fit."""
    rows, (rejected,) = Rows.of(entity, [{"source_id": "1", **fields}])
    assert 0 == len(rows)
    return rejected.reason


def test_an_id_that_is_a_number_becomes_text() -> None:
    rows, _rejected = Rows.of(Account, [{"source_id": 9007199254740993}])

    assert ["9007199254740993"] == rows.columns["source_id"]


@pytest.mark.parametrize("value", [True, 1.5, ["a"], {"a": 1}])
def test_what_is_no_text_is_refused(value: object) -> None:
    assert f"name: expected text, found {type(value).__name__}" == refused(Account, name=value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-01-05T10:00:00Z", datetime(2026, 1, 5, 10, tzinfo=UTC)),
        ("2026-01-05T10:00:00.123456+02:00", datetime(2026, 1, 5, 8, 0, 0, 123456, tzinfo=UTC)),
        ("2026-01-05T10:00:00.000+0000", datetime(2026, 1, 5, 10, tzinfo=UTC)),
        (datetime(2026, 1, 5, 10, tzinfo=timezone(timedelta(hours=-5))), datetime(2026, 1, 5, 15, tzinfo=UTC)),
        ("1883-11-18T12:03:58.000001Z", datetime(1883, 11, 18, 12, 3, 58, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59.999999Z", datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
    ],
)
def test_an_instant_is_kept_in_utc(value: object, expected: datetime) -> None:
    assert expected == kept(Ticket, created_at=value)


@pytest.mark.parametrize("value", ["2026-01-05T10:00:00", datetime(2026, 1, 5)])  # noqa: DTZ001 - that is the point
def test_an_instant_without_zone_is_refused(value: object) -> None:
    assert "created_at: expected a point in time with its zone" == refused(Ticket, created_at=value)


@pytest.mark.parametrize("value", ["yesterday", "", 5, "2026-13-01T00:00:00Z"])
def test_what_is_no_instant_is_refused(value: object) -> None:
    assert refused(Ticket, created_at=value).startswith("created_at: ")


def test_a_date_never_moves() -> None:
    assert date(2026, 1, 5) == kept(Deal, close_date="2026-01-05") == kept(Deal, close_date=date(2026, 1, 5))
    assert "close_date: expected a date, found datetime" == refused(Deal, close_date=datetime(2026, 1, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1200.50", "1200.5000"), (1e6, "1000000.0000"), ("0.00005", "0.0000"), ("0.00015", "0.0002"), (-3, "-3.0000")],
)
def test_money_is_decimal_and_rounds_half_to_even(value: object, expected: str) -> None:
    assert Decimal(expected) == kept(Deal, amount=value)


def test_recurring_amounts_and_rates_keep_more_places() -> None:
    assert Decimal("33.333333") == kept(Contract, recurring_monthly_amount="33.3333333333")
    assert Decimal("0.000000012346") == kept(FxRate, rate="0.0000000123456789")


@pytest.mark.parametrize("value", ["9" * 52, "1e20", "NaN", "Infinity", "12,50", "", True])
def test_what_is_no_amount_is_refused(value: object) -> None:
    """Among them a 52-digit number, which a vendor may well send."""
    assert refused(Deal, amount=value).startswith("amount: expected a")


@pytest.mark.parametrize("value", ["12", 12, 12.0, "12.0"])
def test_a_whole_number_may_come_as_text(value: object) -> None:
    assert 12 == kept(Ticket, agent_replies=value)


@pytest.mark.parametrize("value", ["12.5", 12.5, float("nan"), 2**63, True, "many"])
def test_what_is_no_whole_number_is_refused(value: object) -> None:
    assert refused(Ticket, agent_replies=value).startswith("agent_replies: expected a")


def test_a_word_outside_a_closed_set_is_unknown() -> None:
    assert "unknown" == kept(Ticket, status="escalated")
    assert "solved" == kept(Ticket, status="solved")


def test_true_is_not_a_text() -> None:
    assert "is_spam: expected true or false, found str" == refused(Ticket, is_spam="true")


def test_one_bad_record_leaves_the_others() -> None:
    rows, rejected = Rows.of(
        Ticket, [{"source_id": "1", "reopens": 1}, {"source_id": "2", "reopens": "x"}, {"source_id": None}]
    )

    assert ["1"] == rows.columns["source_id"]
    assert [("2", "reopens: expected a number, found other text"), (None, "source_id: missing")] == [
        (each.source_id, each.reason) for each in rejected
    ]


def test_version_defaults_to_the_last_change() -> None:
    rows, _rejected = Rows.of(
        Account, [{"source_id": "1", "updated_at": "1970-01-01T00:00:01Z"}, {"source_id": "2", "version": 7}]
    )

    assert [1_000_000, 7] == rows.columns["version"]


def test_user_defined_fields_are_the_same_whatever_their_order() -> None:
    one, _ = Rows.of(Account, [{"source_id": "1", "custom": {"a": 1, "b": 2}}])
    two, _ = Rows.of(Account, [{"source_id": "1", "custom": {"b": 2, "a": 1}}])

    assert one.columns["custom"] == two.columns["custom"]


def test_every_table_is_found_by_its_name() -> None:
    assert list(ENTITIES) == list(TABLES.values())
    assert 17 == len(TABLES)


@pytest.mark.parametrize(
    ("entity", "column", "value"),
    [
        (Ticket, "status", {"name": "open"}),
        (Ticket, "reopens", "1e30"),
        (Ticket, "reopens", float("nan")),
        (Ticket, "tags", ["cut \ud83d"]),
        (Ticket, "custom", {"endless": float("inf"), "cut": "\ud83d"}),
        (Deal, "amount", "99999999999999.99999"),
    ],
)
def test_whatever_does_not_fit_is_refused_alone(entity: type[Record], column: str, value: object) -> None:
    """And takes no other record with it."""
    rows, rejected = Rows.of(entity, [{"source_id": "1", column: value}, {"source_id": "2"}])

    assert (["2"], ["1"]) == (rows.columns["source_id"], [each.source_id for each in rejected])


def test_custom_fields_may_hold_what_json_hardly_can() -> None:
    assert {"id": 2.0**70, "name": "cut \N{REPLACEMENT CHARACTER}"} == kept(
        Account, custom={"id": 2**70, "name": "cut \ud83d"}
    )
