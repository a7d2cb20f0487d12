"""What `[sources.<name>]` says of the places where a portal keeps what Bitrix24 itself has no place for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from latido.connect import HttpSettings, Scale
from latido.messages import marker

_ = marker("latido_bitrix24")

Kind = Literal["nps", "csat", "ces", "other"]

KINDS = frozenset({"nps", "csat", "ces"})

NPS = Scale(scale_min=0, scale_max=10)

TYPES = {"leads": 1, "deals": 2, "contacts": 3, "companies": 4}
"""The numbers of the types of records that every portal has."""

BILLED = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ProductRows(_Declared):
    """Which rows of won deals recur. Fields are those of the deal.

    A row's price is charged every `billed`, or covers `months` (a number, or a field) in all. `ends_on` is the last day
    included, `renews_on` the first day that is not.
    """

    products: tuple[int, ...] | None = None
    billed: Literal["month", "quarter", "half_year", "year"] | None = None
    months: int | str | None = None
    starts_on: str = "begindate"
    ends_on: str | None = None
    renews_on: str | None = None
    with_tax: bool = False

    @model_validator(mode="after")
    def _says_how_long(self) -> Self:
        if bool(self.billed) == bool(self.months):
            raise ValueError(_('say what a row\'s price is for: billed = "month", or months for a whole term.'))
        return self


class Invoices(_Declared):
    """Smart invoices that recur, and how many months each covers from its first day on. `unpaid` ones count if told."""

    months: int = Field(default=1, gt=0)
    unpaid: bool = False
    with_tax: bool = False


class Churn(_Declared):
    """What ends a contract before its time. Bitrix24 has no subscriptions, so only you know.

    A recurring deal that was `switched_off` ends once what it billed is over. A deal that is lost in one of the funnels
    `lost_in` ends what its company has, on the day that it was lost. A deal whose `field` has one of `values` is over
    since the date in its field `since`, else since it last changed; without `field`, since that date if there is one.
    """

    switched_off: bool = True
    lost_in: tuple[int, ...] = ()
    field: str | None = None
    values: tuple[str, ...] = ()
    since: str | None = None

    @model_validator(mode="after")
    def _knows_when(self) -> Self:
        if bool(self.field) != bool(self.values):
            raise ValueError(_("give field and values together: what says that a customer has left."))
        return self

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a deal that are named."""
        return tuple(each for each in (self.field, self.since) if each is not None)


class Survey(_Declared):
    """Where answers are kept: records that hold one score each. Bitrix24 knows neither kinds nor scales of surveys.

    `kind_field`, if given, tells the kind of each record, and `kind` that of a record where it is empty. With `forms`
    only what those web forms made is an answer. `ticket` is the field that links to a ticket, such as parentId130.
    """

    items: str = Field(pattern=r"^(spa:\d+|leads|deals|contacts|companies)$")
    score: str
    kind: Kind = "other"
    kind_field: str | None = None
    scales: Mapping[Kind, Scale] = Field(default_factory=dict)
    comment: str | None = None
    email: str | None = None
    ticket: str | None = None
    answered_at: str | None = None
    forms: tuple[int, ...] = ()

    @property
    def entity_type_id(self) -> int:
        return TYPES.get(self.items) or int(self.items.removeprefix("spa:"))

    @property
    def asked_of_a_record(self) -> bool:
        """Whether the score stands in a record of its own, which was made when somebody answered."""
        return self.items.startswith("spa:") or bool(self.forms)

    def scale(self, kind: str) -> Scale | None:
        return self.scales.get(kind) or (NPS if kind == "nps" else None)  # type: ignore[call-overload]


class DeclaredSettings(HttpSettings):
    """The settings that say where to look."""

    tickets: str | None = Field(
        default=None,
        pattern=r"^(spa:\d+|openlines|tasks)$",
        description="What a ticket is: spa:<entityTypeId>, openlines or tasks; unset: the smart process that looks so.",
    )
    surveys: Mapping[str, Survey] = Field(
        default_factory=dict, description="Where answers to surveys are kept, each under a name of your own."
    )
    product_rows: ProductRows | None = Field(
        default=None, description="Which product rows of won deals recur, and for how long; unset: none."
    )
    invoices: Invoices | None = Field(
        default=None, description="Whether smart invoices recur, and how many months one covers; unset: they do not."
    )
    churn: Churn = Field(default_factory=Churn, description="What ends a contract before its time.")
    orders_as_deals: bool = Field(
        default=False, description="Whether the orders of a shop are read as won deals, source_id order:<id>."
    )
