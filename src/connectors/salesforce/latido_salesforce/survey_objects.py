"""Answers that an organization keeps in objects of its own, of a package, or in fields of a case, as declared."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from latido.connect import Count, Mapping, Page, Rows, computed, constant
from latido.errors import NotOffered
from latido.messages import marker
from latido.schema import SurveyResponse
from latido_salesforce.declared import check_named, prefixed, said_in, value
from latido_salesforce.reading import SObjectStream
from latido_salesforce.transforms import deletion, link

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from latido.connect import Cursor, JsonObject, Rejected
    from latido.schema import Record
    from latido_salesforce.connector import Salesforce
    from latido_salesforce.settings import SurveyObject

_ = marker("latido_salesforce")

OF = ":object"
"""Where a record says which declaration it was read by."""

FIELDS = ("kind_field", "score", "answered_at", "comment", "account", "contact", "case", "opportunity", "email")
DECLARED = (
    "kind", "survey_id", "score", "scale_min", "scale_max", "higher_is_better", "comment", "contact_id",
    "respondent_email", "account_id", "ticket_id", "deal_id", "answered_at",
)  # fmt: skip
KINDS = frozenset({"nps", "csat", "ces"})


def number(score: Any) -> Any:
    """Return the score: a number, or a text, such as the value of a picklist, that is one."""
    return score.strip() if isinstance(score, str) else score


def kind_of(said: Any, otherwise: str) -> str:
    """Return the kind that a record says it is of, in whatever case; *otherwise* where it says nothing."""
    if said is None:
        return otherwise
    return word if (word := str(said).strip().lower()) in KINDS else "other"


def person(key: Any) -> Any:
    """Return whom *key* is the id of: a lead has one of its own kind here."""
    return f"lead:{key}" if isinstance(key, str) and key.startswith("00Q") else key


def instant(moment: Any) -> Any:
    """Return the moment; of a date noon in UTC, which falls on that day nearly everywhere."""
    return f"{moment}T12:00:00Z" if isinstance(moment, str) and len(moment) == len("2026-01-31") else moment


def key_of(declared: SurveyObject) -> str:
    """Return what names a declaration: two of them may read one object."""
    return f"{declared.sobject}.{declared.score}"


def mapping(declared: SurveyObject) -> Mapping:
    """Return how an answer is made of a record of the object that is *declared*."""
    columns = {"account_id": declared.account, "ticket_id": declared.case, "deal_id": declared.opportunity}
    plain = {**columns, "comment": declared.comment, "respondent_email": declared.email}
    contact = {} if declared.contact is None else {"contact_id": computed("contact_or_lead", person, declared.contact)}
    return Mapping(
        SurveyResponse,
        source_id=prefixed(key_of(declared)),
        url=link(),
        created_at="CreatedDate",
        updated_at="SystemModstamp",
        is_deleted="IsDeleted",
        deleted_at=deletion(),
        kind=computed("kind", lambda said: kind_of(said, declared.kind), declared.kind_field)
        if declared.kind_field
        else constant(declared.kind),
        survey_id=constant(declared.sobject),
        score=computed("number", number, declared.score),
        scale_min=constant(declared.scale_min),
        scale_max=constant(declared.scale_max),
        higher_is_better=constant(declared.higher_is_better),
        answered_at=computed("instant", instant, declared.answered_at),
        **{column: path for column, path in plain.items() if path is not None},
        **contact,
    )


class DeclaredAnswers(SObjectStream):
    """The answers in one object; `reader` makes the class for it."""

    name = "survey_objects"
    entities = (SurveyResponse,)
    shares_table = True
    declared: ClassVar[SurveyObject]

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        self.check_fields()
        yield from super().pages(cursor)

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        silent = [each for each in records if isinstance(each, dict) and not self._answered(each)]
        told = [{**each, OF: self.prefix} if isinstance(each, dict) else each for each in records if each not in silent]
        page = super().page(told, cursor)
        gone: dict[str, datetime | None] = {f"{self.prefix}{each.get('Id')}": None for each in silent}
        return replace(page, fetched=len(records), deleted={SurveyResponse: gone} if gone else {})

    def count(self) -> Count | None:
        told = [f"{field} != null" for field in (self.declared.score, self.declared.answered_at)]
        n, _now = self.counted([*self.conditions, *told], deleted=False)
        return Count(n, exact=self.unchanged())

    def probe(self) -> None:
        self.check_fields()
        super().probe()

    def check_fields(self) -> None:
        """Raise ConfigurationError for a field that is declared and that the object does not have."""
        check_named(self, [path for role in FIELDS if (path := getattr(self.declared, role)) is not None])

    def _answered(self, record: JsonObject) -> bool:
        return all(value(record, path) is not None for path in (self.declared.score, self.declared.answered_at))


def reader(declared: SurveyObject) -> type[DeclaredAnswers]:
    """Return the class of streams that read the object which is *declared*."""
    return type(
        f"Answers in {key_of(declared)}",
        (DeclaredAnswers,),
        {
            "sobject": declared.sobject,
            "where": declared.where,
            "prefix": f"{key_of(declared)}:",
            "mappings": (mapping(declared),),
            "declared": declared,
        },
    )


class SurveyObjects(SObjectStream):
    """Answers in the objects that the settings declare (`survey_objects`), one after the other.

    A record without a score, or without the time of the answer, is no answer yet. The cursor keeps one per object.
    """

    name = "survey_objects"
    sobject = "survey_objects"
    entities = (SurveyResponse,)
    mappings = (
        Mapping(
            SurveyResponse,
            source_id=computed("object.score:", str, "Id"),
            created_at="CreatedDate",
            updated_at="SystemModstamp",
            is_deleted="IsDeleted",
            **{column: said_in("survey_objects") for column in DECLARED},
        ),
    )
    optional = True
    shares_table = True

    def __init__(self, connector: Salesforce) -> None:
        super().__init__(connector)
        self.readers = [reader(each)(connector) for each in connector.settings.survey_objects]

    @property
    def on_by_default(self) -> bool:  # type: ignore[override] # for others it is a constant
        return bool(self.readers)

    @property
    def effective_mappings(self) -> tuple[Mapping, ...]:
        return tuple(mapping for each in self.readers for mapping in each.effective_mappings)

    def fingerprint(self) -> str:
        return hashlib.sha256("|".join(each.fingerprint() for each in self.readers).encode()).hexdigest()[:16]

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        standing = dict(cursor.get("objects", {}))
        begin = {"from": cursor["from"]} if "from" in cursor else {}
        for each in self.readers:
            for page in self._read_by(each, standing.get(each.prefix, begin)):
                if page.cursor is not None:
                    standing[each.prefix] = page.cursor
                yield replace(page, cursor=page.cursor and {**begin, "objects": dict(standing)})
        yield Page(cursor={**begin, "objects": standing})

    def rows(self, entity: type[Record], records: Sequence[JsonObject]) -> tuple[Rows, list[Rejected]]:
        """Return the rows of records that were put aside; of those whose object is no longer declared none."""
        done = [
            each.rows(entity, ours)
            for each in self.readers
            if (ours := [record for record in records if isinstance(record, dict) and record.get(OF) == each.prefix])
        ]
        if not done:
            return Rows(entity, {"source_id": []}), []
        names = {name for rows, _faults in done for name in rows.columns}
        columns = {name: [v for rows, _ in done for v in rows.values(name)] for name in names}
        return Rows(entity, columns), [fault for _rows, faults in done for fault in faults]

    def count(self) -> Count | None:
        counts = [count for each in self.readers if (count := each.count()) is not None]
        return Count(sum(each.n for each in counts), exact=all(each.exact for each in counts))

    def estimate(self, cursor: Cursor) -> int | None:
        standing = cursor.get("objects", {})
        return sum(each.estimate(standing.get(each.prefix, {})) or 0 for each in self.readers)

    def ids(self) -> Iterator[list[str]]:
        for each in self.readers:
            yield from each.ids()

    def probe(self) -> None:
        for each in self.readers:
            each.probe()

    def _read_by(self, reader: DeclaredAnswers, cursor: Cursor) -> Iterator[Page]:
        """Yield what *reader* reads; one object that cannot be read does not stop the others."""
        try:
            yield from reader.pages(cursor)
        except NotOffered as refusal:
            self.connector.runtime.warn(_("{why}", why=refusal.message))
        if reader.deletions == "census":
            self._take_census()
