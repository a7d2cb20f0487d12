"""What comes over a real connection, and what is made of it."""

from __future__ import annotations

import gzip
from contextvars import copy_context

import orjson
import pytest

from latido.connect import METER, Meter, Shape
from latido.errors import ConfigurationError, VendorUnavailable
from tests.core.connect.vendors import Asked, Loopback, raw, raw_json


def test_an_answer_is_decoded_and_its_headers_are_found_in_any_case() -> None:
    with Loopback(lambda _asked: raw_json({"user": {"id": 7}}, X_Rate_Limit="700")) as vendor:
        reply = vendor.http().get("/api/v2/users/me.json")

    assert 200 == reply.status
    assert {"user": {"id": 7}} == reply.json()
    assert reply.json() is reply.json()
    assert "700" == reply.headers["x-rate-limit"]


def test_a_request_says_what_it_asks_for_and_who_we_are() -> None:
    with Loopback(lambda _asked: raw_json({})) as vendor:
        vendor.http(headers={"X-Marketplace": "no"}).get("a.json", {"page[size]": 100})

    (asked,) = vendor.asked
    assert ("GET", "/a.json?page%5Bsize%5D=100") == (asked.method, asked.path)
    assert "application/json" == asked.headers["accept"]
    assert asked.headers["user-agent"].startswith("latido/")
    assert "no" == asked.headers["x-marketplace"]
    assert "gzip" in asked.headers["accept-encoding"]
    assert "authorization" not in asked.headers


def test_a_base_address_may_have_a_path_of_its_own() -> None:
    """A webhook's address ends in a folder, below which its methods are."""
    with Loopback(lambda _asked: raw_json({})) as vendor:
        vendor.http("/rest/1/").get("/crm.deal.list", {"start": 50})

    assert ["/rest/1/crm.deal.list?start=50"] == [asked.path for asked in vendor.asked]


def test_what_is_posted_is_json_or_a_form() -> None:
    with Loopback(lambda _asked: raw_json({})) as vendor:
        http = vendor.http()
        http.post("search", json={"after": "a"})
        http.post("token", form={"after": "a b"})

    assert [b'{"after":"a"}', b"after=a+b"] == [asked.body for asked in vendor.asked]
    assert ["application/json", "application/x-www-form-urlencoded"] == [
        asked.headers["content-type"] for asked in vendor.asked
    ]


def test_a_compressed_answer_is_read_and_the_connection_is_kept() -> None:
    packed = gzip.compress(orjson.dumps({"tickets": []}))
    with Loopback(lambda _asked: raw(packed, Content_Encoding="gzip")) as vendor:
        http = vendor.http()
        replies = [http.get("tickets"), http.get("tickets")]

    assert [{"tickets": []}] * 2 == [reply.json() for reply in replies]
    assert 1 == len({asked.connection for asked in vendor.asked})


def test_bytes_are_counted_as_they_come_over_the_wire() -> None:
    packed = gzip.compress(b"[" + b"1," * 10_000 + b"1]")
    meter = Meter()

    with Loopback(lambda _asked: raw(packed, Content_Encoding="gzip")) as vendor:
        copy_context().run(lambda: (METER.set(meter), vendor.http().get("tickets")))

    assert len(packed) == meter.received_bytes


def test_an_answer_without_content_is_nothing() -> None:
    with Loopback(lambda _asked: raw(b"", "204 No Content")) as vendor:
        assert vendor.http().post("sessions").json() is None


@pytest.mark.parametrize(
    ("said", "described"),
    [
        (raw(b"<html>Ana's ticket</html>", Content_Type="text/html; charset=utf-8"), "text/html, 25 bytes"),
        (raw(b'{"tickets": [{"subject": "Ana'), "application/json, 29 bytes"),
        (raw(b""), "application/json, 0 bytes"),
    ],
)
def test_an_answer_that_is_no_json_ends_the_run_after_two_more_tries(said: bytes, described: str) -> None:
    """It may hold a customer's words: only its kind and its size are told."""
    with Loopback(lambda _asked: said) as vendor, pytest.raises(VendorUnavailable) as caught:
        vendor.http().get("tickets")

    assert 3 == len(vendor.asked)
    assert f"127.0.0.1 answers nothing readable ({described})." == str(caught.value)
    assert "latido check support" in str(caught.value.hint)


def test_an_answer_that_breaks_off_is_asked_for_again() -> None:
    """A dropped connection loses nothing: every read can be repeated."""
    halves = [raw(b'{"tickets": [', length=400), raw(b"\x1f\x8bno gzip", Content_Encoding="gzip")]

    def say(_asked: Asked) -> bytes:
        return halves.pop() if halves else raw_json({"tickets": [1]})

    with Loopback(say) as vendor:
        assert {"tickets": [1]} == vendor.http().get("tickets").json()

    assert 3 == len(vendor.asked)


def test_a_redirect_is_a_wrong_setting_and_is_not_followed() -> None:
    """A renamed subdomain, or a suspended account that is sent to a login page."""
    with Loopback(lambda _asked: raw_json({})) as elsewhere:

        def say(_asked: Asked) -> bytes:
            return raw(b"", "302 Found", Location=f"{elsewhere.url}/login?token=abc")

        with Loopback(say) as vendor, pytest.raises(ConfigurationError) as caught:
            vendor.http().get("tickets")

    assert [] == elsewhere.asked
    assert 1 == len(vendor.asked)
    assert "127.0.0.1 sends us to another address (127.0.0.1)." == str(caught.value)


def test_nobody_listening_is_told_soon() -> None:
    """Who has never answered is hardly coming back: `check` says so within seconds."""
    with Loopback(lambda _asked: b"") as vendor:
        http = vendor.http()
        vendor.stop()

        with pytest.raises(VendorUnavailable, match=r"cannot reach 127\.0\.0\.1: .*refused"):
            http.get("tickets")

    assert 3 >= vendor.clock.passed


def test_a_vendors_cookies_are_not_sent_back() -> None:
    """Or a session would answer for a credential that was withdrawn."""
    with Loopback(lambda _asked: raw_json({}, Set_Cookie="session=1; Path=/")) as vendor:
        http = vendor.http()
        http.get("a")
        http.get("b")

    assert ["cookie" in asked.headers for asked in vendor.asked] == [False, False]


@pytest.mark.parametrize("shape", [None, Shape({"tickets": ["id", "subject"]})])
@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb'"cut \ud83d"', "cut \N{REPLACEMENT CHARACTER}"),
        (rb'"whole \ud83d\ude00"', "whole \N{GRINNING FACE}"),
        (b'"cut \xf0\x9f"', "cut \N{REPLACEMENT CHARACTER}"),
        (b"NaN", None),
        (b"1e400", None),
    ],
)
def test_a_value_that_no_json_should_hold_does_not_keep_the_page_away(
    written: bytes, read: str | None, shape: Shape | None
) -> None:
    """It would do so for ever: the vendor sends the same again."""
    body = b'{"tickets": [{"id": 1, "subject": ' + written + b"}]}"

    with Loopback(lambda _asked: raw(body)) as vendor:
        assert {"tickets": [{"id": 1, "subject": read}]} == vendor.http().get("tickets", shape=shape).json()
