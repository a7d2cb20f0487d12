"""`latido customer`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from latido.cli._options import argument, option
from latido.cli._session import session
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.metrics import Customer

_ = marker("latido")

FLAT = ("section", "name", "at", "value", "unit", "text", "excluded", "source", "source_id", "url")


def customer(
    context: typer.Context,
    name: Annotated[
        str,
        argument(_("A customer's id, an account as source:id, an e-mail, a domain or an exact name."), metavar="ID"),
    ],
    period: Annotated[
        str | None, option(_("The period; the year that ends today if left out."), "--period", metavar="P")
    ] = None,
) -> int:
    """Show one customer over all sources: what it pays, asks and answers, and how it is."""
    from latido.cli._engine import engine

    here = session(context)
    found = engine(here).customer(name, period)
    if here.output.format == "json":
        here.output.json(found.json())
    elif here.output.format == "csv":
        here.output.csv(FLAT, ([row.get(each) for each in FLAT] for row in _flat(found)))
    else:
        from latido.cli._customer import Page

        Page(here, found).show()
    return 0


def _flat(found: Customer) -> Iterator[dict[str, Any]]:
    """Yield a row for every figure and every record."""
    told = found.json()
    for answer in (*told["figures"].values(), *told["mrr_by_month"]):
        yield {
            "section": "figures",
            "name": answer["kpi"],
            "at": answer["period_end"],
            "value": answer["value"],
            "unit": answer["unit"],
            "excluded": answer["reason"],
        }
    yield from _states(told)
    for section, names in _RECORDS.items():
        for row in told[section]:
            yield {
                "section": section,
                **{column: row.get(name) for column, name in names.items()},
                **{each: row.get(each) for each in ("excluded", "source", "source_id", "url")},
            }


def _states(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    health = told["health"] or {"score": None, "parts": ()}
    lacking = told["lacking"]
    yield {"section": "health", "name": "score", "value": health["score"], "excluded": lacking.get("health")}
    for part in health["parts"]:
        yield {"section": "health", "name": part["name"], "value": part["contribution"], "unit": "0-100"}
    for name in ("segment", "stage"):
        yield {"section": "state", "name": name, "text": told[name], "excluded": lacking.get(name)}
    yield {"section": "state", "name": "risk", "text": "+".join(told["risks"]), "excluded": lacking.get("risk")}
    yield {"section": "state", "name": "last_visit", "at": told["last_visit_at"]}


_RECORDS: dict[str, dict[str, str]] = {
    "accounts": {"name": "rule", "text": "name", "at": "since"},
    "people": {"name": "name", "text": "email"},
    "contracts": {"name": "product", "at": "starts_on", "value": "monthly", "unit": "currency"},
    "purchases": {"name": "name", "at": "closed_on", "value": "amount", "unit": "currency"},
    "tickets": {"name": "status", "at": "created_at", "text": "subject"},
    "opinions": {"name": "kind", "at": "answered_at", "value": "score", "text": "comment"},
    "milestones": {"name": "milestone", "at": "last_at", "value": "times"},
}
"""What a row of each kind of record shows in CSV."""
