"""Requests that travel by a vendor's own library, and answers that mean what only this vendor means by them."""

from __future__ import annotations

from collections import deque
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from latido.connect import METER, Meter, Outgoing, Refused, Reply, Retry, Trouble, Unreachable
from latido.errors import RateLimited, VendorUnavailable
from tests.core.connect.vendors import HOST, NOON, Loopback, Scripted, Setting, answer, raw

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido.connect import Http
    from latido.testing import ManualClock

PAGE = b"<html>back soon</html>"


@dataclass
class Said:
    """An answer of a library."""

    body: bytes = b"{}"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    breaks_off: bool = False
    closed: bool = False

    @property
    def received_bytes(self) -> int:
        return len(self.body)

    def read(self) -> bytes:
        if self.breaks_off:
            raise Unreachable("IncompleteRead")
        return self.body

    def close(self) -> None:
        self.closed = True


class Library:
    """A vendor's library, which gives its *answers* one after the other."""

    def __init__(self, *answers: Said | Unreachable) -> None:
        self._answers = deque(answers)
        self.sent: list[Outgoing] = []
        self.closed = False

    def send(self, request: Outgoing) -> Said:
        self.sent.append(request)
        said = self._answers.popleft()
        if isinstance(said, Unreachable):
            raise said
        return said

    def close(self) -> None:
        self.closed = True


def over(library: Library) -> Http:
    return Setting(Scripted(answer())).http(wire=library)


def test_a_library_carries_requests_and_their_answers() -> None:
    library = Library(Said(b'{"id": 7}'))

    reply = over(library).post("search", json={"limit": 200})

    assert {"id": 7} == reply.json()
    assert [Outgoing("POST", f"{HOST}/search", {}, json={"limit": 200})] == library.sent


def test_what_a_library_cannot_reach_is_tried_again() -> None:
    torn, whole = Said(breaks_off=True), Said(b'{"id": 7}')
    library = Library(Unreachable("ConnectTimeout"), torn, whole)

    assert {"id": 7} == over(library).get("contacts").json()
    assert torn.closed
    assert whole.closed


def test_a_library_that_never_reaches_anybody_says_why() -> None:
    with pytest.raises(VendorUnavailable, match=r"cannot reach vendor\.test: NewConnectionError"):
        over(Library(*[Unreachable("NewConnectionError")] * 3)).get("contacts")


def test_bytes_of_a_library_are_counted() -> None:
    meter = Meter()

    copy_context().run(lambda: (METER.set(meter), over(Library(Said(b'{"id": 7}'))).get("contacts")))

    assert (1, 9) == (meter.requests, meter.received_bytes)


def test_a_library_is_closed_with_its_connector() -> None:
    library = Library()

    over(library).close()

    assert library.closed


def test_what_was_made_in_order_to_read_is_deleted() -> None:
    with Loopback(lambda _asked: raw(b"", "204 No Content")) as vendor:
        vendor.http().delete("jobs/7")

    assert [("DELETE", "/jobs/7")] == [(asked.method, asked.path) for asked in vendor.asked]


def judged(*answers: tuple[int, str]) -> tuple[Http, ManualClock]:
    """Return a way to a vendor who says 403 for everything, and means different things by it."""

    def judge(reply: Reply) -> Trouble | None:
        meanings = {"slowly": Trouble.THROTTLED, "tomorrow": Trouble.EXHAUSTED}
        return meanings.get(reply.json()["error"]) if reply.status == 403 else None

    setting = Setting(Scripted(*(answer(status, {"error": said}) for status, said in answers)))
    return setting.http(judge=judge, retry=Retry(unannounced=(5, 30))), setting.clock


def test_a_vendor_may_ask_to_slow_down_in_its_own_words() -> None:
    http, clock = judged((403, "slowly"), (200, ""))

    http.get("cases")

    assert 5 <= (clock.now() - NOON).total_seconds() <= 31


def test_a_quota_that_is_used_up_ends_the_run_at_once() -> None:
    http, clock = judged((403, "tomorrow"))

    with pytest.raises(RateLimited) as caught:
        http.get("cases")

    assert "vendor.test grants no more requests for now (403, tomorrow)." == str(caught.value)
    assert "Later it resumes where it stopped: latido sync support" == str(caught.value.hint)
    assert NOON == clock.now()


def test_what_a_vendor_has_no_word_for_means_what_it_means_to_all() -> None:
    http, _clock = judged((403, "no"))

    with pytest.raises(Refused):
        http.get("cases")


def test_a_table_is_read_where_a_table_was_asked_for() -> None:
    pages = [raw(PAGE, Content_Type="text/html"), raw(b"Id\n7\n", Content_Type="text/csv; charset=UTF-8")]
    with Loopback(lambda _asked: pages.pop(0)) as vendor:
        reply = vendor.http().get("results", accepts="text/csv")

    assert b"Id\n7\n" == reply.body


def test_a_page_for_people_is_no_table() -> None:
    with (
        Loopback(lambda _asked: raw(PAGE, Content_Type="text/html")) as vendor,
        pytest.raises(VendorUnavailable, match="answers nothing readable"),
    ):
        vendor.http().get("results", accepts="text/csv")
