"""Pipelines and their stages. One stage is archived, another one is told of by old histories alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Stage(NamedTuple):
    """A stage and what its metadata say; every value is a text."""

    id: str
    label: str
    metadata: dict[str, str]
    archived: bool = False


class Pipeline(NamedTuple):
    """Stages in their order."""

    id: str
    label: str
    stages: tuple[Stage, ...]


def _deal(identity: str, label: str, probability: str, *, archived: bool = False) -> Stage:
    closed = "true" if probability in {"0.0", "1.0"} else "false"
    return Stage(identity, label, {"isClosed": closed, "probability": probability}, archived)


def _ticket(identity: str, label: str, state: str) -> Stage:
    return Stage(identity, label, {"isClosed": "true" if state == "CLOSED" else "false", "ticketState": state})


ARCHIVED_STAGE, DELETED_STAGE = "decisionmakerboughtin", "93041127"
NEW_BUSINESS, RENEWALS = "default", "73210846"

_PIPELINES: dict[str, tuple[Pipeline, ...]] = {
    "deals": (
        Pipeline(
            NEW_BUSINESS,
            "Sales Pipeline",
            (
                _deal("appointmentscheduled", "Appointment Scheduled", "0.2"),
                _deal("qualifiedtobuy", "Qualified To Buy", "0.4"),
                _deal("presentationscheduled", "Presentation Scheduled", "0.6"),
                _deal(ARCHIVED_STAGE, "Decision Maker Bought-In", "0.8", archived=True),
                _deal("contractsent", "Contract Sent", "0.9"),
                _deal("closedwon", "Closed Won", "1.0"),
                _deal("closedlost", "Closed Lost", "0.0"),
            ),
        ),
        Pipeline(
            RENEWALS,
            "Renovaciones",
            (
                _deal("148209911", "Aviso", "0.5"),
                _deal("148209912", "Contactado", "0.6"),
                _deal("148209913", "Propuesta", "0.7"),
                _deal("148209914", "Negociación", "0.8"),
                _deal("148209915", "Renovado", "1.0"),
                _deal("148209916", "Perdido", "0.0"),
            ),
        ),
    ),
    "tickets": (
        Pipeline(
            "0",
            "Support Pipeline",
            (
                _ticket("1", "New", "OPEN"),
                _ticket("2", "Waiting on contact", "OPEN"),
                _ticket("3", "Waiting on us", "OPEN"),
                _ticket("4", "Closed", "CLOSED"),
            ),
        ),
        Pipeline(
            "41190233",
            "Posventa",
            (_ticket("94210037", "Abierto", "OPEN"), _ticket("94210038", "Cerrado", "CLOSED")),
        ),
    ),
    "orders": (
        Pipeline(
            "14a2e10e-5471-408a-906e-c51f3b04369e",
            "Order Pipeline",
            (
                Stage("4b27b500-f031-4927-9811-68a0b525cbae", "Open", {"state": "OPEN", "isClosed": "false"}),
                Stage("3725360f-519b-4b18-a593-494d60a29c9f", "Processed", {"state": "OPEN", "isClosed": "false"}),
                Stage("3c85a297-e9ce-400b-b42e-9f16853d69d6", "Delivered", {"state": "CLOSED", "isClosed": "true"}),
            ),
        ),
    ),
    "leads": (
        Pipeline(
            "lead-pipeline-id",
            "Lead pipeline",
            tuple(
                Stage(f"{name}-stage-id", name.capitalize(), {"leadState": state})
                for name, state in (
                    ("new", "NEW"),
                    ("attempting", "IN_PROGRESS"),
                    ("connected", "IN_PROGRESS"),
                    ("qualified", "QUALIFIED"),
                    ("unqualified", "UNQUALIFIED"),
                )
            ),
        ),
    ),
}


def pipelines_of(kind: str) -> Sequence[Pipeline]:
    return _PIPELINES.get(kind, ())


def pipelines_json(kind: str, born: str) -> list[dict[str, Any]]:
    """Return the pipelines of a type, archived stages included."""
    times = {"createdAt": born, "updatedAt": born}
    return [
        {
            "id": pipeline.id,
            "label": pipeline.label,
            "displayOrder": turn,
            "archived": False,
            **times,
            "stages": [
                {
                    "id": stage.id,
                    "label": stage.label,
                    "displayOrder": order,
                    "archived": stage.archived,
                    "metadata": stage.metadata,
                    "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
                    **times,
                }
                for order, stage in enumerate(pipeline.stages)
            ],
        }
        for turn, pipeline in enumerate(pipelines_of(kind))
    ]
