"""Streams and connectors that break a promise, as their author might by mistake."""

from __future__ import annotations

import logging
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from latido.connect import ACCOUNT, Bucket, Count, Limiter, Page, Retry, computed
from latido.errors import CredentialError
from latido.messages import marker
from tests.core.testing.kiosk import SECRET, Kiosk, Papers, behind, numbered, papers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from latido.connect import Auth, Cursor, JsonObject, OAuth
    from latido.testing import Sandbox

_ = marker("latido")


class Uncounted(Papers):
    """Asks for no count: a count would tell first that something is missing, in every run."""

    def count(self) -> Count | None:
        return None


class Skipping(Papers):
    """Says that it is a page further than it is."""

    name = "skipping"
    mappings = (papers("skipping"),)

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        before = None
        for page in super().pages(cursor):
            if before is not None:
                yield replace(before, cursor=page.cursor)
            before = page
        if before is not None:
            yield before


class GoingBack(Papers):
    """Ends two pages before its end."""

    name = "going_back"
    mappings = (papers("going_back"),)

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        cursors = []
        for page in super().pages(cursor):
            cursors.append(page.cursor)
            yield page
        yield Page(cursor=cursors[-3:][0])


class Doubling(Uncounted):
    """Takes for an id what is none for the last papers."""

    name = "doubling"
    mappings = (papers("doubling", source_id=computed("low", lambda number: f"doubling:{min(number, 11)}", "number")),)


class Strict(Uncounted):
    """Goes on behind the last second that it saw: the rest of that second is lost."""

    name = "strict"
    mappings = (papers("strict"),)

    def overlapping(self, cursor: Cursor) -> Cursor:
        return cursor

    def ask(self, where: Cursor) -> tuple[list[JsonObject], bool]:
        return super().ask({**where, "number": 10**9})


class Counting(Uncounted):
    """Counts rows from the beginning: what moves to the end makes room for one that is then passed over."""

    name = "counting"
    mappings = (papers("counting"),)

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        skip, more, reached = 0, True, cursor
        while more:
            found, more = self.ask({**self.overlapping(cursor), "skip": skip})
            skip, reached = skip + len(found), behind(found, reached)
            yield self.page(found, None if more else reached)


class Hoarding(Papers):
    """Makes one page of everything."""

    name = "hoarding"
    mappings = (papers("hoarding"),)

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        pages = list(super().pages(cursor))
        rejected = [each for page in pages for each in page.rejected]
        fetched = sum(page.fetched for page in pages)
        yield Page([each for page in pages for each in page.rows], pages[-1].cursor, fetched, rejected=rejected)


class Slicing(Papers):
    """Fetches everything before it hands out the first page."""

    name = "slicing"
    mappings = (papers("slicing"),)

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        yield from list(super().pages(cursor))


class Fragile(Papers):
    """Stops at the first record that does not fit."""

    name = "fragile"
    mappings = (papers("fragile"),)

    def page(self, found: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        page = super().page(found, cursor)
        if page.rejected:
            raise ValueError(page.rejected[0].reason)
        return page


class Deaf(Uncounted):
    """Takes for live what was deleted."""

    name = "deaf"
    mappings = (papers("deaf", is_deleted="none", deleted_at="none"),)


class Timeless(Papers):
    """Does not say when something was deleted."""

    name = "timeless"
    mappings = (papers("timeless", deleted_at="none"),)


class Halved(Papers):
    """Brings back what was deleted without its name."""

    name = "halved"
    mappings = (
        papers("halved", name=computed("unless", lambda title, back: None if back else title, "title", "restored")),
    )


class Unmerged(Uncounted):
    """Does not hear of merges."""

    name = "unmerged"
    mappings = (papers("unmerged", merged_into="none"),)


class Vague(Papers):
    """Hears of merges, but not of the survivor."""

    name = "vague"
    mappings = (papers("vague", merged_into=computed("told", lambda into: into and "unknown", "merged_into")),)


class Lost(Papers):
    """Refers to papers by other ids than they have."""

    name = "lost"
    mappings = (papers("lost", parent_id=numbered("elsewhere", "editor")),)


class Blank(Papers):
    """Maps a field that is not there."""

    name = "blank"
    mappings = (papers("blank", created_at="print_date"),)


class Stolid(Papers):
    """Makes its rows without looking at what the user maps."""

    name = "stolid"
    mappings = (papers("stolid"),)

    def page(self, found: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        rows, rejected = self.mappings[0].bound(self.connector.context()).rows(found)
        return Page((rows,), cursor, len(found), rejected=rejected)


class Unaccounted(Papers):
    """Makes rows of nothing, as it says."""

    name = "unaccounted"
    mappings = (papers("unaccounted"),)

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        for page in super().pages(cursor):
            yield page
            yield Page(page.rows, page.cursor)


class Estimating(Papers):
    """Counts about right."""

    name = "estimating"
    mappings = (papers("estimating"),)

    def count(self) -> Count | None:
        found = super().count()
        return found and replace(found, exact=False)


class Forgetful(Papers):
    """Begins at the beginning each time."""

    name = "forgetful"
    mappings = (papers("forgetful"),)

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        for page in super().pages(self.start(None)):
            yield replace(page, cursor=cursor)


class Restless(Papers):
    """Finds news in what did not change."""

    name = "restless"
    mappings = (papers("restless"),)

    def page(self, found: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        now = self.connector.runtime.clock.now()
        return super().page([{**each, "title": f"{each['title']}, seen at {now:%H}"} for each in found], cursor)


class Mistakes(Kiosk):
    """A connector with a stream for each mistake."""

    kinds = (
        Papers, Skipping, GoingBack, Doubling, Strict, Counting, Hoarding, Slicing, Fragile, Deaf, Timeless, Halved,
        Unmerged, Vague, Lost, Blank, Stolid, Unaccounted, Estimating, Forgetful, Restless,
    )  # fmt: skip


class OneKind(Kiosk):
    """A connector of papers only."""

    kinds = (Papers,)


class Impatient(OneKind):
    """Asks once."""

    retry = Retry(tries=1, first_contact=1, broken=0, patience=0)


class KeptToken:
    """Signs with the first token for ever."""

    def __init__(self, oauth: OAuth) -> None:
        self._oauth = oauth
        self._kept: Mapping[str, str] | None = None

    def headers(self) -> Mapping[str, str]:
        self._kept = self._kept or self._oauth.headers()
        return self._kept

    def renew(self, used: Mapping[str, str]) -> bool:
        del used
        return False


class Stubborn(OneKind):
    """Never asks for another token."""

    def signs(self, oauth: OAuth) -> Auth:
        return KeptToken(oauth)


class Hasty(OneKind):
    """Thinks that it may ask more often than it may."""

    def limiter(self) -> Limiter:
        return Limiter({ACCOUNT: Bucket(6_000)}, self.runtime.clock)


class Telling(Papers):
    """Warns of something, with the secret in it."""

    def page(self, found: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        return replace(super().page(found, cursor), warnings=(_("I am {who}.", who=SECRET),))


class Logging(Papers):
    """Logs who it is."""

    def page(self, found: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        logging.getLogger("kiosk").debug("asked as %s", SECRET)
        return super().page(found, cursor)


class Writing(Papers):
    """Keeps a diary."""

    def page(self, found: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        (self.connector.runtime.folder / "diary.txt").write_text(SECRET)
        return super().page(found, cursor)


class Repeating(Uncounted):
    """Repeats a wrong credential when it is rejected."""

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        try:
            yield from super().pages(cursor)
        except CredentialError as error:
            secret = self.connector.settings.client_secret.get_secret_value()
            raise CredentialError(_("{secret} is wrong.", secret=secret)) from error


class Tells(Kiosk):
    kinds = (Telling,)


class Logs(Kiosk):
    kinds = (Logging,)


class Writes(Kiosk):
    kinds = (Writing,)


class Repeats(Kiosk):
    kinds = (Repeating,)


class Declaring(OneKind):
    """Declares what it keeps, what cannot be tried, and what nobody ever promised."""

    undeliverable = MappingProxyType(
        dict.fromkeys(("exact_count", "spam", "flying_saucers", "own_business"), "Papers are like that.")
    )


class Excused(Kiosk):
    """Declares what it breaks."""

    kinds = (Estimating,)
    undeliverable = MappingProxyType({"exact_count": "Nobody counts papers."})


class Imaginary(OneKind):
    """Has no sandbox."""

    @classmethod
    def sandbox(cls, world: Any, clock: Any = None) -> Sandbox | None:
        del world, clock
        return None
