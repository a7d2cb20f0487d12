"""Decoding only what is wanted."""

from __future__ import annotations

import pytest

from latido.connect import Shape

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
