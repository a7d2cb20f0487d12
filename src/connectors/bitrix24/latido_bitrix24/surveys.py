"""Answers to surveys, from wherever the settings say that they are kept: Bitrix24 has no surveys of its own."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from latido.connect import Mapping, Page, Rows, Source, constant
from latido.errors import ConfigurationError, NotOffered
from latido.messages import marker
from latido.schema import SurveyResponse
from latido.suggest import nearest
from latido_bitrix24.declared import Survey
from latido_bitrix24.reading import BitrixStream, ItemStream
from latido_bitrix24.scores import judged, lists_of, said
from latido_bitrix24.transforms import fields_of, link, linked, moment, own_fields, prefixed, record_url, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from latido.connect import Cursor, JsonObject, Rejected
    from latido.schema import Record
    from latido_bitrix24.connector import Bitrix24

_ = marker("latido_bitrix24")

SURVEY = ":survey"
"""Where a record says which declaration it was read by."""

PAGES = {1: "lead", 2: "deal", 3: "contact", 4: "company"}
"""What the pages of records are called."""


def judgement(name: str) -> Source:
    """What the settings make of the score, and of the field that tells the kind."""
    return Source(f"{name} as declared", (), lambda _context: lambda record: record["judged"].get(name))


def links(survey: Survey) -> dict[str, Source | str]:
    """Return whom the answer is from, and what it is about."""
    own = {
        1: {"contact_id": prefixed("lead:"), "account_id": linked("companyId")},
        2: {"deal_id": text("id"), "contact_id": linked("contactId"), "account_id": linked("companyId")},
        3: {"contact_id": text("id"), "account_id": linked("companyId")},
        4: {"account_id": text("id")},
    }
    usual = {"contact_id": linked("contactId"), "account_id": linked("companyId"), "deal_id": linked("parentId2")}
    about: dict[str, Source | str] = {**own.get(survey.entity_type_id, usual)}
    return about | ({"ticket_id": linked(survey.ticket)} if survey.ticket else {})


def mapping(name: str, survey: Survey) -> Mapping:
    """Return how an answer is made of a record that is kept as *survey* says."""
    given = survey.answered_at or ("createdTime" if survey.asked_of_a_record else "updatedTime")
    page = PAGES.get(survey.entity_type_id, f"type/{survey.entity_type_id}")
    told: dict[str, Source | str] = {
        column: text(path)
        for column, path in (("comment", survey.comment), ("respondent_email", survey.email))
        if path is not None
    }
    return Mapping(
        SurveyResponse,
        source_id=prefixed(f"{name}:"),
        url=record_url(page),
        created_at=moment("createdTime"),
        updated_at=moment("updatedTime"),
        custom=own_fields(survey.entity_type_id),
        kind=judgement("kind"),
        survey_id=constant(name),
        score=judgement("score"),
        scale_min=judgement("scale_min"),
        scale_max=judgement("scale_max"),
        higher_is_better=judgement("higher_is_better"),
        answered_at=moment(given),
        **links(survey),
        **told,
    )


class DeclaredAnswers(ItemStream):
    """The answers that one declaration leads to. A record without a score is no answer."""

    name = "surveys"
    entities = (SurveyResponse,)
    needs = ("portal",)

    def __init__(self, connector: Bitrix24, name: str, survey: Survey) -> None:
        super().__init__(connector)
        self.survey = survey
        self.title = name
        self.prefix = f"{name}:"  # type: ignore[misc] # for others it is a constant
        self.entity_type_id = survey.entity_type_id
        self.mappings = (mapping(name, survey),)  # type: ignore[misc]

    @property
    def extra(self) -> tuple[str, ...]:  # type: ignore[override] # for others it is a constant
        named = (self.survey.score, self.survey.kind_field)
        return (*(each for each in named if each is not None), *(("webformId",) if self.survey.forms else ()))

    def fingerprint(self) -> str:
        return f"{super().fingerprint()}+{self.survey}"

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        self.check_fields()
        yield from super().pages(cursor)

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        told = [{**each, SURVEY: self.title, "judged": judged(each, self.survey, self._words)} for each in records]
        return super().page(told, cursor)

    def wanted(self, record: JsonObject) -> bool:
        if self.survey.forms and int(link(record.get("webformId")) or 0) not in self.survey.forms:
            return False
        return said(record, self.survey.score, self._words) is not None

    def check_fields(self) -> None:
        """Raise ConfigurationError for a field that is declared and that the records do not have."""
        known = self.connector.context().reference.get(fields_of(self.entity_type_id)) or {}
        named = (self.survey.score, self.survey.kind_field, self.survey.comment, self.survey.email, self.survey.ticket,
                 self.survey.answered_at)  # fmt: skip
        for each in (name for name in named if name is not None and known and name not in known):
            raise ConfigurationError(
                _("{items} has no field {field}.", items=self.survey.items, field=each),
                _(
                    "Did you mean {near}? See [sources.{source}.surveys.{name}], or run: latido fields {source}",
                    near=nearest(each, known) or ", ".join(sorted(known)),
                    source=self.connector.runtime.source,
                    name=self.title,
                ),
            )

    @cached_property
    def _words(self) -> Any:
        return lists_of(self.connector, self.entity_type_id)


class Surveys(BitrixStream):
    """Answers to surveys, one declaration after the other. The cursor keeps one for each."""

    name = "surveys"
    entities = (SurveyResponse,)
    optional = True
    deletions = "census"
    mappings = (
        mapping("<name>", Survey(items="spa:134", score="", comment="comment", email="email", ticket="ticket")),
    )

    def __init__(self, connector: Bitrix24) -> None:
        super().__init__(connector)
        declared = connector.settings.surveys
        self.readers = [DeclaredAnswers(connector, name, survey) for name, survey in declared.items()]

    @property
    def on_by_default(self) -> bool:  # type: ignore[override] # for others it is a constant
        return bool(self.readers)

    @property
    def types(self) -> tuple[int, ...]:  # type: ignore[override] # for others it is a constant
        return tuple({each.entity_type_id: None for each in self.readers})

    @property
    def reference(self) -> tuple[str, ...]:  # type: ignore[override] # for others it is a constant
        return tuple({name: None for each in self.readers for name in each.reference})

    @property
    def effective_mappings(self) -> tuple[Mapping, ...]:
        return tuple(mapping for each in self.readers for mapping in each.effective_mappings)

    def fingerprint(self) -> str:
        return hashlib.sha256("|".join(each.fingerprint() for each in self.readers).encode()).hexdigest()[:16]

    def start(self, since: datetime | None) -> Cursor:
        return {each.title: each.start(since) for each in self.readers}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        standing = dict(cursor)
        for each in self.readers:
            for page in self._read_by(each, standing.get(each.title) or each.start(None)):
                if page.cursor is not None:
                    standing[each.title] = page.cursor
                yield replace(page, cursor=page.cursor and dict(standing))

    def rows(self, entity: type[Record], records: Sequence[JsonObject]) -> tuple[Rows, list[Rejected]]:
        """Return the rows of records that were put aside; of those that are no longer declared none."""
        done = [
            each.rows(entity, ours)
            for each in self.readers
            if (ours := [record for record in records if isinstance(record, dict) and record.get(SURVEY) == each.title])
        ]
        if not done:
            return Rows(entity, {"source_id": []}), []
        names = {name for rows, _faults in done for name in rows.columns}
        columns = {name: [value for rows, _ in done for value in rows.values(name)] for name in names}
        return Rows(entity, columns), [fault for _rows, faults in done for fault in faults]

    def ids(self) -> Iterator[list[str]]:
        for each in self.readers:
            yield from each.ids()

    def estimate(self, cursor: Cursor) -> int | None:
        told = [each.estimate(cursor.get(each.title) or each.start(None)) for each in self.readers]
        return sum(each or 0 for each in told)

    def probe(self) -> None:
        for each in self.readers:
            each.probe()

    def _read_by(self, reader: DeclaredAnswers, cursor: Cursor) -> Iterator[Page]:
        """Yield what *reader* reads; one place that cannot be read does not stop the others."""
        try:
            yield from reader.pages(cursor)
        except NotOffered as refusal:
            if len(self.readers) == 1:
                raise
            self.connector.runtime.warn(_("{why}", why=refusal.message))
