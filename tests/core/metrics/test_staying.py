"""For how long customers stay."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from latido.schema import Account, Contract
from tests.core.metrics.loading import poured

if TYPE_CHECKING:
    from latido.metrics import Engine

END = date(2024, 1, 1)
REMISSIONS = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
"""Weeks of Freireich et al. (1963), whose curve is published; + was still in remission when last seen."""


def contracts() -> list[dict[str, Any]]:
    """Return a contract for every patient: those still in remission are customers to this day."""
    rows = []
    for number, weeks in enumerate(REMISSIONS.split()):
        stay = timedelta(weeks=int(weeks.rstrip("+")))
        ends_on = None if weeks.endswith("+") else (date(2020, 1, 1) + stay).isoformat()
        rows.append(contract(number, END - stay if ends_on is None else date(2020, 1, 1), ends_on))
    return rows


def contract(number: int, starts_on: date, ends_on: str | None = None) -> dict[str, Any]:
    known = {"recurring_monthly_amount": "10", "currency": "EUR"}
    return {"source_id": str(number), "starts_on": starts_on.isoformat(), "ends_on": ends_on, **known}


@pytest.fixture(scope="module")
def patients(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return poured(tmp_path_factory.mktemp("patients"), {Contract: contracts()})


def test_the_curve_is_the_published_one(patients: Engine) -> None:
    """After 6, 7, 10, 13, 16, 22 and 23 weeks .857, .807, .753, .690, .627, .538 and .448 were still there."""
    found = patients.staying("2023")

    assert (21, 9, 23 * 7) == (found.customers, found.lost, found.median_days)
    shares = [round(each.share, 3) for each in found.months]
    assert [1.0, 1.0, 0.807, 0.690, 0.627, 0.627, 0.448, 0.448, 0.448] == shares
    assert [(0, 21, 0), (1, 21, 0), (2, 16, 4), (3, 11, 2)] == [
        (each.months, each.at_risk, each.lost) for each in found.months[:4]
    ]


def test_only_what_happened_before_the_end_is_known(patients: Engine) -> None:
    found = patients.staying("2020-01-01/2020-02-20")

    assert (9, 4, None) == (found.customers, found.lost, found.median_days)


def test_a_gap_ends_a_stay_and_a_renewal_without_gap_does_not(tmp_path: Any) -> None:
    rows = [
        {**contract(1, date(2023, 1, 1), "2023-03-01"), "account_id": "a"},
        {**contract(2, date(2023, 3, 1), "2023-05-01"), "account_id": "a"},
        {**contract(3, date(2023, 8, 1)), "account_id": "a"},
    ]

    found = poured(tmp_path, {Account: [{"source_id": "a"}], Contract: rows}).staying("2023")

    assert (1, 1, 120) == (found.customers, found.lost, found.median_days)


def test_without_customers_there_is_no_curve(tmp_path: Any) -> None:
    found = poured(tmp_path, {Contract: [contract(1, date(2025, 1, 1))]}).staying("2023")

    assert {"customers": 0, "lost": 0, "median_days": None, "months": []} == found.json()
