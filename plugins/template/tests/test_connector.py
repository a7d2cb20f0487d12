"""What is particular to this vendor; what holds for every connector is in test_promises.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from latido.connect import Connector, Context, Mapping
from latido_template import latido_connectors, mapping
from latido_template.connector import Template

if TYPE_CHECKING:
    from collections.abc import Callable

    from latido_template.sandbox import TemplateSandbox


def row(mapping: Mapping, record: dict[str, Any]) -> Any:
    """Return the row that *mapping* makes of a record."""
    rows, rejected = mapping.bound(Context()).rows([record])
    assert [] == rejected
    return next(iter(rows))


def test_the_plugin_offers_the_connector() -> None:
    assert [Template] == latido_connectors()


def test_a_ticket_keeps_what_the_vendor_says(sandbox: TemplateSandbox) -> None:
    ticket = row(mapping.TICKETS, sandbox.records["tickets"]["t1-0"])

    assert ("t1-0", "I cannot log in", "c1-0") == (ticket.source_id, ticket.subject, ticket.contact_id)
    assert ("closed", "archived") == (ticket.status, ticket.status_raw)
    assert ticket.created_at < ticket.first_reply_at < ticket.solved_at
    assert {"product"} == ticket.custom.keys()


@pytest.mark.parametrize(("state", "status"), [("waiting", "pending"), ("open", "open"), ("on fire", "unknown")])
def test_a_state_becomes_a_status(state: str, status: str) -> None:
    """A word that nobody knew when the mapping was written is no reason to lose the ticket."""
    ticket = row(mapping.TICKETS, {"id": "t1", "state": state})

    assert (status, state) == (ticket.status, ticket.status_raw)


def test_an_answer_has_its_scale() -> None:
    answer = row(mapping.ANSWERS, {"id": "a1", "rating": 4, "ticket_id": "t1"})

    assert ("csat", 4, 1, 5) == (answer.kind, answer.score, answer.scale_min, answer.scale_max)


def test_only_news_is_read_again(sandbox: TemplateSandbox, connected: Callable[..., Connector]) -> None:
    (tickets,) = connected(streams=["tickets"]).chosen()
    *_, page = tickets.pages(tickets.start(None))
    assert page.cursor is not None
    sandbox.change("tickets", "t3-0", subject="Solved by itself")

    found = [record for page in tickets.pages(page.cursor) for rows in page.rows for record in rows]

    assert ["t3-0"] == [each.source_id for each in found if each.source_id != page.cursor["id"]]


def test_a_good_token_reads_everything(connected: Callable[..., Connector]) -> None:
    assert [("Connected to Bluefin SL.", None)] == [(each.text, each.wrong) for each in connected().check()]


def test_a_wrong_token_is_named(connected: Callable[..., Connector]) -> None:
    (finding,) = connected(token="mistyped").check()

    assert "credential" == finding.wrong
    assert "unknown token" in str(finding.text)


def test_a_lacking_scope_is_said(sandbox: TemplateSandbox, connected: Callable[..., Connector]) -> None:
    sandbox.scopes = ["contacts", "tickets"]

    *_, finding = connected().check()

    assert ("credential", "The token may not read answers.") == (finding.wrong, finding.text)
