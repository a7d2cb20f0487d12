"""One customer over all sources: the same facts as those of the KPIs, narrowed to it, and the records behind them."""

from latido.metrics.customers._customer import (
    Account,
    Contract,
    Customer,
    Health,
    HealthPart,
    Milestone,
    Opinion,
    Person,
    Purchase,
    Ticket,
)
from latido.metrics.customers._portrait import portrait

__all__ = [
    "Account",
    "Contract",
    "Customer",
    "Health",
    "HealthPart",
    "Milestone",
    "Opinion",
    "Person",
    "Purchase",
    "Ticket",
    "portrait",
]
