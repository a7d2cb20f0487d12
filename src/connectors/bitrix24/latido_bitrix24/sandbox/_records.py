"""What the portal holds: the world as it ended, and what was written since."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from latido_bitrix24.sandbox import _histories as histories
from latido_bitrix24.sandbox import _people as people
from latido_bitrix24.sandbox import _sales as sales
from latido_bitrix24.sandbox import _templates as templates
from latido_bitrix24.sandbox._book import Book, Row
from latido_bitrix24.sandbox._desk import Kept, SupportDesk
from latido_bitrix24.sandbox._kinds import DEAL, INVOICE, KINDS, LEAD, REQUEST, SURVEY
from latido_bitrix24.sandbox._stamps import PortalTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from latido.testing.world import Contract, Deal, World


class Records:
    """All records by kind, each rendered when it is first asked for.

    A company, contact, lead or deal has the number that its counterpart has in the world; behind the deals come the
    templates of those that recur. With *copies* there are so many times as many deals, with their histories.
    """

    def __init__(self, world: World, zone: str, copies: int = 1, kept: Kept = "spa") -> None:
        self.world = world
        self.time = PortalTime(zone)
        self._copies = copies
        self._books: dict[str, Book] = {}
        self._company_id = lru_cache(maxsize=None)(self._identity_of_company)
        self._contact_id = lru_cache(maxsize=1 << 16)(self._identity_of_contact)
        self._contracts: list[Contract] = []
        self._gone_deals: list[int] = []
        self.changed_deals: dict[int, Deal] = {}
        self.products = list(world.products())
        self.desk = SupportDesk(self, kept)

    def book(self, name: str) -> Book:
        if name not in self._books:
            copies = self._copies if name == "deals" else 1
            book = self._books[name] = Book(KINDS[name], self._rendered[name](), copies)
            book.hidden.update(self._gone(name))
        return self._books[name]

    def render(self) -> None:
        """Render everything now."""
        for name in KINDS:
            self.book(name)

    def company_id(self, number: int | None) -> int:
        """Return the id of a company, 0 if there is none or it was deleted."""
        return 0 if number is None else self._company_id(number)

    def contact_id(self, number: int | None) -> int:
        return 0 if number is None else self._contact_id(number)

    def deal(self, number: int) -> Deal:
        return self.changed_deals.get(number) or self.world.deal(number)

    def deal_row(self, deal: Deal) -> Row:
        superseded = None if deal.supersedes is None else KINDS["deals"].identity(deal.supersedes)
        campaign = None if deal.campaign is None else self._campaigns[deal.campaign]
        return sales.deal_row(self.time, deal, self.parties(deal), campaign, superseded)

    def parties(self, deal: Deal) -> sales.Parties:
        return sales.Parties(self.company_id(deal.customer), self.contact_id(deal.person))

    def template(self, number: int) -> Contract | None:
        """Return the contract of which deal *number* is the template, None if it is an ordinary one."""
        place = self.book("deals").original(number) - self.world.deal_count
        return self.contracts[place] if 0 <= place < len(self.contracts) else None

    @property
    def contracts(self) -> list[Contract]:
        """What recurs: each has a template, behind all deals of the world."""
        self.book("deals")
        return self._contracts

    @cached_property
    def _rendered(self) -> dict[str, Callable[[], Iterator[Row]]]:
        return {
            "companies": self._companies,
            "contacts": self._contacts,
            "leads": self._leads,
            "deals": self._deals,
            "users": lambda: (people.user(self.time, agent) for agent in self.world.agents()),
            "recurring": self._recurring,
            "invoices": self._invoices,
            "orders": self._orders,
            f"history:{LEAD}": self._lead_history,
            f"history:{DEAL}": self._deal_history,
            f"history:{INVOICE}": self._invoice_history,
            "requests": self.desk.request_rows,
            "tasks": self.desk.task_rows,
            "surveys": self.desk.survey_rows,
            "activities": self._activities,
            f"history:{REQUEST}": self.desk.history_rows,
            f"history:{SURVEY}": self._survey_history,
        }

    def _gone(self, name: str) -> Iterator[int]:
        """Yield the numbers of what was deleted before we came."""
        if name == "companies":
            yield from (each.number for each in self.world.customers() if each.gone_at is not None)
        elif name == "contacts":
            yield from (each.number for each in self.world.people() if each.left_at is not None)
        elif name == "deals":
            yield from self._gone_deals
        elif name == self.desk.book_name:
            yield from (each.number for each in self.world.tickets() if each.fate != "live")

    def _companies(self) -> Iterator[Row]:
        yield from (people.company(self.world, self.time, each) for each in self.world.customers())
        yield people.own_company(self.world, self.time)

    def _contacts(self) -> Iterator[Row]:
        for person in self.world.people():
            yield people.contact(self.world, self.time, person, self.company_id(person.customer))

    def _leads(self) -> Iterator[Row]:
        for each in self.world.leads():
            customer = None if each.person is None else self.world.employer(each.person)
            agent = each.number % self.world.agent_count
            yield people.lead(self.time, each, agent, self.contact_id(each.person), self.company_id(customer))

    def _deals(self) -> Iterator[Row]:
        """Yield deals, and behind them the templates; to make a world's deals twice takes long."""
        sold: list[tuple[Deal, Contract]] = []
        for deal in self.world.deals():
            if deal.gone_at is not None:
                self._gone_deals.append(deal.number)
            sold += [(deal, contract) for contract in deal.contracts]
            yield self.deal_row(deal)
        for deal, contract in sold:
            self._contracts.append(contract)
            yield templates.template_row(self.time, self.deal_row(deal), contract, self.products[contract.product])

    def _recurring(self) -> Iterator[Row]:
        today = self.time.date(self.world.end - 1)
        for place, contract in enumerate(self.contracts):
            template = KINDS["deals"].identity(self.world.deal_count + place)
            yield templates.recurring_row(self.time, contract, template, today)

    def _invoices(self) -> Iterator[Row]:
        for deal in self.world.deals():
            if deal.status == "won" and deal.gone_at is None:
                yield sales.invoice_row(self.time, deal, self.parties(deal))

    def _orders(self) -> Iterator[Row]:
        for cart in self.world.carts():
            if cart.completed_at is not None:
                yield sales.order_row(self.time, cart, self.company_id(cart.customer))

    def _lead_history(self) -> Iterator[Row]:
        for each in self.world.leads():
            yield from histories.of_lead(self.time, each)

    def _deal_history(self) -> Iterator[Row]:
        for deal in self.world.deals():
            if deal.gone_at is None:
                yield from histories.of_deal(self.time, deal)

    def _invoice_history(self) -> Iterator[Row]:
        return self._first_stages("invoices")

    def _survey_history(self) -> Iterator[Row]:
        return self._first_stages("surveys")

    def _first_stages(self, name: str) -> Iterator[Row]:
        """Yield the history of items that never moved."""
        book = self.book(name)
        return (histories.first(book.kind.identity(number), book.told(number)) for number in range(len(book)))

    def _activities(self) -> Iterator[Row]:
        yield from self.desk.activity_rows()
        for each in self.world.leads():
            if people.form_of(each):
                yield people.form_filled(self.time, each)

    @cached_property
    def _campaigns(self) -> list[str]:
        return [each.name for each in self.world.campaigns()]

    def _identity_of_company(self, number: int) -> int:
        gone = self.world.customer(number).gone_at is not None
        return 0 if gone else KINDS["companies"].identity(number)

    def _identity_of_contact(self, number: int) -> int:
        gone = self.world.person(number).left_at is not None
        return 0 if gone else KINDS["contacts"].identity(number)
