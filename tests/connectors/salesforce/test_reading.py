"""How changes are read: everything once, and what changed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.schema import Account
from tests.connectors.salesforce.builders import account
from tests.connectors.salesforce.desk import found
from tests.desk import last_cursor, rows

if TYPE_CHECKING:
    from tests.connectors.salesforce.desk import Office, SalesforceDesk


def test_the_first_reading_brings_everything_in_the_order_of_change(desk: SalesforceDesk, office: Office) -> None:
    desk.has("Account", "Name").rows("Account", found(account(1), account(2)))

    pages = office.pages("accounts")

    assert ["001000000000001AAA", "001000000000002AAA"] == [each.source_id for each in rows(pages, Account)]
    (query,) = desk.queries("Account")
    assert query.startswith("SELECT Id, SystemModstamp, CreatedDate, IsDeleted, Name FROM Account WHERE ")
    assert query.endswith("ORDER BY SystemModstamp, Id")
    assert {"since": "2026-01-10T11:55:01+00:00"} == last_cursor(pages)
