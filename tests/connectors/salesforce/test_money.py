"""What recurs by sale."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from latido.errors import ConfigurationError, NotOffered
from latido.schema import Contract
from tests.connectors.salesforce.builders import key
from tests.connectors.salesforce.desk import found
from tests.connectors.salesforce.sales import ACCOUNT, DEAL, instalment, line, opened
from tests.desk import rows

if TYPE_CHECKING:
    from latido.connect import Page
    from tests.connectors.salesforce.desk import Office, SalesforceDesk

BY_TERM = {"line_items": {"months": "Term__c"}}


def pages(desk: SalesforceDesk, office: Office, *lines: Any, **recurring: Any) -> list[Page]:
    opened(desk).rows("OpportunityLineItem", found(*lines))
    return office.pages("line_items", recurring={"line_items": recurring or {"months": "Term__c"}})


def read(desk: SalesforceDesk, office: Office, *lines: Any, **recurring: Any) -> list[Any]:
    return rows(pages(desk, office, *lines, **recurring), Contract)


def test_a_line_with_a_term_recurs_for_its_share_of_the_total(desk: SalesforceDesk, office: Office) -> None:
    (row,) = read(desk, office, line())

    assert (f"line:{key('00k', 1)}", ACCOUNT, DEAL, "Portal", Decimal(100), "USD") == (
        row.source_id, row.account_id, row.deal_id, row.product, row.recurring_monthly_amount, row.currency,
    )  # fmt: skip
    assert date(2026, 1, 31) == row.booked_on


@pytest.mark.parametrize(
    ("starts", "months", "ends"),
    [("2026-01-31", 1, date(2026, 2, 28)), ("2024-02-29", 12, date(2025, 2, 28)), ("2026-11-15", 3, date(2027, 2, 15))],
)
def test_a_term_is_counted_from_its_first_day(
    desk: SalesforceDesk, office: Office, starts: str, months: int, ends: date
) -> None:
    (row,) = read(desk, office, line(ServiceDate=starts, Term__c=float(months)))

    assert (date.fromisoformat(starts), ends) == (row.starts_on, row.ends_on)


def test_without_a_date_of_service_a_line_starts_when_it_was_sold(desk: SalesforceDesk, office: Office) -> None:
    (row,) = read(desk, office, line(ServiceDate=None))

    assert date(2026, 1, 31) == row.starts_on


def test_fields_may_tell_the_amount_and_the_last_day(desk: SalesforceDesk, office: Office) -> None:
    (row,) = read(desk, office, line(MRR__c=75.5, Ends__c="2026-06-30"), monthly="MRR__c", ends_on="Ends__c")

    assert (Decimal("75.5"), date(2026, 7, 1)) == (row.recurring_monthly_amount, row.ends_on)


@pytest.mark.parametrize("other", [line(Term__c=None), line(Term__c=0.0), line(won=False)])
def test_a_line_that_does_not_recur_or_is_not_won_is_no_contract(
    desk: SalesforceDesk, office: Office, other: Any
) -> None:
    """It may have been one before."""
    (page, _last) = pages(desk, office, other)

    assert [] == rows([page], Contract)
    assert {f"line:{key('00k', 1)}": None} == page.deleted[Contract]


def test_a_part_of_a_month_is_put_aside(desk: SalesforceDesk, office: Office) -> None:
    (page, _last) = pages(desk, office, line(Term__c=1.5))

    assert ["recurring_monthly_amount: expected whole months"] == [each.reason for each in page.rejected]


def test_a_deal_that_is_won_later_brings_its_lines_which_nothing_touched(desk: SalesforceDesk, office: Office) -> None:
    opened(desk).rows("OpportunityLineItem", found(line()), found())

    read_pages = office.pages("line_items", {"since": "2026-01-10T11:00:00+00:00"}, recurring=BY_TERM)

    assert 1 == len(rows(read_pages, Contract))
    of_deals, changed = desk.queries("OpportunityLineItem")
    assert "(Opportunity.SystemModstamp >= 2026-01-10T10:45:00Z)" in of_deals
    assert "(SystemModstamp >= 2026-01-10T10:45:00Z" in changed


def test_lines_are_read_only_where_the_settings_say_what_recurs(desk: SalesforceDesk, office: Office) -> None:
    opened(desk)

    assert "line_items" not in {each.name for each in office.connector().chosen()}
    assert "line_items" in {each.name for each in office.connector(recurring=BY_TERM).chosen()}
    with pytest.raises(NotOffered) as caught:
        office.pages("line_items")

    assert "[sources.crm.recurring.line_items]" in str(caught.value.hint)


def test_a_field_that_there_is_not_is_said_before_anything_is_lost(desk: SalesforceDesk, office: Office) -> None:
    opened(desk)

    with pytest.raises(ConfigurationError) as caught:
        office.pages("line_items", recurring={"line_items": {"months": "Terms__c"}})

    assert "OpportunityLineItem has no field Terms__c that this user may see." == str(caught.value.message)
    assert "Term__c" in str(caught.value.hint)


def test_who_may_not_see_what_is_won_reads_no_lines(desk: SalesforceDesk, office: Office) -> None:
    """Else all of them would seem to be lost."""
    opened(desk).has("Opportunity", "AccountId")

    with pytest.raises(NotOffered):
        office.pages("line_items", recurring=BY_TERM)


@pytest.mark.parametrize("said", [{}, {"starts_on": "ServiceDate"}, {"monthly": "MRR__c", "yearly": "ARR__c"}])
def test_settings_say_the_amount_in_one_way(office: Office, said: Any) -> None:
    with pytest.raises(ValidationError):
        office.settings(recurring={"line_items": said})


def test_instalments_are_contracts_for_as_long_as_the_settings_say(desk: SalesforceDesk, office: Office) -> None:
    opened(desk).rows("OpportunityLineItemSchedule", found(instalment(), instalment(2, Revenue=None)))

    read_pages = office.pages("schedules", recurring={"schedules": {"months": 3}})

    (row,) = rows(read_pages, Contract)
    assert (f"schedule:{key('00o', 1)}", ACCOUNT, DEAL, Decimal(100), date(2026, 2, 1), date(2026, 5, 1)) == (
        row.source_id, row.account_id, row.deal_id, row.recurring_monthly_amount, row.starts_on, row.ends_on,
    )  # fmt: skip


def test_a_line_leaves_it_to_its_schedule_where_that_is_read(desk: SalesforceDesk, office: Office) -> None:
    opened(desk).rows("OpportunityLineItem", found(line(HasRevenueSchedule=True)))

    alone = office.pages("line_items", recurring=BY_TERM)
    beside = office.pages("line_items", recurring={**BY_TERM, "schedules": {"months": 1}})

    assert (1, 0) == (len(rows(alone, Contract)), len(rows(beside, Contract)))
