"""What the imaginary business looks like as a Salesforce org."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from latido.testing.world import promises
from tests.connectors.salesforce.visiting import SECONDS, Visitor

BIN = 15 * 86_400


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    return Visitor(900)


def by_id(visitor: Visitor, soql: str) -> dict[str, Any]:
    return {each["Id"]: each for each in visitor.query(soql)}


def seconds(stamp: str | None) -> int | None:
    return None if stamp is None else int(datetime.fromisoformat(stamp).astimezone(UTC).timestamp())


@pytest.mark.parametrize("persons", [False, True])
def test_no_field_is_null_that_is_never_null(persons: bool) -> None:
    visitor = Visitor(200, person_accounts=persons)
    for table in visitor.sandbox.org.tables():
        described = visitor.get(f"sobjects/{table.sobject.name}/describe")["fields"]
        required = [each["name"] for each in described if not each["nillable"]]
        for record in visitor.query(f"SELECT {', '.join(required)} FROM {table.sobject.name}", deleted=True):
            assert None not in record.values(), (table.sobject.name, record)


def test_every_reference_leads_to_a_record_that_was_there(visitor: Visitor) -> None:
    for table in visitor.sandbox.org.tables():
        described = visitor.get(f"sobjects/{table.sobject.name}/describe")["fields"]
        references = [each["name"] for each in described if each["type"] == "reference"]
        fields = ", ".join(["Id", *references])
        for record in visitor.query(f"SELECT {fields} FROM {table.sobject.name} LIMIT 200", deleted=True):
            for name in references:
                value = record[name]
                assert value is None or visitor.sandbox.org.parent(f'"{value}"'.encode()), (name, value)


def test_every_ticket_is_a_case_unless_it_left_the_recycle_bin(visitor: Visitor) -> None:
    for ticket in visitor.world.tickets():
        gone = ticket.steps[-1].at if ticket.fate == "merged" else ticket.gone_at
        found = visitor.ask(f"sobjects/Case/{visitor.identity('Case', ticket.number)}")
        assert (404 if gone is not None and gone + BIN <= SECONDS else 200) == found.status_code


def test_a_case_is_closed_when_it_was_last_solved(visitor: Visitor) -> None:
    cases = by_id(visitor, "SELECT Id, IsClosed, ClosedDate, CreatedDate FROM Case")
    live = [each for each in visitor.world.tickets() if each.fate == "live"]

    assert any(each.reopens and each.is_solved for each in live)
    for ticket in live:
        case = cases[visitor.identity("Case", ticket.number)]
        assert ticket.is_solved == case["IsClosed"]
        assert ticket.created_at == seconds(case["CreatedDate"])
        assert (ticket.solves[-1] if ticket.is_solved else None) == seconds(case["ClosedDate"])


def test_closed_is_not_always_called_closed(visitor: Visitor) -> None:
    statuses = visitor.query("SELECT MasterLabel, IsClosed, IsDefault FROM CaseStatus ORDER BY SortOrder")

    assert ["New"] == [each["MasterLabel"] for each in statuses if each["IsDefault"]]
    assert ["Resolved", "Archived"] == [each["MasterLabel"] for each in statuses if each["IsClosed"]]


def test_replies_are_messages_or_published_comments(visitor: Visitor) -> None:
    """By agents: bots and rules write as a user who is no person."""
    agents = "CreatedBy.UserType = 'Standard'"
    sent = visitor.query(
        f"SELECT ParentId, MessageDate FROM EmailMessage WHERE Incoming = false AND Status != '5' AND {agents}"
    )
    published = visitor.query(f"SELECT ParentId, CreatedDate FROM CaseComment WHERE IsPublished = true AND {agents}")
    told: dict[str, list[int | None]] = {}
    for case, at in (
        *((each["ParentId"], each["MessageDate"]) for each in sent),
        *((each["ParentId"], each["CreatedDate"]) for each in published),
    ):
        told.setdefault(case, []).append(seconds(at))

    for ticket in visitor.world.tickets():
        if ticket.fate == "live":
            found = sorted(at or 0 for at in told.get(visitor.identity("Case", ticket.number), []))
            assert [each.at for each in ticket.replies] == [at for at in found if at > ticket.created_at]
    assert published


def test_some_messages_are_no_replies(visitor: Visitor) -> None:
    drafts = visitor.query("SELECT MessageDate, CreatedBy.UserType FROM EmailMessage WHERE Status = '5'")
    receipts = visitor.query(
        "SELECT Id FROM EmailMessage WHERE CreatedBy.UserType = 'AutomatedProcess' AND Incoming = false"
    )

    assert {(None, "Standard")} == {(each["MessageDate"], each["CreatedBy"]["UserType"]) for each in drafts}
    assert receipts


def test_the_history_of_a_status_tells_every_step(visitor: Visitor) -> None:
    rows = visitor.query(
        "SELECT CaseId, OldValue, NewValue, CreatedDate FROM CaseHistory WHERE Field = 'Status' ORDER BY Id"
    )
    steps: dict[str, list[int | None]] = {}
    for row in rows:
        steps.setdefault(row["CaseId"], []).append(seconds(row["CreatedDate"]))

    for ticket in visitor.world.tickets():
        if ticket.fate == "live" and len(ticket.steps) > 1:
            assert [step.at for step in ticket.steps[1:]] == steps[visitor.identity("Case", ticket.number)]


def test_a_change_of_owner_leaves_two_rows(visitor: Visitor) -> None:
    rows = visitor.query("SELECT DataType, NewValue FROM CaseHistory WHERE Field = 'Owner'")
    kinds = [each["DataType"] for each in rows]

    assert kinds.count("EntityId") == kinds.count("Text") > 0
    assert {"005", "00G"} == {each["NewValue"][:3] for each in rows if each["DataType"] == "EntityId"}


def test_milestones_tell_which_promises_were_kept(visitor: Visitor) -> None:
    milestones = visitor.query(
        "SELECT CaseId, IsCompleted, IsViolated, MilestoneType.Name FROM CaseMilestone ORDER BY Id"
    )
    told: dict[str, list[tuple[bool, bool]]] = {}
    for each in milestones:
        told.setdefault(each["CaseId"], []).append((each["IsCompleted"], each["IsViolated"]))

    assert {"First Response", "Resolution Time"} == {each["MilestoneType"]["Name"] for each in milestones}
    for ticket in visitor.world.tickets():
        given = [(each.kept_at is not None, each.broken) for each in promises(ticket)]
        assert given == told.get(visitor.identity("Case", ticket.number), [])


def test_an_answered_questionnaire_is_tied_to_its_case(visitor: Visitor) -> None:
    responses = by_id(visitor, "SELECT Id, CompletionDateTime, SubmitterId FROM SurveyResponse")
    subjects = visitor.query(
        "SELECT SubjectId, SurveyResponseId FROM SurveySubject WHERE SurveyResponseId != null ORDER BY Id"
    )
    answered = [each for each in visitor.world.tickets() if each.survey and each.survey.answered_at]

    assert [visitor.identity("Case", each.number) for each in answered] == [each["SubjectId"] for each in subjects]
    for ticket, subject in zip(answered, subjects, strict=True):
        response = responses[subject["SurveyResponseId"]]
        assert ticket.survey is not None
        assert ticket.survey.answered_at == seconds(response["CompletionDateTime"])
        assert visitor.identity("Contact", ticket.requester) == response["SubmitterId"]


def test_recommendations_are_in_an_object_of_the_orgs_own(visitor: Visitor) -> None:
    told = visitor.query("SELECT Score__c, Answered_At__c, Contact__c FROM NPS_Response__c ORDER BY Id")

    assert [
        (each.score, each.answered_at, visitor.identity("Contact", each.person))
        for each in visitor.world.recommendations()
    ] == [(each["Score__c"], seconds(each["Answered_At__c"]), each["Contact__c"]) for each in told]


def test_opportunities_tell_the_deals(visitor: Visitor) -> None:
    told = visitor.query(
        "SELECT Amount, CurrencyIsoCode, IsWon, IsClosed, CloseDate, Account.Name FROM Opportunity ORDER BY Id",
        deleted=True,
    )
    live = [each for each in visitor.world.deals() if each.gone_at is None or each.gone_at + BIN > SECONDS]

    assert [(each.amount / 100, each.currency, each.status == "won") for each in live] == [
        (each["Amount"], each["CurrencyIsoCode"], each["IsWon"]) for each in told
    ]
    for deal, record in zip(live, told, strict=True):
        at = deal.closed_at
        closes = deal.planned_close if at is None else datetime.fromtimestamp(at, UTC).date()
        assert closes.isoformat() == record["CloseDate"]


def test_each_recurring_line_of_a_won_deal_is_an_asset_with_a_state(visitor: Visitor) -> None:
    """A state ends with the last second of the last day."""
    states = visitor.query(
        "SELECT Mrr, StartDate, EndDate, CurrencyIsoCode, Asset.Name FROM AssetStatePeriod ORDER BY Id"
    )
    contracts = list(visitor.world.contracts())

    assert [(each.monthly / 100, each.currency, f"{each.starts_on}T00:00:00.000+0000") for each in contracts] == [
        (each["Mrr"], each["CurrencyIsoCode"], each["StartDate"]) for each in states
    ]
    for contract, state in zip(contracts, states, strict=True):
        end = contract.cancelled_on or contract.ends_on
        assert (end is None) == (state["EndDate"] is None)
        assert end is None or state["EndDate"].endswith("T23:59:59.000+0000")


def test_lines_add_up_to_the_amount(visitor: Visitor) -> None:
    amounts = {key: each["Amount"] for key, each in by_id(visitor, "SELECT Id, Amount FROM Opportunity").items()}
    lines = visitor.query("SELECT OpportunityId, TotalPrice, Quantity, UnitPrice FROM OpportunityLineItem")

    assert {key: round(amount, 2) for key, amount in amounts.items()} == {
        key: round(sum(each["TotalPrice"] for each in lines if each["OpportunityId"] == key), 2) for key in amounts
    }
    assert all(abs(each["Quantity"] * each["UnitPrice"] - each["TotalPrice"]) < 0.005 for each in lines)


def test_the_last_history_of_an_opportunity_is_its_stage(visitor: Visitor) -> None:
    stages = by_id(visitor, "SELECT Id, StageName FROM Opportunity")
    rows = visitor.query("SELECT OpportunityId, StageName FROM OpportunityHistory ORDER BY OpportunityId, CreatedDate")

    assert {key: each["StageName"] for key, each in stages.items()} == {
        row["OpportunityId"]: row["StageName"] for row in rows
    }


def test_campaigns_leads_and_rates(visitor: Visitor) -> None:
    campaigns = list(visitor.world.campaigns())
    leads = list(visitor.world.leads())
    rates = visitor.query("SELECT IsoCode, StartDate, ConversionRate FROM DatedConversionRate")

    assert [sum(spent.amount for spent in each.spend) / 100 for each in campaigns] == [
        each["ActualCost"] for each in visitor.query("SELECT ActualCost FROM Campaign ORDER BY Id")
    ]
    assert [each.converted_at is not None for each in leads] == [
        each["IsConverted"] for each in visitor.query("SELECT IsConverted FROM Lead ORDER BY Id")
    ]
    assert {(each.currency, f"{each.on}"): round(float(each.rate), 6) for each in visitor.world.rates()} == {
        (each["IsoCode"], each["StartDate"]): round(1 / each["ConversionRate"], 6) for each in rates
    }


def test_with_person_accounts_who_works_for_nobody_is_an_account() -> None:
    with_them, without = Visitor(300, person_accounts=True), Visitor(300)
    persons = with_them.query("SELECT Id, PersonContactId, PersonEmail, Name FROM Account WHERE IsPersonAccount = true")
    contacts = by_id(with_them, "SELECT Id, AccountId, Email FROM Contact WHERE IsPersonAccount = true")

    assert persons
    assert {each["PersonContactId"]: (each["Id"], each["PersonEmail"]) for each in persons} == {
        key: (each["AccountId"], each["Email"]) for key, each in contacts.items()
    }
    assert (400, "INVALID_FIELD") == without.code("query", q="SELECT IsPersonAccount FROM Account")


def test_users_are_agents_and_two_who_are_no_people(visitor: Visitor) -> None:
    users = visitor.query("SELECT Name, UserType, IsActive, Username FROM User ORDER BY Id")

    assert [each.name for each in visitor.world.agents()] == [
        each["Name"] for each in users if each["UserType"] == "Standard"
    ]
    assert ["AutomatedProcess", "Guest"] == [each["UserType"] for each in users[-2:]]
    assert "latido@acme.example" == users[0]["Username"]


def test_the_truth_is_told_but_for_thumbs(visitor: Visitor) -> None:
    assert (False, True) == (visitor.sandbox.known.thumbs, visitor.sandbox.known.promises)
    assert list(visitor.world.tickets()) == list(visitor.sandbox.tickets())
