"""What an object has, and of that what we may see: Salesforce describes only fields that the user may read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from latido.connect import Refused
from latido.errors import NotOffered
from latido.messages import marker
from latido_salesforce.quota import said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from latido.connect import Http
    from latido.messages import Message

_ = marker("latido_salesforce")

UNREADABLE = frozenset({"address", "location", "base64", "complexvalue"})
"""Types that the Bulk API refuses; their parts stand beside them as fields of their own."""

NUMBERS = frozenset({"currency", "double", "percent"})
CURSORS = ("SystemModstamp", "LastModifiedDate", "CreatedDate")

REFUSED = frozenset({403, 404})
NOT_HERE = frozenset({"INVALID_TYPE", "NOT_FOUND", "INVALID_TYPE_FOR_OPERATION"})
MAY_NOT = frozenset(
    {"INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_OR_READONLY", "FUNCTIONALITY_NOT_ENABLED", "INVALID_OPERATION",
     "API_DISABLED_FOR_ORG", "OPERATION_NOT_ALLOWED"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object. `relationship` is how queries reach the record that it points to, one of `targets`."""

    name: str
    type: str
    label: str = ""
    calculated: bool = False
    relationship: str | None = None
    targets: Sequence[str] = ()

    @property
    def own(self) -> bool:
        """Whether the org, or a package in it, defined this field."""
        return self.name.endswith(("__c", "__pc"))

    @property
    def readable(self) -> bool:
        return self.type not in UNREADABLE


@dataclass(frozen=True, slots=True)
class Description:
    """What is known of one object; `replicateable` says that its deletions are logged."""

    sobject: str
    fields: Mapping[str, Field]
    replicateable: bool = False

    @classmethod
    def of(cls, sobject: str, table: Mapping[str, Any]) -> Description:
        """Return what the reference *table* says."""
        fields = {name: Field(name, *rest) for name, rest in table["fields"].items()}
        return cls(sobject, fields, table["replicateable"])

    @property
    def own(self) -> tuple[Field, ...]:
        """The fields that are the user's own, sorted."""
        return tuple(each for name, each in sorted(self.fields.items()) if each.own and each.readable)

    @property
    def cursor(self) -> str | None:
        """The field that tells best when a record changed; None if there is none."""
        return next((name for name in CURSORS if name in self.fields), None)

    def related(self, relationship: str) -> Field | None:
        """Return the field that is followed as *relationship*."""
        return next((each for each in self.fields.values() if each.relationship == relationship), None)


def table(http: Http, root: str, sobject: str) -> dict[str, Any]:
    """Return the reference table of *sobject*: per field its type, label, formula or not, relationship and targets.

    Raises NotOffered where the org has no such object, or this user may not see it.
    """
    try:
        body = http.get(f"{root}/sobjects/{sobject}/describe").json()
    except Refused as refusal:
        raise refused(sobject, refusal) from refusal
    fields = body.get("fields") if isinstance(body, dict) else None
    return {
        "fields": {each["name"]: _row(each) for each in fields or ()},
        "replicateable": bool(fields and body.get("replicateable")),
    }


def _row(field: Mapping[str, Any]) -> list[Any]:
    return [
        field["type"],
        field.get("label") or "",
        bool(field.get("calculated")),
        field.get("relationshipName"),
        field.get("referenceTo") or [],
    ]


def refused(what: str, refusal: Refused) -> NotOffered | Refused:
    """Return what a *refusal* of an object means to people; the refusal itself if it means something else."""
    code, sentence = said(refusal.body)
    if code in NOT_HERE or (refusal.status == 404 and not code):  # noqa: PLR2004
        return NotOffered(
            _("This org has no {what}, or this user may not see it ({code}).", what=what, code=code), _edition()
        )
    if code in MAY_NOT or refusal.status == 403:  # noqa: PLR2004
        return NotOffered(
            _(
                "Salesforce does not let this user read {what} ({code}: {sentence}).",
                what=what,
                code=code,
                sentence=sentence,
            ),
            _("Give the user API Enabled, and Read and View All on {what}. Then run: latido check", what=what),
        )
    if code == "TXN_SECURITY_METERING_ERROR":
        return NotOffered(
            _("A security policy of the org stops this user from reading {what}.", what=what),
            _('Give the user the permission "Exempt from Transaction Security". Then run: latido check'),
        )
    return refusal


def _edition() -> Message:
    return _("Check that the edition has it and that the user may read it. Then run: latido check")
