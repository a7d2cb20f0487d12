"""Everything that is sold, rendered into the records of an account."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from latido.testing.world import iso
from latido_hubspot.sandbox import _sales as sales
from latido_hubspot.sandbox._campaigns import campaign_id
from latido_hubspot.sandbox._feedback import NPS, Answer
from latido_hubspot.sandbox._shop import cart_record, order_record

if TYPE_CHECKING:
    from latido.testing.world import Cart, Contract, Deal, Lead, Recommendation
    from latido_hubspot.sandbox._book import Record
    from latido_hubspot.sandbox._records import Records


_MOST_LINES = 8


class SalesBooks:
    """Deals with their lines, subscriptions, leads, carts, orders, recommendations: each deal by its own number."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._world = records.world
        self._books = records.books
        self._products = list(records.world.products())
        self._rates = list(records.world.rates())
        self._lines: dict[tuple[int, int], int] = {}
        self._changed: dict[int, Deal] = {}

    def render(self) -> None:
        """Write down what the world holds."""
        for product in self._products:
            self._books["products"].add(sales.product_record(product, self._world.start))
        for deal in self._world.deals():
            self.add_deal(deal)
        for contract in self._world.contracts():
            self._add_subscription(contract)
        for lead in self._world.leads():
            self._add_lead(lead)
        for cart in self._world.carts():
            self._add_cart(cart)
        for each in self._world.recommendations():
            self.add_recommendation(each)

    def add_deal(self, deal: Deal) -> None:
        """Write down a deal that was not there before."""
        number = self._books["deals"].add(self.deal_record(deal))
        if deal.gone_at is None:
            self._records.tie("deals", number, "contacts", deal.person)
            self._records.tie("deals", number, "companies", deal.customer)
        for place, line in enumerate(deal.lines):
            product = self._products[line.product]
            book = self._books["line_items"]
            product_id = self._books["products"].identity(product.number)
            added = book.add(sales.line_record(len(book), deal, line, product, product_id))
            self._lines[deal.number, place] = added
            if deal.gone_at is None:
                self._records.links.tie("line_items", added, "deals", number)

    def deal(self, number: int) -> Deal:
        return self._changed.get(number) or self._world.deal(number)

    def put_deal(self, deal: Deal, at: int) -> None:
        """Store a deal that was written to at *at* (ms). Its lines stay as they were."""
        self._changed[deal.number] = deal
        self._books["deals"].put(deal.number, replace(self.deal_record(deal), updated=at))

    def deal_record(self, deal: Deal) -> Record:
        records = self._records
        superseded = None if deal.supersedes is None else self._books["deals"].identity(deal.supersedes)
        around = sales.Around(
            records.identity("companies", deal.customer),
            int(records.identity("contacts", deal.person) is not None),
            None if deal.campaign is None else campaign_id(deal.campaign),
            sales.rate_at(self._rates, deal.currency, deal.closed_at or deal.created_at),
            superseded,
        )
        return sales.deal_record(deal, around)

    def add_recommendation(self, told: Recommendation) -> None:
        """Write down an answer; one who did not answer leaves no record."""
        if told.answered_at is None or told.score is None:
            return
        answer = Answer(told.score, told.answered_at, told.answered_at, told.remark)
        number = self._books["feedback_submissions"].add(self._records.feedback(NPS, answer, told.person))
        self._records.tie("feedback_submissions", number, "contacts", told.person)

    def _add_subscription(self, contract: Contract) -> None:
        today = date.fromisoformat(iso(self._world.end - 1)[:10])
        product = self._products[contract.product]
        number = self._books["subscriptions"].add(sales.subscription_record(contract, product, today))
        self._records.tie("subscriptions", number, "companies", contract.customer)
        self._records.tie("subscriptions", number, "deals", contract.deal)
        place = contract.number % _MOST_LINES
        self._records.links.tie("subscriptions", number, "line_items", self._lines[contract.deal, place])

    def _add_lead(self, lead: Lead) -> None:
        contact = self._records.identity("contacts", lead.person)
        customer = None if lead.person is None else self._world.employer(lead.person)
        company = self._records.identity("companies", customer)
        owner = lead.number % self._world.agent_count
        number = self._books["leads"].add(sales.lead_record(lead, owner, contact, company))
        self._records.tie("leads", number, "contacts", lead.person)
        self._records.tie("leads", number, "companies", customer)

    def _add_cart(self, cart: Cart) -> None:
        number = self._books["carts"].add(cart_record(cart))
        self._records.tie("carts", number, "contacts", cart.person)
        self._records.tie("carts", number, "companies", cart.customer)
        if cart.completed_at is None:
            return
        order = self._books["orders"].add(order_record(cart))
        self._records.links.tie("carts", number, "orders", order)
        self._records.tie("orders", order, "contacts", cart.person)
        self._records.tie("orders", order, "companies", cart.customer)
