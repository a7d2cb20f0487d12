"""Templates of recurring deals: which recur, how often and until when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from latido_bitrix24.sandbox._book import Row
from latido_bitrix24.sandbox._kinds import KINDS
from latido_bitrix24.sandbox._sales import money, on_day
from latido_bitrix24.sandbox._stamps import months_later

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from latido.testing.world import Contract, Instant, Product
    from latido_bitrix24.sandbox._stamps import PortalTime

YEARLY = 3
"""One template in so many is for a year at a time."""
_RUNNING, _GIVEN_UP = 111, 112
_LONGEST = 240
_DAY = timedelta(days=1)


def template_row(time: PortalTime, deal: Row, contract: Contract, product: Product) -> Row:
    """Return the template of a recurring deal: a deal like another one, but for a flag and the amount of one turn."""
    written = _booked(time, contract)
    told = {
        **deal.told,
        "title": f"{product.name} · {contract.number}",
        "createdTime": time.stamp(written),
        "updatedTime": time.stamp(written),
        "stageId": "NEW",
        "stageSemanticId": "P",
        "categoryId": 0,
        "closed": "N",
        "isNew": "Y",
        "isRecurring": "Y",
        "movedTime": time.stamp(written),
        **money(contract.monthly * turn(contract), contract.currency),
        "ufCrm_1698765432": None,
        "ufCrm_1698765433": on_day(time, contract.starts_on, contract.number),
        "ufCrm_1698765434": on_day(time, contract.ends_on, contract.number),
        "ufCrm_1698765435": None,
        "ufCrm2_BAJA": on_day(time, contract.cancelled_on, contract.number),
        "ufCrm2Estado": _RUNNING if contract.cancelled_on is None else _GIVEN_UP,
    }
    return Row(told, written)


def recurring_row(time: PortalTime, contract: Contract, template: int, today: date) -> Row:
    """Return how a template recurs, with keys in both cases, as they come."""
    turns = [due for due in _turns(contract) if due <= today]
    following = next((due for due in _turns(contract) if due > today), None)
    limit = None if contract.ends_on is None else contract.ends_on - _DAY
    told = {
        "deal_id": str(template),
        "based_id": str(KINDS["deals"].identity(contract.deal)),
        "ACTIVE": "N" if following is None else "Y",
        "category_id": "0",
        "IS_LIMIT": "N" if limit is None else "D",
        "COUNTER_REPEAT": str(len(turns)),
        "LIMIT_REPEAT": None,
        "LIMIT_DATE": on_day(time, limit, contract.number) or "",
        "START_DATE": on_day(time, contract.starts_on, contract.number),
        "NEXT_EXECUTION": on_day(time, following, contract.number) or "",
        "LAST_EXECUTION": on_day(time, turns[-1], contract.number) if turns else "",
        "PARAMS": _recurs(contract),
    }
    return Row(told)


def _recurs(contract: Contract) -> dict[str, Any]:
    return {
        "MODE": "multiple",
        "SINGLE_BEFORE_START_DATE_TYPE": "day",
        "SINGLE_BEFORE_START_DATE_VALUE": 0,
        "MULTIPLE_TYPE": "month" if turn(contract) == 1 else "year",
        "MULTIPLE_INTERVAL": 1,
        "OFFSET_BEGINDATE_TYPE": "day",
        "OFFSET_BEGINDATE_VALUE": 0,
        "OFFSET_CLOSEDATE_TYPE": "day",
        "OFFSET_CLOSEDATE_VALUE": 0,
    }


def turn(contract: Contract) -> int:
    """Return for how many months a contract is paid at a time."""
    if contract.cancelled_on is not None or contract.number % YEARLY:
        return 1
    start, end = contract.starts_on, contract.ends_on
    whole = end is None or ((end.year - start.year) * 12 + end.month - start.month) % 12 == 0
    return 12 if whole and (end is None or end.day == start.day) else 1


def _turns(contract: Contract) -> Iterator[date]:
    """Yield the days on which a contract is due, until it ends."""
    over = min((each for each in (contract.ends_on, contract.cancelled_on) if each is not None), default=None)
    for months in range(0, _LONGEST, turn(contract)):
        due = months_later(contract.starts_on, months)
        if over is not None and due >= over:
            return
        yield due


def _booked(time: PortalTime, contract: Contract) -> Instant:
    return time.instant(f"{contract.booked_on} 12:00:00") or 0
