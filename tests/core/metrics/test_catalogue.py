"""Every KPI that ships says what it is, and its facts are what it says."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from latido.config import Schedule
from latido.metrics import ARTICLES
from latido.metrics._periods import parsed
from latido.metrics._reference import reference_page
from latido.metrics._run import create_periods
from latido.schema import (
    Account,
    Cart,
    Contract,
    Deal,
    MarketingSpend,
    Milestone,
    SurveyInvitation,
    Ticket,
    WebSession,
)
from tests.core.metrics.loading import MADRID, engine, replies, reply, solved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.metrics import Engine, Kpi
    from tests.core.metrics.loading import Rows

DESK = Schedule("desk", MADRID, dict.fromkeys(range(7), ((540, 1080),)), frozenset({date(2024, 1, 5)}))

NOTHING_TO_COUNT = (
    None,
    "no_rows_in_period",
    "zero_denominator",
    "missing_component",
    "insufficient_coverage",
    "insufficient_sample",
    "not_mature",
    "unbounded",
)


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    recurring = {"recurring_monthly_amount": "10", "currency": "EUR", "starts_on": "2023-05-01"}
    money = {"amount": "10", "currency": "EUR"}
    rows: Rows = {
        Account: [{"source_id": "1", "created_at": "2024-01-02T10:00Z"}],
        Deal: [{"source_id": "1", "account_id": "1", "status": "won", "close_date": "2024-01-03", **money}],
        MarketingSpend: [{"source_id": "1", "spend_date": "2024-01-02", **money}],
        Milestone: [{"source_id": "1", "milestone": "first_value", "occurred_at": "2024-01-04T10:00Z"}],
        WebSession: [{"source_id": "1", "visitor_id": "1", "started_at": "2024-01-04T10:00Z", "pageviews": 1}],
        Cart: [{"source_id": "1", "created_at": "2024-01-04T10:00Z"}],
        SurveyInvitation: [{"source_id": "1", "sent_at": "2024-01-04T10:00Z"}],
        Ticket: [solved("1", csat="good", sla_met=True)],
        Contract: [{"source_id": "1", **recurring}],
        **replies(reply("1", 5)),
    }
    found = engine(tmp_path_factory.mktemp("catalogue"), rows, schedules={"desk": DESK})
    found.answers(["csat"], "2024-01")
    # Opening the file for each of a hundred variants takes longer than all that is asked of it.
    with found.warehouse.reading():
        yield found


def every_kpi(figures: Engine) -> list[Kpi]:
    return [entry.kpi for entry in figures.catalog()]


def every_ask(figures: Engine) -> Iterator[str]:
    """Yield every KPI in every variant."""
    for kpi in every_kpi(figures):
        values = [
            [f"{name}={value}" for value in (*param.values, *(["desk"] if param.others == "schedule" else []))]
            for name, param in kpi.params.items()
        ]
        apart = [{f"{name}={value}" for name, value in each.items()} for each in kpi.never]
        for chosen in product(*values):
            if not any(each <= set(chosen) for each in apart):
                yield f"{kpi.id}({','.join(chosen)})"


def test_every_kpi_has_its_names_definition_and_formula(figures: Engine) -> None:
    for kpi in every_kpi(figures):
        assert {"en", "es"} == set(kpi.names), kpi.id
        assert str(kpi.meaning).endswith("."), kpi.id
        assert str(kpi.formula), kpi.id
        assert "{" not in str(kpi.meaning), kpi.id


def test_every_band_names_its_article(figures: Engine) -> None:
    assert set() == {band.article for kpi in every_kpi(figures) for band in kpi.bands} - set(ARTICLES)


def test_every_variant_has_the_facts_that_it_says(figures: Engine) -> None:
    for text in every_ask(figures):
        leaves = {part or leaf.kpi.id: leaf for part, leaf in figures.catalogue.named_leaves(figures.ask(text))}
        explained = figures.explain(text, "2024-01")
        for name, sql in explained.sql.items():
            bound = explained.bound[name]
            with figures.warehouse.reading() as connection:
                create_periods(connection, [parsed("2024-01", date(2024, 1, 1))], MADRID)
                described = connection.execute(sql, bound).description or []
            columns = {column[0] for column in described}
            envelope = {"period_id", "customer_id", "entity", "source", "source_id", "excluded"}

            _facts, fold = leaves[name].kpi.counted()
            assert envelope | {*fold.sums, *leaves[name].kpi.dimensions} <= columns, (text, name)


def test_every_variant_has_a_figure(figures: Engine) -> None:
    asks = list(every_ask(figures))

    found = figures.answers(asks, "2024-01")

    assert len(asks) == len(found)
    assert [] == [(each.kpi, each.reason) for each in found if each.reason not in NOTHING_TO_COUNT]


def test_the_kpi_page_is_the_catalogue(figures: Engine) -> None:
    """Made again with: uv run python -m latido.metrics > docs/reference/kpis.md."""
    page = Path(__file__).parents[3] / "docs" / "reference" / "kpis.md"

    assert page.read_text(encoding="utf-8") == reference_page(every_kpi(figures))
