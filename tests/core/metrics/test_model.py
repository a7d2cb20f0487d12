"""The model layer: whose a row is, which rows do not count, and when it is built again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import LockedError
from latido.metrics import Engine, EngineSettings, refresh
from latido.schema import Account, Association, Contact, SurveyResponse, Ticket, TicketEvent, User
from latido.warehouse import forget_person, touch
from tests.core.metrics.loading import answer, engine, poured, reply, solved, ticket
from tests.memory import loaded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    import duckdb

    from tests.core.metrics.loading import Rows


def model(figures: Engine, sql: str) -> list[tuple[Any, ...]]:
    """Return what a query says of the model layer, brought up to date."""
    refresh(figures.warehouse, figures.settings)
    with figures.warehouse.reading() as connection:
        return connection.execute(sql).fetchall()


def account(source_id: str, **columns: Any) -> dict[str, Any]:
    return {"source_id": source_id, **columns}


def contact(source_id: str, **columns: Any) -> dict[str, Any]:
    return {"source_id": source_id, **columns}


def event(source_id: str, kind: str, occurred_at: str, **columns: Any) -> dict[str, Any]:
    return {"source_id": source_id, "ticket_id": "1", "kind": kind, "occurred_at": occurred_at, **columns}


def owners(figures: Engine, table: str = "m_tickets") -> dict[str, str | None]:
    """Return the customer that each row belongs to, by the id of that customer's account, the greatest of several."""
    accounts = "SELECT customer_id, MAX(source_id) AS account FROM account_links GROUP BY customer_id"
    return dict(
        model(
            figures,
            f"""SELECT t.source_id, a.account FROM {table} AS t
                LEFT JOIN ({accounts}) AS a ON a.customer_id = t.customer_id ORDER BY t.source_id""",
        )
    )


def reasons(figures: Engine, table: str = "m_tickets") -> dict[str, str | None]:
    return dict(model(figures, f"SELECT source || ':' || source_id, excluded FROM {table}"))


def test_a_ticket_belongs_to_its_account_else_its_contacts_else_to_who_owns_the_domain(tmp_path: Path) -> None:
    figures = engine(
        tmp_path,
        {
            Account: [account("acme", domain="acme.example"), account("bolt", domain=" Bolt.example ")],
            Contact: [
                contact("ana", email="ana@acme.example", account_id="bolt"),
                contact("eva", email="Eva@Acme.example"),
            ],
            Ticket: [
                ticket("1", account_id="acme", contact_id="ana"),
                ticket("2", contact_id="ana"),
                ticket("3", contact_id="eva"),
                ticket("4", requester_email="Luis@BOLT.example"),
                ticket("5", requester_email="somebody@nowhere.example"),
                ticket("6"),
                ticket("7", account_id="gone", contact_id="ana"),
            ],
        },
    )

    acme, bolt = "acme", "bolt"
    assert {"1": acme, "2": bolt, "3": acme, "4": bolt, "5": None, "6": None, "7": bolt} == owners(figures)


def test_a_domain_of_several_customers_or_of_free_mail_is_nobodys(tmp_path: Path) -> None:
    figures = engine(
        tmp_path,
        {
            Account: [
                account("a", domain="shared.example", tax_id="B1234567"),
                account("b", domain="shared.example", tax_id="B7654321"),
                account("c", domain="gmail.com"),
                account("d", domain="again.example", is_deleted=True),
                account("e", domain="again.example"),
                account("f", domain="closed.example", is_deleted=True),
            ],
            Ticket: [
                ticket("1", requester_email="x@shared.example"),
                ticket("2", requester_email="x@gmail.com"),
                ticket("3", requester_email="x@again.example"),
                ticket("4", requester_email="x@closed.example"),
            ],
        },
    )

    assert {"1": None, "2": None, "3": "e", "4": "f"} == owners(figures)


def test_rows_of_merged_away_accounts_and_contacts_belong_to_the_survivor(tmp_path: Path) -> None:
    figures = engine(
        tmp_path,
        {
            Account: [
                account("1", merged_into="2"),
                account("2", merged_into="3"),
                account("3"),
                account("4", merged_into="unknown"),
                account("5", merged_into="6"),
                account("6", merged_into="5"),
            ],
            Contact: [
                contact("old", email="old@x.example", merged_into="new"),
                contact("new", email="New@x.example", account_id="3"),
            ],
            Ticket: [ticket("a", account_id="1"), ticket("b", account_id="4"), ticket("c", contact_id="old")],
            SurveyResponse: [reply("r", 5, contact_id="old")],
        },
    )

    assert {"a": "3", "b": "4", "c": "3"} == owners(figures)
    assert {"r": "3"} == owners(figures, "m_answers")
    (person,) = model(figures, "SELECT p.email FROM m_answers AS a JOIN people AS p ON p.person_id = a.person_id")
    assert ("new@x.example",) == person


def test_rows_of_several_sources_belong_to_one_customer_and_one_person(tmp_path: Path) -> None:
    figures = engine(
        tmp_path,
        sources={
            "crm": {
                Account: [account("a1", domain="acme.example", country="ES", name="Acme")],
                Contact: [contact("c1", email="ana@acme.example", account_id="a1")],
                SurveyResponse: [reply("r1", 5, contact_id="c1"), reply("r2", 4, respondent_email="Ana@acme.example")],
            },
            "desk": {
                Account: [account("o1", website="www.acme.example"), account("o2", domain="test.example")],
                Contact: [contact("u1", email="ANA@acme.example")],
                Ticket: [
                    ticket("1", account_id="o1"),
                    ticket("2", contact_id="u1"),
                    ticket("3", requester_email="luis@mail.acme.example"),
                ],
            },
        },
    )

    ((customer, name, country),) = model(
        figures, "SELECT customer_id, name, country FROM m_customers WHERE country = 'ES'"
    )
    assert ("Acme", "ES") == (name, country)
    assert [(customer,)] == model(figures, "SELECT DISTINCT customer_id FROM m_tickets")
    assert [(customer, 1)] == model(
        figures, "SELECT customer_id, COUNT(DISTINCT person_id) FROM m_answers GROUP BY customer_id"
    )


def test_a_test_account_in_one_source_makes_the_customer_a_test_in_all(tmp_path: Path) -> None:
    figures = engine(
        tmp_path,
        sources={
            "crm": {Account: [account("a1", domain="acme.example", is_test=True)]},
            "desk": {Account: [account("o1", domain="acme.example")], Ticket: [solved("1", account_id="o1")]},
        },
    )

    assert {"desk:1": "test_account"} == reasons(figures)


def test_an_association_tells_the_account_that_a_record_does_not(tmp_path: Path) -> None:
    link = {"from_entity": "tickets", "from_id": "1", "to_entity": "accounts"}
    figures = engine(
        tmp_path,
        {
            Account: [account("a"), account("b")],
            Ticket: [ticket("1"), ticket("2", account_id="a")],
            Association: [
                {"source_id": "x", **link, "to_id": "a"},
                {"source_id": "y", **link, "to_id": "b", "is_primary": True},
                {"source_id": "z", **link, "from_id": "2", "to_id": "b"},
            ],
        },
    )

    assert {"1": "b", "2": "a"} == owners(figures)


def test_an_association_tells_the_contact_that_a_ticket_does_not(tmp_path: Path) -> None:
    link = {"from_entity": "tickets", "to_entity": "contacts"}
    figures = engine(
        tmp_path,
        {
            Account: [account("a"), account("b")],
            Contact: [contact("ana", account_id="a"), contact("eva", account_id="b")],
            Ticket: [ticket("1"), ticket("2", contact_id="ana"), ticket("3")],
            Association: [
                {"source_id": "x", **link, "from_id": "1", "to_id": "eva"},
                {"source_id": "y", **link, "from_id": "2", "to_id": "eva"},
            ],
        },
    )

    assert {"1": "b", "2": "a", "3": None} == owners(figures)


def test_everything_attached_to_a_test_customer_is_left_out(tmp_path: Path) -> None:
    figures = engine(
        tmp_path,
        {
            Account: [
                account("t", is_test=True, is_deleted=True, domain="test.example"),
                account("m", is_test=True, merged_into="real"),
                account("real"),
            ],
            Contact: [contact("c", account_id="t")],
            Ticket: [
                solved("1", account_id="t"),
                solved("2", contact_id="c"),
                solved("3", requester_email="qa@test.example"),
                solved("4", account_id="real"),
                solved("5", account_id="m"),
            ],
            SurveyResponse: [reply("6", 5, contact_id="c"), reply("7", 5)],
        },
    )

    left_out = {key for key, reason in reasons(figures).items() if reason == "test_account"}
    assert {"shop:1", "shop:2", "shop:3"} == left_out
    assert {"shop:6": "test_account", "shop:7": None} == reasons(figures, "m_answers")


def test_spam_deleted_and_merged_away_tickets_do_not_count(tmp_path: Path) -> None:
    figures = engine(
        tmp_path,
        {
            Ticket: [
                solved("1", is_spam=True, csat="good"),
                solved("2", is_deleted=True, csat="good"),
                solved("3", merged_into="4", csat="good"),
                solved("4", csat="bad"),
            ]
        },
    )

    found = answer(figures, "ticket_csat")
    assert (1, {"deleted": 1, "merged": 1, "spam": 1}) == (found.n, found.excluded)


def test_of_several_sources_the_row_updated_last_stays(tmp_path: Path) -> None:
    early, late = "2024-01-03T00:00Z", "2024-01-09T00:00Z"
    figures = engine(
        tmp_path,
        sources={
            "one": {
                Ticket: [
                    solved("1", external_id="A", updated_at=early),
                    solved("2", external_id="B", updated_at=late),
                    solved("3", external_id="C"),
                    solved("4", external_id="D", updated_at=early),
                ]
            },
            "two": {
                Ticket: [
                    solved("1", external_id="A", updated_at=late),
                    solved("2", external_id="B", updated_at=late),
                    solved("3", external_id="C", updated_at=early),
                    solved("4", external_id="D", updated_at=late, is_deleted=True),
                ]
            },
        },
    )

    found = reasons(figures)
    assert {"one:1", "two:2", "one:3", "one:4"} == {key for key, reason in found.items() if reason == "duplicate"}
    assert "deleted" == found["two:4"]
    assert 3 == answer(figures, "average_resolution_time").n


def test_tickets_of_one_source_may_share_an_external_id(tmp_path: Path) -> None:
    """Help desks do not keep it unique: three tickets about one order are three tickets."""
    figures = engine(tmp_path, {Ticket: [solved(str(n), external_id="order-7") for n in range(3)]})

    assert 3 == answer(figures, "average_resolution_time").n


def test_a_legacy_rating_makes_way_for_another_answer_about_the_ticket(tmp_path: Path) -> None:
    rating: dict[str, Any] = {"survey_id": "rating", "scale_min": 0, "scale_max": 1}
    figures = engine(
        tmp_path,
        {
            SurveyResponse: [
                reply("r1", 1, ticket_id="1", **rating),
                reply("s1", 4, ticket_id="1", survey_id="new"),
                reply("r2", 0, ticket_id="2", **rating),
                reply("s2", 4, ticket_id="2", survey_id="new", is_deleted=True),
                reply("r3", 1, ticket_id="3", **rating),
                reply("e3", 4, ticket_id="3", kind="ces"),
            ]
        },
    )

    dropped = [key for key, reason in reasons(figures, "m_answers").items() if reason == "duplicate"]
    assert ["shop:r1"] == dropped
    assert 3 == answer(figures, "csat").n


def test_answers_about_a_deleted_ticket_go_with_it(tmp_path: Path) -> None:
    opinion = {"kind": "csat", "score": 5, "scale_min": 1, "scale_max": 5, "answered_at": "2024-01-05T10:00:00Z"}
    rows: Rows = {
        Ticket: [solved("1"), solved("2", is_deleted=True), solved("3", merged_into="1")],
        SurveyResponse: [{"source_id": each, "ticket_id": each, **opinion} for each in ("1", "2", "3", "4")],
    }

    found = reasons(engine(tmp_path, rows), "m_answers")

    assert {"shop:1": None, "shop:2": "deleted", "shop:3": None, "shop:4": None} == found


def test_events_fill_in_what_a_ticket_does_not_say(tmp_path: Path) -> None:
    agent = {"actor_role": "agent", "public": True}
    figures = engine(
        tmp_path,
        {
            Ticket: [{"source_id": "1", "status": "solved", "created_at": "2024-01-02T10:00Z"}],
            TicketEvent: [
                event("r0", "reply", "2024-01-02T10:00Z", **agent),
                event("r1", "reply", "2024-01-02T10:10Z", actor_role="agent", public=False),
                event("r2", "reply", "2024-01-02T10:15Z", actor_role="system", public=True),
                event("r3", "reply", "2024-01-02T10:20Z", actor_role="requester", public=True),
                event("r4", "reply", "2024-01-02T11:00Z", **agent),
                event("r5", "reply", "2024-01-02T12:00Z", **agent),
                event("r6", "reply", "2024-01-02T10:05Z", **agent, is_deleted=True),
                event("s1", "status", "2024-01-02T13:00Z", to_value="solved"),
                event("s2", "status", "2024-01-02T14:00Z", to_value="open"),
                event("s3", "status", "2024-01-03T10:00Z", to_value="solved"),
                event("s4", "status", "2024-01-09T10:00Z", to_value="closed"),
                event("l1", "sla", "2024-01-02T11:00Z", to_value="met"),
                event("l2", "sla", "2024-01-03T10:00Z", to_value="breached"),
            ],
        },
    )

    assert 1.0 == answer(figures, "first_response_time").value
    assert 24.0 == answer(figures, "average_resolution_time").value
    assert 3.0 == answer(figures, "average_resolution_time(which=first)").value
    assert [(2, 1, 1, False)] == model(
        figures, "SELECT agent_replies, requester_replies, reopens, sla_met FROM m_tickets"
    )


def test_what_the_ticket_says_goes_before_its_events(tmp_path: Path) -> None:
    figures = engine(
        tmp_path,
        {
            Ticket: [ticket("1", first_reply_at="2024-01-02T10:30Z", agent_replies=7)],
            TicketEvent: [event("r", "reply", "2024-01-02T11:00Z", actor_role="agent", public=True)],
        },
    )

    assert 0.5 == answer(figures, "first_response_time").value
    assert [(7,)] == model(figures, "SELECT agent_replies FROM m_tickets")


def test_a_first_reply_that_the_vendor_measured_comes_before_those_that_are_found(tmp_path: Path) -> None:
    """It may have been by telephone; how many replies there were it does not tell."""
    figures = engine(
        tmp_path,
        {
            Ticket: [ticket("1"), ticket("2")],
            TicketEvent: [
                event("f", "first_reply", "2024-01-02T10:30Z", actor_role="agent", public=True),
                event("r", "reply", "2024-01-02T11:00Z", actor_role="agent", public=True),
                {**event("g", "first_reply", "2024-01-02T10:30Z"), "ticket_id": "2"},
            ],
        },
    )

    assert 0.5 == answer(figures, "first_response_time").value
    assert [("1", 1), ("2", None)] == model(
        figures, "SELECT source_id, agent_replies FROM m_tickets ORDER BY source_id"
    )


def test_without_an_event_of_a_kind_nothing_is_known_of_it(tmp_path: Path) -> None:
    """Unknown is not 0: a stream without replies does not make a ticket one without replies."""
    figures = engine(
        tmp_path,
        {
            Ticket: [{"source_id": "1", "status": "solved", "created_at": "2024-01-02T10:00Z"}],
            TicketEvent: [event("s", "status", "2024-01-03T10:00Z", to_value="solved")],
        },
    )

    assert [(None, 0, None)] == model(figures, "SELECT agent_replies, reopens, sla_met FROM m_tickets")
    assert {"unknown_replies": 1} == answer(figures, "first_contact_resolution").excluded


def test_fewer_than_no_replies_and_reopenings_are_not_known(tmp_path: Path) -> None:
    figures = poured(
        tmp_path, {Ticket: [solved("1", agent_replies=-3, reopens=-1), solved("2", agent_replies=1, reopens=0)]}
    )

    found = answer(figures, "first_contact_resolution")
    assert (1, 1, {"unknown_replies": 1}) == (found.value, found.n, found.excluded)


def test_a_ticket_that_is_only_closed_was_solved_when_it_was_closed(tmp_path: Path) -> None:
    closed = ticket("1", status="closed", closed_at="2024-01-02T14:00Z")
    still_open = ticket("2", closed_at="2024-01-02T14:00Z")

    assert 4.0 == answer(engine(tmp_path, {Ticket: [closed, still_open]}), "average_resolution_time").value


def test_a_first_solve_that_nobody_knows_is_left_out(tmp_path: Path) -> None:
    rows = {Ticket: [solved("1", reopens=2), solved("2", reopens=0)]}

    found = answer(engine(tmp_path, rows), "average_resolution_time(which=first)")

    assert (1, {"unknown_first_solve": 1}) == (found.n, found.excluded)


def test_answers_are_judged_once(tmp_path: Path) -> None:
    given = [
        reply("null", None),
        reply("scale", 3, None),
        reply("flat", 3, (3, 3)),
        reply("over", 6),
        reply("under", 0),
        reply("low", 1, higher_is_better=False),
        reply("high", 5, higher_is_better=False),
    ]
    figures = engine(tmp_path, {SurveyResponse: given})

    found = answer(figures, "csat")
    assert (2, 1, 0.5) == (found.n, found.numerator, found.value)
    assert {"null_score": 1, "unknown_scale": 2, "out_of_range": 2} == found.excluded


def test_answers_have_the_team_and_channel_of_their_ticket(tmp_path: Path) -> None:
    rows = {
        Ticket: [solved("1", team="A", channel="chat"), solved("2", assignee_id="u")],
        User: [{"source_id": "u", "name": "Eva", "team": "B"}],
        SurveyResponse: [reply("1", 5, ticket_id="1"), reply("2", 1, ticket_id="2", channel="email"), reply("3", 5)],
    }
    figures = engine(tmp_path, rows)

    found = {
        each.segment and each.segment["team"]: each.n for each in figures.answers(["csat"], "2024-01", segment="team")
    }
    assert {None: 1, "A": 1, "B": 1} == found
    assert [("chat",), ("email",), (None,)] == model(figures, "SELECT channel FROM m_answers ORDER BY source_id")


def test_the_local_day_is_that_of_the_reporting_zone(tmp_path: Path) -> None:
    figures = engine(tmp_path, {Ticket: [solved("1", "2024-01-31T23:30Z", created_at="2024-01-31T22:30Z")]})

    days = model(figures, "SELECT CAST(created_on AS VARCHAR), CAST(solved_on AS VARCHAR) FROM m_tickets")
    assert [("2024-01-31", "2024-02-01")] == days


def test_it_is_built_again_when_rows_or_settings_change(tmp_path: Path) -> None:
    more: Rows = {Ticket: [solved("1"), solved("2")]}
    figures = engine(tmp_path, {Ticket: [solved("1")]})
    assert refresh(figures.warehouse, figures.settings)
    assert not refresh(figures.warehouse, figures.settings)

    loaded(figures.warehouse, tmp_path, more)

    assert 2 == answer(figures, "average_resolution_time").n
    assert not refresh(figures.warehouse, figures.settings)
    assert refresh(figures.warehouse, EngineSettings(("shop", "other")))
    assert refresh(figures.warehouse, figures.settings)


def test_a_sync_that_brings_nothing_new_leaves_it_alone(tmp_path: Path) -> None:
    rows: Rows = {Ticket: [solved("1")]}
    figures = engine(tmp_path, rows)
    refresh(figures.warehouse, figures.settings)

    loaded(figures.warehouse, tmp_path, rows)

    assert not refresh(figures.warehouse, figures.settings)


def test_figures_of_a_moment_ago_are_shown_while_a_sync_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader must not fail because somebody writes; it fails only when there is nothing to show."""
    figures = engine(tmp_path, {Ticket: [solved("1")]})
    assert 1 == answer(figures, "average_resolution_time").n
    with figures.warehouse.writing() as connection:
        touch(connection)

    def held(*_args: object) -> AbstractContextManager[Iterator[duckdb.DuckDBPyConnection]]:
        raise LockedError("held")

    monkeypatch.setattr(figures.warehouse, "writing", held)

    assert 1 == answer(figures, "average_resolution_time").n
    with pytest.raises(LockedError):
        answer(Engine(figures.warehouse, EngineSettings(("other",))), "average_resolution_time")


def test_who_is_forgotten_is_in_no_model_table(tmp_path: Path) -> None:
    rows = {
        Contact: [contact("c", email="ana@acme.example")],
        SurveyResponse: [reply("1", 5, contact_id="c")],
        Ticket: [solved("1", contact_id="c")],
    }
    figures = engine(tmp_path, rows)
    assert 1 == answer(figures, "csat").n

    forget_person(figures.warehouse, "ana@acme.example")

    assert b"ana@acme" not in figures.warehouse.path.read_bytes()
    assert 1 == answer(figures, "csat").n
    assert [] == model(figures, "SELECT 1 FROM m_answers WHERE person_id LIKE '%acme%'")
