"""How this org words what the world knows: statuses, channels, priorities, stages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseStatus:
    """A status of cases. Two of them count as closed, and neither needs to be called so."""

    status: str
    label: str
    closed: bool = False


CASE_STATUSES = (
    CaseStatus("new", "New"),
    CaseStatus("open", "Working"),
    CaseStatus("pending", "Waiting on Customer"),
    CaseStatus("on_hold", "On Hold"),
    CaseStatus("solved", "Resolved", closed=True),
    CaseStatus("closed", "Archived", closed=True),
)
STATUS_LABELS = {each.status: each.label for each in CASE_STATUSES}
CASE_ORIGINS = ("Email", "Web", "Chat", "Phone", "API")
ORIGINS = {"email": "Email", "web": "Web", "chat": "Chat", "phone": "Phone", "api": "API"}
PRIORITIES = {"low": "Low", "normal": "Medium", "high": "High", "urgent": "Critical", None: None}
KINDS = {"question": "Question", "incident": "Problem", "problem": "Problem", "task": "Feature Request", None: None}


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of opportunities."""

    stage: str
    label: str
    probability: int
    category: str
    closed: bool = False
    won: bool = False


STAGES = (
    Stage("lead_in", "Prospecting", 10, "Pipeline"),
    Stage("qualified", "Qualification", 25, "Pipeline"),
    Stage("proposal", "Proposal/Price Quote", 60, "BestCase"),
    Stage("negotiation", "Negotiation/Review", 80, "MostLikely"),
    Stage("won", "Closed Won", 100, "Closed", closed=True, won=True),
    Stage("lost", "Closed Lost", 0, "Omitted", closed=True),
)
STAGE_OF = {each.stage: each for each in STAGES}
DEAL_TYPES = {"new": "New Customer", "expansion": "Existing Customer - Upgrade", "renewal": "Renewal"}
