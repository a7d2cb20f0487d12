"""What recurs, from wherever an organization keeps it: the settings say which fields tell how much and how long."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from latido.connect import Count, Source, computed, constant, first
from latido.errors import NotOffered
from latido.messages import marker
from latido.schema import Contract
from latido_salesforce.declared import DeclaredStream, check_named, value
from latido_salesforce.terms import Recurring, RecurringObject, day, day_after, plus, spread, whole_months

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Mapping as Map
    from datetime import date

    from latido.connect import Cursor, JsonObject, Page

_ = marker("latido_salesforce")


class RecurringStream(DeclaredStream):
    """Contracts out of one kind of object, read where the settings declare `recurring.<declaration>`.

    `total` is what the object charges in all; `begins`, `ends_after` (the last day included) and `cancelled_on` (the
    first day without) are its own dates. Records on which nothing recurs are no contracts.
    """

    entities = (Contract,)
    declaration: ClassVar[RecurringObject]
    total: ClassVar[Source | str] = constant(None)
    begins: ClassVar[tuple[str, ...]]
    ends_after: ClassVar[str | None] = None
    cancelled_on: ClassVar[str | None] = None
    optional = True
    shares_table = True

    @property
    def on_by_default(self) -> bool:  # type: ignore[override] # for others it is a constant
        return self.terms is not None

    @property
    def terms(self) -> Recurring | None:
        """What the settings declare."""
        return self.connector.settings.recurring.get(self.declaration)

    def declared(self) -> Map[str, Source | str]:
        if (terms := self.terms) is None:
            return {}
        begin = first(*(each for each in (terms.starts_on, *self.begins) if each is not None))
        told: dict[str, Source | str] = {
            "recurring_monthly_amount": monthly(terms, self.total),
            "starts_on": begin,
            "ends_on": end(terms, begin, self.ends_after, terms.cancelled_on or self.cancelled_on),
        }
        return told | ({"deal_id": terms.deal} if terms.deal else {})

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        self.check_declared()
        yield from super().pages(cursor)

    def probe(self) -> None:
        self.check_declared()
        super().probe()

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        kept = [each for each in records if not isinstance(each, dict) or self.recurs(each)]
        gone = [
            f"{self.prefix}{each.get('Id')}" for each in records if isinstance(each, dict) and not self.recurs(each)
        ]
        page = super().page(kept, cursor)
        return replace(page, fetched=len(records), deleted={Contract: dict.fromkeys(gone)} if gone else {})

    def recurs(self, record: JsonObject) -> bool:
        """Whether *record* has an amount, or a term, that is not 0."""
        field = self.telling
        return field is None or bool(value(record, field))

    def count(self) -> Count | None:
        n, _now = self.counted([*self.conditions, *self.recurring], deleted=False)
        return Count(n, exact=self.unchanged())

    @property
    def recurring(self) -> list[str | None]:
        """The conditions of records on which something recurs."""
        return [f"{self.telling} != null", f"{self.telling} != 0"] if self.telling else []

    @property
    def telling(self) -> str | None:
        """The field that tells whether something recurs; None where everything does."""
        if (terms := self.terms) is None:
            return None
        return terms.monthly or terms.yearly or (terms.months if isinstance(terms.months, str) else None)

    def check_declared(self) -> None:
        """Raise NotOffered while the settings do not say where the amount stands, or if an own date is not to be seen.

        Raises ConfigurationError for a field that they name and that there is not.
        """
        if (terms := self.terms) is None:
            raise NotOffered(
                _("Which fields of {sobject} tell what recurs is not said.", sobject=self.sobject),
                _(
                    "Say it as [sources.{source}.recurring.{name}] in latido.toml: monthly, yearly or months.",
                    source=self.connector.runtime.source,
                    name=self.declaration,
                ),
            )
        check_named(self, terms.fields)


def monthly(terms: Recurring, total: Source | str) -> Source | str:
    """What recurs per month: the amount that the settings name, else *total* spread over the months that it covers."""
    if terms.monthly is not None:
        return terms.monthly
    if terms.yearly is not None:
        return computed("a_twelfth", lambda yearly: spread(yearly, 12), terms.yearly)
    return computed("per_month", spread, total, months(terms))


def months(terms: Recurring) -> Source | str:
    return constant(terms.months) if isinstance(terms.months, int) else terms.months or constant(None)


def end(terms: Recurring, begin: Source, last_day: str | None, cancelled_on: str | None) -> Source:
    """The day after the last one: of the field that the settings name, else the object's own, else the months later.

    A cancellation, which is the first day without, ends it sooner.
    """
    fields = (each for each in (terms.ends_on, last_day) if each is not None)
    choices = [computed("day_after", day_after, each) for each in fields]
    if terms.months is not None and (isinstance(terms.months, str) or not choices):
        choices.append(computed("months_after", months_after, begin, months(terms)))
    planned = first(*choices) if choices else constant(None)
    return planned if cancelled_on is None else computed("sooner", sooner, planned, cancelled_on)


def months_after(start: Any, term: Any) -> date | None:
    begun, number = day(start), whole_months(term)
    return None if begun is None or number is None else plus(begun, number)


def sooner(planned: date | None, cancelled: Any) -> date | None:
    days = [each for each in (planned, day(cancelled)) if each is not None]
    return min(days) if days else None
