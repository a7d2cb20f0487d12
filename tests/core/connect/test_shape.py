"""Decoding only what is wanted."""

from __future__ import annotations

import pytest

from latido.connect import Shape, unpacked

TICKETS = Shape({"tickets": ("id", "via")}, "after_cursor")


def test_what_is_not_wanted_is_left_out() -> None:
    body = b'{"tickets":[{"id":1,"via":{"channel":"web"},"description":"long"},{"id":2}],"after_cursor":"x","count":2}'

    expected = {"tickets": [{"id": 1, "via": {"channel": "web"}}, {"id": 2}], "after_cursor": "x"}
    assert expected == TICKETS.decode(body)


@pytest.mark.parametrize("body", [b'{"tickets":[1,{"id":2}]}', b'{"tickets":"none"}', b'[{"id":1}]', b"null"])
def test_an_answer_of_another_shape_is_decoded_whole(body: bytes) -> None:
    """So that one odd record goes to quarantine and does not take its page along."""
    import json

    assert json.loads(body) == TICKETS.decode(body)


@pytest.mark.parametrize("body", [b'{"tickets":[{"id":1}', b"<html>", b""])
def test_what_is_not_json_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        TICKETS.decode(body)


def test_packed_records_are_unpacked_one_by_one() -> None:
    answer = Shape({}, "count", packed=["rows"]).decode(b'{"rows":[{"id":1},{"id":2}],"count":2,"more":0}')

    assert {"rows", "count"} == answer.keys()
    assert [{"id": 1}, {"id": 2}] == [unpacked(each) for each in answer["rows"]]


def test_records_that_were_to_be_packed_and_are_not_are_themselves() -> None:
    answer = Shape({"more": ["id"]}, packed=["rows"]).decode(b'{"more":"none","rows":[{"id":1}]}')

    assert [{"id": 1}] == answer["rows"] == [unpacked(each) for each in answer["rows"]]


def test_a_packed_record_with_a_text_cut_through_a_character_is_read() -> None:
    answer = Shape({}, packed=["rows"]).decode(b'{"rows":[{"name":"caf\xc3"}]}')

    assert [{"name": "caf\ufffd"}] == [unpacked(each) for each in answer["rows"]]
