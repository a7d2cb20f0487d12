"""Who is the same: accounts of all sources unified into customers, contacts into people, each link with its reason."""

from latido.identity._evidence import RULE_NAMES
from latido.identity._overrides import link, split
from latido.identity._refresh import Relinked, fingerprint, refresh, unify
from latido.identity._review import Doubt, review
from latido.identity._standing import Standing, standing
from latido.identity._why import Step, Why, why

__all__ = [
    "RULE_NAMES",
    "Doubt",
    "Relinked",
    "Standing",
    "Step",
    "Why",
    "fingerprint",
    "link",
    "refresh",
    "review",
    "split",
    "standing",
    "unify",
    "why",
]
