"""One valid record of each kind as Zendesk sends it; a test states only the fields that it is about."""

from __future__ import annotations

from typing import Any

import orjson

NOON = "2026-01-05T12:00:00Z"
NOON_SECONDS = 1_767_614_400


def ticket(key: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "url": f"https://acme.zendesk.com/api/v2/tickets/{key}.json",
        "id": key,
        "external_id": None,
        "via": {"channel": "email", "source": {"from": {}, "to": {}, "rel": None}},
        "created_at": "2026-01-05T09:00:00Z",
        "updated_at": NOON,
        "generated_timestamp": NOON_SECONDS,
        "type": "incident",
        "subject": "It does not work",
        "description": "Dear all, my name is Ana …",
        "priority": "normal",
        "status": "open",
        "custom_status_id": None,
        "requester_id": 9001,
        "submitter_id": 9001,
        "assignee_id": 7001,
        "organization_id": 501,
        "group_id": 301,
        "tags": [],
        "custom_fields": [],
        "satisfaction_rating": {"score": "unoffered"},
        "from_messaging_channel": False,
        "metric_set": metric_set(key),
        **more,
    }


def metric_set(ticket_id: int = 1, **more: Any) -> dict[str, Any]:
    nothing = {"calendar": None, "business": None}
    return {
        "id": 10_000 + ticket_id,
        "ticket_id": ticket_id,
        "reopens": 0,
        "replies": 0,
        "solved_at": None,
        "status_updated_at": NOON,
        "reply_time_in_minutes": nothing,
        "reply_time_in_seconds": {"calendar": None},
        "first_resolution_time_in_minutes": nothing,
        "full_resolution_time_in_minutes": nothing,
        **more,
    }


def user(key: int = 9001, **more: Any) -> dict[str, Any]:
    return {
        "id": key,
        "url": f"https://acme.zendesk.com/api/v2/users/{key}.json",
        "name": "Ana Ruiz",
        "email": "ana@example.com",
        "created_at": "2025-01-01T00:00:00Z",
        "updated_at": NOON,
        "role": "end-user",
        "active": True,
        "suspended": False,
        "phone": None,
        "locale": "es",
        "organization_id": 501,
        "default_group_id": None,
        "external_id": None,
        "tags": [],
        "user_fields": {},
        **more,
    }


def organization(key: int = 501, **more: Any) -> dict[str, Any]:
    return {
        "id": key,
        "url": f"https://acme.zendesk.com/api/v2/organizations/{key}.json",
        "name": "Rebel Alliance",
        "external_id": None,
        "domain_names": ["hoth.example"],
        "tags": [],
        "organization_fields": {},
        "created_at": "2025-01-01T00:00:00Z",
        "updated_at": NOON,
        "deleted_at": None,
        **more,
    }


def rating(key: int = 880, **more: Any) -> dict[str, Any]:
    return {
        "id": key,
        "ticket_id": 1,
        "requester_id": 9001,
        "assignee_id": 7001,
        "group_id": 301,
        "score": "good",
        "comment": None,
        "created_at": "2026-01-05T10:30:00Z",
        "updated_at": "2026-01-05T10:31:00Z",
        **more,
    }


def survey_response(key: str = "01KE6Z4B00ABCDEFGHJKMNPQRS", *answers: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": key,
        "responder_id": 9001,
        "subjects": [{"id": "1", "type": "ticket", "zrn": "zen:ticket:1"}],
        "survey": {"id": "01JSURVEY", "version": 1, "state": "enabled"},
        "expires_at": "2026-02-05T10:30:00.000Z",
        "answers": list(answers),
        **more,
    }


def rated(rating: object = 4, question: str = "01JQ1", **more: Any) -> dict[str, Any]:
    return {
        "type": "rating_scale",
        "rating": rating,
        "rating_category": "good",
        "question": {"id": question, "type": "rating_scale_numeric", "sub_type": "customer_satisfaction"},
        "created_at": "2026-01-05T10:40:00.000Z",
        "updated_at": "2026-01-05T10:40:00.000Z",
        **more,
    }


def effort(rating: float, alias: str = "effort") -> dict[str, Any]:
    question = {"id": "01JQ2", "type": "rating_scale_numeric", "sub_type": "other", "alias": alias}
    return rated(rating, question=question["id"]) | {"question": question}


def metric_event(key: int, kind: str, time: str, ticket_id: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": key,
        "ticket_id": ticket_id,
        "metric": "reply_time",
        "instance_id": 1,
        "type": kind,
        "time": time,
        **more,
    }


def cursor_page(key: str, *records: Any, after: str | None = "c1", end: bool = True, **more: Any) -> dict[str, Any]:
    """Return a page of a cursor export."""
    url = f"https://canonical.zendesk.com/api/v2/incremental/{key}/cursor.json?cursor={after}"
    return {key: list(records), "after_cursor": after, "after_url": url, "end_of_stream": end, **more}


def time_page(key: str, *records: Any, end_time: int | None, end: bool = True, **more: Any) -> dict[str, Any]:
    """Return a page of a time-based export."""
    return {key: list(records), "count": len(records), "end_time": end_time, "end_of_stream": end, **more}


def list_page(key: str, *records: Any, after: str | None = None) -> dict[str, Any]:
    """Return a page of a list; with *after* there are more."""
    return {key: list(records), "meta": {"has_more": after is not None, "after_cursor": after or "last"}}


def custom_fields(**values: Any) -> list[dict[str, Any]]:
    return [{"id": int(name.removeprefix("f")), "value": value} for name, value in values.items()]


def copied(record: dict[str, Any]) -> dict[str, Any]:
    """Return a deep copy, as it would come over the wire again."""
    found: dict[str, Any] = orjson.loads(orjson.dumps(record))
    return found
