"""What is read from the vendor, and in which order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from latido.connect import Count, Page, Stream
from latido.schema import Contact, SurveyResponse, Ticket
from latido_template import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.connect import Cursor
    from latido_template.connector import Template

PAGE_SIZE = 100


class TemplateStream(Stream):
    """Records in the order in which they last changed; those that were deleted are among them, marked.

    The vendor's stamps are whole seconds, and one may not be over when we read: the last is read again.
    """

    deletions = "reported"
    overlap = timedelta(seconds=1)
    connector: Template

    def start(self, since: datetime | None) -> Cursor:
        return {"updated_at": stamp(since) if since else "", "id": ""}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        behind, more = self._overlapping(cursor), True
        while more:
            asked = {"updated_since": behind["updated_at"], "after": behind["id"], "limit": PAGE_SIZE}
            answer = self.connector.http.get(f"v1/{self.name}", asked).json()
            found, more = answer["items"], answer["more"]
            if found:
                cursor = behind = {"updated_at": found[-1]["updated_at"], "id": found[-1]["id"]}
            rows, rejected = self.rows(self.entities[0], found)
            yield Page([rows], cursor, len(found), rejected=rejected)

    def count(self) -> Count:
        return Count(self.connector.http.get(f"v1/{self.name}/count").json()["count"], exact=True)

    def _overlapping(self, cursor: Cursor) -> Cursor:
        if not cursor["updated_at"]:
            return cursor
        return {"updated_at": stamp(datetime.fromisoformat(cursor["updated_at"]) - self.overlap), "id": ""}


class Contacts(TemplateStream):
    name = "contacts"
    entities = (Contact,)
    mappings = (mapping.CONTACTS,)


class Tickets(TemplateStream):
    name = "tickets"
    entities = (Ticket,)
    mappings = (mapping.TICKETS,)


class Answers(TemplateStream):
    """What people answered to the one question that is asked after a ticket."""

    name = "answers"
    entities = (SurveyResponse,)
    mappings = (mapping.ANSWERS,)


def stamp(at: datetime) -> str:
    """Return an instant as the vendor writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
