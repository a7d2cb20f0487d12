"""`latido customer`: one customer as people read it, and as programs do."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from latido.schema import Account, Contract, SurveyResponse, Ticket
from tests.core.cli.conftest import TOML
from tests.core.metrics.loading import poured, reply, solved, ticket

if TYPE_CHECKING:
    from tests.core.cli.conftest import Terminal

JANUARY = ("--period", "2024-01")


@pytest.fixture
def shop(latido: Terminal) -> Terminal:
    """Return a terminal in a project whose one source has brought a customer with a bit of everything."""
    latido.write(TOML.replace("sources.support", "sources.shop"))
    paid = {"account_id": "a", "recurring_monthly_amount": "90", "currency": "EUR", "starts_on": "2023-06-01"}
    poured(
        latido.folder,
        {
            Account: [{"source_id": "a", "name": "Acme", "domain": "acme.example"}, {"source_id": "b", "name": "Acme"}],
            Contract: [{"source_id": "k", **paid}, {"source_id": "odd", **paid, "recurring_monthly_amount": "-1"}],
            Ticket: [
                solved(
                    "1", first_reply_at="2024-01-02T12:30Z", account_id="a", subject="A subject of some length here"
                ),
                ticket("2", account_id="a"),
            ],
            SurveyResponse: [
                reply("n", 6, (0, 10), kind="nps", account_id="a", comment="Slow"),
                reply("x", 9),
                reply("when", 4, account_id="a", answered_at=None),
            ],
        },
    )
    return latido


def test_page_tells_who_it_is_how_it_is_and_what_it_pays(shop: Terminal) -> None:
    said = shop("customer", "acme.example", *JANUARY)

    assert (0, "") == (said.code, said.err)
    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    assert lines[0].startswith("Acme (")
    for line in (
        "shop:a alone",
        "Risk: at risk: somebody there last answered as a detractor",
        "Segment: high value",
        "Stage: unknown: no source delivers this",
        "Last visit: never seen",
        "Health: unknown: too few of its parts are known",
        "NPS 60.0 25.0 % 33.3",
        "Monthly recurring revenue 90.00 EUR 1",
        "Historical lifetime value none: no source delivers this \N{EN DASH}",
        "2024-01 90.00 EUR",
        "2023-06-01 90.00 EUR \N{EN DASH} shop:k",
        "2023-06-01 \N{MINUS SIGN}1.00 EUR negative amount shop:odd",
        "Open tickets: 1 of 2",
        "2024-01-10 13:00 nps 6 (0-10) Slow \N{EN DASH} shop:n",
        "\N{EN DASH} csat 4 (1-5) \N{EN DASH} no date shop:when",
    ):
        assert line in lines
    spanish = shop("customer", "shop:a", *JANUARY, "--lang", "es").out
    assert "Ingresos recurrentes mensuales 90,00" in " ".join(spanish.split())


def test_everything_is_there_for_programs(shop: Terminal) -> None:
    found = shop("customer", "shop:a", *JANUARY, "--format", "json").json
    rows = list(csv.DictReader(io.StringIO(shop("customer", "shop:a", *JANUARY, "--format", "csv").out)))

    assert (90, ["detractor"], "insufficient_coverage") == (
        found["figures"]["mrr"]["value"],
        found["risks"],
        found["lacking"]["health"],
    )
    told = {(row["section"], row["name"]): row["value"] or row["text"] or row["excluded"] for row in rows}
    assert ("90", "detractor", "no_rows") == (
        told["figures", "mrr"],
        told["state", "risk"],
        told["state", "stage"],
    )
    assert {"k", "odd", "1", "2", "n"} <= {row["source_id"] for row in rows}


def test_whom_several_names_mean_is_asked_back(shop: Terminal) -> None:
    said = shop("customer", "acme")

    assert (2, "") == (said.code, said.out)
    assert said.err.startswith("acme may be any of 2 customers.\n  Say which one:\n    latido customer ")
    assert (2, "There is no customer Zeta.") == (
        shop("customer", "Zeta").code,
        shop("customer", "Zeta").err.split("\n")[0],
    )


def test_curve_behind_retention_tells_for_how_long_customers_stay(shop: Terminal) -> None:
    page = shop("explain", "customer_retention_rate", "--curve", *JANUARY).out
    curve = shop("explain", "customer_churn_rate", "--curve", *JANUARY, "--format", "json").json["curve"]
    listed = shop("explain", "customer_churn_rate", "--curve", *JANUARY, "--format", "csv").out.splitlines()
    refused = shop("explain", "mrr", "--curve", *JANUARY)
    split = shop("explain", "customer_churn_rate", "--curve", "--segment", "source=shop", *JANUARY)

    assert "Customers, from the first day on which they paid: 1. Of them have left: 0. Those who" in page
    assert (1, 0, None, 9) == (curve["customers"], curve["lost"], curve["median_days"], len(curve["months"]))
    assert {"months": 8, "share": 1.0, "at_risk": 1, "lost": 0} == curve["months"][-1]
    assert ("months,share,at_risk,lost", "8,1.0,1,0") == (listed[0], listed[-1])
    assert (2, "mrr has no curve.") == (refused.code, refused.err.splitlines()[0])
    assert (2, "The curve is that of all customers.") == (split.code, split.err.splitlines()[0])


def test_of_a_source_that_counts_alone_no_other_is_told_how_fresh_it_is(shop: Terminal) -> None:
    shop.write(f"{TOML}\n{TOML[TOML.index('[sources') :]}".replace("sources.support", "sources.shop", 1))

    told = [line for line in shop("kpis", "mrr", "--source", "shop", *JANUARY).out.splitlines() if "Data of" in line]

    assert ["Data of shop: never read completely"] == told
    assert "Data of support" in shop("kpis", "mrr", *JANUARY).out
