"""The account, its owners, properties, pipelines, campaigns, currencies and inbox, as the sandbox tells them."""

from __future__ import annotations

from typing import Any

import pytest

from latido_hubspot.sandbox._kinds import KINDS
from tests.connectors.hubspot.visiting import OBJECTS, Visitor

CAMPAIGNS = "marketing/v3/campaigns"


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    return Visitor(600, agents=30)


@pytest.fixture
def fresh() -> Visitor:
    """One that a test may change."""
    return Visitor(100)


def rows(visitor: Visitor, path: str, **params: Any) -> list[Any]:
    return [row for page in visitor.pages(path, **params) for row in page["results"]]


def test_owners_who_left_are_in_another_list(visitor: Visitor) -> None:
    here, gone = (rows(visitor, "crm/v3/owners", archived=archived) for archived in ("false", "true"))
    left = [each for each in visitor.world.agents() if each.left_at is not None]

    assert len(left) == len(gone) > 0
    assert {None} == {each["userId"] for each in gone}
    assert visitor.world.agent_count + 1 == len(here) + len(gone)


def test_an_owner_is_somebody_else_as_user(visitor: Visitor) -> None:
    here = rows(visitor, "crm/v3/owners", limit=7)

    assert {False} == {each["id"] == str(each["userId"]) for each in here}
    assert {"PERSON", "QUEUE"} == {each["type"] for each in here}


def test_owners_of_records_are_among_the_owners(visitor: Visitor) -> None:
    known = {each["id"] for archived in ("false", "true") for each in rows(visitor, "crm/v3/owners", archived=archived)}
    tickets = visitor.walk("tickets", properties="hubspot_owner_id")

    assert {each["properties"]["hubspot_owner_id"] for each in tickets} <= known | {""}


@pytest.mark.parametrize("kind", KINDS)
def test_every_property_of_a_record_is_defined(visitor: Visitor, kind: str) -> None:
    defined = {each["name"]: each for each in visitor.get(f"crm/v3/properties/{kind}")["results"]}
    shown = visitor.get(f"{OBJECTS}/{kind}", limit=1, properties=",".join(defined))["results"][0]["properties"]

    assert defined.keys() <= shown.keys()
    assert {"string", "number", "bool", "date", "datetime", "enumeration", "phone_number"} >= {
        each["type"] for each in defined.values()
    }


def test_some_properties_were_made_by_people_of_the_account(visitor: Visitor) -> None:
    for kind in ("contacts", "companies", "deals", "tickets"):
        own = [
            each["name"]
            for each in visitor.get(f"crm/properties/2026-03/{kind}")["results"]
            if (not each["hubspotDefined"])
        ]
        told = visitor.walk(kind, properties=",".join(own))
        assert {True} == {any(each["properties"][name] for each in told) for name in own}, kind


def test_durations_are_milliseconds(visitor: Visitor) -> None:
    hints = {
        each["name"]: each.get("numberDisplayHint") for each in visitor.get("crm/v3/properties/tickets")["results"]
    }
    ticket = next(each for each in visitor.world.tickets() if each.first_reply_at and each.fate == "live")
    told = visitor.record("tickets", ticket.number, properties="time_to_first_agent_reply")["properties"]

    assert "duration" == hints["time_to_first_agent_reply"]
    assert str(((ticket.first_reply_at or 0) - ticket.created_at) * 1_000) == told["time_to_first_agent_reply"]


def test_stages_say_what_they_mean_in_texts(visitor: Visitor) -> None:
    deals = visitor.get("crm/v3/pipelines/deals")["results"]
    meanings = {stage["id"]: stage["metadata"] for pipeline in deals for stage in pipeline["stages"]}

    assert 2 == len(deals)
    assert {"isClosed": "true", "probability": "1.0"} == meanings["closedwon"]
    assert {"isClosed": "true", "probability": "0.0"} == meanings["closedlost"]


def test_tickets_have_the_stages_one_to_four(visitor: Visitor) -> None:
    first = visitor.get("crm/v3/pipelines/tickets")["results"][0]

    assert [("1", "OPEN"), ("2", "OPEN"), ("3", "OPEN"), ("4", "CLOSED")] == [
        (stage["id"], stage["metadata"]["ticketState"]) for stage in first["stages"]
    ]


def test_histories_tell_of_stages_that_are_archived_or_gone(visitor: Visitor) -> None:
    deals = visitor.walk("deals", properties="dealstage", propertiesWithHistory="dealstage")
    told = {each["value"] for deal in deals for each in deal["propertiesWithHistory"]["dealstage"]}
    stages = [stage for each in visitor.get("crm/v3/pipelines/deals")["results"] for stage in each["stages"]]

    assert ["decisionmakerboughtin"] == [stage["id"] for stage in stages if stage["archived"]]
    assert "decisionmakerboughtin" in told
    assert {"93041127"} == told - {stage["id"] for stage in stages}


@pytest.mark.parametrize("version", ["v3", "2026-03"])
def test_the_account_has_a_currency_and_a_zone(visitor: Visitor, version: str) -> None:
    account = visitor.get(f"account-info/{version}/details")

    assert ("EUR", "Europe/Madrid") == (account["companyCurrency"], account["timeZone"])


def test_with_one_currency_deals_name_none(fresh: Visitor) -> None:
    assert None not in {
        each["properties"]["deal_currency_code"] for each in fresh.walk("deals", properties="deal_currency_code")
    }
    fresh.switches.single_currency = True
    told = fresh.walk("deals", properties="deal_currency_code,amount")

    assert {None} == {each["properties"]["deal_currency_code"] for each in told}
    assert [] == rows(fresh, "settings/v3/currencies/exchange-rates")


def test_rates_lead_to_the_company_currency(visitor: Visitor) -> None:
    told = rows(visitor, "settings/currencies/2026-03/exchange-rates", limit=10)
    world = list(visitor.world.rates())

    assert [(each.currency, float(each.rate)) for each in world] == [
        (each["fromCurrencyCode"], each["conversionRate"]) for each in told
    ]
    assert {"EUR"} == {each["toCurrencyCode"] for each in told}
    latest = visitor.get("settings/v3/currencies/exchange-rates/current")["results"]
    assert sorted(each["fromCurrencyCode"] for each in latest) == ["GBP", "USD"]
    assert "EUR" == visitor.get("settings/v3/currencies/company-currency")["currencyCode"]


def test_campaigns_come_last_changed_first(visitor: Visitor) -> None:
    told = rows(visitor, CAMPAIGNS, sort="-updatedAt", limit=5, properties="hs_name")

    assert sorted((each["updatedAt"] for each in told), reverse=True) == [each["updatedAt"] for each in told]
    assert {each.name for each in visitor.world.campaigns()} == {each["properties"]["hs_name"] for each in told}


def test_a_property_of_a_campaign_that_may_not_be_read_is_refused(visitor: Visitor) -> None:
    assert 400 == visitor.ask(CAMPAIGNS, properties="hs_name,hs_audience_size").status_code


def test_spend_is_told_campaign_by_campaign_without_its_date(visitor: Visitor) -> None:
    spent = {each.name: sum(one.amount for one in each.spend) / 100 for each in visitor.world.campaigns()}

    for each in rows(visitor, CAMPAIGNS, properties="hs_name"):
        totals = visitor.get(f"{CAMPAIGNS}/{each['id']}/budget/totals")
        assert spent[each["properties"]["hs_name"]] == totals["spendTotal"]
        assert {"id", "name", "amount", "order", "createdAt", "updatedAt"} >= {
            key for item in totals["spendItems"] for key in item
        }


def test_a_campaign_moves_up_when_money_is_spent(fresh: Visitor) -> None:
    last = rows(fresh, CAMPAIGNS, sort="-updatedAt", properties="hs_name")[-1]
    number = next(each.number for each in fresh.world.campaigns() if each.name == last["properties"]["hs_name"])
    fresh.deed.spend(number, 12_345)

    first = rows(fresh, CAMPAIGNS, sort="-updatedAt", properties="hs_name")[0]
    assert (last["id"], "2026-11-01T12:00:00Z") == (first["id"], first["updatedAt"])
    assert 123.45 == fresh.get(f"{CAMPAIGNS}/{first['id']}/budget/totals")["spendItems"][-1]["amount"]


def test_a_thread_tells_who_wrote(visitor: Visitor) -> None:
    ticket = next(each for each in visitor.world.tickets() if each.fate == "live" and len(each.replies) > 1)
    path = "conversations/v3/conversations/threads"
    [thread] = visitor.get(path, associatedTicketId=visitor.identity("tickets", ticket.number))["results"]
    messages = visitor.get(f"{path}/{thread['id']}/messages")["results"]
    ours = [each for each in messages if each["type"] == "MESSAGE" and each["senders"][0]["actorId"].startswith("A-")]

    assert len([each for each in ticket.comments if each.public and each.author.role == "agent"]) == len(ours)
    assert {"OUTGOING"} == {each["direction"] for each in ours}
    assert sorted((each["createdAt"] for each in messages), reverse=True) == [each["createdAt"] for each in messages]


def test_threads_are_walked_by_id(visitor: Visitor) -> None:
    told = rows(visitor, "conversations/conversations/2026-09-beta/threads", limit=100)

    assert len(visitor.walk("tickets")) == len({each["id"] for each in told}) == len(told)
