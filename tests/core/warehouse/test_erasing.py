"""What is forgotten is nowhere: in no row, no custom field, no quarantined record, not in the bytes of the file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from latido.warehouse import Warehouse, forget_person, forget_source

if TYPE_CHECKING:
    from pathlib import Path

ANA = "ana.roca@acme.example"
SOMEBODY_ELSE = "mariana.roca@acme.example"


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "latido.duckdb")


def put(warehouse: Warehouse, table: str, **row: Any) -> None:
    values = {"source": "support", **{k: json.dumps(v) if isinstance(v, dict) else v for k, v in row.items()}}
    with warehouse.writing() as connection:
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))


def rows(warehouse: Warehouse, statement: str) -> list[tuple[Any, ...]]:
    with warehouse.reading() as connection:
        return connection.execute(statement).fetchall()


def test_person_is_erased_from_every_table(warehouse: Warehouse) -> None:
    put(warehouse, "contacts", source_id="7", email=ANA.upper(), name="Ana Roca")
    put(warehouse, "contacts", source_id="8", email=SOMEBODY_ELSE, name="Mariana")
    put(warehouse, "tickets", source_id="1", contact_id="7", requester_email=ANA, subject="I am Ana", status="solved")
    put(warehouse, "tickets", source_id="2", contact_id="8", subject="I am Mariana", tags=[f"cc {ANA}", "vip"])
    put(warehouse, "survey_responses", source_id="3", respondent_email=ANA, comment="Ana was here", score=9)
    put(warehouse, "deals", source_id="4", name=f"Upgrade for {ANA}.", custom={"cc": ANA, "seats": 3})
    put(warehouse, "_latido_quarantine", stream="s", table_name="tickets", source_id="5", payload={"from": ANA})

    erased = forget_person(warehouse, f" {ANA} ")

    assert {"contacts": 1, "tickets": 2, "survey_responses": 1, "deals": 2, "quarantine": 1} == dict(erased)
    assert [("8", "Mariana")] == rows(warehouse, "SELECT source_id, name FROM contacts")
    assert [("1", None, "solved"), ("2", "I am Mariana", None)] == rows(
        warehouse, "SELECT source_id, subject, status FROM tickets ORDER BY 1"
    )
    assert [(["vip"],)] == rows(warehouse, "SELECT tags FROM tickets WHERE source_id = '2'")
    assert [(None, '{"seats":3}')] == rows(warehouse, "SELECT name, CAST(custom AS VARCHAR) FROM deals")
    assert [] == rows(warehouse, "SELECT 1 FROM _latido_quarantine")


def test_answers_of_an_erased_person_stay_one_persons(warehouse: Warehouse) -> None:
    """Otherwise erasing somebody would change the NPS."""
    for number in ("1", "2"):
        put(warehouse, "survey_responses", source_id=number, respondent_email=ANA, score=int(number))
    put(warehouse, "survey_responses", source_id="3", respondent_email=SOMEBODY_ELSE, score=3)

    forget_person(warehouse, ANA)

    found = rows(warehouse, "SELECT respondent_email, COUNT(*) FROM survey_responses GROUP BY 1 ORDER BY 2 DESC")
    assert [2, 1] == [n for _email, n in found]
    assert ANA != found[0][0]


def test_somebody_whose_address_ends_alike_stays(warehouse: Warehouse) -> None:
    put(warehouse, "contacts", source_id="8", email=SOMEBODY_ELSE)
    put(warehouse, "tickets", source_id="1", requester_email=SOMEBODY_ELSE, subject=f"{ANA}.mx")

    assert {} == dict(forget_person(warehouse, "ana.roca@acme.example"))


def test_nothing_of_a_person_is_left_in_the_file(warehouse: Warehouse) -> None:
    """DuckDB marks rows as deleted and keeps their bytes; the file is written anew."""
    put(warehouse, "contacts", source_id="7", email=ANA, name="Ana Roca the Erased")

    forget_person(warehouse, ANA)

    assert b"Ana Roca the Erased" not in warehouse.path.read_bytes()
    assert [warehouse.path] == list(warehouse.path.parent.iterdir())


def test_source_is_forgotten_with_its_cursors_and_nothing_else(warehouse: Warehouse) -> None:
    put(warehouse, "tickets", source_id="1")
    put(warehouse, "tickets", source_id="1", source="other")
    put(warehouse, "_latido_cursors", stream="tickets")
    put(warehouse, "_latido_runs", run_id="r")

    erased = forget_source(warehouse, "support")

    assert {"tickets": 1} == dict(erased)
    assert [("other",)] == rows(warehouse, "SELECT source FROM tickets")
    assert [(0,)] == rows(warehouse, "SELECT COUNT(*) FROM _latido_cursors")
    assert [(0,)] == rows(warehouse, "SELECT COUNT(*) FROM _latido_runs")


def test_order_of_writes_goes_on_after_the_file_was_written_anew(warehouse: Warehouse) -> None:
    """The counter of writes never goes back: who reads changes by it would miss some."""
    with warehouse.writing() as connection:
        before = connection.execute("SELECT NEXTVAL('_latido_seq')").fetchall()[0][0]

    forget_source(warehouse, "support")

    with warehouse.writing() as connection:
        assert before < connection.execute("SELECT NEXTVAL('_latido_seq')").fetchall()[0][0]
