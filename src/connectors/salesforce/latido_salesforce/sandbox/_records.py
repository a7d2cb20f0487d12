"""What the org holds now: the world as it ended, and what was written since."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from latido_salesforce.sandbox import _cases as cases
from latido_salesforce.sandbox import _market as market
from latido_salesforce.sandbox import _people as people
from latido_salesforce.sandbox import _sales as sales
from latido_salesforce.sandbox import _schema_customers as customers
from latido_salesforce.sandbox import _schema_sales as selling
from latido_salesforce.sandbox import _schema_service as service
from latido_salesforce.sandbox import _small as small
from latido_salesforce.sandbox import _surveys as surveys
from latido_salesforce.sandbox._family import Family
from latido_salesforce.sandbox._table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from latido.testing.world import Customer, Deal, Person, Ticket
    from latido_salesforce.sandbox._account import Account
    from latido_salesforce.sandbox._family import Rows
    from latido_salesforce.sandbox._fields import SObject

_HANGS_ON_CASES = (
    service.CASE_HISTORY, service.EMAIL_MESSAGE, service.CASE_COMMENT, service.CASE_MILESTONE,
    service.SURVEY_INVITATION, service.SURVEY_RESPONSE, service.SURVEY_QUESTION_RESPONSE, service.SURVEY_SUBJECT,
)  # fmt: skip
_HANGS_ON_DEALS = (
    selling.OPPORTUNITY, selling.OPPORTUNITY_HISTORY, selling.OPPORTUNITY_LINE_ITEM, selling.CONTRACT, selling.ASSET,
    selling.ASSET_STATE_PERIOD,
)  # fmt: skip


_MADE: dict[SObject, Callable[[Account], Iterator[dict[str, Any]]]] = {
    customers.ACCOUNT_CONTACT_RELATION: people.relation_records,
    customers.LEAD: lambda account: (market.lead_record(account, each) for each in account.world.leads()),
    customers.USER: people.user_records,
    customers.GROUP: people.group_records,
    service.MILESTONE_TYPE: small.milestone_type_records,
    service.CASE_STATUS: small.case_status_records,
    service.SURVEY: surveys.survey_records,
    service.SURVEY_QUESTION: surveys.question_records,
    service.RECOMMENDATION: surveys.recommendation_records,
    selling.PRODUCT: lambda account: (market.product_record(account, each) for each in account.world.products()),
    selling.CAMPAIGN: lambda account: (market.campaign_record(account, each) for each in account.world.campaigns()),
    selling.CURRENCY_TYPE: market.currency_records,
    selling.DATED_CONVERSION_RATE: market.rate_records,
    selling.OPPORTUNITY_STAGE: market.stage_records,
    selling.ORGANIZATION: small.organization_records,
}
"""The tables that only show what the world is."""


class Records:
    """Every table, and the things that were changed. Accounts, contacts and cases have the world's numbers.

    Cases are rendered when the sandbox starts, everything else when somebody first asks for it.
    """

    def __init__(self, account: Account) -> None:
        self.account = account
        self.world = account.world
        self.ticket_count = self.world.ticket_count
        self._tickets: dict[int, Ticket] = {}
        self._people: dict[int, Person] = {}
        self._customers: dict[int, Customer] = {}
        self._deals: dict[int, Deal] = {}
        self._places: dict[int, int] = {}
        self._written: dict[int, int] = {}
        self.on_cases = Family(_HANGS_ON_CASES, self.all_tickets, self._case_rows)
        self.on_deals = Family(_HANGS_ON_DEALS, self.world.deals, self._deal_rows)
        self.tables = {each.sobject.name: each for each in self._made()}
        self.cases = self.tables["Case"]
        self.cases.fill()

    def fill(self) -> None:
        """Render everything now."""
        for table in self.tables.values():
            table.fill()

    def ticket(self, number: int) -> Ticket:
        return self._tickets.get(number) or self.world.ticket(number)

    def all_tickets(self) -> Iterator[Ticket]:
        """Yield every ticket as it stands now: what the truth is computed from."""
        return (self.ticket(number) for number in range(self.ticket_count))

    def put_ticket(self, ticket: Ticket, now: int) -> None:
        """Store a ticket that was written to, or is new."""
        self._tickets[ticket.number] = ticket
        self.ticket_count = max(self.ticket_count, ticket.number + 1)
        self.cases.put(ticket.number, cases.case_record(self.account, ticket))
        self.on_cases.put(ticket.number, ticket, now)

    def person(self, number: int) -> Person:
        return self._people.get(number) or self.world.person(number)

    def put_person(self, person: Person) -> None:
        self._people[person.number] = person
        self.tables["Contact"].put(person.number, people.contact_record(self.account, person))

    def customer(self, number: int) -> Customer:
        return self._customers.get(number) or self.world.customer(number)

    def put_customer(self, customer: Customer) -> None:
        self._customers[customer.number] = customer
        self.tables["Account"].put(customer.number, people.account_record(self.account, customer))

    def deal(self, place: int) -> Deal:
        """Return the deal in that place among all."""
        self.on_deals.tables["Opportunity"].fill()
        number = next(number for number, each in self._places.items() if each == place)
        return self._deals.get(number) or self.world.deal(number)

    def put_deal(self, place: int, deal: Deal, now: int) -> None:
        """Store a deal that was written to: all that hangs on it is written with it."""
        self._deals[deal.number] = deal
        self._written[deal.number] = now
        self.on_deals.put(place, deal, now)

    def _case_rows(self, ticket: Ticket, place: int, family: Family[Ticket]) -> Rows:
        gone_at = cases.deleted_at(ticket)
        rows: dict[str, list[dict[str, Any]]] = {
            "CaseHistory": cases.history_records(self.account, ticket),
            "EmailMessage": list(cases.email_records(self.account, ticket)),
            "CaseComment": list(cases.comment_records(self.account, ticket)),
            "CaseMilestone": list(cases.milestone_records(self.account, ticket)),
            **self._survey_rows(ticket, place, family),
        }
        if gone_at is None:
            return rows
        gone = {"IsDeleted": True, "GoneAt": gone_at}
        for name in ("CaseHistory", "EmailMessage", "CaseComment"):
            rows[name] = [{**row, **gone, "SystemModstamp": gone_at} for row in rows[name]]
        return rows

    def _survey_rows(self, ticket: Ticket, place: int, family: Family[Ticket]) -> dict[str, list[dict[str, Any]]]:
        names = ("SurveyInvitation", "SurveyResponse", "SurveyQuestionResponse", "SurveySubject")
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
        if ticket.survey is None:
            return rows
        invitation = family.identity("SurveyInvitation", place)
        rows["SurveyInvitation"].append(surveys.invitation_record(self.account, ticket))
        response = None
        if ticket.survey.answered_at is not None:
            response = family.identity("SurveyResponse", place)
            rows["SurveyResponse"].append(surveys.response_record(self.account, ticket, invitation))
            rows["SurveyQuestionResponse"] += surveys.answer_records(self.account, ticket, invitation, response)
        rows["SurveySubject"].append(surveys.subject_record(self.account, ticket, invitation, response))
        return rows

    def _deal_rows(self, deal: Deal, place: int, family: Family[Deal]) -> Rows:
        self._places[deal.number] = place
        former = self._places.get(-1 if deal.supersedes is None else deal.supersedes)
        followed = None if former is None else family.tables["Opportunity"].identity(former)
        rows = sales.deal_rows(self.account, deal, place, family, followed)
        if deal.number not in self._written:
            return rows
        stamp = {"SystemModstamp": self._written[deal.number]}
        return {name: [{**row, **stamp} for row in each] for name, each in rows.items()}

    def _made(self) -> Iterator[Table]:
        account = self.account
        yield Table(service.CASE, lambda: (cases.case_record(account, each) for each in self.world.tickets()))
        yield from self.on_cases.tables.values()
        yield from self.on_deals.tables.values()
        yield Table(customers.ACCOUNT, self._accounts)
        yield Table(customers.CONTACT, self._contacts)
        yield from (Table(sobject, partial(make, account)) for sobject, make in _MADE.items())

    def _accounts(self) -> Iterator[dict[str, Any]]:
        for customer in self.world.customers():
            yield people.account_record(self.account, customer)
        if self.account.persons:
            for person in self.account.unattached:
                yield people.person_account_record(self.account, self.world.person(person))

    def _contacts(self) -> Iterator[dict[str, Any]]:
        return (people.contact_record(self.account, each) for each in self.world.people())
