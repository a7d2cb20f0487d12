"""The same rows give the same answers on PostgreSQL: every fact of every KPI in every variant, and what folds add up.

A figure is made of that in Python, which is the same whatever engine did the adding.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date
from decimal import Decimal, InvalidOperation
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
import sqlglot
from pg8000.native import FLOAT, NUMERIC, UNKNOWN

from latido.metrics import Engine, own_kpis
from latido.metrics._periods import parsed
from latido.metrics._run import create_periods
from latido.metrics._statement import Cut, Statement, folded
from latido.metrics.model import refresh
from latido.schema import Account, Contract, Deal, MarketingSpend, SurveyResponse, Ticket
from tests.core.metrics.loading import MADRID, poured
from tests.core.metrics.rich import rich_rows
from tests.core.metrics.test_kpi_files import HOW_TO, sql_of, written
from tests.core.metrics.test_properties import ASKS, DESK
from tests.postgresql import postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb
    from pg8000.native import Connection

    from latido.metrics import Ask
    from tests.core.metrics.loading import Rows

PERIODS = [parsed(each, date(2024, 4, 1)) for each in ("2023-12", "2024-01", "2024-02", "2024-Q1", "2024-W05")]
READ = "SELECT table_name FROM duckdb_tables() WHERE regexp_matches(table_name, '^(m_|period|people)')"
TYPES = {"VARCHAR": "TEXT", "DOUBLE": "DOUBLE PRECISION"}
PLACE = re.compile(r"%\((\w+)\)s")
NULL = r"\N"
NUMBERS = {float: FLOAT, Decimal: NUMERIC}
READ_UNTIL = {"as_of": "2024-02-20 10:00:00", "as_of_day": "2024-02-20"}
CUTS = {"source": Cut(source="shop"), "country": Cut(segment="country")}

ODD: Rows = {
    Account: [
        {"source_id": "test", "is_test": True, "created_at": "2024-01-03T10:00:00.25Z"},
        {"source_id": "Ñandú", "country": "ES", "created_at": "2024-01-31T22:59:59.999999Z"},
        {"source_id": "ageless", "country": "ES"},
    ],
    Deal: [
        {"source_id": f"odd{n}", "account_id": account, "status": "won", "amount": amount, "currency": currency,
         "recurring_monthly_amount": monthly, "contract_start": starts, "close_date": closed}
        for n, (account, amount, currency, monthly, starts, closed) in enumerate(
            [
                ("Ñandú", "98765432109876.5432", "USD", "12345678.123456", "2024-01-05", "2024-01-10"),
                ("a01", "33.3333", "CHF", None, None, "2024-01-10"),
                ("a02", "33.3333", None, "0.000001", "2023-01-31", "2023-01-31"),
                ("test", "100", "EUR", "100", "2023-06-01", "2023-06-01"),
                (None, "0.0001", "EUR", "10", None, None),
            ]
        )
    ],
    Contract: [
        {"source_id": "odd1", "account_id": "a03", "recurring_monthly_amount": "10", "currency": "CHF",
         "starts_on": "2023-12-01"},
        {"source_id": "odd2", "account_id": "a04", "recurring_monthly_amount": "10", "currency": "EUR",
         "starts_on": "2024-01-09", "ends_on": "2024-01-09"},
        {"source_id": "odd3", "account_id": "a05", "recurring_monthly_amount": "-1", "currency": "EUR",
         "starts_on": "2024-01-09"},
    ],
    MarketingSpend: [
        {"source_id": f"odd{n}", "amount": amount, "currency": "USD", "spend_date": "2023-12-20", "spend_end": end}
        for n, (amount, end) in enumerate(
            [("1234567.8901", "2024-03-07"), ("0.0001", "2024-01-02"), ("98765432109.8765", "2024-02-29")]
        )
    ],
    SurveyResponse: [
        {"source_id": f"odd{n}", "kind": kind, "score": score, "scale_min": low, "scale_max": high,
         "higher_is_better": up, "answered_at": "2024-01-09T12:00Z", "comment": "¿100% 'bien'?", "account_id": "a01"}
        for n, (kind, score, low, high, up) in enumerate(
            [("nps", 8.5, 0, 10, True), ("nps", 2, 0, 13, True), ("ces", 2, 1, 7, False), ("csat", 5, 5, 5, True),
             ("csat", 0.3, 0, 0.7, None), ("csat", -2, -3, 3, True)]
        )
    ],
    Ticket: [
        {"source_id": "odd1", "status": "solved", "created_at": "2024-01-09T12:00Z", "solved_at": "2024-01-09T11:00Z"},
        {"source_id": "odd2", "status": "open", "created_at": "2024-01-31T22:59:59.999999Z"},
        {"source_id": "odd3", "status": "open", "merged_into": "odd2", "created_at": "2024-01-09T12:00Z"},
        {"source_id": "odd4", "status": "solved", "created_at": "2024-01-09T12:00Z"},
        {"source_id": "odd5", "status": "open"},
    ],
}  # fmt: skip
"""Rows that KPIs leave out or cannot convert, and those at the edges of types and periods."""


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    rows = rich_rows()
    both = {entity: [*each, *ODD.get(entity, [])] for entity, each in rows.items()}
    folder = tmp_path_factory.mktemp("postgresql")
    engine = poured(folder, both, by_hand=("shop",), schedules=DESK)
    refresh(engine.warehouse, engine.settings)
    return Engine(engine.warehouse, engine.settings, own_kpis(written(folder, sql_of(HOW_TO))))


@pytest.fixture(scope="module")
def here(figures: Engine) -> Iterator[duckdb.DuckDBPyConnection]:
    with figures.warehouse.reading() as connection:
        create_periods(connection, PERIODS, MADRID)
        yield connection


@pytest.fixture(scope="module")
def there(here: duckdb.DuckDBPyConnection) -> Iterator[Connection]:
    with postgresql() as connection:
        for (table,) in here.execute(READ).fetchall():
            copy(table, here, connection)
        yield connection


def copy(table: str, here: duckdb.DuckDBPyConnection, there: Connection) -> None:
    """Copy *table* as it is: types are kept, values travel as text."""
    columns = [(name, kind) for name, kind, *_rest in here.execute(f"DESCRIBE {table}").fetchall()]
    there.run(f"CREATE TABLE {table} ({', '.join(f'{name} {TYPES.get(kind, kind)}' for name, kind in columns)})")
    listed = ", ".join(f"CAST({name} AS VARCHAR)" for name, _kind in columns)
    file = StringIO()
    rows = here.execute(f"SELECT {listed} FROM {table}").fetchall()
    csv.writer(file).writerows([NULL if value is None else value for value in row] for row in rows)
    file.seek(0)
    there.run(f"COPY {table} FROM STDIN WITH (FORMAT csv, NULL '{NULL}')", stream=file)


@pytest.fixture(scope="module")
def asks(figures: Engine) -> list[Ask]:
    """Return what has facts of its own, in every KPI and every variant, those of a file and hidden ones too."""
    found = (leaf for text in (*ASKS, "fast_replies") for leaf in figures.catalogue.leaves(figures.ask(text)))
    return list({leaf.text: leaf for leaf in found}.values())


def statement(figures: Engine, source: str | None = None) -> Statement:
    known = {"scope": source or "", "only_source": source, "only_customer": None}
    return Statement({**figures.settings.bound, **known}, lambda _kpi: READ_UNTIL)


class Both:
    """The two engines over the same rows."""

    def __init__(self, here: duckdb.DuckDBPyConnection, there: Connection) -> None:
        self.here, self.there = here, there

    def rows(self, sql: str, values: Mapping[str, Any]) -> tuple[Counter[Any], Counter[Any]]:
        """Return the rows of both, each with how often it is there."""
        (written,) = sqlglot.transpile(sql, read="duckdb", write="postgres", comments=False)
        types = {name: NUMBERS.get(type(value), UNKNOWN) for name, value in values.items()}
        there = self.there.run(PLACE.sub(r":\1", written), types=types, **values)
        found = self.here.execute(sql, values).fetchall(), there
        one, other = (Counter(tuple(map(plain, row)) for row in rows) for rows in found)
        return one, other


@pytest.fixture(scope="module")
def both(here: duckdb.DuckDBPyConnection, there: Connection) -> Both:
    return Both(here, there)


def plain(value: Any) -> Any:
    """Return *value* so that equal numbers are equal, whatever their type; some travel as text, several in one."""
    if value is None or isinstance(value, bool):
        return value
    return tuple(map(number, str(value).split(" ")))


def number(text: str) -> Decimal | str:
    try:
        return Decimal(text).normalize()
    except InvalidOperation:
        return text


def test_every_fact_is_the_same(figures: Engine, both: Both, asks: list[Ask]) -> None:
    different: dict[str, Any] = {}
    compared, without = set(), []
    for ask in asks:
        asked = statement(figures)
        sql = asked.sql(f"SELECT * FROM {asked.facts(ask)}")
        if (sql, str(asked.values)) in compared:
            continue
        compared.add((sql, str(asked.values)))
        one, other = both.rows(sql, asked.values)
        without += [] if one else [ask.text]
        different |= {ask.text: (one - other, other - one)} if one != other else {}

    assert {} == different
    assert [] == without


@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
def test_every_fold_adds_up_the_same(figures: Engine, both: Both, asks: list[Ask], cut: Cut) -> None:
    different: dict[str, Any] = {}
    for family in sorted({ask.kpi.family for ask in asks}):
        asked = statement(figures, cut.source)
        one, other = both.rows(folded(asked, [ask for ask in asks if ask.kpi.family == family], cut), asked.values)
        different |= {family: (one - other, other - one)} if one != other else {}

    assert {} == different


def test_what_differs_is_seen(both: Both) -> None:
    """A DOUBLE becomes a DECIMAL by its first fifteen digits on one engine, and by all of them on the other."""
    one, other = both.rows("SELECT CAST(CAST(1234567 AS DOUBLE) / 3 AS DECIMAL(28,12)) AS value", {})

    assert one != other
