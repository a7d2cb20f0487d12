"""What deals and their steps become."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from latido.schema import Deal, DealStage
from tests.connectors.bitrix24.builders import deal, status, step
from tests.desk import rows

if TYPE_CHECKING:
    from tests.connectors.bitrix24.desk import BitrixDesk, Office

FUNNELS = {"result": {"categories": [{"id": 9, "name": "Renewals"}, {"id": 0, "name": "Sales"}]}}
STAGES = {
    "DEAL_STAGE": [
        status("NEW", "New", None),
        status("WON", "Won", "S", "success"),
        status("LOSE", "Too dear", "F", "failure"),
        status("APOLOGY", "Not ours", "F", "apology"),
    ],
    "DEAL_STAGE_9": [status("C9:NEW", "Asked", "", "process"), status("C9:WON", "Renewed", "S")],
    "SOURCE": [status("WEB", "Website")],
}


@pytest.fixture(autouse=True)
def _funnels(desk: BitrixDesk) -> None:
    desk.on("crm.category.list", FUNNELS)
    desk.on("crm.status.list", lambda params: {"result": STAGES.get(params["filter"]["ENTITY_ID"], [])})


def read(desk: BitrixDesk, office: Office, *told: Any, **settings: Any) -> list[Deal]:
    desk.holds(told)
    return rows(office.pages("deals", **settings), Deal)


def one(desk: BitrixDesk, office: Office, stage: str = "NEW", semantics: str = "P", **fields: Any) -> Deal:
    (found,) = read(desk, office, deal(7, stage, semantics, **fields))
    return found


@pytest.mark.parametrize(
    ("stage", "semantics", "meant"),
    [
        ("NEW", "P", ("open", "New", "Sales")),
        ("WON", "S", ("won", "Won", "Sales")),
        ("LOSE", "F", ("lost", "Too dear", "Sales")),
        ("APOLOGY", "F", ("lost", "Not ours", "Sales")),
        ("C9:NEW", "P", ("open", "Asked", "Renewals")),
        ("C9:WON", "S", ("won", "Renewed", "Renewals")),
        ("C4:GONE", "S", ("won", None, None)),
        ("C4:GONE", "F", ("lost", None, None)),
        ("C4:GONE", None, ("unknown", None, None)),
    ],
)
def test_a_stage_means_what_its_funnel_says(
    desk: BitrixDesk, office: Office, stage: str, semantics: Any, meant: tuple[str | None, ...]
) -> None:
    """Whatever it is called; of one that is gone the deal itself says it. An apology is a loss."""
    found = one(desk, office, stage, semantics)

    assert (*meant, stage) == (found.status, found.stage, found.pipeline, found.stage_raw)


def test_what_is_mapped(desk: BitrixDesk, office: Office) -> None:
    """Nothing is told as 0, or an empty text."""
    found = one(
        desk, office, companyId=12, contactId="34", assignedById=5, opportunity=999.9, currencyId="USD",
        probability=40, sourceId="WEB", originId="crm-1", title="A deal",
    )  # fmt: skip

    assert ("A deal", "12", "34", "5", "crm-1") == (
        found.name, found.account_id, found.contact_id, found.owner_id, found.external_id,
    )  # fmt: skip
    assert (Decimal("999.9"), "USD", 0.4, "Website") == (
        found.amount,
        found.currency,
        found.probability,
        found.lead_source,
    )
    assert "https://acme.bitrix24.com/crm/deal/details/7/" == found.url
    assert one(desk, office, companyId=0, contactId="").account_id is None


@pytest.mark.parametrize(
    "planned", ["2020-06-15T03:00:00+03:00", "2020-06-15T00:00:00+12:00", "2020-06-15T23:00:00-05:00"]
)
def test_a_planned_day_is_cut_in_its_own_zone(desk: BitrixDesk, office: Office, planned: str) -> None:
    """Bitrix24 tells days as an hour of their night."""
    assert date(2020, 6, 15) == one(desk, office, closedate=planned).close_date


def test_a_closed_deal_closed_when_it_last_moved(desk: BitrixDesk, office: Office) -> None:
    """In the project's time zone; the planned day stays where somebody wrote it."""
    moved, planned = "2026-01-05T02:30:00+03:00", "2026-03-31T03:00:00+03:00"

    assert date(2026, 1, 4) == one(desk, office, "WON", "S", movedTime=moved, closedate=planned).close_date
    assert date(2026, 1, 4) == one(desk, office, "LOSE", "F", movedTime=moved, closedate=planned).close_date
    assert date(2026, 3, 31) == one(desk, office, "WON", "S", movedTime=None, closedate=planned).close_date


def test_a_lost_deal_says_why_by_its_stage(desk: BitrixDesk, office: Office) -> None:
    """A funnel has one for each reason."""
    assert "Too dear" == one(desk, office, "LOSE", "F").lost_reason
    assert one(desk, office, "WON", "S").lost_reason is None


def test_templates_are_no_deals(desk: BitrixDesk, office: Office) -> None:
    """From them recurring deals are made; no figure counts them."""
    found = read(desk, office, deal(1), deal(2, isRecurring="Y"))

    assert ["1"] == [each.source_id for each in found]


@pytest.mark.parametrize(
    ("fields", "meaning"),
    [
        ({"isReturnCustomer": "N"}, "new"),
        ({"isReturnCustomer": "Y"}, "expansion"),
        ({"isReturnCustomer": "N", "typeId": "SERVICE"}, "renewal"),
        ({}, None),
    ],
)
def test_what_kind_of_deal_it_is(desk: BitrixDesk, office: Office, fields: dict[str, Any], meaning: str | None) -> None:
    """The settings say what a type means; else it counts whether the customer had bought before."""
    (found,) = read(desk, office, deal(1, **fields), deal_classes={"SERVICE": "renewal"})

    assert meaning == found.deal_class


def test_fields_of_the_users_own_are_kept(desk: BitrixDesk, office: Office) -> None:
    """Under the names that records have them: these are looked up, never made. What is empty is left out."""
    own = {
        name: {"type": "string", "title": name, "upperName": upper}
        for name, upper in {
            "ufCrm3Digit": "UF_CRM_3_DIGIT",
            "ufCrm_3_DIGIT10": "UF_CRM_3_DIGIT10",
            "ufCrmX": "UF_CRM_X",
            "ufCrmY": "UF_CRM_Y",
        }.items()
    }
    desk.on("crm.item.fields", {"result": {"fields": {"id": {"type": "integer"}, **own}}})

    assert {"ufCrm3Digit": 5, "ufCrm_3_DIGIT10": ["a"]} == one(
        desk, office, ufCrm3Digit=5, ufCrm_3_DIGIT10=["a"], ufCrmX=[], ufCrmY=False, ufCrmUnknown=1
    ).custom


@pytest.mark.parametrize(
    ("told", "amount"), [(0, 0), ("0.00", 0), (-5, -5), ("12.50", Decimal("12.5")), ("", None), (None, None)]
)
def test_an_amount_may_be_nothing_or_less(desk: BitrixDesk, office: Office, told: Any, amount: Any) -> None:
    """Nothing is not 0, and what costs nothing is a deal."""
    assert amount == one(desk, office, opportunity=told).amount


def test_a_broken_deal_is_put_aside(desk: BitrixDesk, office: Office) -> None:
    """The others arrive."""
    desk.holds([deal(1), deal(2, opportunity="much"), deal(3)])

    pages = office.pages("deals")

    assert ["1", "3"] == [each.source_id for each in rows(pages, Deal)]
    assert ["2"] == [each.source_id for page in pages for each in page.rejected]


def test_steps_of_deals(desk: BitrixDesk, office: Office) -> None:
    """Ids come as numbers or as text, and keys in capitals."""
    told = [step(35, 21), {**step(36, 21, "C9:WON", "S"), "ID": "36", "OWNER_ID": "21"}, step(37, 21, "C4:GONE", "F")]
    desk.holds(told, "crm.stagehistory.list")

    found = rows(office.pages("deal_stages"), DealStage)

    assert [("35", "21", "New", "open"), ("36", "21", "Renewed", "won"), ("37", "21", "C4:GONE", "lost")] == [
        (each.source_id, each.deal_id, each.stage, each.status) for each in found
    ]
    assert all(each.entered_at == each.created_at is not None for each in found)


def test_funnels_come_fifty_at_a_time(desk: BitrixDesk, office: Office) -> None:
    """Some portals have more."""
    first = {"result": {"categories": [{"id": key, "name": str(key)} for key in range(1, 51)]}, "next": 50}
    desk.on("crm.category.list", first, FUNNELS)

    assert "Renewals" == one(desk, office, "C9:NEW").pipeline
    assert {"entityTypeId": 2, "start": 50} == desk.called("crm.category.list")[-1]
