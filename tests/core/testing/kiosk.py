"""A vendor of papers, with a sandbox and a stream that keep every promise."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

from orjson import loads
from pydantic import SecretStr

from latido.connect import (
    ACCOUNT,
    Bucket,
    Connector,
    Count,
    Http,
    HttpSettings,
    Limiter,
    Mapping,
    OAuth,
    Page,
    Stream,
    computed,
)
from latido.schema import Account
from latido.testing import Drill, Limit, Sandbox, body_of, json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from latido.connect import Auth, Clock, Cursor, JsonObject, Retry, Runtime
    from latido.testing import Fault, Handler, World

SECRET = "kiosk-client-secret"
PER_MINUTE = 4


class KioskSandbox(Sandbox):
    """Papers by when they were last changed, a hundred at a time, to whoever has a token."""

    def __init__(self, world: World, clock: Clock | None, streams: Sequence[str]) -> None:
        super().__init__(clock)
        self._papers = {number: self._printed(number, world.end - number) for number in range(world.ticket_count)}
        self._tokens: set[str] = set()
        self._streams = streams
        self._untouched = iter(range(world.ticket_count))

    def routes(self) -> Sequence[tuple[str, str, Handler]]:
        return (
            ("POST", "/token", self._token),
            ("GET", "/papers", self._listed),
            ("GET", "/papers/count", self._counted),
        )

    def settings(self) -> dict[str, Any]:
        return {"connector": "kiosk", "base_url": self.url, "client_secret": SECRET}

    def refusal(self, fault: Fault) -> Response:
        del fault
        return json({"error": "slower"}, 429)

    def documented_limits(self) -> dict[str, Limit]:
        return {"all": Limit(requests=PER_MINUTE, window="sliding")}

    def expire_tokens(self) -> None:
        self._tokens.clear()

    def authorized(self, request: Request, route: str) -> Response | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return None if route == "/token" or token in self._tokens else json({"error": "who are you?"}, 401)

    def write_something(self) -> None:
        self._change(min(self._papers, key=lambda number: self._papers[number]["changed"]))

    def drills(self) -> dict[str, Drill]:
        return {name: self._drill(name) for name in self._streams}

    def _drill(self, stream: str) -> Drill:
        def key(number: int) -> str:
            return f"{stream}:{number}"

        def touch(count: int) -> list[str]:
            return [key(self._change(number)) for number in list(self._papers)[:count]]

        def merge() -> tuple[str, str]:
            loser, survivor = next(self._untouched), self._change(next(self._untouched))
            return key(self._change(loser, merged_into=survivor)), key(survivor)

        def restore(gone: str) -> None:
            self._change(int(gone.partition(":")[2]), gone=False, gone_at=None, restored=True)

        return Drill(
            touch=touch,
            delete=lambda: key(self._change(next(self._untouched), gone=True, gone_at=self._stamp())),
            restore=restore,
            merge=merge,
            spoil=lambda: key(self._change(next(self._untouched), changed_at="the day before")),
        )

    def _printed(self, number: int, at: int) -> dict[str, Any]:
        stamp = datetime.fromtimestamp(at, UTC).isoformat()
        return {
            "number": number, "title": f"Paper {number}", "editor": number // 2, "changed": at, "changed_at": stamp,
            "printed_at": stamp, "gone": False, "gone_at": None, "restored": False,
            "merged_into": None,
        }  # fmt: skip

    def _change(self, number: int, **more: Any) -> int:
        now = {"changed": int(self.clock.now().timestamp()), "changed_at": self._stamp()}
        self._papers[number] = {**self._papers[number], **now, **more}
        return number

    def _stamp(self) -> str:
        return self.clock.now().isoformat()

    def _token(self, request: Request) -> Response:
        if loads(body_of(request))["client_secret"] != SECRET:
            return json({"error": "invalid_client"}, 401)
        token = uuid4().hex
        self._tokens.add(token)
        return json({"access_token": token, "expires_in": 3600})

    def _listed(self, request: Request) -> Response:
        asked = {name: int(value) for name, value in request.query_params.items()}
        behind = asked.get("changed", 0), asked.get("number", -1)
        ordered = sorted(self._papers.values(), key=lambda paper: (paper["changed"], paper["number"]))
        ready = [paper for paper in ordered if (paper["changed"], paper["number"]) > behind][asked.get("skip", 0) :]
        size = self.switches.at_most(asked.get("size", 100))
        return json({"papers": ready[:size], "more": len(ready) > size})

    def _counted(self, request: Request) -> Response:
        del request
        return json({"count": sum(not each["gone"] and each["merged_into"] is None for each in self._papers.values())})


class KioskSettings(HttpSettings):
    """What the kiosk asks for."""

    client_secret: SecretStr


class Kiosk(Connector):
    """Reads papers."""

    name = "kiosk"
    title = "Kiosk"
    Settings = KioskSettings
    settings: KioskSettings
    kinds: ClassVar[Sequence[type[Papers]]] = ()
    retry: ClassVar[Retry | None] = None

    def __init__(self, settings: KioskSettings, runtime: Runtime) -> None:
        super().__init__(settings, runtime)
        url = settings.base_url or "http://127.0.0.1"
        oauth = OAuth(f"{url}/token", runtime, client_id="me", client_secret=settings.client_secret)
        self.http = Http(url, runtime, auth=self.signs(oauth), limiter=self.limiter(), retry=self.retry)

    def signs(self, oauth: OAuth) -> Auth:
        """Return what signs requests."""
        return oauth

    def limiter(self) -> Limiter:
        """Return what paces requests."""
        return Limiter({ACCOUNT: Bucket(PER_MINUTE)}, self.runtime.clock)

    @classmethod
    def sandbox(cls, world: World, clock: Clock | None = None) -> Sandbox | None:
        return KioskSandbox(world, clock, [each.name for each in cls.kinds])

    def streams(self) -> Sequence[Stream]:
        return [each(self) for each in self.kinds]

    def check(self) -> tuple[()]:
        return ()

    def close(self) -> None:
        self.http.close()


def numbered(stream: str, field: str) -> Any:
    """Return the ids that papers have in *stream*: each stream has its own, since all fill one table."""
    return computed(f"{stream}:", lambda number: None if number is None else f"{stream}:{number}", field)


def papers(stream: str, **more: Any) -> Mapping:
    """Return the mapping of *stream*."""
    fields: dict[str, Any] = {
        "source_id": numbered(stream, "number"), "name": "title", "created_at": "printed_at",
        "updated_at": "changed_at", "is_deleted": "gone", "deleted_at": "gone_at",
        "merged_into": numbered(stream, "merged_into"), "parent_id": numbered(stream, "editor"),
    }  # fmt: skip
    return Mapping(Account, **{**fields, **more})


class Papers(Stream):
    """Papers by (when they changed, number)."""

    name = "papers"
    entities = (Account,)
    mappings = (papers("papers"),)
    deletions = "reported"
    connector: Kiosk

    def start(self, since: datetime | None) -> Cursor:
        return {"changed": int(since.timestamp()) if since else 0, "number": -1}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        where, more = self.overlapping(cursor), True
        while more:
            found, more = self.ask(where)
            where = behind(found, where)
            yield self.page(found, where if found else cursor)

    def overlapping(self, cursor: Cursor) -> Cursor:
        """Return where to begin: the last second may not have been over when it was read."""
        return {"changed": max(0, cursor["changed"] - 1), "number": -1}

    def ask(self, where: Cursor) -> tuple[list[JsonObject], bool]:
        """Return papers, and whether there are more."""
        body = self.connector.http.get("/papers", dict(where)).json()
        return body["papers"], body["more"]

    def page(self, found: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        """Return what *found* becomes."""
        rows, rejected = self.rows(Account, found)
        return Page((rows,), cursor, len(found), rejected=rejected)

    def count(self) -> Count | None:
        return Count(self.connector.http.get("/papers/count").json()["count"], exact=True)


def behind(found: Sequence[JsonObject], cursor: Cursor) -> Cursor:
    """Return the cursor behind the last of *found*."""
    return {name: found[-1][name] for name in ("changed", "number")} if found else cursor


class Sound(Kiosk):
    """A connector that keeps every promise."""

    kinds = (Papers,)
