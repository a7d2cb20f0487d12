"""The other way to read tickets: from lists, should the export be closed to us.

Lists have neither archived nor deleted tickets. The first run reads the list from its oldest change on, then the
archive through the search; later runs read the list from its newest change back to the last one seen. Deletions are the
business of the stream `deleted_tickets`.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from latido.connect import Page, Refused
from latido.errors import NotOffered
from latido.messages import marker
from latido_zendesk import limits
from latido_zendesk.reading import UNUSABLE, Params, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latido.connect import Cursor
    from latido_zendesk.tickets import Tickets

_ = marker("latido_zendesk")

LIST = "/api/v2/tickets"
ARCHIVE = "/api/v2/search/export"
MARGIN = 300
"""Seconds that a run reads behind the last change seen: the list is sorted by seconds that clocks disagree about."""


class TicketList:
    """Reads tickets for *stream* by (`updated_at`, `id`).

    Its cursor has the `step`: `list`, `archive`, or `changes` once everything was read; `high_water`, the latest change
    seen; `since`, from which on to read; `after`, the cursor of the list or search under way. Should a search's cursor
    expire, another one begins at the creation of the last ticket seen, `before`, which becomes its bound `until`.
    """

    def __init__(self, stream: Tickets) -> None:
        self._stream = stream
        self._http = stream.connector.http
        self._given_up: set[tuple[str, str | None]] = set()

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        state = listable(cursor, self._beginning())
        if state["step"] == "changes":
            yield from self._changes(state)
            return
        for step in (self._whole_list, self._archive):
            for page in step(state):
                state = page.cursor or state
                yield page

    def _beginning(self) -> int:
        """Return the second before which nothing is wanted."""
        connector = self._stream.connector
        day = connector.settings.start_date
        return 0 if day is None else int(datetime.combine(day, time(), connector.runtime.time_zone).timestamp())

    def _whole_list(self, state: Cursor) -> Iterator[Page]:
        """Yield the list from its oldest change on. What changes meanwhile moves to its end and comes again."""
        if state["step"] != "list":
            return
        try:
            for body, after in self._list("updated_at", state["after"]):
                tickets = [each for each in body["tickets"] if (updated(each) or state["since"]) >= state["since"]]
                state = {**state, "after": after or state["after"], "high_water": newest(tickets, state)}
                yield self._stream.export_page(tickets, body, state)
        except Refused as refusal:
            yield from self._whole_list(self._begun_again(state, refusal))
            return
        yield Page(cursor={**state, "step": "archive", "after": None})

    def _archive(self, state: Cursor) -> Iterator[Page]:
        """Yield closed tickets, the archived ones among them, created last first."""
        try:
            for body, after in self._search(state):
                found = body["results"]
                state = {**state, "after": after, "before": oldest(found) or state["before"]}
                yield self._stream.export_page(found, body, state)
        except NotOffered as refusal:
            self._stream.connector.runtime.warn(_("Archived tickets are left out: {why}", why=refusal.message))
        except Refused as refusal:
            yield from self._archive({**self._begun_again(state, refusal), "until": state["before"]})
            return
        yield Page(cursor={**state, "step": "changes", "after": None})

    def _changes(self, state: Cursor) -> Iterator[Page]:
        """Yield the list from its newest change back to the last one seen; only then the cursor moves."""
        level, reached = int(state["high_water"]), state
        for body, _after in self._list("-updated_at", None):
            tickets = body["tickets"]
            reached = {**reached, "high_water": newest(tickets, reached)}
            yield self._stream.export_page(tickets, body, state)
            if any((updated(each) or level) < level - MARGIN for each in tickets):
                break
        yield Page(cursor=reached)

    def _list(self, sort: str, after: str | None) -> Iterator[tuple[dict[str, Any], str | None]]:
        asked = {"sort": sort, "include": "metric_sets"}
        return listed(self._http, LIST, "tickets", asked, bucket=limits.TICKETS_LIST, after=after, begins_again=True)

    def _search(self, state: Cursor) -> Iterator[tuple[dict[str, Any], str | None]]:
        words = ["status:closed"]
        if state["since"]:
            words.append(f"updated>={datetime.fromtimestamp(state['since'], UTC):%Y-%m-%dT%H:%M:%SZ}")
        if state["until"]:
            words.append(f"created<={state['until']}")
        asked: Params = {"filter[type]": "ticket", "query": " ".join(words), "page[size]": 1000}
        return listed(
            self._http, ARCHIVE, "results", asked, bucket=limits.SEARCH_EXPORT, after=state["after"], begins_again=True
        )

    def _begun_again(self, state: Cursor, refusal: Refused) -> Cursor:
        """Return *state* without the cursor that Zendesk no longer accepts.

        Raises *refusal* if it is about another thing, or comes again at the same place.
        """
        place = state["step"], state["before"]
        if refusal.status not in UNUSABLE or not state["after"] or place in self._given_up:
            raise refusal
        self._given_up.add(place)
        self._stream.connector.runtime.warn(_("Zendesk no longer accepts where the list of tickets stopped."))
        return {**state, "after": None}


def listable(cursor: Cursor, beginning: int) -> Cursor:
    """Return *cursor* as lists understand it: behind an export that has read all, only changes are left.

    Behind one that has not, everything since *beginning* is read: lists are sorted by another clock than the export.
    """
    if "step" in cursor:
        return cursor
    level = int(cursor["high_water"])
    nothing = {"after": None, "before": None, "until": None}
    if cursor.get("start_time") == level:
        return {"step": "list", "high_water": level, "since": level, **nothing}
    if cursor.get("behind"):
        return {"step": "list", "high_water": level, "since": beginning, **nothing}
    return {"step": "changes", "high_water": level, "since": 0, **nothing}


def updated(ticket: Any) -> int | None:
    """Return when *ticket* was updated, in seconds; None if it does not say."""
    try:
        return int(datetime.fromisoformat(ticket["updated_at"]).timestamp())
    except (KeyError, TypeError, ValueError):
        return None


def newest(tickets: Sequence[Any], state: Cursor) -> int:
    """Return the latest change among *tickets* and before them."""
    return max([int(state["high_water"]), *(seconds for each in tickets if (seconds := updated(each)))])


def oldest(tickets: Sequence[Any]) -> str | None:
    """Return the creation of the last of *tickets*, which come created last first."""
    return next((each.get("created_at") for each in reversed(tickets) if isinstance(each, dict)), None)
