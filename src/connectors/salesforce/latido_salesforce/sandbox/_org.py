"""The org: its tables, and what of them a user may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido_salesforce.sandbox import _ids as ids

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latido.connect import Clock
    from latido_salesforce.sandbox._fields import Field, SObject
    from latido_salesforce.sandbox._switches import SalesforceSwitches
    from latido_salesforce.sandbox._table import Table

_MULTI_CURRENCY = {"CurrencyType", "DatedConversionRate"}
_CURRENCY_FIELDS = {"CurrencyIsoCode", "DefaultCurrencyIsoCode"}
_PERSON_FIELDS = {"IsPersonAccount", "PersonContactId", "PersonEmail"}
_PERSON_NAMES = {"FirstName", "LastName"}
_SURVEYS = ("Survey",)


class Org:
    """Tables by name, and the fields and objects that edition, features and permissions leave."""

    def __init__(self, tables: Iterable[Table], switches: SalesforceSwitches, clock: Clock, *, persons: bool) -> None:
        self._tables = {table.sobject.name.lower(): table for table in tables}
        self._prefixes = {table.sobject.prefix.encode(): table for table in self._tables.values()}
        self.switches = switches
        self.clock = clock
        self._persons = persons

    @property
    def now(self) -> int:
        """Seconds since 1970."""
        return int(self.clock.now().timestamp())

    def tables(self) -> list[Table]:
        """Return the tables that can be seen, by name."""
        seen = (each for each in self._tables.values() if self._seen(each.sobject))
        return sorted(seen, key=lambda table: table.sobject.name)

    def table(self, name: str) -> Table | None:
        """Return the table of an object that can be seen."""
        found = self._tables.get(name.lower())
        return found if found is not None and self._seen(found.sobject) else None

    def fields(self, sobject: SObject) -> list[Field]:
        """Return the fields that can be seen."""
        return [each for each in sobject.fields if self._may_see(sobject, each)]

    def column(self, sobject: SObject, name: str) -> tuple[int, Field] | None:
        """Return place and field by name, if it can be seen."""
        found = sobject.by_name.get(name.lower())
        return found if found is not None and self._may_see(sobject, found[1]) else None

    def relation(self, sobject: SObject, name: str) -> tuple[int, Field] | None:
        """Return place and field of a reference by the name of its relationship."""
        found = sobject.by_relationship.get(name.lower())
        return found if found is not None and self._may_see(sobject, found[1]) else None

    def parent(self, token: bytes) -> tuple[Table, int] | None:
        """Return table and number of the record whose id *token* is, in JSON; None for null."""
        table = self._prefixes.get(token[1:4])
        number = None if table is None else ids.number(token[1:-1].decode())
        return None if table is None or number is None or number >= table.count else (table, number)

    def _seen(self, sobject: SObject) -> bool:
        if sobject.name in self.switches.hidden_objects or not self._surveys(sobject):
            return False
        return self.switches.multi_currency or sobject.name not in _MULTI_CURRENCY

    def _surveys(self, sobject: SObject) -> bool:
        return self.switches.surveys or not sobject.name.startswith(_SURVEYS)

    def _may_see(self, sobject: SObject, field: Field) -> bool:
        if field.name in self.switches.hidden_fields.get(sobject.name, ()):
            return False
        if field.name in _CURRENCY_FIELDS and not self.switches.multi_currency:
            return False
        person = field.name in _PERSON_FIELDS or (sobject.name == "Account" and field.name in _PERSON_NAMES)
        return self._persons or not person
