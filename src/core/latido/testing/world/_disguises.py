"""How the books of several vendors disagree about one customer, and agree about two that are not one."""

# ruff: noqa: PLR2004 - the odds of an imaginary business

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from latido.testing.world import _words as words
from latido.testing.world._chance import share, weighted

if TYPE_CHECKING:
    from collections.abc import Callable

    from latido.testing.world._people import Customer

PARK = "parque-empresarial.example"
"""A domain that many tenants share who have nothing else to do with each other."""

_IN_TRADE = frozenset({"ES", "DE", "FR", "PT", "GB"})
"""Countries whose tax ids are written with the country's letters in trade, and without at home."""

_KINDS = (
    (0.05, "free mail"),
    (0.05, "subsidiaries"),
    (0.05, "twins"),
    (0.07, "tenants"),
    (0.78, "plain"),
)


def disguised(customer: Customer, seed: str, book: str, other: Callable[[int], Customer]) -> Customer:
    """Return *customer* as *book* writes it; *other* returns how another customer really is.

    Whose domain is not their own has a tax id in every book; everybody else has a domain in every one, and some book
    lacks the tax id. So who looks closely can always tell who is who. Two subsidiaries share a domain, twins a name.
    """
    pair = customer.number // 2
    throw = share(f"{seed}/{book}", "spelling", customer.number)
    taxed = replace(customer, tax_id=customer.tax_id or f"B{10_000_000 + customer.number}")
    match weighted(share(seed, "trap", pair), _KINDS):
        case "free mail":
            found = replace(taxed, domains=(weighted(throw, ((0.5, "gmail.com"), (0.5, "hotmail.es"))),))
        case "subsidiaries":
            found = replace(taxed, domains=other(2 * pair).domains[:1])
        case "twins":
            found = replace(taxed, name=other(2 * pair).name, domains=("gmail.com",))
        case "tenants":
            found = replace(taxed, domains=(PARK,))
        case _:
            found = replace(customer, tax_id=customer.tax_id if throw < 0.6 else None)
    return _spelled(found, throw)


def _spelled(customer: Customer, throw: float) -> Customer:
    first, *more = customer.domains
    return replace(
        customer,
        name=_name(customer.name, throw),
        domains=(first.upper() if throw < 0.3 else first, *more),
        tax_id=customer.tax_id and _tax_id(customer.tax_id, customer.country, throw),
        key=customer.key if throw < 0.8 else None,
    )


def _name(name: str, throw: float) -> str:
    if throw < 0.2:
        return name.upper()
    return _without_form(name) if throw < 0.4 else name


def _without_form(name: str) -> str:
    form = next((each for each in words.COMPANY_FORMS if each and name.endswith(f" {each}")), "")
    return name.removesuffix(f" {form}")


def _tax_id(tax_id: str, country: str, throw: float) -> str:
    if throw < 0.3:
        return f"{tax_id[0]}-{tax_id[1:3]}.{tax_id[3:6]}.{tax_id[6:]}"
    return f"{country} {tax_id}" if throw < 0.5 and country in _IN_TRADE else tax_id
