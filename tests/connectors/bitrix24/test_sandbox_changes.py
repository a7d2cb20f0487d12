"""What people do in the sandbox, and what can be seen of it; what stands there at first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from latido.testing.world import iso
from tests.connectors.bitrix24.visiting import NOON, UP, Visitor

LEAD, DEAL, CONTACT, COMPANY, INVOICE, REQUEST, SURVEY = 1, 2, 3, 4, 31, 130, 134


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(24, people=120)


def item(visitor: Visitor, kind: str, type_id: int, number: int) -> Any:
    """Return an item by its number."""
    identity = visitor.sandbox.records.book(kind).kind.identity(number)
    return visitor.result("crm.item.get", entityTypeId=type_id, id=identity)["item"]


def history(visitor: Visitor, type_id: int, owner: int) -> list[Any]:
    rows = visitor.steps("crm.stagehistory.list", "items", "ID", entityTypeId=type_id, filter={"OWNER_ID": owner})
    return list(rows)


def utc(stamp: str) -> str:
    return iso(int(datetime.fromisoformat(stamp).timestamp()))


def test_what_is_changed_says_when(visitor: Visitor) -> None:
    visitor.deed.change("companies", 1, title="Otra")

    assert ("Otra", NOON) == tuple(item(visitor, "companies", COMPANY, 1)[name] for name in ("title", "updatedTime"))


def test_many_records_change_in_one_second(visitor: Visitor) -> None:
    numbers = visitor.deed.touch_all("deals", 0, 7)
    found = visitor.items(DEAL, filter={">=updatedTime": NOON}, order=UP, start=-1)

    assert [37 + number for number in numbers] == [each["id"] for each in found]


def test_what_is_deleted_leaves_no_trace(visitor: Visitor) -> None:
    visitor.deed.delete("deals", 0)

    assert 37 not in [each["id"] for each in visitor.walk(DEAL, select=["id"])]
    assert (400, "NOT_FOUND") == visitor.error("crm.item.get", entityTypeId=DEAL, id=37)
    assert [] == history(visitor, DEAL, 37)


def test_what_is_restored_is_as_it_was_and_was_written_to(visitor: Visitor) -> None:
    before = item(visitor, "deals", DEAL, 0)
    visitor.deed.delete("deals", 0)
    visitor.deed.restore("deals", 0)

    assert {**before, "updatedTime": NOON} == item(visitor, "deals", DEAL, 0)
    assert history(visitor, DEAL, 37)


def test_what_we_may_see_again_is_as_old_as_it_was(visitor: Visitor) -> None:
    before = item(visitor, "contacts", CONTACT, 0)
    visitor.deed.conceal("contacts", 0)
    assert (400, "NOT_FOUND") == visitor.error("crm.item.get", entityTypeId=CONTACT, id=before["id"])
    visitor.deed.reveal("contacts", 0)

    assert before == item(visitor, "contacts", CONTACT, 0)


def test_the_loser_of_a_merge_vanishes(visitor: Visitor) -> None:
    visitor.deed.merge("companies", 2, 1)

    assert (400, "NOT_FOUND") == visitor.error("crm.item.get", entityTypeId=COMPANY, id=15)
    assert NOON == item(visitor, "companies", COMPANY, 1)["updatedTime"]


def test_a_deal_moves_and_its_history_grows(visitor: Visitor) -> None:
    number = next(deal.number for deal in visitor.world.deals() if deal.status == "open" and deal.gone_at is None)
    before = history(visitor, DEAL, 37 + number)
    visitor.deed.move_deal(number, "won")
    after, deal = history(visitor, DEAL, 37 + number), item(visitor, "deals", DEAL, number)

    assert (before, 3, "S", NOON) == (
        after[:-1], after[-1]["TYPE_ID"], after[-1]["STAGE_SEMANTIC_ID"], after[-1]["CREATED_TIME"],
    )  # fmt: skip
    assert ("Y", "S", "2026-11-01") == (deal["closed"], deal["stageSemanticId"], deal["closedate"][:10])


def test_deals_are_told_as_the_world_has_them(visitor: Visitor) -> None:
    known = {37 + deal.number: deal for deal in visitor.world.deals() if deal.gone_at is None}
    told = {each["id"]: each for each in visitor.walk(DEAL) if each["isRecurring"] == "N"}

    assert known.keys() == told.keys()
    assert [deal.amount for deal in known.values()] == [round(100 * told[key]["opportunity"]) for key in known]
    assert {"P": "open", "S": "won", "F": "lost"} == {
        told[key]["stageSemanticId"]: deal.status for key, deal in known.items()
    }
    assert [iso(deal.created_at) for deal in known.values()] == [utc(told[key]["createdTime"]) for key in known]


def test_some_lose_with_an_apology(visitor: Visitor) -> None:
    lost = {each["stageId"].rpartition(":")[2] for each in visitor.walk(DEAL, filter={"stageSemanticId": "F"})}
    rows = visitor.result("crm.status.list", filter={"ENTITY_ID": "DEAL_STAGE_9"})
    meant = {each["STATUS_ID"]: (each["SEMANTICS"], each["EXTRA"]["SEMANTICS"]) for each in rows}

    assert {"LOSE", "APOLOGY"} == lost
    assert (("S", "success"), ("F", "apology")) == (meant["C9:WON"], meant["C9:APOLOGY"])
    assert {"", None} == {semantics for semantics, more in meant.values() if more == "process"}


def test_every_contract_has_a_template(visitor: Visitor) -> None:
    contracts = list(visitor.world.contracts())
    rows = list(visitor.steps("crm.deal.recurring.list", None, "id"))
    templates = [each for each in visitor.walk(DEAL) if each["isRecurring"] == "Y"]
    by_id = {each["id"]: each for each in templates}

    assert len(contracts) == len(rows) == len(templates)
    for contract, row in zip(contracts, rows, strict=True):
        months = {"month": 1, "year": 12}[row["PARAMS"]["MULTIPLE_TYPE"]]
        assert contract.monthly * months == round(100 * by_id[int(row["deal_id"])]["opportunity"])
        assert str(37 + contract.deal) == row["based_id"]
        assert contract.starts_on.isoformat() == row["START_DATE"][:10]
        assert bool(row["NEXT_EXECUTION"]) == (row["ACTIVE"] == "Y")


def test_the_rows_of_a_deal_add_up(visitor: Visitor) -> None:
    deal = next(each for each in visitor.world.deals() if each.lines and each.gone_at is None)
    rows = visitor.result("crm.item.productrow.list", filter={"=ownerType": "D", "=ownerId": 37 + deal.number})

    assert [line.quantity * line.unit_price for line in deal.lines] == [
        round(100 * row["price"] * row["quantity"]) for row in rows["productRows"]
    ]


def test_a_template_sells_one_line(visitor: Visitor) -> None:
    template = visitor.items(DEAL, filter={"isRecurring": "Y"}, order=UP)[0]
    rows = visitor.result("crm.item.productrow.list", filter={"=ownerType": "D", "=ownerId": template["id"]})

    assert [template["opportunity"]] == [row["price"] * row["quantity"] for row in rows["productRows"]]


def test_won_deals_are_invoiced_and_most_are_paid(visitor: Visitor) -> None:
    invoices = visitor.walk(INVOICE)
    won = [deal for deal in visitor.world.deals() if deal.status == "won" and deal.gone_at is None]
    paid = [each for each in invoices if each["stageId"] == "DT31_3:P"]

    assert [37 + deal.number for deal in won] == [each["parentId2"] for each in invoices]
    assert 0 < len(paid) < len(invoices)
    payments = [visitor.result("crm.item.payment.list", entityTypeId=DEAL, entityId=37 + each.number) for each in won]
    assert len(paid) == sum(map(len, payments))


def test_the_portals_own_company_is_among_the_others(visitor: Visitor) -> None:
    assert ["Latido Software S.L."] == [each["title"] for each in visitor.walk(COMPANY, filter={"isMyCompany": "Y"})]


def test_a_reply_is_an_activity_of_its_request(visitor: Visitor) -> None:
    number = next(each.number for each in visitor.world.tickets() if each.fate == "live")
    letters = {"OWNER_TYPE_ID": REQUEST, "OWNER_ID": 1 + number, "PROVIDER_ID": "CRM_EMAIL"}
    before = list(visitor.steps("crm.activity.list", None, "ID", filter=letters))
    visitor.deed.reply(number)
    *rest, last = visitor.steps("crm.activity.list", None, "ID", filter=letters)

    assert before == rest
    assert ("2", NOON) == (last["DIRECTION"], last["CREATED"])
    assert NOON == item(visitor, "requests", REQUEST, number)["updatedTime"]


def test_a_request_is_solved_and_opened_again(visitor: Visitor) -> None:
    (number,) = visitor.deed.add_tickets()
    for deed in (visitor.deed.solve, visitor.deed.reopen, visitor.deed.solve, visitor.deed.give_up):
        deed(number)
    rows = history(visitor, REQUEST, 1 + number)

    assert ["S", "P", "S", "F"] == [each["STAGE_SEMANTIC_ID"] for each in rows[-4:]]
    assert "DT130_15:FAIL" == item(visitor, "requests", REQUEST, number)["stageId"]
    assert visitor.sandbox.records.desk.ticket(number).reopens


def test_requests_go_through_the_stages_that_the_world_says(visitor: Visitor) -> None:
    for ticket in visitor.world.tickets():
        if ticket.fate == "live":
            told = [each for each in history(visitor, REQUEST, 1 + ticket.number) if each["STAGE_SEMANTIC_ID"] == "S"]
            assert [iso(at) for at in ticket.solves][-1:] == [utc(each["CREATED_TIME"]) for each in told][-1:]


def test_answers_are_items_of_their_own(visitor: Visitor) -> None:
    answered = [each for each in visitor.world.tickets() if each.survey and each.survey.satisfaction is not None]
    number = next(each.number for each in visitor.world.tickets() if each.fate == "live")
    before = len(visitor.walk(SURVEY))
    visitor.deed.answer(number, satisfaction=2, ease=6)
    after = visitor.walk(SURVEY)

    assert answered
    assert len(after) - before in {0, 1, 2}
    assert {(102, 2), (103, 6)} == {
        (each["ufCrm6Kind"], each["ufCrm6Score"]) for each in after if each["parentId130"] == 1 + number
    }


def test_leads_that_came_by_a_form_left_an_activity(visitor: Visitor) -> None:
    leads = [each["id"] for each in visitor.walk(LEAD, filter={"webformId": 5})]
    filled = visitor.steps("crm.activity.list", None, "ID", filter={"PROVIDER_ID": "CRM_WEBFORM"})

    assert leads == [int(each["OWNER_ID"]) for each in filled]


@pytest.mark.parametrize("kept", ["spa", "tasks", "openlines"])
def test_something_always_changes(kept: Any) -> None:
    visitor = Visitor(24, people=60, kept=kept)
    books = [visitor.sandbox.records.book(name) for name in ("contacts", "companies", "deals", "activities")]
    books.append(visitor.sandbox.records.book(visitor.sandbox.records.desk.book_name))
    for _ in range(30):
        before = sum(each.writes for each in books)
        visitor.sandbox.write_something()
        assert before < sum(each.writes for each in books)


def test_tasks_are_asked_for_in_capitals_and_told_in_camel_case() -> None:
    visitor = Visitor(24, people=60, kept="tasks")
    live = [each for each in visitor.world.tickets() if each.fate == "live"]
    told = list(visitor.steps("tasks.task.list", "tasks", "id", select=["ID", "CREATED_DATE", "STATUS", "UF_CRM_TASK"]))

    assert [iso(each.created_at) for each in live] == [utc(each["createdDate"]) for each in told]
    assert {"id", "createdDate", "status", "ufCrmTask"} == told[0].keys()
    assert [each.is_solved for each in live] == [each["status"] == "5" for each in told]


def test_comments_of_a_task_are_told_one_task_at_a_time() -> None:
    visitor = Visitor(24, people=60, kept="tasks")
    ticket = next(each for each in visitor.world.tickets() if each.fate == "live" and each.replies)
    told = visitor.result("task.commentitem.getlist", TASKID=101 + 2 * ticket.number)

    assert [iso(each.at) for each in ticket.replies] == [
        utc(each["POST_DATE"]) for each in told if each["AUTHOR_ID"] != "1" or ticket.agent == 0
    ][: len(ticket.replies)]


def test_a_session_is_found_by_its_activity() -> None:
    visitor = Visitor(24, people=60, kept="openlines")
    ticket = next(each for each in visitor.world.tickets() if each.fate == "live" and each.replies)
    session = visitor.result("imopenlines.session.history.get", SESSION_ID=301 + ticket.number)
    said = sorted(session["message"].values(), key=lambda each: int(each["id"]))
    people = [each for each in said if each["senderid"] != "0"]
    customers = {key for key, each in session["users"].items() if each["connector"]}

    assert len(said) == len(people) + 1
    assert [iso(each.at) for each in ticket.replies] == [
        utc(each["date"]) for each in people[1:] if each["senderid"] not in customers
    ]


def test_a_portal_keeps_tickets_in_one_place() -> None:
    def titles(kept: Any) -> list[str]:
        found = Visitor(12, people=60, kept=kept).result("crm.type.list")["types"]
        return [each["title"] for each in found]

    assert (["Requests", "Surveys"], ["Surveys"]) == (titles("spa"), titles("tasks"))


def test_a_spoilt_record_has_a_date_that_is_none(visitor: Visitor) -> None:
    visitor.deed.spoil("deals", 2)

    assert "the day before" == item(visitor, "deals", DEAL, 2)["createdTime"]


def test_a_template_is_switched_off(visitor: Visitor) -> None:
    rows = visitor.result("crm.deal.recurring.list", filter={"ACTIVE": "Y"}, order=UP)
    visitor.deed.switch_off((int(rows[0]["id"]) - 1) // 4)

    assert rows[1:] == visitor.result("crm.deal.recurring.list", filter={"ACTIVE": "Y"}, order=UP)[: len(rows) - 1]
